"""The rows of a layer's figure: a heat map for each quantity, the norms of the gradients, the surprise of each token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.gates import CELLS, Quantity
from lstm_viz.text.numbers import format_number
from lstm_viz.trace import LayerTrace

#: Minimum and maximum height of a heat map, the pixels for each unit in between, and the height of a row of curves.
SHORTEST, TALLEST, UNIT, CURVES = 56, 170, 6, 120
#: Maximum number of units with labels, and pixels for each.
LABELLED, LABEL = 8, 15
#: Share of an unbounded state's values that may lie beyond the colour scale.
OUTSIDE = 0.005


@dataclass(frozen=True, eq=False)
class Row:
    """One row of the figure: its title, its traces, its height in pixels, and its y axis' settings."""

    title: str
    traces: Sequence[go.Heatmap | go.Scatter | go.Bar]
    height: int
    axis: dict[str, Any]


def gate_rows(
    layer: LayerTrace, batch: int, orders: dict[int, Int[np.ndarray, " unit"]], block: int, palette: Palette, names: Sequence[str]
) -> Iterator[Row]:
    """Yield a heat map for each quantity of one batch entry.

    Args:
        layer: The layer.
        batch: The batch entry.
        orders: The units from top to bottom, by a quantity's number of units.
        block: Number of steps that are averaged to one column; means are over finite values only.
        palette: The colours.
        names: Each step's token for the hover text; empty for none.
    """
    for quantity in CELLS[layer.kind]:
        values = layer.values[quantity.symbol][:, batch]
        units = orders[values.shape[1]]
        visible = block_means(values[:, units], block).T
        low, high, note = bounds(quantity, values)
        index = "%{customdata}, step %{x}" if names else ("around step %{x:.0f}" if block > 1 else "step %{x}")
        heat = go.Heatmap(
            z=visible, x0=(block - 1) / 2, dx=block, y=[f"unit {unit}" for unit in units.tolist()], zmin=low, zmax=high,
            customdata=np.broadcast_to(np.array(names, dtype=object), visible.shape) if names else None,
            colorscale=colourscale(palette.diverging if quantity.signed else palette.sequential), name=quantity.label,
            hovertemplate=f"{index}, %{{y}}: {quantity.symbol} = %{{z:.4f}}<extra></extra>", hoverongaps=False,
            colorbar={"lenmode": "pixels", "thickness": 8, "x": 1.0, "xpad": 6, "tickfont": {"size": 10}, "nticks": 4},
        )  # fmt: skip
        few = len(units) <= LABELLED
        height = min(TALLEST, max(SHORTEST, (LABEL if few else UNIT) * len(units)))
        axis = {"type": "category", "autorange": "reversed", "showticklabels": few, "dtick": 1, "ticks": "", "showgrid": False,
                "tickfont": {"size": 11}}  # fmt: skip
        yield Row(f"{quantity.name} {quantity.symbol}: {quantity.plain}{note}", [heat], height, axis)


def norm_row(layer: LayerTrace, batch: int, objective: str, palette: Palette, names: Sequence[str], legend: bool) -> Row:
    """Draw ‖∂L/∂·‖ over units by step on a logarithmic axis, with gaps at zero."""
    assert layer.grads is not None
    colours = {quantity.symbol: palette.roles[quantity.role] for quantity in CELLS[layer.kind]} | {"x": palette.roles["input"]}
    curves = []
    for symbol, colour in colours.items():
        if symbol not in layer.grads:
            continue
        # In double precision, as the square of a small single-precision number is zero.
        norms = np.linalg.norm(layer.grads[symbol][:, batch].astype(np.float64), axis=-1)
        curves.append(go.Scatter(
            y=np.where(norms > 0, norms, np.nan), mode="lines" if len(norms) > 1 else "markers", name=f"‖∂L/∂{symbol}‖",
            line_color=colour, line_width=1.5, visible=True if symbol in "hcx" else "legendonly", text=list(names) or None,
            hovertemplate=f"{'%{text}, ' if names else ''}step %{{x}}: ‖∂L/∂{symbol}‖ = %{{y:.4g}}<extra></extra>",
            legendgroup=symbol, showlegend=legend,
        ))  # fmt: skip
    title = f"gradient norms ‖∂L/∂·‖ at each step; L: {objective}"
    return Row(title, curves, CURVES, _decades(np.concatenate([curve.y for curve in curves if curve.visible is True])))


def surprise_row(surprise: Float[np.ndarray, " time"], palette: Palette, names: Sequence[str]) -> Row:
    """Draw −ln p of each token given those before it, in nats."""
    bars = go.Bar(
        y=surprise, marker_color=palette.roles["input"], marker_line_width=0, name="surprise", showlegend=False,
        text=list(names) or None, textposition="none",
        hovertemplate=f"{'%{text}, ' if names else ''}step %{{x}}: %{{y:.3f}} nats<extra></extra>",
    )  # fmt: skip
    return Row("surprise: −ln p of each token, in nats", [bars], CURVES, {"rangemode": "tozero", "nticks": 5})


def bounds(quantity: Quantity, values: Float[np.ndarray, "time unit"]) -> tuple[float, float, str]:
    """Return the ends of the colour scale, and a note if values lie beyond them.

    The ends are those of the quantity's own range; if values exceed it, they are chosen to include all but 0.5% of them.
    """
    finite = np.abs(values[np.isfinite(values)])
    if not finite.size or finite.max() <= quantity.high:
        return quantity.low, quantity.high, ""
    high, largest = max(quantity.high, float(np.quantile(finite, 1.0 - OUTSIDE))), float(finite.max())
    note = f" (colours end at ±{format_number(high)}; the largest is {format_number(largest)})" if largest > 1.01 * high else ""
    return (-high if quantity.signed else quantity.low), high, note


def _decades(norms: Float[np.ndarray, " value"]) -> dict[str, Any]:
    """Return a logarithmic axis with ticks at powers of ten, or at 1, 2 and 5 if there are few of them."""
    known = norms[np.isfinite(norms)]
    axis: dict[str, Any] = {"type": "log", "tickfont": {"size": 11}}
    if not known.size:
        return axis
    low, high = int(np.floor(np.log10(known.min()))), int(np.ceil(np.log10(known.max())))
    steps = (1, 2, 5) if high - low <= 2 else (1,)
    every = max(1, (high - low) // 6)
    marks = [each * 10.0**power for power in range(low, high + 1, every) for each in steps]
    return axis | {"tickmode": "array", "tickvals": marks, "ticktext": [f"{mark:g}" for mark in marks]}


def block_means(values: Float[np.ndarray, "time unit"], block: int) -> Float[np.ndarray, "column unit"]:
    """Compute means over blocks of steps, of finite values only; NaN if there are none."""
    known = np.where(np.isfinite(values), values, np.nan)
    if block == 1 or not len(values):
        return known
    starts = np.arange(0, len(values), block)
    counts = np.add.reduceat(~np.isnan(known), starts, axis=0, dtype=np.int64)
    sums = np.add.reduceat(np.nan_to_num(known.astype(np.float64)), starts, axis=0)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return means.astype(values.dtype)
