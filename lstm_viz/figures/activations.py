"""The activation functions of gates and candidates, with their slopes: the logistic sigmoid and tanh."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.palette import Palette

Reals = Float[np.ndarray, "..."]

#: The drawn range of pre-activations; beyond it both curves look flat.
ENDS = (-6.0, 6.0)


def sigmoid(x: Reals) -> Reals:
    """Compute σ(x) = 1 / (1 + e^−x), between 0 and 1; written with tanh, which never overflows."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def sigmoid_slope(x: Reals) -> Reals:
    """Compute σ′(x) = σ(x) (1 − σ(x)), at most 1/4."""
    return sigmoid(x) * sigmoid(-x)


def tanh_slope(x: Reals) -> Reals:
    """Compute tanh′(x) = 1 − tanh²(x), at most 1."""
    return 1.0 - np.tanh(x) ** 2


def activations(at: float, palette: Palette) -> go.Figure:
    """Draw both curves (solid) and their slopes (dashed), with a marker on each at the pre-activation `at`."""
    x = np.linspace(*ENDS, 241)
    here = np.array([at])
    curves = (
        ("σ(x): a gate", sigmoid, palette.roles["keep"], "solid"),
        ("tanh(x): a candidate", np.tanh, palette.roles["candidate"], "solid"),
        ("slope of σ", sigmoid_slope, palette.roles["keep"], "dash"),
        ("slope of tanh", tanh_slope, palette.roles["candidate"], "dash"),
    )
    figure = go.Figure()
    figure.add_vline(at, line={"color": palette.roles["input"], "width": 1, "dash": "dot"})
    for name, curve, colour, dash in curves:
        figure.add_scatter(x=x, y=curve(x), name=name, mode="lines", line={"color": colour, "dash": dash})
        figure.add_scatter(
            x=here, y=curve(here), name=f"{name} at x", mode="markers", marker={"color": colour, "size": 9}, showlegend=False
        )
    figure.update_yaxes(range=[-1.08, 1.08])
    return apply_layout(figure, "x: the pre-activation", "output")
