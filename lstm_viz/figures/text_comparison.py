"""Compare two texts: their letters in columns, the distance of the states, and which gates differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lstm_viz.comparison import NEAR, Alignment, LayerComparison
from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.letter_axis import letters_along, positions
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.gates import CELLS, Kind, quantity
from lstm_viz.text.labels import label

#: Placeholder where one of the texts has no letter.
GAP = "·"


def letters_of(alignment: Alignment, one: Sequence[str], second: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return both texts' labels by column."""
    return (
        [label(one[step]) if step >= 0 else GAP for step in alignment.one],
        [label(second[step]) if step >= 0 else GAP for step in alignment.other],
    )


def distance_curve(
    comparison: LayerComparison, alignment: Alignment, one: Sequence[str], other: Sequence[str], palette: Palette
) -> go.Figure:
    """Draw the states' distance by column, with where they diverge and reconverge; columns with a gap are left out."""
    above, below = letters_of(alignment, one, other)
    columns = np.flatnonzero(~np.isnan(comparison.distance))
    hover = [f"‘{above[column]}’ and ‘{below[column]}’" for column in columns]
    colour = palette.roles["cell" if comparison.state == "c" else "hidden"]
    drawn = go.Scatter(
        x=[str(column) for column in columns], y=comparison.distance[columns], text=hover, mode="lines+markers",
        line={"color": colour, "width": 2.5}, marker={"size": 5}, hovertemplate="%{text}: %{y:.2f} apart<extra></extra>",
    )  # fmt: skip
    top = max(1.0, float(np.nanmax(comparison.distance, initial=0.0)) * 1.15)
    across = {"xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": NEAR}
    shapes: list[dict[str, Any]] = [
        {"type": "rect", **across, "fillcolor": palette.roles["keep"], "opacity": 0.12, "line": {"width": 0}}
    ]
    text: list[dict[str, Any]] = []
    for column, marker in ((comparison.diverges_at, "diverge"), (comparison.reconverges_at, "reconverge")):
        if column is not None:
            upright = {"x0": column, "x1": column, "yref": "paper", "y0": 0, "y1": 1}
            shapes.append({"type": "line", **upright, "line": {"color": palette.gradient, "width": 1.5, "dash": "dot"}})
            position = {"x": column, "y": 1.0, "yref": "paper", "yanchor": "bottom", "showarrow": False}
            text.append({**position, "text": marker, "font": {"color": palette.gradient}})
    y = {"title_text": "distance of the states", "range": [0, top], "nticks": 5}
    return fast_figure([drawn], letters_along(above, below=below), y, 260, top=28, shapes=shapes, annotations=text)


def differences_map(
    comparison: LayerComparison, kind: Kind, alignment: Alignment, one: Sequence[str], other: Sequence[str], palette: Palette
) -> go.Figure:
    """Draw a row for each quantity: the mean over units of the difference, relative to its range; blank at gaps."""
    above, below = letters_of(alignment, one, other)
    cell = CELLS[kind]
    rows = np.array([comparison.mean_difference(each.symbol) / (each.high - each.low) for each in cell]).reshape(len(cell), -1)
    end = max(float(np.nanmax(rows, initial=0.0)), 0.05) if rows.size else 0.05
    return _map(rows, [each.label for each in cell], (above, below), (0.0, end), False, palette, "%{z:.1%} of its range")


def unit_differences_map(
    comparison: LayerComparison, kind: Kind, unit: int, alignment: Alignment, one: Sequence[str], other: Sequence[str],
    palette: Palette,
) -> go.Figure:  # fmt: skip
    """Draw a row for each quantity of one unit: the second text's value minus the first's, signed; blank at gaps."""
    above, below = letters_of(alignment, one, other)
    symbols = [each.symbol for each in CELLS[kind]]
    rows = np.array([comparison.differences[symbol][:, unit] for symbol in symbols]).reshape(len(symbols), -1)
    end = max(float(np.nanmax(np.abs(rows), initial=0.0)), 0.05) if rows.size else 0.05
    names = [quantity(kind, symbol).label for symbol in symbols]
    return _map(rows, names, (above, below), (-end, end), True, palette, "%{z:+.3f}")


def _map(
    rows: np.ndarray, names: list[str], letters: tuple[list[str], list[str]], ends: tuple[float, float], signed: bool,
    palette: Palette, hover: str,
) -> go.Figure:  # fmt: skip
    above, below = letters
    pairs = [f"‘{a}’ and ‘{b}’" for a, b in zip(above, below, strict=True)]
    drawn = go.Heatmap(
        z=rows.astype(np.float32), x=positions(len(above)), y=names, zmin=ends[0], zmax=ends[1], hoverongaps=False,
        colorscale=colourscale(palette.diverging if signed else palette.sequential),
        text=[pairs] * len(names), hovertemplate=f"%{{y}}, %{{text}}: {hover}<extra></extra>",
        colorbar={"thickness": 10, "nticks": 5, "outlinewidth": 0, "tickformat": "" if signed else ".0%"},
    )  # fmt: skip
    y = {"autorange": "reversed", "showgrid": False, "automargin": True}
    return fast_figure([drawn], letters_along(above, below=below), y, 110 + 34 * len(names))
