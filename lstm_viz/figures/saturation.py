"""Karpathy's picture of saturated gates: a point a unit, by how often its gate is closed and how often it is open."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lstm_viz.figures.palette import Palette
from lstm_viz.figures.plain import plain
from lstm_viz.gates import Kind
from lstm_viz.units import Saturation, saturating


def saturation_map(
    kind: Kind, typed: Mapping[str, Saturation], reference: Mapping[str, Saturation] | None, unit: int, palette: Palette
) -> go.Figure:
    """One panel a gate: x the share of steps below 0.1, y that above 0.9 (−0.9 and 0.9 for the plain RNN's state).

    Coloured points are units on the typed text, grey ones the same units on the reference corpus; `unit` is marked on both and
    joined by a line. As in Karpathy et al. 2015, figure 3.
    """
    gates = saturating(kind)
    figure = make_subplots(1, len(gates), subplot_titles=[each.label for each in gates], horizontal_spacing=0.09)
    for column, gate in enumerate(gates, start=1):
        figure.add_scatter(
            x=[0, 1], y=[1, 0], mode="lines", line={"color": palette.roles["input"], "width": 1, "dash": "dot"},
            hoverinfo="skip", showlegend=False, row=1, col=column,
        )  # fmt: skip
        drawn = {"on a long text of its own": (reference, palette.roles["input"], 5, 0.3)} if reference is not None else {}
        drawn |= {"on your text": (typed, palette.roles[gate.role], 7, 0.75)}
        ends = []
        for name, (counted, colour, size, opacity) in drawn.items():
            assert counted is not None
            x, y = counted[gate.symbol].low_share, counted[gate.symbol].high_share
            ends.append((float(x[unit]), float(y[unit])))
            figure.add_scatter(
                x=x, y=y, customdata=np.arange(len(x)), mode="markers", name=name, legendgroup=name, showlegend=column == 1,
                marker={"color": colour, "size": size, "opacity": opacity, "line_width": 0}, row=1, col=column,
                hovertemplate=f"unit %{{customdata}} {name}<br>near the lower end: %{{x:.0%}} of the letters<br>"
                "near the upper end: %{y:.0%}<extra></extra>",
            )  # fmt: skip
        figure.add_scatter(
            x=[x for x, _ in ends], y=[y for _, y in ends], customdata=[unit] * len(ends), mode="lines+markers",
            name=f"unit {unit}", legendgroup="unit", showlegend=column == 1, line={"color": palette.gradient, "width": 2},
            marker={"size": [9, 15][-len(ends):], "symbol": "circle-open", "line_width": 3, "color": palette.gradient},
            hoverinfo="skip", row=1, col=column,
        )  # fmt: skip
    low, high = ("state below −0.9", "state above 0.9") if kind == "rnn" else ("closed: below 0.1", "open: above 0.9")
    plain(figure, low, "", 380)
    figure.update_xaxes(range=[-0.04, 1.04], tickformat=".0%", tickvals=[0, 0.5, 1])
    figure.update_yaxes(range=[-0.04, 1.04], tickformat=".0%", tickvals=[0, 0.5, 1])
    figure.update_yaxes(title_text=high, col=1)
    return figure.update_layout(margin_t=64, legend={"y": 1.12})
