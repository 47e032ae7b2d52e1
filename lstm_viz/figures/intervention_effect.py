"""The effect of an intervention: both runs of a text, and their differences, letter by letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.letter_axis import letter_axis, positions
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.text.labels import label

#: The names of the two runs.
BEFORE, AFTER = "as trained", "changed"


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """One quantity by letter in both runs, NaN if there is none; `low` and `high` bound the axis, None for the data's range."""

    title: str
    before: Float[np.ndarray, " time"]
    after: Float[np.ndarray, " time"]
    low: float | None = None
    high: float | None = None


def intervention_effect(
    pairs: Sequence[BeforeAfter], tokens: Sequence[str], clamped: Sequence[int], step: int, palette: Palette, height: int = 170
) -> go.Figure:
    """Draw a row for each pair: the original run dotted, the changed one solid, with the area between them shaded.

    Triangles along the lowest row mark the steps at which an intervention was active; a line marks the selected step.
    """
    count, marks = len(tokens), [label(token) for token in tokens]
    # One axis of letters for all rows: each further axis would cost the browser as much as all the curves.
    figure, x = go.Figure(), positions(count)
    for row, pair in enumerate(pairs, 1):
        runs = (
            (BEFORE, pair.before, palette.roles["input"], "dot", None),
            (AFTER, pair.after, palette.gradient, "solid", "tonexty"),
        )
        for name, values, colour, dash, fill in runs:
            figure.add_scatter(
                x=x, y=values, yaxis=f"y{row}", name=name, mode="lines", text=marks, customdata=np.arange(count),
                legendgroup=name, showlegend=row == 1, line={"color": colour, "dash": dash, "width": 2}, fill=fill,
                fillcolor=_faint(colour), hovertemplate="%{text} (step %{customdata}): %{y:.3g}",
            )  # fmt: skip
    if len(clamped):
        figure.add_scatter(
            x=[x[position] for position in clamped], y=np.zeros(len(clamped)), yaxis="y9", name="a change holds here",
            mode="markers",
            hoverinfo="skip", marker={"symbol": "triangle-up", "size": 8, "color": palette.gradient},
        )  # fmt: skip
    apply_layout(figure, "", "", 60 + height * len(pairs))
    letter_axis(figure, tokens)
    rows: dict[str, dict[str, Any]] = {
        f"yaxis{row}": {
            "domain": _band(row, len(pairs)), "title": {"text": pair.title}, "nticks": 4, "fixedrange": True, "automargin": True,
            "range": None if pair.low is None else [pair.low, pair.high],
        }
        for row, pair in enumerate(pairs, 1)
    }  # fmt: skip
    rows["yaxis9"] = {"overlaying": f"y{len(pairs)}", "range": [0.0, 1.0], "visible": False, "fixedrange": True}
    line = {"color": palette.roles["input"], "width": 1}
    here = {"type": "line", "x0": step, "x1": step, "yref": "paper", "y0": 0, "y1": 1, "line": line}
    return figure.update_layout(
        **rows, hovermode="x", xaxis_anchor=f"y{len(pairs)}", shapes=[here] if 0 <= step < count else [],
    )  # fmt: skip


def answers(
    symbols: Sequence[str],
    before: Float[np.ndarray, " vocab"],
    after: Float[np.ndarray, " vocab"],
    palette: Palette,
    most: int = 8,
) -> go.Figure:
    """Draw what both runs predict next: the most likely tokens of either, with their probabilities side by side."""
    indices = likeliest(before, after, most)
    names = [label(symbols[index]) if len(symbols[index]) == 1 else symbols[index] for index in indices]
    figure = go.Figure()
    for name, values, colour in ((BEFORE, before, palette.roles["input"]), (AFTER, after, palette.gradient)):
        figure.add_bar(
            y=names, x=values[indices], name=name, orientation="h", marker={"color": colour, "line_width": 0},
            hovertemplate=f"%{{y}}, {name}: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
    apply_layout(figure, "", "", 400)
    figure.update_xaxes(tickformat=".0%", range=[0, 1], dtick=0.25)
    figure.update_yaxes(type="category", autorange="reversed", ticksuffix=" ", tickfont={"family": "monospace", "size": 14})
    return figure.update_layout(barmode="group", bargap=0.25)


def likeliest(before: Float[np.ndarray, " vocab"], after: Float[np.ndarray, " vocab"], most: int) -> Int[np.ndarray, " chosen"]:
    """Return the most likely tokens of either run, ordered by the original run's probabilities."""
    indices = np.argsort(-np.maximum(before, after), kind="stable")[:most]
    ranked: Int[np.ndarray, " chosen"] = indices[np.argsort(-before[indices], kind="stable")]
    return ranked


def spread_of_change(
    difference: Float[np.ndarray, "time unit"], tokens: Sequence[str], name: str, palette: Palette, height: int = 420
) -> go.Figure:
    """Draw the difference of one quantity of every unit, after − before, at every letter; a click selects unit and step."""
    # Rounding errors must not look like a change.
    end = max(float(np.abs(difference).max(initial=0.0)), 0.01)
    marks = [label(token) for token in tokens]
    figure = go.Figure(
        go.Heatmap(
            z=difference.T, x=positions(len(tokens)), y=np.arange(difference.shape[1]), zmin=-end, zmax=end,
            colorscale=colourscale(palette.diverging), text=[marks] * difference.shape[1],
            colorbar={"title": {"text": f"{name}: change"}, "thickness": 12},
            hovertemplate="unit %{y} at %{text} (step %{x}): %{z:+.3f}<extra></extra>",
        )
    )  # fmt: skip
    apply_layout(figure, "", "unit", height, legend=False)
    letter_axis(figure, tokens)
    return figure


def ranking(
    names: Sequence[str], rises: Float[np.ndarray, " unit"], customdata: Sequence[tuple[int, int]], palette: Palette
) -> go.Figure:
    """Draw units as bars, the most needed on top: the rise of the surprise, in nats, without each."""
    colours = [palette.diverging[5] if rise >= 0 else palette.diverging[1] for rise in rises]
    figure = go.Figure(
        go.Bar(
            y=list(names),
            x=rises,
            orientation="h",
            customdata=list(customdata),
            marker={"color": colours, "line_width": 0},
            hovertemplate="without %{y}: %{x:+.4f} nats a symbol<extra></extra>",
        )
    )
    apply_layout(figure, "rise of the surprise, nats a symbol", "", 70 + 22 * max(len(names), 4), legend=False)
    figure.update_yaxes(type="category", autorange="reversed", ticksuffix=" ")
    return figure.update_layout(bargap=0.2)


def _band(row: int, rows: int) -> list[float]:
    """Return the position of one of several rows, counted from 1 and from the top, as shares of the figure's height."""
    return [max(1.0 - row / rows + 0.04 * (row < rows), 0.0), 1.0 - (row - 1) / rows - 0.04 * (row > 1)]


def _faint(colour: str) -> str:
    """Return a #rrggbb colour as nearly transparent."""
    red, green, blue = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
