"""Delay experiments: accuracy by delay, the delay reached by step, and what a network retains during the delay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.letter_axis import letters_along, positions
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.gates import NAMES, Kind, Role
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent

if TYPE_CHECKING:
    from lstm_viz.delays.results import DelayResult

#: The colour role of each network.
_ROLES: dict[Kind, Role] = {"rnn": "input", "gru": "read", "lstm": "cell"}
_SHAPES: dict[Kind, str] = {"rnn": "circle", "gru": "diamond", "lstm": "square"}
_DASHES: dict[Kind, str] = {"rnn": "dot", "gru": "dash", "lstm": "solid"}
#: Relative distance from which states count as fully different: the retention map's darkest colour.
APART = 0.5
_HEIGHT = 330
_NTH = ("1st", "2nd", "3rd", "4th")


def accuracy_by_delay(result: DelayResult, chance_accuracy: float, palette: Palette) -> go.Figure:
    """Draw each network's current accuracy against the delay, with that of guessing.

    No network was trained on delays to the right of the vertical line.
    """
    traces = [
        go.Scatter(
            x=list(last.right), y=list(last.right.values()), name=NAMES[kind], mode="lines+markers",
            line=_line(kind, palette), marker={"size": 8, "symbol": _SHAPES[kind]}, cliponaxis=False,
            hovertemplate=f"{NAMES[kind]}, delay %{{x}}: %{{y:.0%}} right<extra></extra>",
        )
        for kind, last in result.latest().items()
    ]  # fmt: skip
    experiment, quiet, edge = result.experiment, palette.roles["input"], 1.06 * result.experiment.longest
    upright = {"x0": edge, "x1": edge, "yref": "paper", "y0": 0, "y1": 1}
    ends = (-0.03, math.log10(2 * experiment.longest) + 0.03)
    # In the legend, where it does not cover a curve.
    traces.append(go.Scatter(
        x=[10**end for end in ends], y=[chance_accuracy, chance_accuracy], mode="lines",
        name=f"guessing: {format_percent(chance_accuracy)}", line={"color": quiet, "width": 1.5, "dash": "longdash"},
        hoverinfo="skip",
    ))  # fmt: skip
    trained = f"trained up to {experiment.longest} "
    text = [{"text": trained, "x": math.log10(edge), "xanchor": "right", "y": 0, "yanchor": "bottom"}]
    return fast_figure(
        traces,
        {"title_text": "delay, in symbols", "type": "log", "tickvals": list(experiment.tested),
         "range": list(ends)},
        {"title_text": "right answers", "range": [0, 1.02], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        _HEIGHT, top=32, showlegend=True, legend=_LEGEND,
        shapes=[{"type": "line", **upright, "line": {"color": quiet, "width": 1, "dash": "dot"}}],
        annotations=[{"showarrow": False, "font": {"color": quiet, "size": 12}, **each} for each in text],
    )  # fmt: skip


def delay_by_step(result: DelayResult, palette: Palette) -> go.Figure:
    """Draw the longest delay in training of each network after each step; it grows only with success; both axes logarithmic.

    A star marks where a network mastered the longest delay.
    """
    experiment = result.experiment
    traces: list[Any] = []
    for kind in result.latest():
        course = result.snapshots_of(kind)
        ends = [each.step for each in course]
        traces.append(go.Scatter(
            x=ends, y=[max(each.current_delay, 1) for each in course], name=NAMES[kind], mode="lines", line=_line(kind, palette),
            hovertemplate=f"{NAMES[kind]}, step %{{x}}: delay %{{y}}<extra></extra>",
        ))  # fmt: skip
        if result.mastered(kind):
            traces.append(go.Scatter(
                x=ends[-1:], y=[experiment.longest], mode="markers", showlegend=False, name=f"{NAMES[kind]} mastered it",
                marker={"symbol": "star", "size": 15, "color": palette.roles[_ROLES[kind]]}, cliponaxis=False,
                hovertemplate=f"{NAMES[kind]}: delay {experiment.longest} mastered at step %{{x}}<extra></extra>",
            ))  # fmt: skip
    low, high = max(experiment.shortest, 1), max(experiment.longest, 2)
    return fast_figure(
        traces,
        {"title_text": "steps of training", "type": "log", "tickvals": _ticks(experiment.every, experiment.steps),
         "tickformat": ",d",
         "range": [math.log10(experiment.every * 0.9), math.log10(experiment.steps * 1.1)]},
        {"title_text": "delay reached", "type": "log", "tickvals": sorted({low, *_ticks(2 * low, high // 2), high}),
         "range": [math.log10(low * 0.85), math.log10(high * 1.25)]},
        _HEIGHT, top=32, showlegend=True, legend=_LEGEND,
    )  # fmt: skip


def retention_map(
    states: Float[np.ndarray, "time unit"], shares: Float[np.ndarray, "place known"], slots: Sequence[int], tokens: Sequence[str],
    order: Int[np.ndarray, " unit"], palette: Palette,
) -> go.Figure:  # fmt: skip
    """Draw what one network retains over a text and its own answer: above, how well its state still distinguishes each relevant
    symbol; below, the state of every unit.

    `slots` are the positions of the relevant symbols, and `shares` (0: forgotten) runs up to the question; after it, at a
    vertical line, follows the answer. `order` gives the unit of each row.
    """
    known, columns = shares.shape[1], positions(len(tokens))
    # A few of an LSTM's cells grow so large that they would dominate the colour scale.
    end = (float(np.quantile(np.abs(states), 0.9)) if states.size else 0.0) or 1.0
    traces: list[Any] = [
        go.Heatmap(
            z=states.T[order].astype(np.float32), x=columns, y=np.arange(len(order)), zmin=-end, zmax=end, showscale=False,
            colorscale=colourscale(palette.diverging), customdata=np.repeat(order[:, None], len(tokens), 1).astype(np.int16),
            hovertemplate="unit %{customdata}, step %{x}: %{z:+.2f}<extra></extra>",
        )
    ]  # fmt: skip
    rows = [f"{_NTH[index]}: {label(tokens[position])}" for index, position in enumerate(slots)]
    above: dict[str, Any] = {"domain": [0, 0.98]}
    if rows:
        # A row has the same height for one symbol as for four.
        share = 0.09 * len(rows)
        above = {"domain": [0, 1 - share - 0.04]}
        blank = np.where(np.arange(known) < np.array(slots)[:, None], np.nan, shares)
        traces.append(go.Heatmap(
            z=blank.astype(np.float32), x=columns[:known], y=rows, yaxis="y2", zmin=0, zmax=APART, showscale=False,
            colorscale=colourscale(palette.sequential), ygap=2, hoverongaps=False,
            hovertemplate="%{y} after step %{x}: other by %{z:.2f}<extra></extra>",
        ))  # fmt: skip
        second = {"domain": [1 - share, 1], "autorange": "reversed", "showgrid": False, "fixedrange": True, "type": "category"}
    else:
        second = {"visible": False, "overlaying": "y"}
    upright = {"x0": known - 0.5, "x1": known - 0.5, "yref": "paper", "y0": 0, "y1": 1}
    return fast_figure(
        traces, letters_along(tokens),
        {"title_text": "units", "showticklabels": False, "showgrid": False, "ticks": "", "autorange": "reversed", **above},
        _HEIGHT, top=22, bottom=28,
        shapes=[{"type": "line", **upright, "line": {"color": palette.gradient, "width": 2, "dash": "dot"}}],
        yaxis2={**second, "ticks": "", "tickfont": {"family": "monospace", "size": 12}},
        annotations=[
            {"text": text, "xref": "paper", "x": x, "xanchor": anchor, "yref": "paper", "y": 1, "yanchor": "bottom",
             "showarrow": False, "font": {"color": colour, "size": 12}}
            for text, x, anchor, colour in (
                ("what is left of each" if rows else "", 0, "left", palette.roles["input"]),
                ("its answer", 1, "right", palette.gradient),
            )
        ],
    )  # fmt: skip


_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def _line(kind: Kind, palette: Palette) -> dict[str, Any]:
    return {"color": palette.roles[_ROLES[kind]], "width": 3, "dash": _DASHES[kind]}


def _ticks(low: float, high: float) -> list[int]:
    """Return round numbers between two ends, both included."""
    rounds = (each * 10**power for power in range(6) for each in (1, 2, 5))
    return [each for each in rounds if low <= each <= high]
