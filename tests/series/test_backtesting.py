"""The verdict on a forecaster, recomputed plainly; and the series that ship with the cards that tell of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from lstm_viz.models.forecaster_serialization import SHIPPED as WEIGHTS
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import Split, backtest, origins_in, residuals_of
from lstm_viz.series.baselines import baselines
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import forecast
from lstm_viz.series.metrics import mae
from lstm_viz.series.reading import read_series
from lstm_viz.series.seasonality import season
from lstm_viz.training.cli.series import scores
from tests.facts import states
from tests.series.small_series import VALUES, small


def test_a_series_is_cut_in_three() -> None:
    parts = Split.of(100)
    assert (parts.train_end, parts.validation_end, parts.length) == (70, 85, 100)
    assert states(parts.description, "first 70", "next 15")
    assert "last 15 held out" in parts.description
    shortest = Split.of(24)
    assert 0 < shortest.train_end < shortest.validation_end < 24


@pytest.mark.parametrize(("start", "stop", "horizon"), [(40, 60, 6), (10, 1000, 12), (5, 7, 1)])
def test_from_each_origin_everything_asked_lies_in_the_part(start: int, stop: int, horizon: int) -> None:
    origins = origins_in(start, stop, horizon)
    assert (origins[0], origins[-1]) == (start - 1, stop - 1 - horizon)
    assert (np.diff(origins) > 0).all()
    assert len(origins) == min(200, stop - horizon - start + 1)


def test_the_verdict_is_what_plain_loops_give() -> None:
    model, parts = small().double(), Split.of(60)
    report = backtest(model, VALUES, parts, season=5)
    assert (report.horizon, report.origins) == (4, 6)
    steps = np.abs(np.diff(VALUES[: parts.validation_end])).mean()
    ways: dict[str, Callable[..., np.ndarray]] = {baseline.name: baseline.ahead for baseline in baselines(5)}
    ways["LSTM"] = lambda history, count: forecast(model, history, count).values
    assert [row.name for row in report.rows] == ["LSTM", "last value", "drift", "seasonal naive", "seasonal change"]
    for row in report.rows:
        near = mae(VALUES[51:], np.array([ways[row.name](VALUES[:step], 1)[0] for step in range(51, 60)]))
        far = [np.abs(ways[row.name](VALUES[:step], 4) - VALUES[step : step + 4]).mean() for step in range(51, 57)]
        assert (row.mae, row.mase, row.multi_step_mae) == pytest.approx((near, near / steps, np.mean(far)))
    assert report.best_baseline.mae == min(row.mae for row in report.rows[1:])
    assert report.beats == {row.name: report.forecaster.mae < row.mae for row in report.rows[1:]}
    assert report.row("drift") is report.rows[2]


def test_residuals_are_from_the_part_between() -> None:
    model, parts = small().double(), Split.of(60)
    found = residuals_of(model, VALUES, parts)
    expected = read_series(model, VALUES).expected
    off = (
        VALUES[parts.train_end : parts.validation_end] - expected[parts.train_end - 1 : parts.validation_end - 1]
    ) / model.normalization.spread
    np.testing.assert_allclose(found, off - off.mean(), atol=1e-10)


def test_the_shipped_series_are_those_of_their_sources() -> None:
    read = {name: shipped.read() for name, shipped in SHIPPED.items()}
    sizes = {
        name: (len(series.values), series.labels[0], series.labels[-1], int(series.filled.sum())) for name, series in read.items()
    }
    assert sizes == {
        "yearly-sunspots": (309, "1700", "2008", 0),
        "monthly-sunspots": (2820, "1749-01", "1983-12", 0),
        "co2": (526, "1958-03", "2001-12", 5),
    }
    # The weeks of April 1958 as the file has them: 317.3, 317.6, 317.5, 316.4.
    assert read["co2"].values[1] == pytest.approx((317.3 + 317.6 + 317.5 + 316.4) / 4)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_forecaster_scores_what_its_card_says_and_beats_every_baseline(name: str) -> None:
    model, values = load_forecaster(name), SHIPPED[name].read().values
    card = dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", WEIGHTS.joinpath(f"{name}.md").read_text("utf-8"), re.MULTILINE))
    parts = Split.of(len(values))
    report = backtest(model, values, parts, model.config.season or season(values[: parts.train_end]))
    # Other machines multiply in another order.
    told, found = (re.findall(r"[\d.]+", text) for text in (card["scores"], scores(report)))
    np.testing.assert_allclose(np.array(found, float), np.array(told, float), rtol=2e-2)
    assert all(report.beats.values())
    assert report.forecaster.multi_step_mae < min(row.multi_step_mae for row in report.rows[1:])
    assert card["parameters"] == f"{model.parameter_count:,}"
    assert model.metadata["scores"] == card["scores"]


@pytest.mark.parametrize("name", ["yearly-sunspots", "monthly-sunspots"])
def test_no_band_of_counts_goes_below_zero(name: str) -> None:
    """Nor does any of the futures that it is made of, from the deepest trough of the series on."""
    model, values = load_forecaster(name), SHIPPED[name].read().values
    trough = int(values.argmin()) + 1
    found = forecast(model, values[:trough], 150, residuals=residuals_of(model, values, Split.of(len(values))))
    assert found.low is not None
    assert found.paths is not None
    assert min(found.low.min(), found.paths.min(), found.values.min()) >= 0
    # Some would go further down if they could.
    assert (found.paths < 1e-9).any()
