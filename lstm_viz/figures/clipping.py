"""Gradient clipping by norm: an arrow that is too long is scaled to the circle and keeps its direction."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.palette import Palette


def clip(gradient: Float[np.ndarray, " direction"], threshold: float) -> Float[np.ndarray, " direction"]:
    """Scale a gradient to length `threshold` if it is longer, g · min(1, threshold / ‖g‖) (Pascanu et al. 2013)."""
    length = float(np.linalg.norm(gradient))
    return gradient if length <= threshold else gradient * (threshold / length)


def clipping(
    gradient: Float[np.ndarray, " direction"], threshold: float, end: float, palette: Palette, shown: bool = True
) -> go.Figure:
    """Draw the gradient by two weights, each 0 or more, before (thin) and after clipping (thick); axes run to `end`.

    `shown` = False leaves out what becomes of it, while that is still to be guessed.
    """
    clipped = clip(gradient, threshold)
    around = np.linspace(0.0, 0.5 * np.pi, 91)
    figure = go.Figure()
    figure.add_scatter(
        x=threshold * np.cos(around), y=threshold * np.sin(around), mode="lines", name="threshold",
        line={"color": palette.roles["input"], "dash": "dash"},
    )  # fmt: skip
    arrows = (("before", gradient, palette.roles["input"], 2.0), ("after", clipped, palette.gradient, 4.0))
    for name, tip, colour, width in arrows[: 1 + shown]:
        figure.add_scatter(
            x=[0.0, float(tip[0])], y=[0.0, float(tip[1])], name=name, mode="lines+markers", showlegend=True,
            line={"color": colour, "width": width},
            marker={"symbol": "arrow", "angleref": "previous", "size": [0, 9 + 2 * width], "color": colour, "opacity": 1},
        )  # fmt: skip
    figure.update_xaxes(range=[0, end], constrain="domain")
    figure.update_yaxes(range=[0, 0.75 * end], scaleanchor="x")
    return apply_layout(figure, "gradient by one weight", "gradient by another")
