"""The values that readers of the lessons on gates predict: a unit's forget gate, the two curves, the park's visitors."""

from __future__ import annotations

import numpy as np

from lstm_viz.figures.activations import sigmoid
from lstm_viz.figures.park import open_park
from lstm_viz.text.numbers import format_general
from lstm_viz.ui.pages.learn.course.picture import Measured
from lstm_viz.ui.pages.learn.course.pictures.bracket_unit import TEXT, UNIT, unit_steps
from lstm_viz.ui.pages.learn.course.pictures.park import ARRIVALS, ENTER, STAY, TELL

#: Where the sigmoid and the tanh are to be guessed.
SIGMOID_AT = (-2.0, 0.0, 2.0)
TANH_AT = (0.5, 2.0, 50.0)


def bracket_forget() -> Measured:
    """Return the bracket unit's forget gate along its text."""
    tokens, steps = zip(*unit_steps(TEXT), strict=True)
    return Measured(tokens, np.array([step.f for step in steps]), f"forget gate of unit {UNIT}", role="keep")


def sigmoid_values() -> Measured:
    """Return the sigmoid at three numbers."""
    names = [f"σ({format_general(x)})" for x in SIGMOID_AT]
    return Measured(names, sigmoid(np.array(SIGMOID_AT)), "the sigmoid", style="bars", role="keep", found="computed")


def tanh_values() -> Measured:
    """Return the tanh of three numbers, the last of them an outlier."""
    names = [f"tanh({format_general(x)})" for x in TANH_AT]
    return Measured(names, np.tanh(np.array(TANH_AT)), "the tanh", style="bars", role="candidate", found="computed")


def park_visitors() -> Measured:
    """Return how many are in the park after each hour, with the dials that the lesson begins with."""
    visitors = [100.0 * hour.c for hour in open_park(ARRIVALS, ENTER, STAY, TELL)]
    names = [f"hour {hour + 1}" for hour in range(len(visitors))]
    return Measured(
        names, np.array(visitors), "visitors in the park", high=160.0, style="bars", role="cell", found="computed",
    )  # fmt: skip
