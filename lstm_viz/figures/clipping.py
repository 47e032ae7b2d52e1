"""A cap on the gradient's length: an arrow that is too long keeps its direction and is shortened to the circle."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.layout import plain
from lstm_viz.figures.palette import Palette


def clip(gradient: Float[np.ndarray, " direction"], cap: float) -> Float[np.ndarray, " direction"]:
    """Shorten a gradient to length `cap` where it is longer, g · min(1, cap / ‖g‖) (Pascanu et al. 2013)."""
    length = float(np.linalg.norm(gradient))
    return gradient if length <= cap else gradient * (cap / length)


def clipping(gradient: Float[np.ndarray, " direction"], cap: float, end: float, palette: Palette) -> go.Figure:
    """Two slopes, each 0 or more, as an arrow before (thin) and after the cap (thick); axes run to `end`."""
    kept = clip(gradient, cap)
    around = np.linspace(0.0, 0.5 * np.pi, 91)
    figure = go.Figure()
    figure.add_scatter(
        x=cap * np.cos(around), y=cap * np.sin(around), mode="lines", name="the cap",
        line={"color": palette.roles["input"], "dash": "dash"},
    )  # fmt: skip
    arrows = (("before", gradient, palette.roles["input"], 2.0), ("after", kept, palette.gradient, 4.0))
    for name, tip, colour, width in arrows:
        figure.add_scatter(
            x=[0.0, float(tip[0])], y=[0.0, float(tip[1])], name=name, mode="lines+markers", showlegend=True,
            line={"color": colour, "width": width},
            marker={"symbol": "arrow", "angleref": "previous", "size": [0, 9 + 2 * width], "color": colour, "opacity": 1},
        )  # fmt: skip
    figure.update_xaxes(range=[0, end], constrain="domain")
    figure.update_yaxes(range=[0, 0.75 * end], scaleanchor="x")
    return plain(figure, "slope by one weight", "slope by another")
