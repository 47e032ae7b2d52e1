"""A training while it goes on: how wrong the network still is, how hard it is pushed, and how its gates came to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import quick
from lstm_viz.figures.letter_axis import letters_along, places
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.gates import CELLS, Quantity, quantity
from lstm_viz.trace import LayerTrace

#: So many points show a curve as well as all of them would.
POINTS = 300
#: What the rows of a film show beside a cell's own quantities.
SURPRISE = "surprise"


@dataclass(frozen=True, eq=False)
class Curve:
    """A training so far: values of its steps, the first being step 1, and the held-out loss by step; all in nats a character.

    `guessing` is the held-out loss of one who knows only how frequent each letter is, `cap` the bound on the gradient.
    """

    loss: Float[np.ndarray, " step"]
    norm: Float[np.ndarray, " step"]
    held_out: Mapping[int, float]
    guessing: float
    cap: float | None
    steps: int


@dataclass(frozen=True, eq=False)
class Frame:
    """One sentence as the network read it after `step` steps; `surprise` [time] in nats."""

    step: int
    layer: LayerTrace
    surprise: Float[np.ndarray, " time"]


def thinned(
    values: Float[np.ndarray, " step"], points: int = POINTS
) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, " point"], Float[np.ndarray, " point"]]:
    """At most `points` points for any number of steps: the middle step of each stretch, its mean, and its largest value."""
    size = -(-len(values) // points) or 1
    starts = np.arange(0, len(values), size)
    counts = np.diff(np.append(starts, len(values)))
    if not len(values):
        return np.zeros(0), np.zeros(0), np.zeros(0)
    mean = np.add.reduceat(values, starts) / counts
    return starts + (counts + 1) / 2, mean, np.maximum.reduceat(values, starts)


def losses(curve: Curve, palette: Palette) -> go.Figure:
    """Training loss (a mean over neighbouring steps), held-out loss where it was measured, and that of guessing."""
    where, mean, _ = thinned(curve.loss)
    steps = list(curve.held_out)
    traces = [
        _line(where, mean, "on the text it learns from", palette.roles["keep"], 2),
        go.Scatter(
            x=steps, y=list(curve.held_out.values()), mode="lines+markers", name="on the part it never sees",
            line={"color": palette.gradient, "width": 2}, marker={"size": 5},
            hovertemplate="step %{x}: %{y:.3f}<extra>on the part it never sees</extra>",
        ),
    ]  # fmt: skip
    top = 1.1 * max([curve.guessing, *curve.held_out.values(), *mean[np.isfinite(mean)].tolist()])
    y = {"title_text": "surprise, nats a letter", "range": [0, min(top, 2.5 * curve.guessing)]}
    traces.append(_level(f"guessing: {curve.guessing:.2f}", curve.guessing, curve, palette))
    return quick(traces, _along(curve), y, 300, 32, showlegend=True, legend=_LEGEND)


def norms(curve: Curve, palette: Palette) -> go.Figure:
    """The gradient's length: the largest of neighbouring steps, and what clipping left of it; both axes start at nothing."""
    where, _, largest = thinned(curve.norm)
    traces = [_line(where, largest, "before clipping", palette.gradient, 1.5)]
    ends = largest[np.isfinite(largest) & (largest > 0)].tolist() or [1.0]
    if curve.cap is not None:
        taken = _line(where, np.minimum(largest, curve.cap), "after clipping", palette.roles["keep"], 2.5)
        traces += [taken, _level(f"clipped at {curve.cap:g}", curve.cap, curve, palette)]
        ends.append(curve.cap)
    low, high = np.log10(min(ends)), np.log10(max(ends))
    marks = [lead * 10.0**power for power in range(int(low) - 2, int(high) + 2) for lead in (1, 2, 5)]
    wide = max(1, round((high - low) / 2))
    y = {
        "title_text": "length of the gradient", "type": "log", "range": [low - 0.1, high + 0.15], "tickmode": "array",
        "tickvals": marks[::1 if wide == 1 else 3 * (wide // 3 + 1)], "tickformat": "~g",
    }  # fmt: skip
    return quick(traces, _along(curve), y, 300, 32, showlegend=True, legend=_LEGEND)


def film(
    frames: Sequence[Frame], tokens: Sequence[str], symbol: str, unit: int | None, chosen: int, palette: Palette
) -> go.Figure:
    """A row for each moment of training, the first at the top, a column for each letter; the row of step `chosen` is framed.

    The colour is one quantity of one unit, its mean over all (None; of its magnitude where it is signed), or the surprise
    at the letter. Its scale reaches from the least to the largest value of the film, so that small beginnings are seen.
    """
    rows = np.array([_row(frame, symbol, unit) for frame in frames], dtype=np.float32)
    low, high = float(np.nanmin(rows, initial=np.inf)), float(np.nanmax(rows, initial=-np.inf))
    signed = low < 0.0
    if signed or symbol == SURPRISE:
        high = max(high, -low) if signed else high
        low = -high if signed else 0.0
    steps = [f"{frame.step:,}" for frame in frames]
    cells = go.Heatmap(
        x=places(len(tokens)), y=places(len(frames)), z=rows, zmin=low, zmax=high, xgap=1, ygap=1,
        customdata=[[frame.step] * len(tokens) for frame in frames],
        colorscale=colourscale(palette.diverging if signed else palette.sequential),
        colorbar={"thickness": 9, "outlinewidth": 0, "nticks": 5, "tickfont": {"size": 11}, "xpad": 4},
        hovertemplate="after %{customdata} steps: %{z:.2f}<extra></extra>",
    )  # fmt: skip
    row = next((number for number, frame in enumerate(frames) if frame.step == chosen), None)
    look = {"color": palette.gradient, "width": 2.5}
    shapes = [] if row is None else [
        {"type": "rect", "x0": -0.5, "x1": len(tokens) - 0.5, "y0": row - 0.5, "y1": row + 0.5, "line": look}
    ]  # fmt: skip
    y = {
        "type": "category", "categoryorder": "array", "categoryarray": places(len(frames)), "title_text": "steps of training",
        "labelalias": dict(zip(places(len(frames)), steps, strict=True)), "range": [len(frames) - 0.5, -0.5], "showgrid": False,
    }  # fmt: skip
    margin = {"l": 64, "r": 48, "t": 8, "b": 32}
    return quick([cells], letters_along(tokens), y, 56 + max(18 * len(frames), 90), shapes=shapes, margin=margin)


def _row(frame: Frame, symbol: str, unit: int | None) -> Float[np.ndarray, " time"]:
    if symbol == SURPRISE:
        return frame.surprise
    values = frame.layer.values[symbol][:, 0]
    if unit is not None:
        return values[:, unit]
    return (np.abs(values) if quantity(frame.layer.kind, symbol).signed else values).mean(-1)


def panels(frame: Frame, tokens: Sequence[str], order: np.ndarray, palette: Palette) -> go.Figure:
    """All units of a layer at one moment of training: a panel for each quantity, units in `order` from top to bottom."""
    shown = CELLS[frame.layer.kind]
    gap = 0.06
    height = (1.0 - gap * (len(shown) - 1)) / len(shown)
    layout, traces, annotations = {}, [], []
    for number, each in enumerate(shown):
        axis, top = str(number + 1) if number else "", 1.0 - number * (height + gap)
        traces.append(_panel(frame.layer, each, order, axis, palette))
        layout[f"yaxis{axis}"] = {
            "domain": [max(top - height, 0.0), top], "showticklabels": False, "autorange": "reversed", "fixedrange": True,
            "showgrid": False, "ticks": "",
        }  # fmt: skip
        said = f"{each.label}: {each.plain}"
        where = {"x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper", "yanchor": "bottom"}
        annotations.append({**where, "text": said, "showarrow": False, "font": {"size": 12}})
    along = {**letters_along(tokens), "anchor": f"y{len(shown)}" if len(shown) > 1 else "y"}
    return quick(traces, along, layout.pop("yaxis"), 40 + 84 * len(shown), 22, 32, annotations=annotations, **layout)


def _panel(layer: LayerTrace, each: Quantity, order: np.ndarray, axis: str, palette: Palette) -> go.Heatmap:
    values = layer.values[each.symbol][:, 0][:, order].T
    high = each.high if each.bounded else max(each.high, float(np.abs(values).max(initial=0.0)))
    return go.Heatmap(
        x=places(values.shape[1]), z=values.astype(np.float32), zmin=-high if each.signed else 0.0, zmax=high, showscale=False,
        colorscale=colourscale(palette.diverging if each.signed else palette.sequential), yaxis=f"y{axis}",
        customdata=np.broadcast_to(order[:, None], values.shape).astype(np.int32),
        hovertemplate=f"unit %{{customdata}}: {each.symbol} = %{{z:.3f}}<extra></extra>",
    )  # fmt: skip


_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def _line(x: np.ndarray, y: np.ndarray, name: str, colour: str, width: float) -> go.Scatter:
    # JSON has no place for what is no number.
    drawn = np.where(np.isfinite(y), y, np.nan)
    said = "step %{x:.0f}: %{y:.3g}<extra>" + name + "</extra>"
    return go.Scatter(x=x, y=drawn, name=name, mode="lines", line={"color": colour, "width": width}, hovertemplate=said)


def _along(curve: Curve) -> dict[str, object]:
    return {"title_text": "step of training", "range": [0, curve.steps]}


def _level(name: str, y: float, curve: Curve, palette: Palette) -> go.Scatter:
    """A dashed line across; its name is in the legend, where no curve runs through it."""
    dash = {"color": palette.roles["input"], "width": 1.5, "dash": "dash"}
    return go.Scatter(x=[0, curve.steps], y=[y, y], name=name, mode="lines", line=dash, hoverinfo="skip")


