"""What a lesson can have predicted, by the names that lesson files use: each is measured on a shipped network."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.text.labels import label
from lstm_viz.ui.pages.learn.course.picture import Measure, Measured
from lstm_viz.ui.pages.learn.course.pictures import delays, gradients, uses

MEASURES: Mapping[str, Measure] = {
    "gradient_left": gradients.left_after,
    "copied": delays.copied,
    "verdicts": uses.verdicts,
}


def compare(guess: tuple[float, ...], measured: Measured) -> str:
    """Say how far a guess is from what was measured, on average and where most; for a logarithmic axis as a factor."""
    mine, truth = np.asarray(guess), measured.values
    if measured.log:
        off = np.abs(np.log10(np.maximum(mine, measured.low)) - np.log10(np.maximum(truth, measured.low)))
        parts = [f"{name}: {'too high' if a > b else 'too low'} by a factor of {10**d:,.0f}" if d > 0.3 else f"{name}: close"
                 for name, a, b, d in zip(measured.names, mine, truth, off, strict=True)]  # fmt: skip
        return "; ".join(parts) + "."
    off = np.abs(mine - truth)
    most = int(off.argmax())
    write = (lambda value: f"{value:.0%}") if measured.share else (lambda value: f"{value:.2f}")
    return (
        f"You are {write(float(off.mean()))} off on average, most at ‘{label(measured.names[most])}’: "
        f"you {write(float(mine[most]))}, the network {write(float(truth[most]))}."
    ).replace("-", "−")
