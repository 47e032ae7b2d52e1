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


@dataclass(frozen=True, eq=False)
class UnitRows:
    """What the row of a quantity draws of the units.

    `shown` is all "units" as a heatmap, in `order` from top to bottom (None: by index); or their mean with the band between the
    10th and 90th percentiles ("overview"); or one `unit` with its gradient ("unit").
    """

    shown: Shown = "units"
    order: Int[np.ndarray, " unit"] | None = None
    unit: int = 0


@dataclass(frozen=True, eq=False)
class StepRows:
    """What is drawn of the steps, beside the quantities.

    `labels` name the steps (None: the tokens), `colors` are a row of the coloured tokens at the top (None: no such row), and
    `output` is the last row (None: the surprise of each character in nats).
    """

    labels: Sequence[str] | None = None
    colors: TokenColors | None = None
    output: OutputRow | None = None


@dataclass(frozen=True)
class Opening:
    """How the figure opens: the visible `steps`, from and to (None: all), the marked `step` and the `gradients` drawn."""

    steps: tuple[float, float] | None = None
    step: int | None = None
    gradients: Collection[str] = "hcx"


def strips(
    trace: Trace, layer: LayerTrace, units: UnitRows = UnitRows(), steps: StepRows = StepRows(), opening: Opening = Opening(), *,
    theme: str = "light", title: str = "",
) -> go.Figure:  # fmt: skip
    """Draw every quantity [time, unit] of one layer of one text, a row each, over the steps.

    Below them are the L2 norms of the gradients by step (log scale), if there are any, and the output. Hovering shows exact
    values.

    Args:
        trace: The text as the model read it.
        layer: The layer of it that is drawn.
        units: What the quantities' rows draw: all units, their mean, or one unit.
        steps: The labels of the steps, and the rows above and below the quantities.
        opening: Which steps and gradients are visible at first, and which step is marked.
        theme: "light" or "dark".
        title: The figure's title; empty for the layer's.

    Returns:
        The figure.
    """
    palette, quantities = PALETTES[theme], CELLS[layer.kind]
    output = steps.output or OutputRow("surprise: −ln p of each character, in nats", {"surprise": trace.surprise})
    titles = [f"{each.name} {each.symbol}: {each.plain}" for each in quantities]
    if layer.grads is not None:
        titles.append(f"gradient norms: how {trace.objective} changes with each step")
    titles.append(output.title)
    top = 0 if steps.colors is None else 1
    if steps.colors is not None:
        titles.insert(0, f"text, coloured {steps.colors.label}")
    last = len(titles)
    figure = make_subplots(
        last, 1, shared_xaxes=True, vertical_spacing=0.25 / last, subplot_titles=titles,
        row_heights=[COLOURED] * top + [1.0] * (last - top),
    )  # fmt: skip
    if steps.colors is not None:
        figure.add_trace(_coloured(steps.colors, palette), 1, 1)
        figure.update_yaxes(visible=False, row=1, col=1)
    for row, quantity in enumerate(quantities, start=1 + top):
        _add_quantity(figure, row, layer, quantity, units, palette)
    if layer.grads is not None:
        for curve in _norms(layer, palette, opening.gradients):
            figure.add_trace(curve, last - 1, 1)
        figure.update_yaxes(type="log", row=last - 1, col=1)
    for curve in _output_rows(output, palette):
        figure.add_trace(curve, last, 1)
    figure.update_xaxes(**_axis(trace, steps.labels), range=opening.steps, showticklabels=True)
    if opening.step is not None:
        figure.add_vline(opening.step, line={"color": palette.gradient, "width": 1, "dash": "dot"})
    figure.update_layout(
        template="plotly_dark" if theme == "dark" else "plotly_white", height=170 * (last - top) + 80 * (1 + top),
        title=title or f"Layer {layer.layer + 1} ({layer.kind.upper()}, {layer.units} units)", margin={"l": 60, "r": 20},
    )  # fmt: skip
    return figure


def _add_quantity(
    figure: go.Figure, row: int, layer: LayerTrace, quantity: Quantity, units: UnitRows, palette: Palette
) -> None:  # fmt: skip
    """Draw one quantity in a row of the figure."""
    if units.shown == "units":
        order = np.arange(layer.units) if units.order is None else units.order
        figure.add_trace(_heatmap(layer, quantity, order, palette), row, 1)
        figure.update_yaxes(autorange="reversed", showticklabels=False, title_text="units", row=row, col=1)
        return
    one = units.shown == "unit"
    for curve in one_unit(layer, quantity, units.unit, palette) if one else mean_and_band(layer, quantity, palette):
        figure.add_trace(curve, row, 1)
    if quantity.bounded:
        figure.update_yaxes(range=[quantity.low, quantity.high], row=row, col=1)


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


def _axis(trace: Trace, given: Sequence[str] | None) -> dict[str, object]:
    """Label every letter; words and given labels are vertical, and are left out where they would overlap."""
    labels = [label(token) for token in trace.tokens] if given is None else list(given)
    letters = max(map(len, trace.tokens), default=1) == 1 and given is None
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
