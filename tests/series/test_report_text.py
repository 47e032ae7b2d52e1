"""The verdict on a forecaster says what its errors say, whichever way they lie."""

from __future__ import annotations

import math

import pytest

from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import BacktestReport, Score, Split, backtest
from lstm_viz.series.baselines import baselines
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.report_text import report_text

WORDS = {one.name: one.description for one in baselines(12)}


def report(**errors: tuple[float, float]) -> BacktestReport:
    """Rows by name with their errors one step and many steps ahead; the network comes first."""
    rows = [(name.replace("_", " "), near, far) for name, (near, far) in errors.items()]
    return BacktestReport(
        tuple(Score(name, WORDS.get(name, "this network"), near, 1.0, far) for name, near, far in rows), 12, 24, 9
    )


def test_better_at_both() -> None:
    told = report_text(report(LSTM=(1, 2), last_value=(3, 5), seasonal_naive=(4, 4)))
    assert "beats every baseline: its mean error is 1.00, that of the best baseline (last value: the last" in told
    assert told.endswith("Over the next 24 steps it is better too: 2.00 against 4.00 (seasonal naive).")


def test_losing_to_the_seasonal_naive_is_said_plainly() -> None:
    told = report_text(report(LSTM=(5, 6), last_value=(7, 8), seasonal_naive=(4, 4)))
    assert "One step ahead the network does not beat every baseline: its mean error is 5" in told
    assert "the seasonal naive (the value 12 steps before) only 4." in told
    assert "it does not beat the seasonal naive (the value 12 steps before): 6.00 against 4.00" in told
    assert "either" not in told


def test_who_is_better_only_far_ahead_is_told_so_without_a_too() -> None:
    told = report_text(report(LSTM=(5, 2), last_value=(3, 5), seasonal_naive=(4, 4)))
    assert told.endswith("Over the next 24 steps it is better than every rule: 2.00 against 4.00 (seasonal naive).")


def test_two_that_are_the_same_to_three_digits_are_told_so() -> None:
    told = report_text(report(LSTM=(5.0001, 6), last_value=(5, 8), seasonal_naive=(4.9999, 9)))
    assert "does not beat the seasonal naive (the value 12 steps before): both have a mean error of 5.00." in told


def test_no_network_is_better_by_a_difference_that_cannot_be_seen() -> None:
    told = report_text(report(LSTM=(4.9999, 5.9999), last_value=(5, 8), seasonal_naive=(6, 6)))
    assert "does not beat the last value (the last value again): both have a mean error of 5.00." in told
    assert "it does not beat the seasonal naive (the value 12 steps before): 6.00 against 6.00." in told


def test_losing_to_another_rule_still_names_the_seasonal_naive() -> None:
    assert "It does not beat the seasonal naive either (4.00)." in report_text(
        report(LSTM=(5, 6), last_value=(3, 8), seasonal_naive=(4, 9))
    )
    assert "either" not in report_text(report(LSTM=(5, 6), last_value=(3, 8), seasonal_naive=(6, 9)))
    assert "either" not in report_text(report(LSTM=(5, 6), last_value=(3, 8)))


def test_a_part_too_short_to_look_far_into_is_told() -> None:
    told = report_text(report(LSTM=(1, math.nan), last_value=(3, math.nan)))
    assert told.endswith("The test part is too short to judge it many steps ahead.")


@pytest.mark.parametrize("name", SHIPPED)
def test_those_that_ship_are_better_than_every_rule_near_and_far(name: str) -> None:
    values, model = SHIPPED[name].read().values, load_forecaster(name)
    told = report_text(
        backtest(model, values, Split.of(len(values)), {"yearly-sunspots": 11, "monthly-sunspots": 127, "co2": 12}[name])
    )
    assert "One step ahead the network beats every baseline" in told
    assert "it is better too" in told
