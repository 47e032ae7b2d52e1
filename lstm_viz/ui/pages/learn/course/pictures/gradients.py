"""Gradients on their way back: one number multiplied again and again, two networks measured, and gradient clipping."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_viz.figures.clipping import clip, clipping
from lstm_viz.figures.gradient_decay import gradient_decay, powers
from lstm_viz.figures.palette import Palette
from lstm_viz.gradients import GradientDecay
from lstm_viz.models.catalog import load
from lstm_viz.text.numbers import format_number
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Measured, Picture, Settings, Slider
from lstm_viz.ui.pages.learn.measurements import gradient_decays

#: How far back is asked, in letters, and how far the drawn power goes.
BACK = 20
RNN, LSTM = "shakespeare-rnn", "shakespeare-lstm"
#: The direction of the gradient that is clipped; only its length matters.
_DIRECTION = np.array([0.8, 0.6])
_LONGEST = 5.0
#: The lower end of the axis of a guess.
_FLOOR = 1e-8


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the powers of one number, the measured gradients, or a gradient that is clipped."""
    if settings["show"] == "measured":
        curves = [decay(RNN), decay(LSTM)]
        return Drawing(
            gradient_decay(curves, palette), "What is left of the gradient, by the distance from the last letter.",
            "Both networks read the same verses: the gradient of the next letter's log-probability, median over many letters.",
        )  # fmt: skip
    if settings["show"] == "clip":
        gradient, threshold = _gradient(settings), float(settings["threshold"])
        shown = settings["answer"] == "shown"
        after = f", and clipped to a length of {threshold:g} at most" if shown else f"; dashed: the threshold of {threshold:g}"
        return Drawing(
            clipping(gradient, threshold, 1.05 * _LONGEST * float(_DIRECTION[0]), palette, shown),
            f"A gradient of length {settings['length']} as an arrow{after}.",
            f"Thin: the gradient as it came. {'Thick: what training uses. ' * shown}Dashed: the threshold.",
        )
    factor = float(settings["factor"])
    return Drawing(
        powers(factor, BACK, palette, log=False), f"{factor:.2f} to the power n, for n from 0 to {BACK}.",
        f"What is left of a gradient of 1 after n steps back, if every step multiplies it by w = {factor:.2f}.",
    )  # fmt: skip


@cache
def decay(name: str) -> GradientDecay:
    """Return the measured decay of a network's memory: the cell state if there is one, else the hidden state."""
    return gradient_decays(load(name))[0]


def gradient_left() -> Measured:
    """Return what is left of the gradient BACK letters before the last one, by network."""
    values = np.array([decay(name).share[BACK] for name in (RNN, LSTM)])
    return Measured(
        ("plain RNN", "LSTM, its cell"), values, f"Left of the gradient, {BACK} letters back", _FLOOR, 1.0, "bars", log=True,
        share=True, role="cell",
    )  # fmt: skip


def _gradient(settings: Settings) -> np.ndarray:
    return float(settings["length"]) * _DIRECTION


def _clipped(settings: Settings) -> float:
    return float(np.linalg.norm(clip(_gradient(settings), float(settings["threshold"]))))


def small_share(value: float) -> str:
    """Format a share as a percentage with two significant digits, however small it is."""
    return f"{np.format_float_positional(100 * value, precision=2, fractional=False, trim='-')}%"


def _share(name: str) -> str:
    return small_share(float(decay(name).share[BACK]))


def _relevant(settings: Settings) -> tuple[str, ...]:
    return {"powers": ("factor",), "clip": ("length", "threshold")}.get(str(settings["show"]), ())


PICTURE = Picture(
    draw,
    controls={
        "show": Choice("Show", {"powers": "one number", "measured": "two networks", "clip": "clipping"}, "powers"),
        "factor": Slider("w: what each step multiplies by", 0.5, 1.5, 0.01, 1.0),
        "length": Slider("Length of the gradient", 0.1, _LONGEST, 0.1, 3.0),
        "threshold": Slider("Threshold of the clipping", 0.1, _LONGEST, 0.1, 1.0),
        "answer": Choice("What becomes of it", {"shown": "shown", "hidden": "hidden"}, "shown"),
    },
    facts={
        "back": lambda settings: str(BACK),
        "factor": lambda settings: f"{float(settings['factor']):.2f}",
        "power": lambda settings: format_number(float(settings["factor"]) ** BACK),
        "rnn_left": lambda settings: _share(RNN),
        "lstm_left": lambda settings: _share(LSTM),
        # Two digits: the median over so few places is not more exact.
        "times": lambda settings: f"{float(f'{decay(LSTM).share[BACK] / decay(RNN).share[BACK]:.2g}'):,.0f}",
        "rnn_reach": lambda settings: str(decay(RNN).steps_until(0.01)),
        "lstm_reach": lambda settings: str(decay(LSTM).steps_until(0.01)),
        "length": lambda settings: f"{float(settings['length']):g}",
        "threshold": lambda settings: f"{float(settings['threshold']):g}",
        "clipped": lambda settings: f"{_clipped(settings):.3g}",
        "scale": lambda settings: f"{_clipped(settings) / float(settings['length']):.2f}",
    },
    relevant=_relevant,
)
