"""One unit in figures: its values along a text, how often it takes each value, and the outputs that it pushes up and down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.letter_axis import letters_along, positions
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import Quantity
from lstm_viz.text.labels import label

TYPED, EXAMPLES = "your text", "the examples"
#: How many outputs are drawn at either end, and the number of a histogram's bins.
OUTPUTS, BINS = 8, 40


def unit_along_text(
    values: Float[np.ndarray, " time"], costs: Float[np.ndarray, " time"] | None, tokens: Sequence[str], drawn: Quantity,
    ends: tuple[float, float], step: int, palette: Palette,
) -> go.Figure:  # fmt: skip
    """Draw a unit's values as a line over the tokens, and below, if given, how much each token's surprise rises without it.

    `ends` are those of the value's axis; a line marks the `step`. The rises are in nats, NaN where nothing was predicted.
    """
    x = positions(len(tokens))
    colour = palette.roles[drawn.role]
    traces: list[go.Scatter | go.Bar] = [
        go.Scatter(
            x=x, y=values, mode="lines+markers", name=drawn.label, line={"color": colour, "width": 2, "shape": "hvh"},
            marker={"size": 4}, customdata=list(range(len(tokens))), hovertemplate=f"{drawn.symbol} = %{{y:.3f}}<extra></extra>",
        )
    ]  # fmt: skip
    low, high = min(ends[0], float(values.min(initial=0.0))), max(ends[1], float(values.max(initial=0.0)))
    pad = 0.06 * (high - low)
    y = {"title_text": drawn.label, "range": [low - pad, high + pad], "zeroline": drawn.signed}
    rows: dict[str, Any] = {}
    if costs is not None:
        traces.append(
            go.Bar(
                x=x, y=costs, yaxis="y2", name="rise of surprise without it", marker={"color": palette.gradient},
                customdata=list(range(len(tokens))), hovertemplate="%{y:+.3f} nats<extra></extra>",
            )
        )  # fmt: skip
        y["domain"] = [0.46, 1]
        rows["yaxis2"] = {
            "domain": [0, 0.38], "anchor": "x", "fixedrange": True, "zeroline": True, "title_text": "nats without it",
        }  # fmt: skip
    marked = {
        "type": "line", "xref": "x", "yref": "paper", "x0": str(step), "x1": str(step), "y0": 0, "y1": 1,
        "line": {"color": palette.gradient, "width": 1, "dash": "dot"},
    }  # fmt: skip
    axis = letters_along(tokens) | ({"anchor": "y2"} if costs is not None else {})
    height, shapes = 330 if costs is not None else 220, [marked] if len(tokens) else []
    return fast_figure(traces, axis, y, height, shapes=shapes, bargap=0.25, **rows)


def value_histogram(
    typed: Float[np.ndarray, " time"], examples: Float[np.ndarray, " time"], drawn: Quantity, ends: tuple[float, float],
    palette: Palette,
) -> go.Figure:  # fmt: skip
    """Draw the share of steps at which a unit takes each value: bars on the typed text, a line on the model's examples."""
    both = np.concatenate((typed, examples, ends))
    edges = np.linspace(float(both.min()), float(both.max()), BINS + 1)
    middles, width = (edges[:-1] + edges[1:]) / 2, float(edges[1] - edges[0])
    traces = [
        go.Bar(
            x=middles, y=_shares(typed, edges), width=width, name=TYPED, marker={"color": palette.roles[drawn.role]},
            hovertemplate=f"{drawn.symbol} near %{{x:.2f}}: %{{y:.0%}} of the steps<extra>{TYPED}</extra>",
        ),
        go.Scatter(
            x=middles, y=_shares(examples, edges), mode="lines", name=EXAMPLES,
            line={"color": palette.roles["input"], "width": 2, "shape": "hvh"},
            hovertemplate=f"{drawn.symbol} near %{{x:.2f}}: %{{y:.0%}} of the steps<extra>{EXAMPLES}</extra>",
        ),
    ]  # fmt: skip
    return fast_figure(
        traces, {"title_text": drawn.label}, {"title_text": "share of steps", "tickformat": ".0%", "rangemode": "tozero"}, 300,
        top=32, showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, bargap=0,
    )  # fmt: skip


def pushed_outputs(names: Sequence[str], changes: Float[np.ndarray, " output"], title: str, palette: Palette) -> go.Figure:
    """Draw the outputs whose logits a unit raises and lowers most, as bars; `title` says what the numbers are."""
    order = np.argsort(-changes, kind="stable")
    indices = order if len(order) <= 2 * OUTPUTS else np.concatenate((order[:OUTPUTS], order[-OUTPUTS:]))
    values = changes[indices]
    colours = [palette.diverging[-2] if value > 0 else palette.diverging[1] for value in values]
    places = positions(len(indices))
    bars = go.Bar(
        x=values, y=places, orientation="h", marker={"color": colours}, customdata=[names[each] for each in indices],
        hovertemplate="%{customdata}: %{x:+.3f}<extra></extra>",
    )  # fmt: skip
    y = {
        "type": "category", "categoryorder": "array", "categoryarray": places[::-1], "dtick": 1, "automargin": True,
        "labelalias": dict(zip(places, (label(names[each]) for each in indices), strict=True)),
        "tickfont": {"family": "monospace", "size": 12}, "showgrid": False,
    }  # fmt: skip
    return fast_figure([bars], {"title_text": title, "zeroline": True}, y, 300, bargap=0.2)


def _shares(values: Float[np.ndarray, " time"], edges: Float[np.ndarray, " edge"]) -> Float[np.ndarray, " bin"]:
    return np.histogram(values, edges)[0] / max(len(values), 1)
