"""Select and match: levels compare as values do, and stretches are those that a step-by-step search finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import lstm_viz
from lstm_viz.units.matching import (
    LEAST,
    LEVELS,
    best_threshold,
    edge_of,
    find_matches,
    select_units,
    threshold_at,
    to_levels,
    trace_levels,
)

SIGNED = arrays.arrays(
    np.float32, st.tuples(st.integers(1, 5), st.integers(1, 40)), elements=st.sampled_from([-0.9, -0.6, -0.1, 0.0, 0.2, 0.6, 0.9])
)
ANY = st.floats(-1, 1, width=32)


@given(arrays.arrays(np.float32, 30, elements=ANY), st.integers(1, LEVELS - 1))
def test_comparing_levels_is_comparing_values(values: np.ndarray, edge: int) -> None:
    threshold = threshold_at(edge, "signed")
    np.testing.assert_array_equal(to_levels(values, "signed") >= edge, values >= threshold)
    np.testing.assert_array_equal(to_levels(values, "signed") < LEVELS - edge, values < -threshold)


@given(arrays.arrays(np.float32, 30, elements=st.floats(0, 1, width=32)), st.integers(1, LEVELS - 1))
def test_comparing_levels_of_gates_is_comparing_values(values: np.ndarray, edge: int) -> None:
    np.testing.assert_array_equal(to_levels(values, "gate") >= edge, values >= threshold_at(edge, "gate"))


@given(ANY)
def test_a_threshold_moves_by_at_most_half_a_level(threshold: float) -> None:
    assert abs(threshold_at(edge_of(threshold, "signed"), "signed") - threshold) <= 1 / LEVELS + 1 / 128


@given(SIGNED, st.data())
def test_selected_are_the_units_on_inside_and_off_around(values: np.ndarray, data: st.DataObject) -> None:
    steps = values.shape[1]
    start = data.draw(st.integers(0, steps - 1))
    stop = data.draw(st.integers(start + 1, steps))
    selection = select_units(to_levels(values, "signed"), start, stop, 0.5)
    expected = set()
    for unit, row in enumerate(values):
        for sign in (1, -1):
            around = [row[step] * sign for step in (start - 1, stop) if 0 <= step < steps]
            if all(row[start:stop] * sign >= 0.5) and not any(value >= 0.5 for value in around):
                expected.add((unit, sign))
    assert set(zip(selection.units.tolist(), selection.signs.tolist(), strict=True)) == expected


@given(SIGNED, st.data(), st.sampled_from([0.5, 1.0]))
def test_matches_are_the_runs_that_a_slow_search_finds(values: np.ndarray, data: st.DataObject, share: float) -> None:
    steps = values.shape[1]
    start = data.draw(st.integers(0, steps - 1))
    stop = data.draw(st.integers(start + 1, steps))
    levels = to_levels(values, "signed")
    selection = select_units(levels, start, stop, 0.5)
    found = {(each.start, each.stop): each for each in find_matches(levels, selection, share=share)}
    chosen = list(zip(selection.units.tolist(), selection.signs.tolist(), strict=True))
    counts = [sum(values[unit, step] * sign >= 0.5 for unit, sign in chosen) for step in range(steps)]
    expected, run = {}, []
    for step in range(steps + 1):
        if chosen and step < steps and counts[step] >= share * len(chosen) and counts[step] > 0:
            run.append(step)
        elif run:
            first, last = run[0], run[-1] + 1
            on = np.mean([counts[each] for each in run]) / len(chosen)
            around = [counts[each] if 0 <= each < steps else 0 for each in (first - 1, last)]
            off = 1 - np.mean(around) / len(chosen)
            ratio = min(len(run), stop - start) / max(len(run), stop - start)
            expected[first, last] = (on, off, on * off * ratio)
            run = []
    assert found.keys() == expected.keys()
    for place, each in found.items():
        assert (each.on, each.off_around, each.score) == pytest.approx(expected[place])


def test_the_best_match_of_a_stretch_is_itself() -> None:
    values = np.random.default_rng(0).uniform(-0.4, 0.4, (20, 500)).astype(np.float32)
    values[:6, 100:110] = 0.9
    values[:6, 300:310] = 0.9
    values[:6, 400:430] = 0.9
    levels = to_levels(values, "signed")
    best = find_matches(levels, select_units(levels, 100, 110, 0.5))
    assert [(each.start, each.stop) for each in best] == [(100, 110), (300, 310), (400, 430)]
    assert best[0].score == 1


@pytest.mark.parametrize(("start", "stop"), [(3, 3), (-1, 2), (0, 11)])
def test_a_stretch_outside_the_text_is_refused(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="no stretch"):
        select_units(np.zeros((2, 10), np.uint8), start, stop, 0.5)


@given(SIGNED, st.data())
def test_at_no_threshold_do_more_units_fit_than_at_the_best(values: np.ndarray, data: st.DataObject) -> None:
    levels = to_levels(values, "signed")
    start = data.draw(st.integers(0, values.shape[1] - 1))
    stop = data.draw(st.integers(start + 1, values.shape[1]))
    threshold, count = best_threshold(levels, start, stop)
    assert threshold >= LEAST - 1 / LEVELS
    edges = range(edge_of(LEAST, "signed"), LEVELS)
    counts = [len(select_units(levels, start, stop, threshold_at(edge, "signed")).units) for edge in edges]
    assert count == max(counts) == len(select_units(levels, start, stop, threshold).units)


def test_levels_of_a_trace_are_those_of_its_values() -> None:
    layer = lstm_viz.trace(lstm_viz.load("python-lstm"), "f(x)").layers[0]
    np.testing.assert_array_equal(trace_levels(layer, "c"), to_levels(np.tanh(layer.c[:, 0]).T, "signed"))
    np.testing.assert_array_equal(trace_levels(layer, "f"), to_levels(layer.f[:, 0].T, "gate"))
    with pytest.raises(KeyError, match="no quantity"):
        trace_levels(layer, "z")


def test_the_unit_of_brackets_finds_itself_and_the_other_brackets() -> None:
    text = "The cat (who was very old) sat on a mat, and (he) knew (it was a good) one."
    levels = trace_levels(lstm_viz.trace(lstm_viz.load("python-lstm"), text).layers[0], "c")
    threshold, _ = best_threshold(levels, 8, 25)
    selection = select_units(levels, 8, 25, threshold)
    assert 243 in selection.units
    places = {
        text[match.start : match.stop]
        for match in find_matches(levels, replace(selection, units=np.array([243]), signs=np.array([1])))
    }
    assert places == {"(who was very old", "(he", "(it was a good"}
