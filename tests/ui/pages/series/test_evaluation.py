"""What the page says of a series comes from the library's own measures, each at its place."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from lstm_viz.models.forecaster import Forecaster, ForecasterConfig, Normalization
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import Split, backtest
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import ahead
from lstm_viz.series.model import of_values
from lstm_viz.ui.pages.series.evaluation import SeriesDescription, digest, evaluate, forecast_window, shipped
from tests.facts import facts
from tests.series.small_series import VALUES, small

TOLD = SeriesDescription("heights", "", "m")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_series_is_judged_as_its_card_says(name: str) -> None:
    of, model = shipped(name), load_forecaster(name)
    assert of.backtest is not None
    assert of.rules == of.backtest.report == backtest(model, of.values, Split.of(len(of.values)), of.season)
    scores = model.metadata["scores"]
    row = of.backtest.report.forecaster
    assert f"LSTM {row.mae:.4g} / {row.mase:.3f} / {row.multi_step_mae:.4g};" in scores


def test_what_was_expected_stands_under_what_came() -> None:
    of = evaluate(TOLD, of_values(VALUES), small())
    assert of.backtest is not None
    assert np.isnan(of.backtest.expected[0])
    model = small()
    place = 17
    said, _ = model(model.features(torch.from_numpy(VALUES[:place])[:, None]))
    by_torch = model.next_value(torch.tensor(VALUES[place - 1]), said[-1, 0]).item()
    assert of.backtest.expected[place] == pytest.approx(by_torch, rel=1e-6)


def test_nearer_is_counted_value_by_value() -> None:
    of = shipped("yearly-sunspots")
    assert of.backtest is not None
    assert of.backtest.report.best_baseline.name == "seasonal change"
    count = 0.0
    for place in range(of.parts.validation_end, len(of.values)):
        rule = of.values[place - 1] + of.values[place - 11] - of.values[place - 12]
        network, rival = (abs(of.values[place] - said) for said in (of.backtest.expected[place], rule))
        count += 1.0 if network < rival else 0.5 if network == rival else 0.0
    assert of.backtest.nearer == count
    flat = of_values(np.arange(30.0))
    tied = evaluate(TOLD, flat, Forecaster(ForecasterConfig(hidden=2), Normalization.of(torch.arange(30.0))).eval())
    # An untrained network forecasts the mean change, which is what the drift does.
    assert tied.backtest is not None
    assert tied.backtest.nearer == 2.0


def test_a_forecast_sees_nothing_from_its_border_on() -> None:
    changed = VALUES.copy()
    changed[40:] += 7.0
    one, other = (evaluate(TOLD, of_values(values), small()) for values in (VALUES, changed))
    # The spread is drawn from errors before the held-out part, which is the same in both only up to where it changed.
    found = [forecast_window(of, 40, 6).forecast for of in (one, other)]
    assert found[0] is not None
    assert found[1] is not None
    np.testing.assert_array_equal(found[0].values, found[1].values)
    np.testing.assert_allclose(found[0].values, ahead(small(), VALUES, np.array([39]), 6)[:, 0])
    assert found[0].border == 40


def test_the_season_before_is_repeated() -> None:
    of = shipped("co2")
    again = forecast_window(of, len(of.values), 14).seasonal_naive
    np.testing.assert_array_equal(again, np.concatenate((of.values[-12:], of.values[-12:-10])))
    flat = evaluate(TOLD, of_values(np.random.default_rng(0).normal(size=40)), None)
    found = forecast_window(flat, 40, 3)
    assert found.forecast is None
    assert (found.seasonal_naive is None) == (flat.season < 2)


def test_labels_go_on_after_the_last_value() -> None:
    assert shipped("yearly-sunspots").labels(2)[-3:] == ("2008", "2009", "2010")


def test_a_network_that_cannot_read_such_values_is_refused() -> None:
    model = small(form="log")
    with pytest.raises(ValueError, match=facts("logarithms", 0)):
        evaluate(TOLD, of_values(VALUES - VALUES.mean()), model)


def test_a_season_longer_than_the_series_does_no_harm() -> None:
    of = evaluate(TOLD, of_values(VALUES), small(season=500))
    assert of.season == 0
    assert len(of.rules.rows) == 3


def test_two_series_share_a_name_only_where_they_are_the_same() -> None:
    nearly = VALUES.copy()
    nearly[3] = np.nextafter(nearly[3], 99)
    assert digest(VALUES) == digest(VALUES.copy()) != digest(nearly)
    assert dataclasses.replace(shipped("co2"), backtest=None).key == digest(shipped("co2").values)
