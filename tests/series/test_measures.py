"""Baselines, errors and seasons, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.series.baselines import baselines
from lstm_viz.series.metrics import mae, mase, naive_scale
from lstm_viz.series.seasonality import autocorrelation, season

HISTORY = np.array([1.0, 5.0, 2.0, 7.0, 4.0])
BY_HAND: dict[str, list[float]] = {
    "last value": [4, 4, 4, 4],
    "drift": [4.75, 5.5, 6.25, 7],
    "seasonal naive": [2, 7, 4, 2],
    "seasonal change": [1, 6, 3, 0],
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_baselines_forecasts(name: str) -> None:
    """With a season of 3 the last season is 2 7 4, and its changes −3, 5, −3."""
    baseline = next(one for one in baselines(3) if one.name == name)
    np.testing.assert_allclose(baseline.ahead(HISTORY, 4), BY_HAND[name])
    each = baseline.one_step(HISTORY)
    for step in range(len(HISTORY)):
        np.testing.assert_array_equal(each[step], baseline.ahead(HISTORY[:step], 1)[0])
    assert np.isnan(each[: baseline.least]).all()
    assert np.isfinite(each[baseline.least :]).all()


def test_without_a_season_there_is_none_to_repeat() -> None:
    assert [baseline.name for baseline in baselines(0)] == ["last value", "drift"]


@given(st.integers(2, 9), st.integers(1, 20), st.floats(-5, 5))
def test_what_repeats_itself_on_a_slope_is_forecast_exactly(period: int, steps: int, slope: float) -> None:
    time = np.arange(3 * period + steps)
    values = np.cos(2 * np.pi * time / period) + slope * time
    ahead = baselines(period)[3].ahead(values[:-steps], steps)
    np.testing.assert_allclose(ahead, values[-steps:], atol=1e-9 * (1 + abs(slope) * len(time)))


def test_errors_by_hand() -> None:
    assert mae(np.array([1.0, 2, 3]), np.array([2.0, 2, 1])) == 1.0
    assert mae(np.array([1.0, 2, 3]), np.array([np.nan, 2, 1])) == 1.0
    assert np.isnan(mae(np.array([1.0]), np.array([np.nan])))
    # |4−1|, |2−5|, … : steps of 4, 3, 5, 3 and, two apart, of 1, 2, 2.
    assert naive_scale(HISTORY) == 3.75
    assert naive_scale(HISTORY, 2) == pytest.approx(5 / 3)
    assert mase(7.5, HISTORY) == 2.0
    assert mase(1.0, HISTORY, 2) == pytest.approx(0.6)
    assert np.isnan(mase(1.0, np.ones(5)))


def test_repeating_the_last_value_has_a_mase_of_one_on_the_history_itself() -> None:
    one_step = baselines(0)[0].one_step(HISTORY)
    assert mase(mae(HISTORY, one_step), HISTORY) == pytest.approx(1.0)


def test_autocorrelation_is_the_textbooks_sum() -> None:
    values = np.random.default_rng(0).normal(size=40).cumsum()
    line = np.polyval(np.polyfit(np.arange(40), values, 1), np.arange(40))
    d = values - line
    wanted = [(d[lag:] * d[: 40 - lag]).sum() / (d * d).sum() for lag in range(40)]
    np.testing.assert_allclose(autocorrelation(values), wanted, atol=1e-12)


@given(st.integers(3, 30), st.integers(0, 10**6), st.floats(-1, 1))
def test_a_season_is_found_under_noise_and_on_a_slope(period: int, seed: int, slope: float) -> None:
    draw = np.random.default_rng(seed)
    values = np.tile(np.sin(2 * np.pi * np.arange(period) / period), 8) + draw.normal(scale=0.1, size=8 * period)
    assert abs(season(values + slope * np.arange(len(values))) - period) <= (period > 12) * 2


@pytest.mark.parametrize("values", [np.ones(50), np.arange(50.0), 0.1 * np.arange(200), np.arange(50.0) ** 2, np.zeros(3)])
def test_what_does_not_repeat_itself_has_no_season(values: np.ndarray) -> None:
    assert season(values) == 0


def test_noise_has_no_season() -> None:
    found = [season(np.random.default_rng(seed).normal(size=300)) for seed in range(40)]
    assert sum(lag > 0 for lag in found) <= 4
