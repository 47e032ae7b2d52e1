"""Figures that are rebuilt at every keystroke: built in one call, as updating a Plotly figure takes twenty times as long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go


def fast_figure(
    traces: Sequence[Any], x: Mapping[str, Any], y: Mapping[str, Any], height: int, top: int = 8, bottom: int = 44, **layout: Any
) -> go.Figure:
    """Build a figure of these traces and axes in the plain layout; `height` and the margins `top` and `bottom` in pixels."""
    still = {"fixedrange": True, "zeroline": False}
    return go.Figure(
        list(traces),
        {
            "height": height, "margin": {"l": 64, "r": 12, "t": top, "b": bottom}, "dragmode": False, "template": "none",
            "showlegend": False, "xaxis": {**still, **x}, "yaxis": {**still, **y}, **layout,
        },
    )  # fmt: skip
