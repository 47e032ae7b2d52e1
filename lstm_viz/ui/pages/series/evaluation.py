"""A series with its forecaster, and everything the page shows about them; no Streamlit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from jaxtyping import Float

from lstm_viz.models.forecaster import Forecaster
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import BacktestReport, Split, backtest, backtest_baselines, residuals_of
from lstm_viz.series.baselines import baselines
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import Forecast, forecast
from lstm_viz.series.model import Series
from lstm_viz.series.reading import SeriesTrace, read_series
from lstm_viz.series.resampling import extend_labels
from lstm_viz.series.seasonality import season

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True, eq=False)
class SeriesDescription:
    """The title, description and unit of a series on screen."""

    title: str
    summary: str
    unit: str


@dataclass(frozen=True, eq=False)
class Backtest:
    """A forecaster's backtest on a series: its trace, its errors and the baselines', and the residuals of the validation part.

    `nearer` counts the test values that its one-step forecast was closer to than the best baseline; ties count half.
    """

    model: Forecaster
    reading: SeriesTrace
    report: BacktestReport
    residuals: Values
    nearer: float

    @property
    def expected(self) -> Values:
        """The one-step forecast for each index, [time]; NaN for the first."""
        return np.concatenate(([np.nan], self.reading.expected[:-1]))


@dataclass(frozen=True, eq=False)
class EvaluatedSeries:
    """A series, its split, the season found in the training part (0: none), and its backtest if there is a network."""

    key: str
    description: SeriesDescription
    series: Series
    parts: Split
    season: int
    rules: BacktestReport
    backtest: Backtest | None

    @property
    def values(self) -> Values:
        """The values."""
        return self.series.values

    def labels(self, steps: int) -> tuple[str, ...]:
        """The labels of all values and of so many steps after the last."""
        return (*self.series.labels, *extend_labels(self.series.labels, steps))


@dataclass(frozen=True, eq=False)
class ForecastWindow:
    """The stepwise forecast from index `border` on, and the seasonal baseline, [step]."""

    border: int
    forecast: Forecast | None
    seasonal_naive: Values | None


def digest(values: Values) -> str:
    """Return a digest that identifies the values of a series."""
    return hashlib.sha256(np.ascontiguousarray(values, np.float64).tobytes()).hexdigest()[:16]


def evaluate(description: SeriesDescription, series: Series, model: Forecaster | None) -> EvaluatedSeries:
    """Evaluate a series and its network. Raises ValueError if the network cannot read its values."""
    values, parts = series.values, Split.of(len(series.values))
    season_length = season(values[: parts.train_end])
    if model is None:
        return EvaluatedSeries(
            digest(values), description, series, parts, season_length, backtest_baselines(values, parts, season_length), None
        )
    repeats = model.config.season or season_length
    report = backtest(model, values, parts, repeats if repeats < parts.validation_end else 0)
    reading = read_series(model, values)
    nearer = _count_nearer(values, reading.expected, parts, report)
    model_backtest = Backtest(model, reading, report, residuals_of(model, values, parts), nearer)
    return EvaluatedSeries(digest(values), description, series, parts, report.season, report, model_backtest)


def _count_nearer(values: Values, expected: Values, parts: Split, report: BacktestReport) -> float:
    rule = next(one for one in baselines(report.season) if one.name == report.best_baseline.name)
    test_values = values[parts.validation_end :]
    network = np.abs(test_values - expected[parts.validation_end - 1 : -1])
    rival = np.abs(test_values - rule.one_step(values)[parts.validation_end :])
    return float(np.count_nonzero(network < rival) + 0.5 * np.count_nonzero(network == rival))


@cache
def shipped(name: str) -> EvaluatedSeries:
    """Return a pretrained series and forecaster, evaluated once per process."""
    one = SHIPPED[name]
    return evaluate(SeriesDescription(one.title, one.description, one.unit), one.read(), load_forecaster(name))


@lru_cache(maxsize=16)
def forecast_window(evaluated: EvaluatedSeries, border: int, steps: int) -> ForecastWindow:
    """Forecast `steps` values from index `border` on, using only earlier values."""
    known = evaluated.values[:border]
    naive = next((rule for rule in baselines(evaluated.season) if rule.name == "seasonal naive"), None)
    seasonal_naive = None if naive is None or len(known) < naive.least else naive.ahead(known, steps)
    if evaluated.backtest is None:
        return ForecastWindow(border, None, seasonal_naive)
    return ForecastWindow(
        border, forecast(evaluated.backtest.model, known, steps, residuals=evaluated.backtest.residuals), seasonal_naive
    )
