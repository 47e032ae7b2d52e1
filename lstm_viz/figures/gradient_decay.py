"""Gradient decay: measured on networks, and as the powers of one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import Kind

if TYPE_CHECKING:
    from lstm_viz.gradients import GradientDecay

_COLOURS = {("lstm", "c"): "cell", ("lstm", "h"): "hidden", ("gru", "h"): "read", ("rnn", "h"): "input"}
_DASHES: dict[Kind, str] = {"lstm": "solid", "gru": "dash", "rnn": "dot"}


#: A small share that is marked by a line.
LITTLE = 0.01
#: The lower end of the axis.
_FLOOR = 1e-24


def gradient_decay(curves: Sequence[GradientDecay], palette: Palette) -> go.Figure:
    """Draw measured gradients against the distance from the last step, on a logarithmic axis, with a line at one per cent."""
    figure = go.Figure()
    # Named in the legend, as a label beside the line would cover the curves.
    figure.add_scatter(
        x=[0, max((len(curve.share) for curve in curves), default=1) - 1], y=[LITTLE, LITTLE], name="1% is left", mode="lines",
        line={"color": palette.roles["input"], "width": 1, "dash": "dot"}, hoverinfo="skip",
    )  # fmt: skip
    for curve in curves:
        colour = palette.roles[_COLOURS[curve.kind, curve.symbol]]  # type: ignore[index]
        figure.add_scatter(
            x=np.arange(len(curve.share)), y=np.where(curve.share > _FLOOR, curve.share, np.nan), name=curve.label, mode="lines",
            line={"color": colour, "dash": _DASHES[curve.kind], "width": 2.5},
            hovertemplate="%{x} characters back: %{y:.2g}<extra></extra>",
        )  # fmt: skip
    drawn = [LITTLE, 1.0, *(float(share) for curve in curves for share in curve.share if share > _FLOOR)]
    decades = np.log10(max(drawn)) - np.log10(min(drawn))
    figure.update_yaxes(type="log", exponentformat="power", dtick=max(1, round(decades / 6)))
    return apply_layout(figure, "characters back from the last one", "gradient, last character = 1", 360)


def powers(factor: float, steps: int, palette: Palette, log: bool = True) -> go.Figure:
    """Draw `factor`ⁿ for n = 0 … `steps`: a gradient multiplied by it at each step back.

    Without `log` the axis is linear and ends at 2, so that an explosion leaves the figure.
    """
    n = np.arange(steps + 1)
    figure = go.Figure()
    figure.add_hline(1.0, line={"color": palette.roles["input"], "width": 1, "dash": "dot"})
    figure.add_scatter(
        x=n, y=np.float_power(factor, n), mode="lines", name="wⁿ", line={"color": palette.gradient, "width": 2.5},
        hovertemplate="n = %{x}: %{y:.2g}<extra></extra>",
    )  # fmt: skip
    if log:
        figure.update_yaxes(type="log", range=[-12, 12], dtick=4, exponentformat="power")
    else:
        figure.update_yaxes(range=[0, 2], dtick=0.5)
    return apply_layout(figure, "n: steps back", "wⁿ", 260, legend=False)
