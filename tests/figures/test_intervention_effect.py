"""The figures of a text read twice, as data."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.intervention_effect import (
    AFTER,
    BEFORE,
    BeforeAfter,
    answers,
    intervention_effect,
    likeliest,
    ranking,
    spread_of_change,
)
from lstm_viz.figures.palette import PALETTES

PALETTE = PALETTES["light"]


def test_both_runs_stand_in_each_row_over_the_letters() -> None:
    first = BeforeAfter("surprise", np.array([np.nan, 1.0, 2.0]), np.array([np.nan, 1.5, 3.0]))
    second = BeforeAfter("f", np.array([0.1, 0.2, 0.3]), np.ones(3), 0.0, 1.0)
    figure = intervention_effect([first, second], "a\nb", [1], 2, PALETTE)
    curves = [trace for trace in figure.data if trace.mode == "lines"]
    assert [(curve.name, curve.yaxis) for curve in curves] == [(BEFORE, "y"), (AFTER, "y"), (BEFORE, "y2"), (AFTER, "y2")]
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    np.testing.assert_array_equal(curves[1].y, [np.nan, 1.5, 3.0])
    np.testing.assert_array_equal(curves[2].y, [0.1, 0.2, 0.3])
    assert curves[0].text[1] == "\N{RETURN SYMBOL}"
    assert tuple(figure.layout.yaxis2.range) == (0.0, 1.0)
    (held,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert list(held.x) == ["1"]
    assert {shape.x0 for shape in figure.layout.shapes} == {2}


def test_nothing_marks_what_is_not_there() -> None:
    figure = intervention_effect([BeforeAfter("f", np.zeros(2), np.zeros(2))], "ab", [], -1, PALETTE)
    assert len(figure.data) == 2
    assert not figure.layout.shapes


def test_the_likeliest_of_either_run_are_shown_in_the_plain_runs_order() -> None:
    before, after = np.array([0.5, 0.3, 0.15, 0.05, 0.0]), np.array([0.1, 0.1, 0.1, 0.1, 0.6])
    assert likeliest(before, after, 3).tolist() == [0, 1, 4]
    figure = answers(["a", " ", "c", "d", "good"], before, after, PALETTE, most=3)
    assert [list(bars.y) for bars in figure.data] == [["a", "\N{OPEN BOX}", "good"]] * 2
    assert list(figure.data[0].x) == [0.5, 0.3, 0.0]
    assert list(figure.data[1].x) == [0.1, 0.1, 0.6]


def test_the_map_of_changes_is_centred_at_nothing() -> None:
    difference = np.array([[0.0, -0.5], [0.25, 0.0], [0.0, 0.0]])
    heat = spread_of_change(difference, "abc", "f", PALETTE).data[0]
    np.testing.assert_array_equal(heat.z, difference.T)
    assert (heat.zmin, heat.zmax) == (-0.5, 0.5)
    rounding = spread_of_change(difference * 1e-8, "abc", "f", PALETTE).data[0]
    assert rounding.zmax == pytest.approx(0.01)


def test_ranked_bars_know_their_units() -> None:
    bars = ranking(["unit 7 of layer 2", "unit 1 of layer 1"], np.array([0.4, -0.1]), [(1, 7), (0, 1)], PALETTE).data[0]
    assert [tuple(place) for place in bars.customdata] == [(1, 7), (0, 1)]
    assert list(bars.x) == [0.4, -0.1]
    assert bars.marker.color[0] != bars.marker.color[1]
