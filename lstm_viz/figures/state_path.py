"""A text as a path of states in the plane of two principal components."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent

TEXT, EXAMPLES, SLOW = "your text", "the examples", "slow points"
#: The most points that are labelled; of more only every second, third … is.
LABELLED = 160


def state_path(
    path: Float[np.ndarray, "step 2"], tokens: Sequence[str], colors: TokenColors, around: Float[np.ndarray, "state 2"],
    variance: Float[np.ndarray, 2], step: int, palette: Palette, slow: Float[np.ndarray, "point 2"] | None = None,
    slow_names: Sequence[str] = (),
) -> go.Figure:  # fmt: skip
    """Draw a text's states as a line with a token at each, each in its colour.

    `around` are the states of the model's examples, drawn as small grey points; `slow` its slow points, drawn as diamonds with
    their names in the hover text. The axis titles say the components' share of the examples' variance. A ring marks the `step`.
    """
    traces = [
        go.Scatter(
            x=around[:, 0], y=around[:, 1], mode="markers", name=EXAMPLES, hoverinfo="skip",
            marker={"size": 4, "color": palette.roles["input"], "opacity": 0.3},
        ),
        go.Scatter(
            x=path[:, 0], y=path[:, 1], mode="lines", name="the order of the text", hoverinfo="skip", showlegend=False,
            line={"color": palette.roles["input"], "width": 1},
        ),
        _points_of_text(path, tokens, colors, palette),
    ]  # fmt: skip
    if len(path):
        traces.append(
            go.Scatter(
                x=path[step : step + 1, 0], y=path[step : step + 1, 1], mode="markers", hoverinfo="skip", showlegend=False,
                name="the selected step",
                marker={"size": 17, "symbol": "circle-open", "color": palette.gradient, "line_width": 3},
            )
        )  # fmt: skip
    if slow is not None:
        traces.append(
            go.Scatter(
                x=slow[:, 0], y=slow[:, 1], mode="markers", name=SLOW, hovertext=list(slow_names),
                hovertemplate="%{hovertext}<extra>slow point</extra>",
                marker={"size": 9, "symbol": "diamond-open", "color": palette.gradient, "line_width": 2},
            )
        )  # fmt: skip
    titles = [
        f"principal component {number} ({format_percent(share)} of the variance)"
        for number, share in enumerate(variance.tolist(), start=1)
    ]
    return fast_figure(
        traces, {"title_text": titles[0]}, {"title_text": titles[1]}, 520, top=32, showlegend=True, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip


def _points_of_text(
    path: Float[np.ndarray, "step 2"], tokens: Sequence[str], colors: TokenColors, palette: Palette
) -> go.Scatter:  # fmt: skip
    """Draw a labelled, coloured point for each step; every second, third … label of a long text."""
    marks = [label(token) for token in tokens]
    every = max(1, -(-len(marks) // LABELLED))
    axis_labels = [mark if position % every == 0 else "" for position, mark in enumerate(marks)]
    hover = [
        f"step {position:,}, {mark}<br>{colors.label}: {'–' if np.isnan(value) else f'{value:.3f}'}"
        for position, (mark, value) in enumerate(zip(marks, colors.values.tolist(), strict=True))
    ]
    return go.Scatter(
        x=path[:, 0], y=path[:, 1], mode="markers+text", name=TEXT, text=axis_labels, customdata=list(range(len(marks))),
        hovertext=hover, hovertemplate="%{hovertext}<extra></extra>", textposition="top center",
        textfont={"family": "monospace", "size": 13},
        marker={
            "size": 9, "color": np.where(np.isnan(colors.values), colors.low, colors.values),
            "cmin": colors.low, "cmax": colors.high,
            "colorscale": colourscale(palette.diverging if colors.signed else palette.sequential), "showscale": True,
            "colorbar": {"title": {"text": colors.label, "side": "right"}, "thickness": 12},
            "line": {"width": 1, "color": palette.roles["input"]},
        },
    )  # fmt: skip
