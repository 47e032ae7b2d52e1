"""The sigmoid, and a gate that lets its share through."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_viz.figures.activations import sigmoid
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.sigmoid_gate import sigmoid_gate
from lstm_viz.text.numbers import format_percent
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Picture, Settings, Slider
from lstm_viz.ui.pages.learn.measurements import TEXT, saturated

MODEL = "shakespeare-lstm"
#: Bounds, in shares of all gates, between the answers to "how many are nearly shut or nearly open?".
BOUNDS = (0.1, 0.3)


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the curve with its equation, and the gate below."""
    shown = settings["answer"] == "shown"
    return Drawing(sigmoid_gate(float(settings["x"]), float(settings["amount"]), palette, shown), "")


@cache
def _ends() -> tuple[float, float]:
    return saturated(MODEL, "f")


def share(settings: Settings) -> float:
    """Return σ of the slider's x."""
    return float(sigmoid(np.array(float(settings["x"]))))


PICTURE = Picture(
    draw,
    controls={
        "x": Slider("x", -6.0, 6.0, 0.1, 2.0),
        "amount": Slider("How much comes", 0, 10, 1, 10),
        "answer": Choice("Curve", {"shown": "shown", "hidden": "hidden"}, "shown"),
    },
    facts={
        "share": lambda settings: f"{share(settings):.3f}",
        "passed": lambda settings: f"{share(settings) * float(settings['amount']):.2f}",
        "amount": lambda settings: f"{float(settings['amount']):g}",
        "low": lambda settings: format_percent(_ends()[0]),
        "high": lambda settings: format_percent(_ends()[1]),
        "many": lambda settings: str(1 + sum(sum(_ends()) > bound for bound in BOUNDS)),
        "characters": lambda settings: str(len(TEXT)),
    },
    right_options={"many": len(BOUNDS) + 1},
    relevant=lambda settings: ("x", "amount"),
)
