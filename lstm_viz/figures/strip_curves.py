"""Curves of one layer's quantities: the mean over units with its band, or one unit with its gradient."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from lstm_viz.figures.palette import Palette
from lstm_viz.gates import Quantity
from lstm_viz.trace import LayerTrace
from lstm_viz.units.stats import unit_percentiles


def mean_and_band(layer: LayerTrace, quantity: Quantity, palette: Palette) -> list[go.Scatter]:
    """Draw the mean over units at each step, and the band between the 10th and 90th percentiles.

    Args:
        layer: The captured layer; of a batch the first text is drawn.
        quantity: Which of its quantities.
        palette: The theme's colours.

    Returns:
        The band's upper and lower end and the mean, each [time].
    """
    percentiles, colour = unit_percentiles(layer.values[quantity.symbol][:, 0]), palette.roles[quantity.role]
    edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False}
    return [
        go.Scatter(y=percentiles.high, name=f"{quantity.symbol}, 90th percentile", **edge),
        go.Scatter(
            y=percentiles.low, name=f"{quantity.symbol}, 10th percentile", fill="tonexty", fillcolor=_faded(colour), **edge
        ),
        go.Scatter(y=percentiles.mean, name=f"{quantity.label}, mean", mode="lines", line={"color": colour}, showlegend=False),
    ]


def one_unit(layer: LayerTrace, quantity: Quantity, unit: int, palette: Palette) -> list[go.Bar | go.Scatter]:
    """Draw one unit's values at each step, and bars for the gradient by them, scaled by the row's largest.

    Args:
        layer: The captured layer; of a batch the first text is drawn.
        quantity: Which of its quantities.
        unit: The unit's index.
        palette: The theme's colours.

    Returns:
        The bars, whose custom data are the gradient values, if there are any, and the curve, each [time].
    """
    symbol, values = quantity.symbol, layer.values[quantity.symbol][:, 0, unit]
    curve = go.Scatter(
        y=values, name=f"{quantity.label} of unit {unit}", mode="lines+markers", marker={"size": 4},
        line={"color": palette.roles[quantity.role]}, showlegend=False,
    )  # fmt: skip
    if layer.grads is None or symbol not in layer.grads:
        return [curve]
    gradients = layer.grads.values[symbol][:, 0, unit]
    largest = float(np.abs(gradients).max(initial=0.0)) or 1.0
    bars = go.Bar(
        y=gradients / largest * (quantity.high - quantity.low) / 2, base=(quantity.high + quantity.low) / 2, customdata=gradients,
        marker={"color": palette.gradient, "opacity": 0.45}, name=f"∂L/∂{symbol}", showlegend=False,
        hovertemplate=f"∂L/∂{symbol} = %{{customdata:.3g}}<extra></extra>",
    )  # fmt: skip
    return [bars, curve]


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.22)"
