"""The values that readers of a lesson can predict, by the names that lesson files use."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.text.labels import label
from lstm_viz.text.numbers import with_minus_sign
from lstm_viz.ui.pages.learn.course import gate_measures
from lstm_viz.ui.pages.learn.course.picture import Measure, Measured
from lstm_viz.ui.pages.learn.course.pictures import delays, gradients, uses

MEASURES: Mapping[str, Measure] = {
    "bracket_forget": gate_measures.bracket_forget,
    "sigmoid_values": gate_measures.sigmoid_values,
    "tanh_values": gate_measures.tanh_values,
    "park_visitors": gate_measures.park_visitors,
    "gradient_left": gradients.gradient_left,
    "copied": delays.copy_accuracy,
    "verdicts": uses.verdicts,
}


def compare(guess: tuple[float, ...], measured: Measured) -> str:
    """Describe how far a guess is from the measured values: on average and at most; for a logarithmic axis as factors."""
    mine, truth = np.asarray(guess), measured.values
    if measured.log:
        off = np.abs(np.log10(np.maximum(mine, measured.low)) - np.log10(np.maximum(truth, measured.low)))
        parts = [f"{name}: {'too high' if a > b else 'too low'} by a factor of {10**d:,.0f}" if d > 0.3 else f"{name}: close"
                 for name, a, b, d in zip(measured.names, mine, truth, off, strict=True)]  # fmt: skip
        return "; ".join(parts) + "."
    off = np.abs(mine - truth)
    most = int(off.argmax())
    # As in the browser's `curve.js`: what is counted in tens or more needs no decimals.
    written = "{:.0%}" if measured.share else "{:.0f}" if measured.high >= 10 else "{:.2f}"
    write = written.format
    return with_minus_sign(
        f"You are {write(float(off.mean()))} off on average, most at ‘{label(measured.names[most])}’: "
        f"you drew {write(float(mine[most]))}, {measured.found} {write(float(truth[most]))}."
    )
