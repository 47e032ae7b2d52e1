"""How long units remember: all half-lives in order, and how what one unit writes fades."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.palette import Palette
from lstm_viz.figures.plain import plain
from lstm_viz.memory import HalfLife

#: Half-lives below this are drawn at it: less than that nobody tells apart.
FLOOR = 0.2


def half_lives(found: HalfLife, unit: int, palette: Palette) -> go.Figure:
    """One point for each unit that wrote anything, the longest memory first, on a logarithmic axis; `unit` is marked.

    Units that outlast the text stand above it as triangles.
    """
    ranked = found.ranked()
    ranked = ranked[~np.isnan(found.steps[ranked])]
    steps, above = found.steps[ranked], found.longest * 1.5
    endless = np.isinf(steps)
    height = np.clip(np.where(endless, above, steps), FLOOR, None)
    told = [
        f"unit {number}: {'longer than this text' if math.isinf(each) else f'{each:.1f} letters'}"
        for number, each in zip(ranked, steps, strict=True)
    ]
    few = len(ranked) <= 32
    figure = go.Figure(
        go.Scatter(
            x=np.arange(1, len(ranked) + 1), y=height, customdata=ranked, text=told, hovertemplate="%{text}<extra></extra>",
            # Hundreds of markers would take longer to draw than a keystroke may.
            mode="lines+markers" if few else "lines", line={"color": palette.roles["keep"], "width": 1 if few else 5},
            marker={"size": 9}, name="units",
        )
    )  # fmt: skip
    plain(figure, "units, the longest memory first", "letters until half is gone", 320, legend=False)
    place = np.flatnonzero(ranked == unit)
    if len(place):
        x, y = int(place[0]) + 1, float(height[place[0]])
        figure.add_scatter(
            x=[x], y=[y], mode="markers+text", text=[f"unit {unit}"], hoverinfo="skip", name=f"unit {unit}",
            # Towards the middle, so that no edge cuts the words.
            textposition="top right" if x < len(ranked) / 2 else "top left", textfont={"color": palette.gradient},
            marker={"size": 13, "color": palette.gradient},
        )  # fmt: skip
    if endless.any():
        figure.add_hline(found.longest * 1.2, line={"color": palette.roles["input"], "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=1, xref="paper", xanchor="right", y=math.log10(above * 1.3), text="longer than this text", showarrow=False,
            font={"color": palette.roles["input"]},
        )  # fmt: skip
    top = above * 1.8 if endless.any() else max(float(height.max(initial=1.0)) * 1.6, 2.0)
    ends = [math.log10(FLOOR * 0.8), math.log10(max(top, 2.0))]
    return figure.update_yaxes(type="log", range=ends, tickvals=_ticks(top), showgrid=True)


def fades(found: HalfLife, unit: int, palette: Palette) -> go.Figure:
    """The share that is left of what `unit` writes, letter by letter; thin lines are the longest and the shortest memory."""
    ranked = found.ranked()
    ranked = ranked[~np.isnan(found.steps[ranked])]
    figure = go.Figure()
    figure.add_hline(0.5, line={"color": palette.roles["input"], "width": 1, "dash": "dot"})
    ends = {} if not len(ranked) else {"longest": int(ranked[0]), "shortest": int(ranked[-1])}
    for name, each in ends.items():
        if each != unit:
            dash = "dash" if name == "longest" else "dot"
            _curve(figure, found.left[:, each], f"{name}: unit {each}", palette.roles["input"], 1.5, dash)
    _curve(figure, found.left[:, unit], f"unit {unit}", palette.gradient, 3, "solid")
    plain(figure, "letters after the writing", "share still there", 320)
    figure.update_yaxes(range=[-0.03, 1.05], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure.update_xaxes(rangemode="tozero")


def _curve(
    figure: go.Figure, left: Float[np.ndarray, " lag"], name: str, colour: str, width: float, dash: str
) -> None:
    figure.add_scatter(
        x=np.arange(len(left)), y=left, mode="lines", name=name, line={"color": colour, "width": width, "dash": dash},
        hovertemplate="%{x} letters later: %{y:.0%} left<extra>" + name + "</extra>",
    )  # fmt: skip


def _ticks(top: float) -> list[float]:
    return [each for decade in (0.1, 1, 10, 100, 1000) for each in (decade, 2 * decade, 5 * decade) if FLOOR <= each <= top]
