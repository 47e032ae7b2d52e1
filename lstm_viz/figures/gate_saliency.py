"""Attribution by gates and letters: how much an output depends on every gate at every letter, and on every letter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.letter_axis import letter_axis, positions
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.gates import PACKED, quantity
from lstm_viz.trace import LayerTrace

Sizes = Float[np.ndarray, "gate time"]


def gate_sizes(layer: LayerTrace) -> Sizes:
    """Compute ‖∂L/∂pre-activation‖ over units for each gate of a layer at each step (batch 0); zeros without gradients."""
    if layer.grads is None:
        return np.zeros((len(PACKED[layer.kind]), layer.steps))
    return np.stack([layer.grads.magnitude(f"{symbol}_pre")[:, 0] for symbol in PACKED[layer.kind]])


def gate_rows(layers: Sequence[LayerTrace]) -> list[str]:
    """Return the names of all gates of some layers, in the order of `gate_map`'s rows."""
    many = len(layers) > 1
    return [
        quantity(layer.kind, symbol).label + (f", layer {layer.layer + 1}" if many else "")
        for layer in layers
        for symbol in PACKED[layer.kind]
    ]


def gate_map(layers: Sequence[LayerTrace], tokens: Sequence[str], first: int, last: int, palette: Palette) -> go.Figure:
    """Draw `gate_sizes`: a row for each gate of each layer, a column for each letter of the steps `first` … `last` − 1."""
    sizes = np.concatenate([gate_sizes(layer)[:, first:last] for layer in layers])
    names = gate_rows(layers)
    figure = go.Figure(
        go.Heatmap(
            z=sizes, x=positions(sizes.shape[1]), y=names, zmin=0.0, zmax=float(sizes.max(initial=0.0)) or 1.0, ygap=1,
            colorscale=colourscale(palette.sequential), hovertemplate="%{y} at ‘%{x}’: %{z:.3g}<extra></extra>",
            colorbar={"thickness": 10, "len": 0.9, "nticks": 4, "outlinewidth": 0},
        )
    )  # fmt: skip
    apply_layout(figure, "", "", 70 + 24 * len(names), legend=False)
    letter_axis(figure, tokens[first:last])
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(margin_b=32)


def share_bars(
    shares: Float[np.ndarray, " time"], estimates: Float[np.ndarray, " time"], tokens: Sequence[str], first: int, palette: Palette
) -> go.Figure:
    """Draw integrated gradients as bars coloured by their sign, input × gradient as points, from step `first` on, in nats."""
    visible, approximate = shares[first:], estimates[first:]
    figure = go.Figure()
    figure.add_bar(
        x=positions(len(visible)), y=visible, name="integrated gradients",
        marker={"color": [palette.diverging[5] if value >= 0 else palette.diverging[1] for value in visible], "line_width": 0},
        hovertemplate="‘%{x}’: %{y:+.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=positions(len(visible)), y=approximate, name="gradient × input", mode="markers",
        marker={"color": palette.roles["input"], "symbol": "diamond", "size": 7},
        hovertemplate="‘%{x}’, gradient × input: %{y:+.3f}<extra></extra>",
    )  # fmt: skip
    apply_layout(figure, "", "nats", 340)
    letter_axis(figure, tokens[first:])
    figure.update_yaxes(zeroline=True, nticks=6, automargin=False)
    return figure.update_layout(bargap=0.15, margin_b=32)
