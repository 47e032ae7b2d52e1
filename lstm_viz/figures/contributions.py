"""Contributions to the memory: one bar for each letter, and the same after every step as a time × time map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.cell_decomposition import History
from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.letter_axis import letters_along, positions
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.text.labels import label

#: The name of a contribution of one unit, and of a layer.
AMOUNT, SHARE = "amount", "share of the memory"


def contribution_bars(
    parts: Float[np.ndarray, " then"], before: float, tokens: Sequence[str], first: int, signed: bool, palette: Palette
) -> go.Figure:
    """Draw what each letter of a window contributed and is still there; `before` is everything older, left out if zero.

    `signed` contributions are amounts coloured by their sign; others are shares of the whole, 0..1.
    """
    older = bool(before)
    values = np.concatenate(([before], parts)) if older else np.asarray(parts)
    names = [*(["earlier"] if older else []), *tokens]
    steps = np.arange(first - older, first + len(parts))
    positive, negative = (palette.diverging[5], palette.diverging[1]) if signed else (palette.roles["cell"],) * 2
    hover = "%{y:+.3f}" if signed else "%{y:.1%}"
    drawn = go.Bar(
        x=positions(len(values)), y=values, customdata=np.stack((steps, values), axis=-1), text=[label(name) for name in names],
        textposition="none", marker={"color": [positive if value >= 0 else negative for value in values], "line_width": 0},
        hovertemplate=f"%{{text}} (step %{{customdata[0]}}): {hover}<extra></extra>",
    )  # fmt: skip
    y = {"title_text": AMOUNT if signed else SHARE, "zeroline": True, "tickformat": "" if signed else ".0%", "nticks": 5}
    return fast_figure([drawn], letters_along(names), y, 260, bottom=32, bargap=0.15)


def history_map(history: History, tokens: Sequence[str], step: int, signed: bool, palette: Palette) -> go.Figure:
    """Draw a map: rows are the letters after which the memory is read, columns those that wrote it. `step`'s row is framed.

    `signed` values are amounts; others are drawn as shares of each row's whole, on a scale that covers 98% of them.
    """
    active = np.tril(np.ones(history.parts.shape, dtype=bool))
    values = history.parts if signed else shares(history)
    # The first letters have large shares, as there are few others: they would dominate the colour scale.
    drawn_ones = np.abs(values[active])
    end = float((drawn_ones.max(initial=0.0) if signed or not drawn_ones.size else np.quantile(drawn_ones, 0.98)) or 1.0)
    count, first = len(tokens), history.first
    hover = "%{z:+.3f}" if signed else "%{z:.1%}"
    drawn = go.Heatmap(
        z=np.where(active, values, np.nan).astype(np.float32), x=positions(count), y=positions(count),
        zmin=-end if signed else 0.0,
        zmax=end, colorscale=colourscale(palette.diverging if signed else palette.sequential), hoverongaps=False,
        hovertemplate=f"after ‘%{{y}}’, ‘%{{x}}’ accounts for {hover}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.9, "tickformat": "" if signed else ".0%", "nticks": 5, "outlinewidth": 0},
    )  # fmt: skip
    x = {**letters_along(tokens, "the letter that wrote it"), "fixedrange": False}
    y = {**letters_along(tokens, "after reading", room=360), "fixedrange": False, "range": [max(count, 1) - 0.5, -0.5]}
    row = step - first
    ends = {"x0": -0.5, "x1": row + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    frame = [{"type": "rect", **ends, "line": {"color": palette.roles["keep"], "width": 2}}] if 0 <= row < count else []
    return fast_figure([drawn], x, y, 420, bottom=48, shapes=frame, dragmode="zoom")


def shares(history: History) -> Float[np.ndarray, "now then"]:
    """Return a layer's contributions as shares of the whole memory after each step; zeros if it is empty."""
    whole = (history.parts.sum(axis=1) + history.before)[:, None]
    return np.divide(history.parts, whole, out=np.zeros_like(history.parts), where=whole > 0)
