"""A training run without and with gradient clipping: loss and size of the gradient, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.palette import Palette


@dataclass(frozen=True, eq=False)
class ClippingRun:
    """One training run: values of its steps, the first being step 1; they may be infinite or NaN.

    `computed` is the size of the gradient before clipping, `taken` that after it.
    """

    loss: Float[np.ndarray, " step"]
    computed: Float[np.ndarray, " step"]
    taken: Float[np.ndarray, " step"]
    overflowed: int | None


def losses(without: ClippingRun, clipped: ClippingRun, chance_loss: float, steps: int, palette: Palette) -> go.Figure:
    """Draw the loss of both runs on a logarithmic axis, with the loss of guessing; a loss of 0 is below the axis."""
    figure = go.Figure()
    _line(figure, without.loss, "without clipping", palette.gradient)
    _line(figure, clipped.loss, "with clipping", palette.roles["keep"])
    _overflow(figure, without, without.loss, palette.gradient)
    _overflow(figure, clipped, clipped.loss, palette.roles["keep"])
    _level(figure, chance_loss, f"guessing: {chance_loss:.2f}", steps, palette)
    _log_axis(figure, [without.loss, clipped.loss], [1e-4, 10.0], 1e-4)
    figure.update_xaxes(range=[0, steps])
    return apply_layout(figure, "step of training", "loss, in nats")


def sizes(without: ClippingRun, clipped: ClippingRun, threshold: float, what: str, steps: int, palette: Palette) -> go.Figure:
    """Draw the gradient's size in both runs on a logarithmic axis, with the threshold; `what` names the size."""
    figure = go.Figure()
    _line(figure, without.computed, "without clipping", palette.gradient)
    _line(figure, clipped.computed, "before clipping", palette.roles["keep"], 1.0)
    _line(figure, clipped.taken, "after clipping", palette.roles["keep"], 3.0)
    _overflow(figure, without, without.computed, palette.gradient)
    _overflow(figure, clipped, clipped.computed, palette.roles["keep"])
    _level(figure, threshold, f"clipped at {threshold:g}", steps, palette)
    _log_axis(figure, [without.computed, clipped.computed, clipped.taken], [threshold / 10, threshold * 100], threshold * 1e-3)
    figure.update_xaxes(range=[0, steps])
    return apply_layout(figure, "step of training", what)


def _line(figure: go.Figure, values: Float[np.ndarray, " step"], name: str, colour: str, width: float = 2.0) -> None:
    # A logarithmic axis cannot show 0, and JSON has no NaN.
    drawn = np.where(np.isfinite(values), np.maximum(values, 1e-30), np.nan)
    figure.add_scatter(
        x=np.arange(1, len(values) + 1), y=drawn, name=name, mode="lines", line={"color": colour, "width": width},
        hovertemplate="step %{x}: %{y:.3g}<extra>" + name + "</extra>",
    )  # fmt: skip


def _overflow(figure: go.Figure, run: ClippingRun, values: Float[np.ndarray, " step"], colour: str) -> None:
    """Draw a cross where the run ended, at the last finite value."""
    finite = values[np.isfinite(values)]
    if run.overflowed is None or not len(finite):
        return
    figure.add_scatter(
        x=[run.overflowed], y=[finite[-1]], mode="markers+text", showlegend=False, name="overflow",
        text=[f"  overflowed at step {run.overflowed}"], textposition="middle right", textfont={"color": colour},
        marker={"symbol": "x", "size": 11, "color": colour}, hoverinfo="skip",
    )  # fmt: skip


def _level(figure: go.Figure, value: float, text: str, steps: int, palette: Palette) -> None:
    """Draw a dashed line at a value, named in the legend, as a label beside it would cover the curves."""
    figure.add_scatter(
        x=[0, steps], y=[value, value], name=text, mode="lines",
        line={"color": palette.roles["input"], "width": 1.5, "dash": "dash"}, hoverinfo="skip",
    )  # fmt: skip


def _log_axis(figure: go.Figure, runs: Sequence[np.ndarray], around: list[float], floor: float) -> None:
    """Show at least `around`, and any larger values; nothing below `floor`, so that a tiny value does not flatten the curves."""
    values = np.concatenate([np.asarray(run, float) for run in runs] + [np.asarray(around)])
    values = values[np.isfinite(values) & (values >= floor)]
    low, high = np.log10(values.min()), np.log10(values.max())
    margin = 0.04 * (high - low)
    step = max(1, int(np.ceil((high - low) / 6)))
    figure.update_yaxes(type="log", range=[low - margin, high + margin], exponentformat="power", dtick=step)
