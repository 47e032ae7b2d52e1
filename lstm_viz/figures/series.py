"""Figures of a numeric series: forecasts and observed values, what a forecast depends on, and training progress."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette
from lstm_viz.text.numbers import format_number

if TYPE_CHECKING:
    from lstm_viz.series.backtesting import Split

Values = Float[np.ndarray, " time"]

#: The names of the lines.
CAME, NEXT, AHEAD, AGAIN = "observed", "one step ahead", "many steps ahead", "a season before"
PARTS = ("training", "validation", "test")

_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
#: Preferred intervals between ticks on an axis of time.
_ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True, eq=False)
class ForecastView:
    """A series up to the present and beyond; all arrays but the future's are [time].

    `expected` is the forecast for an index made one step before it, NaN if there is none. The future's arrays [step] begin at
    index `border`, which may lie inside the series, to compare with observed values. `labels` extend to its end.
    """

    name: str
    unit: str
    labels: Sequence[str]
    values: Values
    parts: Split
    expected: Values | None
    border: int
    future: Float[np.ndarray, " step"] | None = None
    low: Float[np.ndarray, " step"] | None = None
    high: Float[np.ndarray, " step"] | None = None
    again: Float[np.ndarray, " step"] | None = None


def forecast_view(view: ForecastView, start: int, stop: int, step: int | None, palette: Palette) -> go.Figure:
    """Draw indices from `start` to before `stop`: observed values, forecasts, the band, the shaded parts; `step` is marked."""
    labels, positions = list(view.labels[start:stop]), np.arange(start, stop)
    traces: list[Any] = []
    ahead = positions[positions >= view.border]
    inside = slice(ahead[0] - view.border, ahead[-1] - view.border + 1) if len(ahead) else slice(0, 0)
    if view.low is not None and view.high is not None and len(ahead):
        low, high = view.low[inside], view.high[inside]
        traces.append(go.Scatter(
            x=np.concatenate((ahead[: len(low)], ahead[: len(low)][::-1])), y=np.concatenate((high, low[::-1])), mode="lines",
            line={"width": 0}, fill="toself", fillcolor=faint(palette.gradient, 0.2), hoverinfo="skip", showlegend=False,
            name="80 of 100 cases",
        ))  # fmt: skip
    lines = [(CAME, start, view.values[start:stop], palette.roles["input"], 2.0, "solid")]
    if view.expected is not None:
        lines.append((NEXT, start, view.expected[start:stop], palette.roles["keep"], 1.5, "solid"))
    if len(ahead):
        first = int(ahead[0])
        if view.again is not None:
            lines.append((AGAIN, first, view.again[inside], palette.roles["write"], 1.5, "dot"))
        if view.future is not None:
            lines.append((AHEAD, first, view.future[inside], palette.gradient, 2.5, "solid"))
    traces += [
        _line(name, np.arange(first, first + len(values)), values, list(view.labels[first : first + len(values)]), colour, width,
              dash)
        for name, first, values, colour, width, dash in lines
    ]  # fmt: skip
    shapes, words = _shaded(view, start, stop, palette)
    if step is not None and start <= step < stop:
        shapes.append(_upright(step, palette.gradient, "dot"))
    return fast_figure(
        traces, {"range": [start - 0.5, stop - 0.5], **marks_along(labels, start)}, {"title_text": view.unit, "nticks": 6},
        380, top=40, showlegend=True, legend=_LEGEND, shapes=shapes, annotations=words,
    )  # fmt: skip


def sensitivity_bars(
    labels: Sequence[str], values: Values, derivatives: Values, start: int, unit: str, predicted: tuple[float, str],
    palette: Palette,
) -> go.Figure:  # fmt: skip
    """Draw the input values from index `start` on and the forecast after them; below them the derivatives as bars.

    `derivatives` [time] are the forecast's derivatives by each value; `predicted` is the forecast and its label.
    """
    positions = np.arange(start, start + len(values))
    forecast, after = predicted
    colours = [palette.diverging[5] if each >= 0 else palette.diverging[1] for each in derivatives]
    traces = [
        _line(CAME, positions, values, list(labels), palette.roles["input"], 2.0, "solid"),
        go.Scatter(
            x=[positions[-1] + 1], y=[forecast], text=[after], mode="markers", name="the forecast",
            marker={"color": palette.gradient, "size": 10, "symbol": "diamond"},
            hovertemplate="%{text}, forecast: %{y:.5g}<extra></extra>",
        ),
        go.Bar(
            x=positions, y=derivatives, yaxis="y2", customdata=positions, text=list(labels), textposition="none",
            marker={"color": colours, "line_width": 0},
            hovertemplate="had %{text} been 1 higher, the forecast would change by %{y:+.3g}<extra></extra>",
        ),
    ]  # fmt: skip
    still = {"fixedrange": True}
    return fast_figure(
        traces, {"range": [start - 0.5, positions[-1] + 1.8], "anchor": "y2", **marks_along(labels, start)},
        {"title_text": unit, "domain": [0.55, 1], "nticks": 5}, 420, bargap=0.15,
        yaxis2={**still, "domain": [0, 0.47], "title": {"text": "weight in the forecast"}, "zeroline": True, "nticks": 5},
    )  # fmt: skip


def errors(
    courses: Mapping[str, tuple[Sequence[int], Sequence[float]]], naive: float, unit: str, steps: int, palette: Palette
) -> go.Figure:
    """Draw the validation error by training step: a line for each configuration, a level for the naive forecast.

    `courses` holds by name the steps and the errors so far.
    """
    roles = [palette.roles[role] for role in ("keep", "write", "candidate", "read", "cell", "hidden")]
    traces = [
        go.Scatter(
            x=list(at), y=list(maes), name=name, mode="lines+markers",
            line={"color": roles[index % len(roles)], "width": 2, "dash": "solid" if index < len(roles) else "dot"},
            marker={"size": 4}, hovertemplate="step %{x}: mean error %{y:.4g}<extra></extra>",
        )
        for index, (name, (at, maes)) in enumerate(courses.items())
    ]  # fmt: skip
    line = {"color": palette.roles["input"], "width": 1.5, "dash": "dash"}
    level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": naive, "y1": naive, "line": line}
    words = {
        "x": 1, "xref": "paper", "xanchor": "right", "y": naive, "yanchor": "bottom", "showarrow": False,
        "text": f"repeating the last value: {format_number(naive)}", "bgcolor": palette.sequential[0],
        "font": {"color": palette.roles["input"]},
    }  # fmt: skip
    all_maes = [naive, *(each for _, maes in courses.values() for each in maes if np.isfinite(each))]
    # A naive error of zero must not set the axis' range.
    top, low = min(max(all_maes), 3 * naive or math.inf), min(all_maes)
    room = 0.15 * (top - low)
    return fast_figure(
        traces, {"range": [0, steps], "title_text": "step of training", "tickformat": ",d"},
        {"title_text": f"mean error, {unit}", "range": [max(0.0, low - room), top + room], "nticks": 6},
        340, top=24, shapes=[level], annotations=[words],
    )  # fmt: skip


def validation_forecast(
    labels: Sequence[str], values: Values, expected: Values, start: int, unit: str, palette: Palette
) -> go.Figure:
    """Draw the one-step forecasts of the network in training, and the observed values, from index `start` on."""
    positions = np.arange(start, start + len(values))
    traces = [
        _line(CAME, positions, values, list(labels), palette.roles["input"], 2.0, "solid"),
        _line(NEXT, positions, expected, list(labels), palette.roles["keep"], 2.0, "solid"),
    ]
    return fast_figure(
        traces, {"range": [positions[0] - 0.5, positions[-1] + 0.5], **marks_along(labels, start, most=5)},
        {"title_text": unit, "nticks": 6}, 340, top=24, showlegend=True, legend=_LEGEND,
    )  # fmt: skip


def marks_along(labels: Sequence[str], start: int = 0, most: int = 8) -> dict[str, Any]:
    """Return dates as ticks of an axis of indices: at round years for dates with years, evenly spaced otherwise."""
    years = [_year(label) for label in labels]
    if all(year is not None for year in years):
        # A year that began before the figure's start has no tick.
        begun = bool(labels) and labels[0][4:7] not in ("", "-01")
        first = [position for position, year in enumerate(years) if (years[position - 1] != year if position else not begun)]
        for by in _ROUND:
            round_ones = [position for position in first if int(years[position] or 0) % by == 0]
            if len(round_ones) <= most:
                break
        if len(round_ones) >= 2:
            return {
                "tickvals": [start + position for position in round_ones],
                "ticktext": [labels[position][:4] for position in round_ones],
            }
    by = next((by for by in _ROUND if len(labels) / by <= most), _ROUND[-1])
    counted = all(label.isdecimal() for label in labels)
    step = [position for position, label in enumerate(labels) if (int(label) if counted else position) % by == 0]
    return {"tickvals": [start + position for position in step], "ticktext": [labels[position] for position in step]}


def faint(colour: str, share: float) -> str:
    """Return a #rrggbb colour as nearly transparent."""
    red, green, blue = (int(colour[position : position + 2], 16) for position in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def _year(label: str) -> int | None:
    """Return the year at the beginning of a date; None for row numbers and other labels."""
    head, rest = label[:4], label[4:5]
    return int(head) if len(head) == 4 and head.isdecimal() and rest in ("", "-") and 1000 <= int(head) < 2200 else None


def _line(
    name: str, positions: np.ndarray, values: Values, labels: list[str], colour: str, width: float, dash: str
) -> go.Scatter:
    return go.Scatter(
        x=positions, y=values, name=name, text=labels, customdata=positions, mode="lines" if len(values) > 1 else "markers",
        line={"color": colour, "width": width, "dash": dash}, marker={"color": colour},
        hovertemplate=f"%{{text}}, {name}: %{{y:.5g}}<extra></extra>",
    )  # fmt: skip


def _shaded(view: ForecastView, start: int, stop: int, palette: Palette) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the shaded parts, each with its name, and a line where the multi-step forecast begins."""
    cuts = (0, view.parts.train_end, view.parts.validation_end, view.parts.length)
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for index, (name, share) in enumerate(zip(PARTS, (0.0, 0.08, 0.18), strict=True)):
        first, last = cuts[index], cuts[index + 1]
        left, right = max(first, start), min(last, stop)
        if left >= right:
            continue
        if share:
            shapes.append({
                "type": "rect", "x0": left - 0.5, "x1": right - 0.5, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
                "line": {"width": 0}, "fillcolor": faint(palette.roles["input"], share),
            })  # fmt: skip
        if right - left > 0.1 * (stop - start):
            words.append({
                "x": (left + right) / 2, "y": 1, "yref": "paper", "yanchor": "top", "text": name, "showarrow": False,
                # On a phone two names do not fit beside each other.
                "yshift": -14 * (index == 1),
                "font": {"size": 12, "color": palette.roles["input"]},
            })  # fmt: skip
    if start < view.border < stop:
        shapes.append(_upright(view.border - 0.5, palette.roles["input"], "dash"))
    return shapes, words


def _upright(position: float, colour: str, dash: str) -> dict[str, Any]:
    line = {"color": colour, "width": 1.5, "dash": dash}
    return {"type": "line", "x0": position, "x1": position, "yref": "paper", "y0": 0, "y1": 1, "line": line}
