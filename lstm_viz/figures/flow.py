"""Gradient flow figures: every later loss against every earlier step, as a matrix and stacked (RNNbow)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.letter_axis import letter_axis, positions
from lstm_viz.figures.palette import Palette, colourscale

GradientNorms = Float[np.ndarray, "loss step"]

#: Below this share of the largest entry the matrix has the palest colour.
FAINTEST = 1e-4

#: Bands of the distance between loss and step, in letters: from the first number to before the second.
BANDS: tuple[tuple[int, int, str], ...] = (
    (1, 2, "the next letter"),
    (2, 5, "2 to 4 on"),
    (5, 11, "5 to 10 on"),
    (11, 31, "11 to 30 on"),
    (31, 10**9, "further"),
)


def gradient_flow_matrix(
    norms: GradientNorms, tokens: Sequence[str], chosen: tuple[int, int] | None, palette: Palette
) -> go.Figure:
    """Draw the matrix: rows are the letters of each loss, columns the earlier states; colours are logarithmic.

    `tokens` are those of the drawn steps, one more than there are losses; `chosen` is a (row, column) to be framed.
    """
    count = len(norms)
    most = float(norms.max(initial=0.0)) or 1.0
    reached = np.tril(np.ones(norms.shape, dtype=bool))
    depth = np.where(reached, np.log10(np.maximum(norms / most, FAINTEST)), np.nan)
    figure = go.Figure(
        go.Heatmap(
            z=depth.astype(np.float32), x=positions(count), y=positions(count), zmin=np.log10(FAINTEST), zmax=0.0,
            hoverongaps=False,
            colorscale=colourscale(palette.sequential), customdata=norms.astype(np.float32),
            hovertemplate="the surprise at ‘%{y}’ by the state after ‘%{x}’: %{customdata:.2g}<extra></extra>",
            colorbar={
                "thickness": 10, "len": 0.9, "outlinewidth": 0, "tickvals": [0, -1, -2, -3, -4],
                "ticktext": ["most", "1/10", "1/100", "1/1000", "less"],
            },
        )
    )  # fmt: skip
    apply_layout(figure, "", "", 440, legend=False)
    letter_axis(figure, tokens[:count], "x", "state after this letter")
    letter_axis(figure, tokens[1 : count + 1], "y", "surprise at this letter", room=384)
    figure.update_xaxes(fixedrange=False)
    figure.update_yaxes(range=[max(count, 1) - 0.5, -0.5], fixedrange=False)
    if chosen is not None:
        row, column = chosen
        figure.add_shape(
            type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5,
            line={"color": palette.gradient, "width": 2},
        )  # fmt: skip
    return figure.update_layout(dragmode="zoom", margin_b=48)


def bands(norms: GradientNorms) -> list[Float[np.ndarray, " step"]]:
    """Sum, for each band of distances, the norms of the gradients that its losses send to each step."""
    ahead = np.arange(len(norms))[:, None] - np.arange(len(norms))[None, :] + 1
    return [np.where((ahead >= near) & (ahead < far), norms, 0.0).sum(axis=0) for near, far, _ in BANDS]


def gradient_flow_stack(norms: GradientNorms, tokens: Sequence[str], palette: Palette) -> go.Figure:
    """Draw for each step the norms of all gradients that reach it, stacked by distance of the loss."""
    figure = go.Figure()
    # Five stepped areas: the browser draws them in a fraction of the time that one bar for each letter takes. The
    # shades begin at the scale's third colour, as its pale end is invisible on the page's background.
    for (_, _, name), values, shade in zip(BANDS, bands(norms), palette.sequential[2:], strict=True):
        figure.add_scatter(
            x=positions(len(norms)), y=values, name=name, mode="lines", stackgroup="flow", fillcolor=shade,
            line={"color": shade, "width": 0.5, "shape": "hvh"},
            hovertemplate=f"‘%{{x}}’, {name}: %{{y:.2g}}<extra></extra>",
        )  # fmt: skip
    apply_layout(figure, "", "gradient norm", 440)
    letter_axis(figure, tokens[: len(norms)], "x", "state after this letter")
    figure.update_yaxes(nticks=6, automargin=False)
    return figure.update_layout(margin_b=48, legend={"traceorder": "normal"})
