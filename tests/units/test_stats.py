"""Many units at a glance: ranks counted by hand, and an order in which like stands beside like, and saturated steps counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm_viz.gates import Kind
from lstm_viz.reader import trace
from lstm_viz.trace import LayerTrace
from lstm_viz.units.stats import Saturation, cluster_order, most_correlated, saturating, saturation, unit_percentiles
from tests.tiny import TEXT, tiny

values = st.floats(-3, 3, width=32)
curves = st.tuples(st.integers(1, 6), st.integers(1, 12)).flatmap(lambda shape: arrays(np.float32, shape, elements=values))


def test_a_spread_by_hand() -> None:
    found = unit_percentiles(np.array([[9.0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 10], [5.0] * 11]))
    assert found.mean.tolist() == [5.0, 5.0]
    assert found.low.tolist() == [1.0, 5.0]
    assert found.high.tolist() == [9.0, 5.0]


@given(curves)
def test_a_spread_is_numpys_nearest_quantile(found: np.ndarray) -> None:
    units = found.shape[1]
    summary = unit_percentiles(found)
    np.testing.assert_allclose(summary.mean, found.mean(axis=1), atol=1e-6)
    if units % 10 != 6:  # halfway between two units, where either is nearest
        np.testing.assert_array_equal(summary.low, np.quantile(found, 0.1, axis=1, method="nearest"))
        np.testing.assert_array_equal(summary.high, np.quantile(found, 0.9, axis=1, method="nearest"))
    assert (summary.low <= summary.high).all()


@given(curves)
def test_turning_everything_over_turns_the_spread_over(found: np.ndarray) -> None:
    upright, turned = unit_percentiles(found), unit_percentiles(-found)
    np.testing.assert_array_equal(upright.low, -turned.high)
    np.testing.assert_array_equal(upright.high, -turned.low)


def test_an_empty_text_has_an_empty_spread() -> None:
    found = unit_percentiles(np.zeros((0, 5), np.float32))
    assert found.mean.shape == found.low.shape == found.high.shape == (0,)


@given(curves)
def test_an_order_names_every_unit_once(found: np.ndarray) -> None:
    assert sorted(cluster_order(found).tolist()) == list(range(found.shape[1]))


@settings(max_examples=50)
@given(st.integers(2, 6), st.integers(0, 999))
def test_scaled_and_shifted_copies_of_one_curve_stand_side_by_side(kinds: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    originals = draw.standard_normal((20, kinds)).astype(np.float32)
    family = draw.permutation(np.repeat(np.arange(kinds), 3))
    found = cluster_order(originals[:, family] * draw.uniform(0.1, 3, len(family)).astype(np.float32) + 1)
    in_a_row = family[found].reshape(kinds, 3)
    assert (in_a_row == in_a_row[:, :1]).all()


@pytest.mark.parametrize("level", [0.0, 0.1, 0.7, -1.0])
def test_units_that_never_change_are_like_no_other(level: float) -> None:
    """In float32 a mean of equal numbers is not that number: the rounding must not pass for a curve."""
    steps = np.arange(7, dtype=np.float32)
    still = np.full((7, 4), level, np.float32)
    # Two pairs of like curves among units that stand still.
    found = cluster_order(np.column_stack((steps, still[:, 0], -steps, still[:, 1], steps, still[:, 2], -steps, still[:, 3])))
    place = np.argsort(found)
    assert abs(place[0] - place[4]) == 1
    assert abs(place[2] - place[6]) == 1
    one_of_them_turns = np.column_stack((still, steps, steps**2))
    neighbours = np.argsort(cluster_order(one_of_them_turns))
    assert abs(neighbours[4] - neighbours[5]) == 1


def test_rounding_of_a_still_unit_is_no_curve() -> None:
    """Both still units round alike; were that a likeness, they would be pulled together before all others."""
    still = np.full((7, 2), 0.1, np.float32)
    draw = np.random.default_rng(1)
    curve = draw.standard_normal((7, 1)).astype(np.float32)
    mixed = np.column_stack((still[:, 0], curve, still[:, 1], curve + 0.3 * draw.standard_normal((7, 1)).astype(np.float32)))
    exactly_still = mixed.copy()
    exactly_still[:, [0, 2]] = 0.0
    np.testing.assert_array_equal(cluster_order(mixed), cluster_order(exactly_still))


@pytest.mark.parametrize("shape", [(5, 1), (5, 2), (1, 6), (0, 6)])
def test_too_little_to_compare_keeps_the_numbers(shape: tuple[int, int]) -> None:
    assert cluster_order(np.ones(shape, np.float32)).tolist() == list(range(shape[1]))


def gated(kind: Kind, symbol: str, rows: list[list[float]]) -> LayerTrace:
    """A trace [time, batch = 1, unit] in which one quantity takes these values and all others are zero."""
    values = {each: np.zeros((len(rows), 1, len(rows[0]))) for each in {"lstm": "ifgoch", "gru": "rznh", "rnn": "h"}[kind]}
    values[symbol] = np.array(rows)[:, None]
    return LayerTrace("made", kind, 0, False, values, np.zeros((1, len(rows[0]))))


def test_saturated_steps_by_hand() -> None:
    found = saturation(gated("lstm", "f", [[0.05, 0.5, 0.95], [0.1, 0.9, 0.91], [0.0, 0.2, 1.0]]))
    assert found.keys() == {"i", "f", "o"}
    assert (found["f"].low.tolist(), found["f"].high.tolist(), found["f"].steps) == ([2, 0, 0], [0, 0, 3], 3)
    assert found["i"].low_share.tolist() == [1.0, 1.0, 1.0]
    np.testing.assert_allclose(found["f"].high_share, [0, 0, 1])


def test_a_plain_rnns_state_saturates_at_both_ends() -> None:
    found = saturation(gated("rnn", "h", [[-0.95, 0.95], [-0.85, 0.99]]))["h"]
    assert (found.low.tolist(), found.high.tolist()) == ([1, 0], [0, 2])
    assert [each.symbol for each in saturating("gru")] == ["r", "z"]


@settings(max_examples=30)
@given(st.sampled_from(["lstm", "gru", "rnn"]), st.integers(0, len(TEXT)))
def test_counts_of_two_parts_add_up_to_the_wholes(kind: Kind, cut: int) -> None:
    layer = trace(tiny(kind), TEXT).layers[1]
    parts = [
        saturation(LayerTrace("part", kind, 1, False, {name: each[where] for name, each in layer.values.items()}, layer.h0))
        for where in (slice(0, cut), slice(cut, None))
    ]
    for symbol, whole in saturation(layer).items():
        summed = parts[0][symbol] + parts[1][symbol]
        np.testing.assert_array_equal(summed.low, whole.low)
        np.testing.assert_array_equal(summed.high, whole.high)
        assert summed.steps == whole.steps == len(TEXT)
        values, ends = layer[symbol][:, 0], (-0.9, 0.9) if kind == "rnn" else (0.1, 0.9)
        assert whole.low.tolist() == [sum(value < ends[0] for value in curve) for curve in values.T]
        assert whole.high.tolist() == [sum(value > ends[1] for value in curve) for curve in values.T]


def test_steps_past_the_end_of_a_short_text_do_not_count() -> None:
    layer = gated("gru", "z", [[0.95], [0.95], [np.nan]])
    assert (saturation(layer)["z"].high.tolist(), saturation(layer)["z"].steps) == ([2], 2)


def test_no_step_has_no_share() -> None:
    none = Saturation(np.zeros(2, int), np.zeros(2, int), 0)
    assert np.isnan(none.low_share).all()
    assert np.isnan(none.high_share).all()


@given(curves)
def test_the_most_correlated_units_are_numpys(found: np.ndarray) -> None:
    found = found.round(1)
    ours = most_correlated(found, 0, 3)
    moving = [unit for unit in range(1, found.shape[1]) if np.ptp(found[:, unit]) > 0 and np.ptp(found[:, 0]) > 0]
    theirs = {unit: np.corrcoef(found[:, 0].astype(float), found[:, unit].astype(float))[0, 1] for unit in moving}
    best = sorted((abs(r) for r in theirs.values() if abs(r) > 1e-6), reverse=True)[:3]
    np.testing.assert_allclose([abs(r) for _, r in ours if abs(r) > 1e-6], best, atol=1e-6)
    for unit, r in ours:
        assert r == pytest.approx(theirs[unit], abs=1e-6)
