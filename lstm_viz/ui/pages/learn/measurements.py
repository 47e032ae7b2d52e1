"""Measurements of the pretrained models for the learn page; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_viz.gradients import GradientDecay, NextToken, gradient_decay
from lstm_viz.models.catalog import load, models
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader, trace

#: Written for this page, in the style of the training texts.
TEXT = """GREEN:
Good cousin, hast thou seen the king to-day?
They say he walks alone beside the wall,
And speaks to none, and will not eat nor sleep.

MARTHA:
I saw him when the morning bell had rung.
He gave me this, a letter for thy hand,
And said the matter was of no great weight;
Yet as he turned I saw that he did weep.
"""

#: How many characters back gradients are measured.
SPAN = 80


def shakespeare_models() -> list[str]:
    """Return the pretrained models that were trained on the same verses."""
    return [name for name in models() if name.startswith("shakespeare")]


def gradient_decays(model: LanguageModel, text: str = TEXT, span: int = SPAN, every: int = 15) -> list[GradientDecay]:
    """Return the gradient decay in a model's topmost layer, for the hidden state and the cell state if there is one.

    The objective is the log-probability of the actual next character, after every 15th character. Each curve is the median of
    ‖∂ log p / ∂s_t‖ divided by its value at the last step. Raises ValueError if the text is not longer than `span`.
    """
    if len(text) <= span:
        raise ValueError(f"the text has {len(text)} characters; more than {span} are needed")
    reader = Reader(model)
    shares: dict[str, list[np.ndarray]] = {}
    for end in range(span, len(text), every):
        for curve in gradient_decay(reader.read(text[:end], NextToken(-1, text[end])).layers[-1]):
            shares.setdefault(curve.symbol, []).append(curve.share[:span])
    return [GradientDecay(model.config.kind, symbol, np.median(shares_found, axis=0)) for symbol, shares_found in shares.items()]


def shares_back(networks: Sequence[LanguageModel], text: str, token: str) -> dict[str, np.ndarray]:
    """Return, by network, the share of the gradient of log p(token after the text) left at each step: [time], 1 at the last.

    It is ‖∂ log p / ∂s_t‖ in the topmost layer, divided by its value at the last step; s is the cell state if there is one, else
    the hidden state.
    """
    decays = (gradient_decay(trace(model, text, NextToken(-1, token)).layers[-1])[0] for model in networks)
    return {curve.label: curve.share[::-1] for curve in decays}


def saturated(name: str, gate: str, low: float = 0.1, high: float = 0.9) -> tuple[float, float]:
    """Return the shares (0..1) of a gate's values below `low` and above `high`, over all layers, units and steps of TEXT."""
    values = np.concatenate([layer.values[gate].ravel() for layer in trace(load(name), TEXT).layers])
    return float((values < low).mean()), float((values > high).mean())
