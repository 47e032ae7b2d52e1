"""A text as a path of states in the plane of two principal components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed, format_percent

TEXT, EXAMPLES, SLOW = "your text", "the examples", "slow points"
#: The most points that are labelled; of more only every second, third … is.
LABELLED = 160


@dataclass(frozen=True, eq=False)
class TextPath:
    """The states of a text in a plane, a token and a colour for each; `step` is the selected one."""

    states: Float[np.ndarray, "step 2"]
    tokens: Sequence[str]
    colors: TokenColors
    step: int


@dataclass(frozen=True, eq=False)
class ExampleStates:
    """The states of a model's examples in the plane of their principal components, and these components' shares of variance."""

    states: Float[np.ndarray, "state 2"]
    variance: Float[np.ndarray, 2]


@dataclass(frozen=True, eq=False)
class NamedStates:
    """States in a plane, with a name for each."""

    states: Float[np.ndarray, "state 2"]
    names: Sequence[str]


def state_path(path: TextPath, examples: ExampleStates, palette: Palette, slow: NamedStates | None = None) -> go.Figure:
    """Draw a text's states as a line with a token at each, each in its colour.

    Args:
        path: The text; a ring marks its selected step.
        examples: Drawn as small grey points. The axis titles say the components' shares of their variance.
        palette: The theme's colours.
        slow: The model's slow points, drawn as diamonds with their names in the hover text.

    Returns:
        The figure.
    """
    around, states, step = examples.states, path.states, path.step
    traces = [
        go.Scatter(
            x=around[:, 0], y=around[:, 1], mode="markers", name=EXAMPLES, hoverinfo="skip",
            marker={"size": 4, "color": palette.roles["input"], "opacity": 0.3},
        ),
        go.Scatter(
            x=states[:, 0], y=states[:, 1], mode="lines", name="the order of the text", hoverinfo="skip", showlegend=False,
            line={"color": palette.roles["input"], "width": 1},
        ),
        _points_of_text(path, palette),
    ]  # fmt: skip
    if len(states):
        traces.append(
            go.Scatter(
                x=states[step : step + 1, 0], y=states[step : step + 1, 1], mode="markers", hoverinfo="skip", showlegend=False,
                name="the selected step",
                marker={"size": 17, "symbol": "circle-open", "color": palette.gradient, "line_width": 3},
            )
        )  # fmt: skip
    if slow is not None:
        traces.append(
            go.Scatter(
                x=slow.states[:, 0], y=slow.states[:, 1], mode="markers", name=SLOW, hovertext=list(slow.names),
                hovertemplate="%{hovertext}<extra>slow point</extra>",
                marker={"size": 9, "symbol": "diamond-open", "color": palette.gradient, "line_width": 2},
            )
        )  # fmt: skip
    titles = [
        f"principal component {number} ({format_percent(share)} of the variance)"
        for number, share in enumerate(examples.variance.tolist(), start=1)
    ]
    return fast_figure(
        traces, {"title_text": titles[0]}, {"title_text": titles[1]}, 520, top=32, showlegend=True, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip


def _points_of_text(path: TextPath, palette: Palette) -> go.Scatter:
    """Draw a labelled, coloured point for each step; every second, third … label of a long text."""
    colors, marks = path.colors, [label(token) for token in path.tokens]
    every = max(1, -(-len(marks) // LABELLED))
    axis_labels = [mark if position % every == 0 else "" for position, mark in enumerate(marks)]
    hover = [
        f"step {position:,}, {mark}<br>{colors.label}: {'–' if np.isnan(value) else format_fixed(value, 3)}"
        for position, (mark, value) in enumerate(zip(marks, colors.values.tolist(), strict=True))
    ]
    return go.Scatter(
        x=path.states[:, 0], y=path.states[:, 1], mode="markers+text", name=TEXT, text=axis_labels,
        customdata=list(range(len(marks))),
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
