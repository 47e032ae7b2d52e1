"""Half-lives of units: all in order, and how one unit's contributions fade."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette
from lstm_viz.half_life import HalfLife
from lstm_viz.text.numbers import format_number

#: Half-lives below this are drawn at it.
FLOOR = 0.2


def format_letters(steps: float, one: str = "letter") -> str:
    """Format a half-life in letters, or in what else one step reads.

    Args:
        steps: The half-life in steps.
        one: What one step reads, in the singular.

    Returns:
        The number with one decimal, in more detail below 0.1, and the noun.

    Examples:
        >>> format_letters(1.08), format_letters(0.034)
        ('1.1 letters', '0.03 letters')
    """
    return f"{f'{steps:.1f}' if steps >= 0.1 else format_number(steps, 1)} {one}s"


def half_lives(half_life: HalfLife, unit: int, palette: Palette) -> go.Figure:
    """Draw one point for each unit that wrote anything, the longest half-life first, on a logarithmic axis; `unit` is marked.

    Units whose half-life exceeds the text are triangles above it.
    """
    ranked = half_life.ranked()
    ranked = ranked[~np.isnan(half_life.steps[ranked])]
    steps, above = half_life.steps[ranked], max(half_life.longest, 1) * 1.5
    endless = np.isinf(steps)
    height = np.clip(np.where(endless, above, steps), FLOOR, None)
    hover = [
        f"unit {index}: {'longer than this text' if math.isinf(each) else format_letters(each)}"
        for index, each in zip(ranked, steps, strict=True)
    ]
    few = len(ranked) <= 32
    traces = [
        go.Scatter(
            x=np.arange(1, len(ranked) + 1), y=height, customdata=ranked, text=hover, hovertemplate="%{text}<extra></extra>",
            # Hundreds of markers would take longer to draw than a keystroke allows.
            mode="lines+markers" if few else "lines", line={"color": palette.roles["keep"], "width": 1 if few else 5},
            marker={"size": 9}, name="units",
        )
    ]  # fmt: skip
    rank = np.flatnonzero(ranked == unit)
    if len(rank):
        x, y = int(rank[0]) + 1, float(height[rank[0]])
        traces.append(go.Scatter(
            x=[x], y=[y], mode="markers+text", text=[f"unit {unit}"], hoverinfo="skip", name=f"unit {unit}",
            # Towards the middle, so that the label is not cut off.
            textposition="top right" if x < len(ranked) / 2 else "top left", textfont={"color": palette.gradient},
            marker={"size": 13, "color": palette.gradient},
        ))  # fmt: skip
    top = above * 1.8 if endless.any() else max(float(height.max(initial=1.0)) * 1.6, 2.0)
    axis = {
        "type": "log", "range": [math.log10(FLOOR * 0.8), math.log10(max(top, 2.0))], "tickvals": _ticks(top),
        "title_text": "letters until half is gone",
    }  # fmt: skip
    annotation = {
        "x": 1, "xref": "paper", "xanchor": "right", "y": math.log10(above * 1.3), "text": "longer than this text",
        "showarrow": False, "font": {"color": palette.roles["input"]},
    }  # fmt: skip
    return fast_figure(
        traces, {"title_text": "units, the longest memory first"}, axis, 320,
        shapes=[level(half_life.longest * 1.2, palette)] if endless.any() else [],
        annotations=[annotation] if endless.any() else [],
    )  # fmt: skip


def fades(half_life: HalfLife, unit: int, palette: Palette) -> go.Figure:
    """Draw the share left of what `unit` wrote, letter by letter; thin lines are the longest and the shortest half-life."""
    ranked = half_life.ranked()
    ranked = ranked[~np.isnan(half_life.steps[ranked])]
    ends = {} if not len(ranked) else {"longest": (int(ranked[0]), "dash"), "shortest": (int(ranked[-1]), "dot")}
    traces = [
        _curve(half_life.left[:, each], f"{name}: unit {each}", palette.roles["input"], 1.5, dash)
        for name, (each, dash) in ends.items()
        if each != unit
    ]
    traces.append(_curve(half_life.left[:, unit], f"unit {unit}", palette.gradient, 3, "solid"))
    y = {"title_text": "share still there", "range": [-0.03, 1.05], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    return fast_figure(
        traces, {"title_text": "letters after the writing", "rangemode": "tozero"}, y, 320, top=32, showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, shapes=[level(0.5, palette)],
    )  # fmt: skip


def level(height: float, palette: Palette) -> dict[str, object]:
    """Return a horizontal line across the figure."""
    line = {"color": palette.roles["input"], "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": height, "y1": height, "line": line}


def _curve(shares: Float[np.ndarray, " lag"], name: str, colour: str, width: float, dash: str) -> go.Scatter:
    return go.Scatter(
        x=np.arange(len(shares)), y=shares, mode="lines", name=name, line={"color": colour, "width": width, "dash": dash},
        hovertemplate="%{x} letters later: %{y:.0%} left<extra>" + name + "</extra>",
    )  # fmt: skip


def _ticks(top: float) -> list[float]:
    return [each for decade in (0.1, 1, 10, 100, 1000) for each in (decade, 2 * decade, 5 * decade) if FLOOR <= each <= top]
