"""What the learn page measures on the shipped models; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_viz.gradients import GradientDecay, NextToken, gradient_decay
from lstm_viz.models.catalog import load, models
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader, trace

#: Written for this page, in the manner of what the networks learned from.
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

#: Gradients are followed this many characters back.
SPAN = 80


def readers_of_verse() -> list[str]:
    """The shipped models that learned from the same verses and can be compared."""
    return [name for name in models() if name.startswith("shakespeare")]


def gradient_decays(model: LanguageModel, text: str = TEXT, span: int = SPAN, every: int = 15) -> list[GradientDecay]:
    """How gradients fade in a model's topmost layer, for the cell state where there is one and for the hidden state.

    The objective is the log-probability of the character that really follows, after every 15th character. Each curve is
    the median over these of ‖∂ log p / ∂s_t‖ divided by the same at the last step. Raises ValueError where the text is
    not longer than `span`.
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
    """By network, how much of the gradient of log p(symbol after the text) is left at each symbol read: [time], 1 at the last.

    It is ‖∂ log p / ∂s_t‖ in the topmost layer, divided by the same at the last step; s is the cell state where there is one,
    else the hidden state.
    """
    decays = (gradient_decay(trace(model, text, NextToken(-1, token)).layers[-1])[0] for model in networks)
    return {curve.label: curve.share[::-1] for curve in decays}


def saturated(name: str, gate: str, low: float = 0.1, high: float = 0.9) -> tuple[float, float]:
    """The shares (0..1) of a gate's values below `low` and above `high`, over all layers, units and steps of TEXT."""
    values = np.concatenate([layer.values[gate].ravel() for layer in trace(load(name), TEXT).layers])
    return float((values < low).mean()), float((values > high).mean())
