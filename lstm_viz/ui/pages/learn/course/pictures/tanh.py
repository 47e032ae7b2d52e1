"""The tanh: what it makes of outliers, and of a multiplication that is repeated."""

from __future__ import annotations

import math
from functools import cache

from lstm_viz.figures.palette import Palette
from lstm_viz.figures.tanh_outliers import below_one, repeat, repeated, tanh_outliers
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.text.numbers import format_fixed, format_general
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Picture, Settings, Slider
from lstm_viz.ui.pages.learn.measurements import TEXT

MODEL = "shakespeare-lstm"
#: The numbers that go in beside the outlier.
NUMBERS = (0.5, 2.0)


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the numbers before and after tanh, or the repeated multiplication."""
    shown = settings["answer"] == "shown"
    if settings["show"] == "repeat":
        return Drawing(repeated(float(settings["weight"]), int(settings["steps"]), palette, shown), "")
    return Drawing(tanh_outliers([*NUMBERS, float(settings["outlier"])], palette, shown), "")


@cache
def largest() -> tuple[float, float]:
    """Return the largest cell state and the largest hidden state, by size, of the shipped network reading the page's verse."""
    layers = trace(load(MODEL), TEXT).layers
    return max(float(abs(each.c).max()) for each in layers), max(float(abs(each.h).max()) for each in layers)


def _after(settings: Settings, squashed: bool) -> str:
    value = float(repeat(float(settings["weight"]), int(settings["steps"]), squashed)[-1])
    return f"{value:,.0f}" if value >= 100 else format_fixed(value)


PICTURE = Picture(
    draw,
    controls={
        "show": Choice("Show", {"numbers": "three numbers", "repeat": "a loop"}, "numbers"),
        "outlier": Slider("The third number", -100.0, 100.0, 0.5, 50.0),
        "weight": Slider("The loop's weight", 0.5, 2.0, 0.1, 1.5),
        "steps": Slider("Steps", 1, 30, 1, 20),
        "answer": Choice("Results", {"shown": "shown", "hidden": "hidden"}, "shown"),
    },
    facts={
        "numbers": lambda settings: f"{', '.join(map(format_general, NUMBERS))} and {format_general(float(settings['outlier']))}",
        "weight": lambda settings: format_general(float(settings["weight"])),
        "outlier": lambda settings: format_general(float(settings["outlier"])),
        "squashed": lambda settings: format_fixed(math.tanh(float(settings["outlier"])), 4),
        "steps": lambda settings: str(int(settings["steps"])),
        "plain": lambda settings: _after(settings, False),
        "bounded": lambda settings: _after(settings, True),
        "largest_c": lambda settings: f"{largest()[0]:.1f}",
        # What stays below 1 does not look like 1.
        "largest_h": lambda settings: below_one(largest()[1]),
    },
    relevant=lambda settings: ("show", "weight", "steps") if settings["show"] == "repeat" else ("show", "outlier"),
)
