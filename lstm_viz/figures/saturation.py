"""Karpathy's picture of saturated gates: a point a unit, by how often its gate is closed and how often it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import quick
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import Quantity

if TYPE_CHECKING:
    from lstm_viz.unit_stats import Saturation

TYPED, REFERENCE = "on your text", "on a long text of its own"
#: How wide a dot is, in shares of steps, and how high, in pixels: about square where a panel is 300 pixels wide.
_WIDE, _HIGH = 0.018, 5


def saturation_map(gate: Quantity, typed: Saturation, reference: Saturation | None, unit: int, palette: Palette) -> go.Figure:
    """One gate: x the share of steps below 0.1, y that above 0.9 (−0.9 and 0.9 for the plain RNN's state).

    Coloured dots are units on the typed text, grey ones the same units on the reference corpus; `unit` is ringed on both and
    its rings are joined by a line. As in Karpathy et al. 2015, figure 3.
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
    # Both shares together are one at the most.
    look = {"color": palette.roles["input"], "width": 1, "dash": "dot"}
    border = {"type": "line", "x0": 0, "y0": 1, "x1": 1, "y1": 0, "line": look}
    return quick(traces, {**axis, "title_text": low}, {**axis, "title_text": high}, 320, shapes=[border])


def _dots(shares: Saturation, name: str, colour: str, opacity: float) -> go.Scatter:
    """A dot for each unit, all of them drawn as one dashed line: hundreds of markers would take longer than a keystroke may."""
    x, y = shares.low_share, shares.high_share
    said = f"unit %{{customdata}} {name}<br>near the lower end: %{{x:.0%}} of the letters<br>near the upper end: %{{y:.0%}}"
    return go.Scatter(
        x=_ends(x - _WIDE / 2, x + _WIDE / 2), y=_ends(y, y), mode="lines",
        customdata=np.repeat(np.arange(len(x), dtype=np.int32), 3),
        line={"color": colour, "width": _HIGH}, opacity=opacity, connectgaps=False, name=name,
        hovertemplate=f"{said}<extra></extra>",
    )  # fmt: skip


def _ends(one: Float[np.ndarray, " unit"], other: Float[np.ndarray, " unit"]) -> Float[np.ndarray, " place"]:
    """From one end of each dot to the other, and up from the paper."""
    return np.stack((one, other, np.full_like(one, np.nan)), axis=1).ravel().astype(np.float32)
