"""Saturation of gates as in Karpathy et al.: a point for each unit, by how often its gate is closed and open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import Quantity

if TYPE_CHECKING:
    from lstm_viz.units.stats import Saturation

TYPED, REFERENCE = "on your text", "on a long text of its own"
#: A dot's width, in shares of steps, and height, in pixels: about square if a panel is 300 pixels wide.
_WIDE, _HIGH = 0.018, 5


def saturation_map(gate: Quantity, typed: Saturation, reference: Saturation | None, unit: int, palette: Palette) -> go.Figure:
    """Draw one gate: x is the share of steps below 0.1, y that above 0.9 (−0.9 and 0.9 for the plain RNN's state).

    Coloured dots are units on the typed text, grey ones the same units on the reference corpus; `unit` is ringed on both, with
    a line between the rings. As in Karpathy et al. 2015, figure 3.
    """
    rings = [each for each in (reference, typed) if each is not None]
    traces = [
        *([] if reference is None else [_dots(reference, REFERENCE, palette.roles["input"], 0.35)]),
        _dots(typed, TYPED, palette.roles[gate.role], 0.85),
        go.Scatter(
            x=[each.low_share[unit] for each in rings], y=[each.high_share[unit] for each in rings], mode="lines+markers",
            name=f"unit {unit}", line={"color": palette.gradient, "width": 2}, hoverinfo="skip",
            marker={"size": [9, 15][-len(rings):], "symbol": "circle-open", "line_width": 3, "color": palette.gradient},
        ),
    ]  # fmt: skip
    low, high = ("share of letters below −0.9", "above 0.9") if gate.signed else ("closed: below 0.1", "open: above 0.9")
    axis = {"range": [-0.04, 1.04], "tickformat": ".0%", "tickvals": [0, 0.5, 1]}
    # The two shares sum to at most one.
    look = {"color": palette.roles["input"], "width": 1, "dash": "dot"}
    border = {"type": "line", "x0": 0, "y0": 1, "x1": 1, "y1": 0, "line": look}
    return fast_figure(traces, {**axis, "title_text": low}, {**axis, "title_text": high}, 320, shapes=[border])


def _dots(shares: Saturation, name: str, colour: str, opacity: float) -> go.Scatter:
    """Draw a dot for each unit, all as one dashed line: hundreds of markers would take longer than a keystroke allows."""
    x, y = shares.low_share, shares.high_share
    hover = f"unit %{{customdata}} {name}<br>near the lower end: %{{x:.0%}} of the letters<br>near the upper end: %{{y:.0%}}"
    return go.Scatter(
        x=_ends(x - _WIDE / 2, x + _WIDE / 2), y=_ends(y, y), mode="lines",
        customdata=np.repeat(np.arange(len(x), dtype=np.int32), 3),
        line={"color": colour, "width": _HIGH}, opacity=opacity, connectgaps=False, name=name,
        hovertemplate=f"{hover}<extra></extra>",
    )  # fmt: skip


def _ends(one: Float[np.ndarray, " unit"], other: Float[np.ndarray, " unit"]) -> Float[np.ndarray, " place"]:
    """Return both ends of each dot, with a gap after each."""
    return np.stack((one, other, np.full_like(one, np.nan)), axis=1).ravel().astype(np.float32)
