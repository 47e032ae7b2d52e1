"""Loss and gradient of both runs as data: what is finite is drawn, what is not is told."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.clipping_run import ClippingRun, losses, sizes
from lstm_viz.figures.palette import DARK, LIGHT, Palette

FINE = ClippingRun(np.array([1.4, 1.0, 0.1]), np.array([0.2, 40.0, 2.0]), np.array([0.2, 0.5, 0.5]), None)
BLOWN = ClippingRun(np.array([1.4, 1e20, np.nan]), np.array([0.2, np.inf, np.nan]), np.array([0.2, np.inf, np.nan]), 3)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_line_is_its_run_and_the_overflow_is_marked_where_it_happened(palette: Palette) -> None:
    figure = losses(BLOWN, FINE, 1.386, 300, palette)
    without, capped, cross, guessing = figure.data
    assert (guessing.name, *guessing.x, *guessing.y) == ("guessing: 1.39", 0, 300, 1.386, 1.386)
    np.testing.assert_array_equal(without.x, [1, 2, 3])
    np.testing.assert_array_equal(without.y, [1.4, 1e20, np.nan])
    np.testing.assert_array_equal(capped.y, FINE.loss)
    assert (cross.x[0], cross.y[0]) == (3, 1e20)
    assert "overflowed at step 3" in cross.text[0]
    assert without.line.color == cross.marker.color == palette.gradient
    assert without.line.color != capped.line.color
    assert figure.layout.xaxis.range == (0, 300)


def test_the_cap_is_drawn_in_and_what_was_taken_beside_what_came() -> None:
    figure = sizes(BLOWN, FINE, 0.5, "length of the gradient", 300, LIGHT)
    without, came, taken, cross, cap = figure.data
    np.testing.assert_array_equal(without.y, [0.2, np.nan, np.nan])
    np.testing.assert_array_equal(came.y, FINE.computed)
    np.testing.assert_array_equal(taken.y, FINE.taken)
    assert (cross.x[0], cross.y[0]) == (3, 0.2)
    # Named in the legend: words in the picture would be struck through by a curve.
    assert (cap.name, *cap.x, *cap.y) == ("clipped at 0.5", 0, 300, 0.5, 0.5)
    assert not figure.layout.annotations
    assert figure.layout.yaxis.title.text == "length of the gradient"


def test_everything_finite_lies_in_the_picture_and_nothing_tiny_stretches_it() -> None:
    tiny = ClippingRun(np.array([1.4, 1e-9, 0.0]), FINE.computed, FINE.taken, None)
    low, high = losses(BLOWN, tiny, 1.386, 300, LIGHT).layout.yaxis.range
    assert -6 < low <= -4 + 1e-9
    assert 20 <= high < 22
    # A loss of nothing still has a place on a logarithm's axis, below the picture.
    assert losses(BLOWN, tiny, 1.386, 300, LIGHT).data[1].y[2] > 0


def test_a_run_that_has_not_begun_is_an_empty_line() -> None:
    nothing = ClippingRun(np.array([]), np.array([]), np.array([]), None)
    for figure in (losses(nothing, nothing, 1.386, 300, LIGHT), sizes(nothing, nothing, 0.5, "size", 300, LIGHT)):
        assert all(len(line.x) == 0 for line in figure.data[:-1])
        assert np.isfinite(figure.layout.yaxis.range).all()


def test_a_run_that_overflowed_at_once_has_nowhere_to_be_marked() -> None:
    at_once = ClippingRun(np.array([np.nan]), np.array([np.nan]), np.array([np.nan]), 1)
    assert [line.name for line in losses(at_once, FINE, 1.386, 300, LIGHT).data][:-1] == ["without clipping", "with clipping"]
