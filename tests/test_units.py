"""Many units at a glance: ranks counted by hand, and an order in which like stands beside like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm_viz.units import order, spread

values = st.floats(-3, 3, width=32)
curves = st.tuples(st.integers(1, 6), st.integers(1, 12)).flatmap(lambda shape: arrays(np.float32, shape, elements=values))


def test_a_spread_by_hand() -> None:
    found = spread(np.array([[9.0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 10], [5.0] * 11]))
    assert found.mean.tolist() == [5.0, 5.0]
    assert found.low.tolist() == [1.0, 5.0]
    assert found.high.tolist() == [9.0, 5.0]


@given(curves)
def test_a_spread_is_numpys_nearest_quantile(found: np.ndarray) -> None:
    units = found.shape[1]
    summary = spread(found)
    np.testing.assert_allclose(summary.mean, found.mean(axis=1), atol=1e-6)
    if units % 10 != 6:  # halfway between two units, where either is nearest
        np.testing.assert_array_equal(summary.low, np.quantile(found, 0.1, axis=1, method="nearest"))
        np.testing.assert_array_equal(summary.high, np.quantile(found, 0.9, axis=1, method="nearest"))
    assert (summary.low <= summary.high).all()


@given(curves)
def test_turning_everything_over_turns_the_spread_over(found: np.ndarray) -> None:
    upright, turned = spread(found), spread(-found)
    np.testing.assert_array_equal(upright.low, -turned.high)
    np.testing.assert_array_equal(upright.high, -turned.low)


def test_an_empty_text_has_an_empty_spread() -> None:
    found = spread(np.zeros((0, 5), np.float32))
    assert found.mean.shape == found.low.shape == found.high.shape == (0,)


@given(curves)
def test_an_order_names_every_unit_once(found: np.ndarray) -> None:
    assert sorted(order(found).tolist()) == list(range(found.shape[1]))


@settings(max_examples=50)
@given(st.integers(2, 6), st.integers(0, 999))
def test_scaled_and_shifted_copies_of_one_curve_stand_side_by_side(kinds: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    originals = draw.standard_normal((20, kinds)).astype(np.float32)
    family = draw.permutation(np.repeat(np.arange(kinds), 3))
    found = order(originals[:, family] * draw.uniform(0.1, 3, len(family)).astype(np.float32) + 1)
    in_a_row = family[found].reshape(kinds, 3)
    assert (in_a_row == in_a_row[:, :1]).all()


@pytest.mark.parametrize("level", [0.0, 0.1, 0.7, -1.0])
def test_units_that_never_change_are_like_no_other(level: float) -> None:
    """In float32 a mean of equal numbers is not that number: the rounding must not pass for a curve."""
    steps = np.arange(7, dtype=np.float32)
    still = np.full((7, 4), level, np.float32)
    # Two pairs of like curves among units that stand still.
    found = order(np.column_stack((steps, still[:, 0], -steps, still[:, 1], steps, still[:, 2], -steps, still[:, 3])))
    place = np.argsort(found)
    assert abs(place[0] - place[4]) == 1
    assert abs(place[2] - place[6]) == 1
    one_of_them_turns = np.column_stack((still, steps, steps**2))
    neighbours = np.argsort(order(one_of_them_turns))
    assert abs(neighbours[4] - neighbours[5]) == 1


def test_rounding_of_a_still_unit_is_no_curve() -> None:
    """Both still units round alike; were that a likeness, they would be pulled together before all others."""
    still = np.full((7, 2), 0.1, np.float32)
    draw = np.random.default_rng(1)
    curve = draw.standard_normal((7, 1)).astype(np.float32)
    mixed = np.column_stack((still[:, 0], curve, still[:, 1], curve + 0.3 * draw.standard_normal((7, 1)).astype(np.float32)))
    exactly_still = mixed.copy()
    exactly_still[:, [0, 2]] = 0.0
    np.testing.assert_array_equal(order(mixed), order(exactly_still))


@pytest.mark.parametrize("shape", [(5, 1), (5, 2), (1, 6), (0, 6)])
def test_too_little_to_compare_keeps_the_numbers(shape: tuple[int, int]) -> None:
    assert order(np.ones(shape, np.float32)).tolist() == list(range(shape[1]))
