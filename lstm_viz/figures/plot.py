"""One figure for captured data: every gate and state of its layers, the gradients' norms, the surprise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Int
from plotly.subplots import make_subplots

from lstm_viz.figures.layer_rows import Row, gate_rows, norm_row, surprise_row
from lstm_viz.figures.palette import PALETTES
from lstm_viz.gates import CELLS, NAMES
from lstm_viz.results import shorten
from lstm_viz.text.labels import label
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.units.stats import cluster_order

#: Number of heat map cells that a browser draws without delay; beyond it, neighbouring steps are averaged.
CELLS_DRAWN = 2_000_000
#: Maximum number of cells with a token in their hover text.
NAMED = 200_000
#: Maximum number of single-letter tokens, and of longer ones, that fit below the steps.
LETTERS, WORDS = 100, 60
#: Distance between two rows, in pixels: for the title of the lower one and the letters, or words, below the upper one.
GAP, WORDS_GAP = 46, 84

Units = Literal["numbered", "similar"] | Sequence[int]


class Layered(Protocol):
    """Anything with layers: a Trace, or a capture."""

    @property
    def layers(self) -> Sequence[LayerTrace]:
        """Return the layers, in the order of computation."""


class HasTrace(Protocol):
    """Anything that holds a trace: a series' reading, a sentiment result."""

    @property
    def trace(self) -> Trace:
        """Return the trace."""


def plot(
    result: LayerTrace | Layered | HasTrace | Iterable[LayerTrace], layer: int | None = None, *, batch: int = 0,
    tokens: Sequence[str] | None = None, units: Units = "numbered", theme: Literal["light", "dark"] = "light",
) -> go.Figure:  # fmt: skip
    """Draw the gates, candidate and states of captured layers as heat maps [unit, step], with the gradients' norms below.

    Padded steps of packed sequences stay blank. Above 2,000,000 cells, each column is the mean of several steps, and the
    title says of how many.

    Args:
        result: A LayerTrace, several of them, a capture, a Trace, or a result that holds a trace, such as a series' reading.
        layer: The index of one of several layers; None for all, one below the other.
        batch: Which entry of the batch.
        tokens: Labels of the steps, one for each; None for those of the trace, or the steps' indices.
        units: "numbered" from top to bottom, "similar" ones side by side, or the indices of those to draw, in this order.
        theme: "light" or "dark".

    Returns:
        A Plotly figure; `show()` shows it, `write_html("gates.html")` saves it.

    Raises:
        TypeError: The result has no layers.
        ValueError: Nothing was captured, the number of tokens differs from that of the steps, or `units` or `theme` is unknown.
        IndexError: A layer, batch entry or unit is out of range.

    Examples:
        >>> import torch, lstm_viz
        >>> lstm = torch.nn.LSTM(3, 4)
        >>> with lstm_viz.capture(lstm) as cap:
        ...     lstm(torch.randn(20, 1, 3))[0].sum().backward()
        >>> figure = lstm_viz.plot(cap.layers[0], tokens="a step is a letter!!")
        >>> [each.name for each in figure.data][:6]
        ['input gate i', 'forget gate f', 'candidate g', 'output gate o', 'cell state c', 'hidden state h']
    """
    if theme not in PALETTES:
        raise ValueError(f"the theme is {theme!r}; choose one of {', '.join(PALETTES)}")
    if isinstance(units, str) and units not in ("numbered", "similar"):
        raise ValueError(f"units is {units!r}; choose numbered, similar, or the indices of units in a list")
    trace, layers = _trace_and_layers(result)
    layers = _choose_layers(layers, layer)
    for each in layers:
        if not -each.values["h"].shape[1] <= batch < each.values["h"].shape[1]:
            raise IndexError(f"batch entry {batch} is out of range; the batch has entries 0 to {each.values['h'].shape[1] - 1}")
    if tokens is None and trace is not None:
        tokens = trace.tokens
    names = _names(tokens, layers, batch)
    palette = PALETTES[theme]
    orders = [_orders(each, batch, units) for each in layers]
    drawn = sum(len(one[_width(each, q.symbol)]) for each, one in zip(layers, orders, strict=True) for q in CELLS[each.kind])
    steps = max(each.steps for each in layers)
    block = max(1, math.ceil(drawn * steps / CELLS_DRAWN))
    rows: list[tuple[int, Row]] = []
    for position, (each, one) in enumerate(zip(layers, orders, strict=True)):
        hover = names if block == 1 and drawn * steps <= NAMED else []
        rows += [(position, row) for row in gate_rows(each, batch, one, block, palette, hover)]
        if each.grads is not None:
            objective = _plain(trace.objective) if trace is not None and trace.objective else "the loss whose backward pass ran"
            legend = not any(earlier.grads is not None for earlier in layers[:position])
            rows.append((position, norm_row(each, batch, objective, palette, names, legend)))
    if trace is not None and np.isfinite(trace.surprise).any():
        rows.append((len(layers) - 1, surprise_row(trace.surprise, palette, names)))
    ticks = _ticks(names)
    figure = _stacked(rows, layers, WORDS_GAP if ticks.get("tickangle") else GAP)
    figure.update_xaxes(**ticks, range=[-0.5, max(steps, 1) - 0.5], showgrid=False, zeroline=False)
    figure.update_layout(
        template="plotly_dark" if theme == "dark" else "plotly_white", bargap=0.1,
        title={"text": _title(layers, batch, block), "x": 0, "xref": "paper", "font": {"size": 15}},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 0.0, "yanchor": "bottom", "yref": "container"},
    )  # fmt: skip
    return figure


def _trace_and_layers(result: Any) -> tuple[Trace | None, tuple[LayerTrace, ...]]:
    """Return the trace, if there is one, and the layers."""
    if isinstance(result, LayerTrace):
        return None, (result,)
    trace = result if isinstance(result, Trace) else getattr(result, "trace", None)
    if isinstance(trace, Trace):
        return trace, trace.layers
    layers = getattr(result, "layers", result)
    try:
        selected = tuple(layers)
    except TypeError:
        selected = ()
        layers = None
    if layers is None or not all(isinstance(each, LayerTrace) for each in selected):
        expected = "a LayerTrace, several of them, a capture, or a Trace"
        raise TypeError(f"plot draws {expected}; got {type(result).__name__}")
    return None, selected


def _choose_layers(layers: tuple[LayerTrace, ...], layer: int | None) -> tuple[LayerTrace, ...]:
    if not layers:
        raise ValueError("there is no layer to draw: nothing was captured")
    if layer is None:
        return layers
    if not -len(layers) <= layer < len(layers):
        raise IndexError(f"layer {layer} is out of range; choose 0 to {len(layers) - 1}")
    return (layers[layer],)


def _names(tokens: Sequence[str] | None, layers: Sequence[LayerTrace], batch: int) -> list[str]:
    """Return a visible name for each step, empty past a shorter entry's end; no names without tokens."""
    if tokens is None:
        return []
    names = [_plain(shorten(label(str(token)), 40)) for token in tokens]
    for layer in layers:
        length = layer.steps if layer.lengths is None else int(layer.lengths[batch])
        if len(names) not in (layer.steps, length):
            raise ValueError(f"{len(names)} tokens were given for {length} steps; give one for each step")
    return names + [""] * (max(layer.steps for layer in layers) - len(names))


def _width(layer: LayerTrace, symbol: str) -> int:
    return int(layer.values[symbol].shape[-1])


def _orders(layer: LayerTrace, batch: int, units: Units) -> dict[int, Int[np.ndarray, " unit"]]:
    """Return the units from top to bottom, by a quantity's number of units: with a projection h has fewer than c."""
    selected: dict[int, Int[np.ndarray, " unit"]] = {}
    for symbol in ("c", "h"):
        if symbol not in layer or _width(layer, symbol) in selected:
            continue
        count = _width(layer, symbol)
        if isinstance(units, str):
            known = layer.values[symbol][:, batch]
            known = known[np.isfinite(known).all(axis=1)]
            selected[count] = cluster_order(known) if units == "similar" else np.arange(count)
        elif selected:  # the requested indices are the cell's
            selected[count] = np.arange(count)
        else:
            selected[count] = np.asarray(units, dtype=np.int64).reshape(-1)
            if not ((selected[count] >= 0) & (selected[count] < count)).all():
                raise IndexError(f"units {shorten(str(list(units)), 60)} were requested; there are 0 to {count - 1}")
    return selected


def _stacked(rows: Sequence[tuple[int, Row]], layers: Sequence[LayerTrace], gap: int) -> go.Figure:
    """Stack all rows at their heights, `gap` pixels apart; rows with the same number of steps share their x axis."""
    heights = [row.height for _, row in rows]
    inner = sum(heights) + gap * (len(rows) - 1)
    several = len(layers) > 1
    titles = [f"{_name(layers[position])} · {row.title}" if several else row.title for position, row in rows]
    figure = make_subplots(
        len(rows), 1, row_heights=heights, vertical_spacing=gap / inner if len(rows) > 1 else 0, subplot_titles=titles
    )
    first: dict[int, str] = {}
    for index, (position, row) in enumerate(rows, start=1):
        for trace in row.traces:
            figure.add_trace(trace, index, 1)
        figure.update_yaxes(row.axis, row=index, col=1)
        leader = first.setdefault(layers[position].steps, f"x{index if index > 1 else ''}")
        figure.update_xaxes(matches=leader, row=index, col=1)
    for index, (_, row) in enumerate(rows, start=1):
        middle = sum(figure.layout[f"yaxis{index if index > 1 else ''}"].domain) / 2
        for trace in figure.data:
            if trace.type == "heatmap" and trace.yaxis == f"y{index if index > 1 else ''}":
                trace.colorbar.update(y=middle, yanchor="middle", len=row.height)
    figure.update_annotations(x=0, xanchor="left", font_size=13)
    figure.update_layout(height=inner + 170, margin={"l": 60, "r": 60, "t": 90, "b": 80}, dragmode="zoom")
    figure.update_yaxes(fixedrange=True)
    return figure


def _ticks(names: Sequence[str]) -> dict[str, Any]:
    """Label the steps with tokens if all fit; else with indices, as every second letter would read as another text."""
    longest = max(map(len, names), default=0)
    if not names or len(names) > (LETTERS if longest == 1 else WORDS):
        return {"tickfont": {"size": 11}}
    return {
        "tickmode": "array", "tickvals": list(range(len(names))), "ticktext": list(names),
        "tickangle": 0 if longest == 1 else -60, "tickfont": {"size": 11},
    }  # fmt: skip


def _name(layer: LayerTrace) -> str:
    return f"{_plain(shorten(layer.name, 60))}, layer {layer.layer}{', reverse' if layer.reverse else ''}"


def _title(layers: Sequence[LayerTrace], batch: int, block: int) -> str:
    """Return the title, with the notes that are needed to read the figure below it."""
    first, entries = layers[0], layers[0].values["h"].shape[1]
    title_parts = [f"{NAMES[first.kind]}, {first.steps:,} steps × {first.units:,} units"]
    if entries > 1:
        short = first.lengths is not None and int(first.lengths[batch]) < first.steps
        length = f", {int(first.lengths[batch]):,} steps long" if first.lengths is not None and short else ""
        title_parts.append(f"batch entry {batch % entries} of {entries}{length}")
    if block > 1:
        title_parts.append(f"each column is the mean of {block} steps")
    if any(layer.reverse for layer in layers):
        title_parts.append("a reverse direction reads from the last step to the first")
    if first.grads is None and first.grads_missing:
        title_parts.append(f"no gradients: {_plain(shorten(first.grads_missing, 100))}")
    name = _name(first) if len(layers) == 1 else f"{len(layers)} layers"
    return f"{name}<br><sup>{' · '.join(title_parts)}</sup>"


def _plain(text: str) -> str:
    """Escape a text for Plotly: neither tags nor MathJax's dollars are interpreted."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("$", "&#36;")
