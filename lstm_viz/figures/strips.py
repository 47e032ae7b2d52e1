"""One layer of a trace as a Plotly figure: a heatmap for each quantity over the characters, gradients and surprise below."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Int
from plotly.subplots import make_subplots

from lstm_viz.figures.palette import PALETTES, Palette, colourscale
from lstm_viz.figures.strip_curves import mean_and_band, one_unit
from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.gates import CELLS, Quantity
from lstm_viz.text.labels import label
from lstm_viz.trace import LayerTrace, Trace

#: Height of the row of coloured tokens, in heights of the other rows.
COLOURED = 0.25
#: What a quantity's row draws.
Shown = Literal["overview", "units", "unit"]


@dataclass(frozen=True, eq=False)
class OutputRow:
    """An output of the model at each step: a title and one or more curves by name, each [time]."""

    title: str
    curves: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Opening:
    """How the figure opens: the visible `steps`, from and to (None: all), the marked `step` and the `gradients` drawn."""

    steps: tuple[float, float] | None = None
    step: int | None = None
    gradients: Collection[str] = "hcx"


def strips(
    trace: Trace, layer: LayerTrace, order: Int[np.ndarray, " unit"] | None = None, theme: str = "light",
    output: OutputRow | None = None, names: Sequence[str] | None = None, shown: Shown = "units", unit: int = 0, title: str = "",
    opening: Opening = Opening(), colors: TokenColors | None = None,
) -> go.Figure:  # fmt: skip
    """Draw every quantity [time, unit] of one layer of one text, units in `order` (None: by index) from top to bottom.

    Below them the L2 norms of the gradients by step (log scale), if there are any, and the `output` (None: the surprise of
    each character in nats). A quantity's row draws `shown`: all "units" as a heatmap, their mean with the band between the 10th
    and 90th percentiles ("overview"), or one "unit" with its gradient. Hovering shows exact values. `title` is the figure's
    title (empty: the layer). `theme` is "light" or "dark"; `names` are the labels of the steps
    (None: the tokens). `opening` says which steps and gradients are visible at first, and which step is marked;
    `colors` adds a row of the coloured tokens at the top.
    """
    palette, quantities = PALETTES[theme], CELLS[layer.kind]
    rows = np.arange(layer.units) if order is None else order
    titles = [f"{each.name} {each.symbol}: {each.plain}" for each in quantities]
    if layer.grads is not None:
        titles.append(f"gradient norms: how {trace.objective} changes with each step")
    output = output or OutputRow("surprise: −ln p of each character, in nats", {"surprise": trace.surprise})
    titles.append(output.title)
    top = 0 if colors is None else 1
    if colors is not None:
        titles.insert(0, f"text, coloured {colors.label}")
    last = len(titles)
    figure = make_subplots(
        last, 1, shared_xaxes=True, vertical_spacing=0.25 / last, subplot_titles=titles,
        row_heights=[COLOURED] * top + [1.0] * (last - top),
    )  # fmt: skip
    if colors is not None:
        figure.add_trace(_coloured(colors, palette), 1, 1)
        figure.update_yaxes(visible=False, row=1, col=1)
    for row, quantity in enumerate(quantities, start=1 + top):
        if shown == "units":
            figure.add_trace(_heatmap(layer, quantity, rows, palette), row, 1)
            figure.update_yaxes(autorange="reversed", showticklabels=False, title_text="units", row=row, col=1)
            continue
        for curve in one_unit(layer, quantity, unit, palette) if shown == "unit" else mean_and_band(layer, quantity, palette):
            figure.add_trace(curve, row, 1)
        if quantity.bounded:
            figure.update_yaxes(range=[quantity.low, quantity.high], row=row, col=1)
    if layer.grads is not None:
        for curve in _norms(layer, palette, opening.gradients):
            figure.add_trace(curve, last - 1, 1)
        figure.update_yaxes(type="log", row=last - 1, col=1)
    for curve in _output_rows(output, palette):
        figure.add_trace(curve, last, 1)
    figure.update_xaxes(**_axis(trace, names), range=opening.steps, showticklabels=True)
    if opening.step is not None:
        figure.add_vline(opening.step, line={"color": palette.gradient, "width": 1, "dash": "dot"})
    figure.update_layout(
        template="plotly_dark" if theme == "dark" else "plotly_white", height=170 * (last - top) + 80 * (1 + top),
        title=title or f"Layer {layer.layer + 1} ({layer.kind.upper()}, {layer.units} units)", margin={"l": 60, "r": 20},
    )  # fmt: skip
    return figure


def _coloured(colors: TokenColors, palette: Palette) -> go.Heatmap:
    low, high = sorted((colors.low, colors.high))
    scale = palette.diverging if colors.signed else palette.sequential
    return go.Heatmap(
        z=[colors.values], zmin=low, zmax=high, showscale=False, reversescale=colors.low > colors.high,
        colorscale=colourscale(scale), name="text", hovertemplate="step %{x}: %{z:.4f}<extra></extra>",
    )  # fmt: skip


def _output_rows(output: OutputRow, palette: Palette) -> list[go.Bar | go.Scatter]:
    """Draw one row of numbers as bars, several as lines."""
    if len(output.curves) == 1:
        ((name, values),) = output.curves.items()
        return [go.Bar(y=values, marker_color=palette.roles["input"], name=name, showlegend=False)]
    colours = (palette.roles["input"], palette.gradient)
    return [
        go.Scatter(y=values, mode="lines", name=name, line_color=colours[position % 2], line_dash="dot" if position else "solid")
        for position, (name, values) in enumerate(output.curves.items())
    ]


def _axis(trace: Trace, names: Sequence[str] | None) -> dict[str, object]:
    """Label every letter; words and given names are vertical, and are left out where they would overlap."""
    labels = [label(token) for token in trace.tokens] if names is None else list(names)
    letters = max(map(len, trace.tokens), default=1) == 1 and names is None
    stride = 1 if letters else max(1, len(labels) // 40)
    positions = list(range(0, len(labels), stride))
    return {
        "tickmode": "array", "tickvals": positions, "ticktext": [labels[position] for position in positions],
        "tickangle": 0 if letters else -60,
    }  # fmt: skip


def _heatmap(layer: LayerTrace, quantity: Quantity, rows: np.ndarray, palette: Palette) -> go.Heatmap:
    values = layer.values[quantity.symbol][:, 0]
    low, high = quantity.low, quantity.high
    if not quantity.bounded:
        high = max(high, float(np.abs(values).max(initial=0.0)))
        low = -high
    units = np.broadcast_to(rows.astype(np.int32)[:, None], (len(rows), len(values)))
    return go.Heatmap(
        z=values[:, rows].T, zmin=low, zmax=high, customdata=units,
        colorscale=colourscale(palette.diverging if quantity.signed else palette.sequential), showscale=False,
        name=quantity.label, hovertemplate=f"step %{{x}}, unit %{{customdata}}: {quantity.symbol} = %{{z:.4f}}<extra></extra>",
    )  # fmt: skip


def _norms(layer: LayerTrace, palette: Palette, drawn: Collection[str]) -> list[go.Scatter]:
    assert layer.grads is not None
    colours = {quantity.symbol: palette.roles[quantity.role] for quantity in CELLS[layer.kind]} | {"x": palette.roles["input"]}
    return [
        go.Scatter(
            y=layer.grads.magnitude(symbol)[:, 0], mode="lines+markers", marker_size=3, name=f"‖∂L/∂{symbol}‖",
            line_color=colour, visible=True if symbol in drawn else "legendonly",
        )
        for symbol, colour in colours.items()
        if symbol in layer.grads
    ]  # fmt: skip
