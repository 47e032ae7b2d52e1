"""Layout of the small figures: fixed axes, no toolbar, no drag."""

from __future__ import annotations

import plotly.graph_objects as go


def apply_layout(figure: go.Figure, x: str, y: str, height: int = 320, legend: bool = True) -> go.Figure:
    """Set a figure's axis titles and height in pixels, with a legend above it and fixed axes."""
    figure.update_layout(
        height=height, margin={"l": 60, "r": 12, "t": 32 if legend else 8, "b": 24}, dragmode=False, template="none",
        showlegend=legend, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip
    figure.update_xaxes(title_text=x, fixedrange=True, zeroline=False, automargin=True)
    figure.update_yaxes(title_text=y, fixedrange=True, automargin=True)
    return figure
