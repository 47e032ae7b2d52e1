"""Which units know this stretch? Units that are on in a stretch of the series and off around it, and every place like it."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from lstm_viz.figures.series_matches import AlignedPlace, aligned_places, places_along
from lstm_viz.figures.unit_matches import UNITS
from lstm_viz.gates import quantity
from lstm_viz.text.numbers import format_number
from lstm_viz.ui import components
from lstm_viz.ui.components.unit_matches import (
    AROUND,
    DRAWN,
    LISTED,
    LONGEST,
    MatchResult,
    count_matches,
    current_settings,
    describe_units,
    find,
    match_controls,
)
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_html, escape_inline
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.theme import palette
from lstm_viz.units.matching import trace_levels

_PREFIX = "series_units"


def render(evaluated: EvaluatedSeries) -> None:
    """Draw the controls, the units and the places."""
    if evaluated.backtest is None:
        return
    labels, stretch = evaluated.series.labels, stretch_setting(evaluated)
    st.markdown(
        "**Mark a stretch of the curve. Here are the units that are on at every value of it and off right around it, and every "
        "other place where the same units are on.**"
    )
    described, drawn = st.container(), st.container()
    first, last = (escape_inline(labels[step]) for step in stretch.value())
    st.slider(f"The stretch: {first} to {last}", 0, len(labels) - 1, step=1, **stretch.widget_args())
    layers = len(evaluated.backtest.reading.trace.layers)
    if layers > 1:
        st.segmented_control(
            "Layer", range(layers), format_func=lambda layer: f"{layer + 1}", required=True, width="content",
            **_layer(layers).widget_args(),
        )  # fmt: skip
    match_controls(_PREFIX, evaluated.backtest.model.config.kind)
    result = _find_result(evaluated)
    first, last = (escape_inline(labels[step]) for step in stretch.value())
    with described:
        st.markdown(describe_units(result, f"{first} to {last}" if first != last else first, "value"))
    with drawn:
        _draw_whole(evaluated, result)
    _draw_places(evaluated, result)


def steepest_rise(values: np.ndarray) -> tuple[int, int]:
    """Return the first and last step of the rise without a fall by which the values [time] gain most; the first of equal ones.

    Examples:
        >>> steepest_rise(np.array([3.0, 1.0, 2.0, 4.0, 4.0, 2.0, 4.0]))
        (2, 3)
    """
    rises = np.diff(values) > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], rises, [False])).astype(np.int8)))
    runs = [(start + 1, stop) for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]
    return max(runs, key=lambda run: values[run[1]] - values[run[0] - 1], default=(0, len(values) - 1))


def dragged_steps(low: float, high: float, steps: int) -> tuple[int, int]:
    """Return the first and last step between two places of the axis; the nearer one if none lies between them.

    Examples:
        >>> dragged_steps(3.2, 6.9, 20), dragged_steps(3.2, 3.4, 20), dragged_steps(-4.0, 30.0, 20)
        ((4, 6), (3, 3), (0, 19))
    """
    first, last = math.ceil(low), math.floor(high)
    if first > last:
        first = last = round((low + high) / 2)
    return min(max(first, 0), steps - 1), min(max(last, 0), steps - 1)


def stretch_setting(evaluated: EvaluatedSeries) -> settings.Setting[tuple[int, int]]:
    """Return the setting of the stretch: one for each series, by default its steepest rise."""
    first = remember("series_rise", evaluated.key, lambda: steepest_rise(evaluated.values))
    return settings.span(f"{_PREFIX}_stretch_{evaluated.key}", "stretch", len(evaluated.values) - 1, first)


def _layer(layers: int) -> settings.Setting[int]:
    return settings.choice(
        f"{_PREFIX}_layer", "match_layer", range(layers), layers - 1, {layer: str(layer + 1) for layer in range(layers)}
    )


def _find_result(evaluated: EvaluatedSeries) -> MatchResult:
    assert evaluated.backtest is not None
    reading, kind = evaluated.backtest.reading, evaluated.backtest.model.config.kind
    layer, chosen = _layer(len(reading.trace.layers)).value(), current_settings(_PREFIX, kind)
    levels = remember(
        "series_levels", (reading, layer, chosen.symbol), lambda: trace_levels(reading.trace.layers[layer], chosen.symbol)
    )
    first, last = stretch_setting(evaluated).value()
    return remember("series_found", (reading, layer, first, last, chosen), lambda: find(levels, first, last, kind, chosen))


def _draw_whole(evaluated: EvaluatedSeries, result: MatchResult) -> None:
    """Draw the whole series with the stretch and the places; a drag marks another stretch."""
    setting, unit = stretch_setting(evaluated), escape_html(evaluated.description.unit)
    places = [(match.start, match.stop) for match in result.matches]
    marked = result.selection.start, result.selection.stop
    components.draw_figure(
        places_along(evaluated.series.labels, evaluated.values, marked, places, unit, palette()), "series_units_along",
        f"{evaluated.description.title}: the marked stretch, and {len(places)} places where the same units are on.",
        "Frame: the marked stretch; shaded: where the same units are on. Drag along the curve to mark another stretch, or move "
        "the ends of the slider.",
        on_select=lambda low, high: setting.save(dragged_steps(low, high, len(evaluated.values))),
    )  # fmt: skip


def _draw_places(evaluated: EvaluatedSeries, result: MatchResult) -> None:
    if not result.matches:
        return
    labels, values, steps = evaluated.series.labels, evaluated.values, len(evaluated.values)
    aligned = []
    for match in result.matches[:DRAWN]:
        end = min(match.stop, match.start + LONGEST)
        first, last = max(0, match.start - AROUND), min(steps, end + AROUND)
        aligned.append(AlignedPlace(
            labels[first:last], values[first:last], result.values(first, last)[:UNITS], match.start - first, end - first,
            f"{escape_html(labels[match.start])} · {match.score:.2f}",
        ))  # fmt: skip
    chosen, name = result.selection, quantity(result.kind, result.settings.symbol)
    best = f"The best {len(aligned)} places" if len(aligned) > 1 else "The only place"
    few = f"the first {UNITS} of the {len(chosen.units)} units" if len(chosen.units) > UNITS else "the selected units"
    drawn = f"tanh of {name.label}" if name.symbol == "c" else name.label
    units = [f"{unit}" for unit in chosen.units[:UNITS].tolist()]
    components.draw_figure(
        aligned_places(aligned, units, result.signed, escape_html(evaluated.description.unit), palette()), "series_units_aligned",
        f"{best}, aligned where the units turn on.",
        f"{best}, each from where the units turn on (frame): the values, all curves in one scale, and {drawn} of {few}. Left: "
        "where the place begins and its score, and the unit.",
    )  # fmt: skip
    listed = "Every place" if len(result.matches) <= LISTED else f"The best {LISTED} of {count_matches(result)} places"
    st.markdown(
        f"{listed}, best first. Score: share of units on × off around it × how equal the lengths are.\n\n"
        f"{table(evaluated, result)}"
    )


def table(evaluated: EvaluatedSeries, result: MatchResult) -> str:
    """Return the best places as a table in Markdown: where, how long, the first and last value, and the parts of the score."""
    labels, values = evaluated.series.labels, evaluated.values
    rows = [f"| from | to | steps | values ({escape_inline(evaluated.description.unit)}) | on | off around | score |"]
    rows.append("|:--|:--|--:|:--|--:|--:|--:|")
    for match in result.matches[:LISTED]:
        ends = f"{format_number(float(values[match.start]), 4)} → {format_number(float(values[match.stop - 1]), 4)}"
        mark = " (marked)" if (match.start, match.stop) == (result.selection.start, result.selection.stop) else ""
        first, last = (escape_inline(labels[step]) for step in (match.start, match.stop - 1))
        rows.append(
            f"| {first}{mark} | {last} | {match.stop - match.start} | {ends} "
            f"| {match.on:.2f} | {match.off_around:.2f} | {match.score:.2f} |"
        )
    return "\n".join(rows)
