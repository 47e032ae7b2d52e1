"""What the page says of a series comes from the library's own measures, each at its place."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from lstm_viz.models.forecaster import Design, Forecaster, Scale
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import Parts, judge
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import ahead
from lstm_viz.series.model import of_values
from lstm_viz.ui.pages.series.evaluation import Told, coming, digest, shipped, subject
from tests.series.small_series import VALUES, small

TOLD = Told("heights", "", "m")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_series_is_judged_as_its_card_says(name: str) -> None:
    of, model = shipped(name), load_forecaster(name)
    assert of.judged is not None
    assert of.rules == of.judged.report == judge(model, of.values, Parts.of(len(of.values)), of.season)
    scores = model.facts["scores"]
    row = of.judged.report.forecaster
    assert f"LSTM {row.mae:.4g} / {row.mase:.3f} / {row.far:.4g};" in scores


def test_what_was_expected_stands_under_what_came() -> None:
    of = subject(TOLD, of_values(VALUES), small())
    assert of.judged is not None
    assert np.isnan(of.judged.expected[0])
    model = small()
    place = 17
    said, _ = model(model.features(torch.from_numpy(VALUES[:place])[:, None]))
    by_torch = model.following(torch.tensor(VALUES[place - 1]), said[-1, 0]).item()
    assert of.judged.expected[place] == pytest.approx(by_torch, rel=1e-6)


def test_nearer_is_counted_value_by_value() -> None:
    of = shipped("yearly-sunspots")
    assert of.judged is not None
    assert of.judged.report.best_baseline.name == "seasonal change"
    count = 0.0
    for place in range(of.parts.choose, len(of.values)):
        rule = of.values[place - 1] + of.values[place - 11] - of.values[place - 12]
        network, rival = (abs(of.values[place] - said) for said in (of.judged.expected[place], rule))
        count += 1.0 if network < rival else 0.5 if network == rival else 0.0
    assert of.judged.nearer == count
    flat = of_values(np.arange(30.0))
    tied = subject(TOLD, flat, Forecaster(Design(hidden=2), Scale.of(torch.arange(30.0))).eval())
    # An untrained network forecasts the mean change, which is what the drift does.
    assert tied.judged is not None
    assert tied.judged.nearer == 2.0


def test_a_forecast_sees_nothing_from_its_border_on() -> None:
    changed = VALUES.copy()
    changed[40:] += 7.0
    one, other = (subject(TOLD, of_values(values), small()) for values in (VALUES, changed))
    # The spread is drawn from errors before the held-out part, which is the same in both only up to where it changed.
    found = [coming(of, 40, 6).forecast for of in (one, other)]
    assert found[0] is not None
    assert found[1] is not None
    np.testing.assert_array_equal(found[0].values, found[1].values)
    np.testing.assert_allclose(found[0].values, ahead(small(), VALUES, np.array([39]), 6)[:, 0])
    assert found[0].border == 40


def test_the_season_before_is_repeated() -> None:
    of = shipped("co2")
    again = coming(of, len(of.values), 14).again
    np.testing.assert_array_equal(again, np.concatenate((of.values[-12:], of.values[-12:-10])))
    flat = subject(TOLD, of_values(np.random.default_rng(0).normal(size=40)), None)
    found = coming(flat, 40, 3)
    assert found.forecast is None
    assert (found.again is None) == (flat.season < 2)


def test_labels_go_on_after_the_last_value() -> None:
    assert shipped("yearly-sunspots").labels(2)[-3:] == ("2008", "2009", "2010")


def test_a_network_that_cannot_read_such_values_is_refused() -> None:
    model = small(form="log")
    with pytest.raises(ValueError, match="logarithms want values above 0"):
        subject(TOLD, of_values(VALUES - VALUES.mean()), model)


def test_a_season_longer_than_the_series_does_no_harm() -> None:
    of = subject(TOLD, of_values(VALUES), small(season=500))
    assert of.season == 0
    assert len(of.rules.rows) == 3


def test_two_series_share_a_name_only_where_they_are_the_same() -> None:
    nearly = VALUES.copy()
    nearly[3] = np.nextafter(nearly[3], 99)
    assert digest(VALUES) == digest(list(VALUES)) != digest(nearly)
    assert dataclasses.replace(shipped("co2"), judged=None).key == digest(shipped("co2").values)
