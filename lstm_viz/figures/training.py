"""The progress of a training: losses, gradient norms, and the development of the gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.letter_axis import letters_along, positions
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.gates import CELLS, Quantity, quantity
from lstm_viz.trace import LayerTrace

#: Maximum number of points of a curve.
POINTS = 300
#: Quantities of snapshot rows besides a cell's own.
SURPRISE = "surprise"


@dataclass(frozen=True, eq=False)
class TrainingCurve:
    """A training so far: values of its steps, the first being step 1, and the held-out loss by step; all in nats a character.

    `unigram_loss` is the held-out loss of predicting by letter frequency alone, `max_grad_norm` the bound on the gradient.
    """

    loss: Float[np.ndarray, " step"]
    norm: Float[np.ndarray, " step"]
    held_out: Mapping[int, float]
    unigram_loss: float
    max_grad_norm: float | None
    steps: int


@dataclass(frozen=True, eq=False)
class SnapshotTrace:
    """One sentence as read by the network after `step` steps; `surprise` [time] in nats."""

    step: int
    layer: LayerTrace
    surprise: Float[np.ndarray, " time"]


def downsampled(
    values: Float[np.ndarray, " step"], points: int = POINTS
) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, " point"], Float[np.ndarray, " point"]]:
    """Reduce any number of steps to at most `points` bins: each one's middle step, mean, and largest value."""
    size = -(-len(values) // points) or 1
    starts = np.arange(0, len(values), size)
    counts = np.diff(np.append(starts, len(values)))
    if not len(values):
        return np.zeros(0), np.zeros(0), np.zeros(0)
    mean = np.add.reduceat(values, starts) / counts
    return starts + (counts + 1) / 2, mean, np.maximum.reduceat(values, starts)


def losses(curve: TrainingCurve, palette: Palette) -> go.Figure:
    """Draw training loss (smoothed over neighbouring steps), held-out loss where measured, and that of guessing."""
    where, mean, _ = downsampled(curve.loss)
    steps = list(curve.held_out)
    traces = [
        _line(where, mean, "training text", palette.roles["keep"], 2),
        go.Scatter(
            x=steps, y=list(curve.held_out.values()), mode="lines+markers", name="held-out text",
            line={"color": palette.gradient, "width": 2}, marker={"size": 5},
            hovertemplate="step %{x}: %{y:.3f}<extra>held-out text</extra>",
        ),
    ]  # fmt: skip
    top = 1.1 * max([curve.unigram_loss, *curve.held_out.values(), *mean[np.isfinite(mean)].tolist()])
    y = {"title_text": "surprise, nats a letter", "range": [0, min(top, 2.5 * curve.unigram_loss)]}
    traces.append(_level(f"guessing: {curve.unigram_loss:.2f}", curve.unigram_loss, curve, palette))
    return fast_figure(traces, _along(curve), y, 300, 32, showlegend=True, legend=_LEGEND)


def norms(curve: TrainingCurve, palette: Palette) -> go.Figure:
    """Draw the gradient's norm: the largest of neighbouring steps, before and after clipping; the x axis starts at 0."""
    where, _, largest = downsampled(curve.norm)
    traces = [_line(where, largest, "before clipping", palette.gradient, 1.5)]
    ends = largest[np.isfinite(largest) & (largest > 0)].tolist() or [1.0]
    if curve.max_grad_norm is not None:
        clipped = _line(where, np.minimum(largest, curve.max_grad_norm), "after clipping", palette.roles["keep"], 2.5)
        traces += [clipped, _level(f"clipped at {curve.max_grad_norm:g}", curve.max_grad_norm, curve, palette)]
        ends.append(curve.max_grad_norm)
    low, high = np.log10(min(ends)), np.log10(max(ends))
    marks = [lead * 10.0**power for power in range(int(low) - 2, int(high) + 2) for lead in (1, 2, 5)]
    wide = max(1, round((high - low) / 2))
    y = {
        "title_text": "gradient norm", "type": "log", "range": [low - 0.1, high + 0.15], "tickmode": "array",
        "tickvals": marks[::1 if wide == 1 else 3 * (wide // 3 + 1)], "tickformat": "~g",
    }  # fmt: skip
    return fast_figure(traces, _along(curve), y, 300, 32, showlegend=True, legend=_LEGEND)


def snapshot_heatmap(
    frames: Sequence[SnapshotTrace], tokens: Sequence[str], symbol: str, unit: int | None, framed_step: int, palette: Palette
) -> go.Figure:
    """Draw a row for each snapshot, the first at the top, a column for each letter; the row of step `framed_step` is framed.

    The colour is one quantity of one unit, its mean over all units (None; of its magnitude if it is signed), or the surprise
    at the letter. Its scale covers the range of all snapshots, so that small values at the start are visible.
    """
    rows = np.array([_row(frame, symbol, unit) for frame in frames], dtype=np.float32)
    low, high = float(np.nanmin(rows, initial=np.inf)), float(np.nanmax(rows, initial=-np.inf))
    signed = low < 0.0
    if signed or symbol == SURPRISE:
        high = max(high, -low) if signed else high
        low = -high if signed else 0.0
    steps = [f"{frame.step:,}" for frame in frames]
    cells = go.Heatmap(
        x=positions(len(tokens)), y=positions(len(frames)), z=rows, zmin=low, zmax=high, xgap=1, ygap=1,
        customdata=[[frame.step] * len(tokens) for frame in frames],
        colorscale=colourscale(palette.diverging if signed else palette.sequential),
        colorbar={"thickness": 9, "outlinewidth": 0, "nticks": 5, "tickfont": {"size": 11}, "xpad": 4},
        hovertemplate="after %{customdata} steps: %{z:.2f}<extra></extra>",
    )  # fmt: skip
    row = next((index for index, frame in enumerate(frames) if frame.step == framed_step), None)
    look = {"color": palette.gradient, "width": 2.5}
    shapes = [] if row is None else [
        {"type": "rect", "x0": -0.5, "x1": len(tokens) - 0.5, "y0": row - 0.5, "y1": row + 0.5, "line": look}
    ]  # fmt: skip
    y = {
        "type": "category", "categoryorder": "array", "categoryarray": positions(len(frames)), "title_text": "steps of training",
        "labelalias": dict(zip(positions(len(frames)), steps, strict=True)), "range": [len(frames) - 0.5, -0.5],
        "showgrid": False,
    }  # fmt: skip
    margin = {"l": 64, "r": 48, "t": 8, "b": 32}
    return fast_figure([cells], letters_along(tokens), y, 56 + max(18 * len(frames), 90), shapes=shapes, margin=margin)


def _row(frame: SnapshotTrace, symbol: str, unit: int | None) -> Float[np.ndarray, " time"]:
    if symbol == SURPRISE:
        return frame.surprise
    values = frame.layer.values[symbol][:, 0]
    if unit is not None:
        return values[:, unit]
    return (np.abs(values) if quantity(frame.layer.kind, symbol).signed else values).mean(-1)


def unit_heatmaps(frame: SnapshotTrace, tokens: Sequence[str], order: np.ndarray, palette: Palette) -> go.Figure:
    """Draw all units of a layer in one snapshot: a panel for each quantity, units in `order` from top to bottom."""
    quantities = CELLS[frame.layer.kind]
    gap = 0.06
    height = (1.0 - gap * (len(quantities) - 1)) / len(quantities)
    layout, traces, annotations = {}, [], []
    for index, each in enumerate(quantities):
        axis, top = str(index + 1) if index else "", 1.0 - index * (height + gap)
        traces.append(_panel(frame.layer, each, order, axis, palette))
        layout[f"yaxis{axis}"] = {
            "domain": [max(top - height, 0.0), top], "showticklabels": False, "autorange": "reversed", "fixedrange": True,
            "showgrid": False, "ticks": "",
        }  # fmt: skip
        hover = f"{each.label}: {each.plain}"
        where = {"x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper", "yanchor": "bottom"}
        annotations.append({**where, "text": hover, "showarrow": False, "font": {"size": 12}})
    along = {**letters_along(tokens), "anchor": f"y{len(quantities)}" if len(quantities) > 1 else "y"}
    return fast_figure(traces, along, layout.pop("yaxis"), 40 + 84 * len(quantities), 22, 32, annotations=annotations, **layout)


def _panel(layer: LayerTrace, each: Quantity, order: np.ndarray, axis: str, palette: Palette) -> go.Heatmap:
    values = layer.values[each.symbol][:, 0][:, order].T
    high = each.high if each.bounded else max(each.high, float(np.abs(values).max(initial=0.0)))
    return go.Heatmap(
        x=positions(values.shape[1]), z=values.astype(np.float32), zmin=-high if each.signed else 0.0, zmax=high, showscale=False,
        colorscale=colourscale(palette.diverging if each.signed else palette.sequential), yaxis=f"y{axis}",
        customdata=np.broadcast_to(order[:, None], values.shape).astype(np.int32),
        hovertemplate=f"unit %{{customdata}}: {each.symbol} = %{{z:.3f}}<extra></extra>",
    )  # fmt: skip


_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def _line(x: np.ndarray, y: np.ndarray, name: str, colour: str, width: float) -> go.Scatter:
    # JSON has no NaN or infinity.
    drawn = np.where(np.isfinite(y), y, np.nan)
    hover = "step %{x:.0f}: %{y:.3g}<extra>" + name + "</extra>"
    return go.Scatter(x=x, y=drawn, name=name, mode="lines", line={"color": colour, "width": width}, hovertemplate=hover)


def _along(curve: TrainingCurve) -> dict[str, object]:
    return {"title_text": "step of training", "range": [0, curve.steps], "tickformat": ",d"}


def _level(name: str, y: float, curve: TrainingCurve, palette: Palette) -> go.Scatter:
    """Draw a dashed line; its name is in the legend, where it does not cover a curve."""
    dash = {"color": palette.roles["input"], "width": 1.5, "dash": "dash"}
    return go.Scatter(x=[0, curve.steps], y=[y, y], name=name, mode="lines", line=dash, hoverinfo="skip")
