"""The mean of each gate over all units of a layer, letter by letter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.letter_axis import letters_along, positions
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import CELLS
from lstm_viz.text.labels import label
from lstm_viz.trace import LayerTrace

#: The name of the curve for a cell without gates.
DISTANCE = "mean |h|"


def gate_means(
    layer: LayerTrace, tokens: Sequence[str], first: int, last: int, begun: int, step: int, palette: Palette
) -> go.Figure:
    """Draw a curve for each gate over the steps `first` to `last` (exclusive), 0 closed to 1 open.

    Steps before `begun` belong to the prompt and are shaded; a line marks `step`. For a plain RNN, which has no gates, the
    mean magnitude of its units is drawn.
    """
    visible, count = slice(first, last), last - first
    names = [label(token) for token in tokens[visible]]
    gates = [each for each in CELLS[layer.kind] if each.low == 0.0 and each.bounded]
    curves = [(each.label, palette.roles[each.role], layer[each.symbol][visible, 0].mean(axis=-1)) for each in gates]
    if not curves:
        curves = [(DISTANCE, palette.roles["hidden"], np.abs(layer["h"][visible, 0]).mean(axis=-1))]
    traces = [
        {
            "type": "scatter", "mode": "lines", "name": name, "x": positions(count), "y": values.astype(np.float32),
            "text": names,
            "line": {"color": colour, "width": 2}, "customdata": list(range(first, last)),
            "hovertemplate": f"%{{text}} (step %{{customdata}}): {name} %{{y:.3f}}<extra></extra>",
        }
        for name, colour, values in curves
    ]  # fmt: skip
    shapes = []
    if begun > first:
        shapes.append({"type": "rect", "yref": "paper", "x0": -0.5, "x1": min(begun, last) - first - 0.5, "y0": 0, "y1": 1,
                       "layer": "below", "line": {"width": 0}, "fillcolor": palette.roles["input"], "opacity": 0.15})  # fmt: skip
    if first <= step < last:
        shapes.append({"type": "line", "yref": "paper", "x0": step - first, "x1": step - first, "y0": 0, "y1": 1,
                       "line": {"color": palette.roles["input"], "width": 1.5, "dash": "dot"}})  # fmt: skip
    y = {"range": [0, 1], "nticks": 6, "title_text": "mean over all units"}
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    return fast_figure(
        traces, letters_along(tokens[visible]), y, 300, top=30, bottom=32, shapes=shapes, showlegend=True, legend=legend,
        hovermode="x",
    )  # fmt: skip
