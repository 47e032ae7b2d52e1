"""A series with the network that forecasts it, and all that the page says of the two; numbers only, no Streamlit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from jaxtyping import Float

from lstm_viz.models.forecaster import Forecaster
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import Parts, Report, judge, judge_baselines, residuals_of
from lstm_viz.series.baselines import baselines
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import Forecast, forecast
from lstm_viz.series.model import Series
from lstm_viz.series.reading import SeriesTrace, read_series
from lstm_viz.series.resampling import onward
from lstm_viz.series.seasonality import season

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True, eq=False)
class Told:
    """What the screen calls a series: a title, a sentence, and the unit of its values."""

    title: str
    words: str
    unit: str


@dataclass(frozen=True, eq=False)
class Judged:
    """A forecaster of a series: how it read all of it, its errors beside the baselines', and by how much it was off before.

    `nearer` counts the held-out values to which it came nearer, one step ahead, than the best baseline did; ties count half.
    """

    model: Forecaster
    reading: SeriesTrace
    report: Report
    residuals: Values
    nearer: float

    @property
    def expected(self) -> Values:
        """The forecast for each place, made one step before it, [time]; NaN for the first."""
        return np.concatenate(([np.nan], self.reading.expected[:-1]))


@dataclass(frozen=True, eq=False)
class Subject:
    """A series, how it is cut, the season found in the part to learn from (0: none), and its network where there is one."""

    key: str
    told: Told
    series: Series
    parts: Parts
    season: int
    rules: Report
    judged: Judged | None

    @property
    def values(self) -> Values:
        """The numbers."""
        return self.series.values

    def labels(self, steps: int) -> tuple[str, ...]:
        """What stands under each value and under so many steps after the last."""
        return (*self.series.labels, *onward(self.series.labels, steps))


@dataclass(frozen=True, eq=False)
class Coming:
    """The stepwise forecast from the place `border` on, and what the season before it says, [step]."""

    border: int
    forecast: Forecast | None
    again: Values | None


def digest(values: Values) -> str:
    """A short name that two series share only where all their values are the same."""
    return hashlib.sha256(np.ascontiguousarray(values, np.float64).tobytes()).hexdigest()[:16]


def subject(told: Told, series: Series, model: Forecaster | None) -> Subject:
    """Measure everything about a series and its network; raises ValueError where the network cannot read such values."""
    values, parts = series.values, Parts.of(len(series.values))
    found = season(values[: parts.learn])
    if model is None:
        return Subject(digest(values), told, series, parts, found, judge_baselines(values, parts, found), None)
    repeats = model.config.season or found
    report = judge(model, values, parts, repeats if repeats < parts.choose else 0)
    reading = read_series(model, values)
    nearer = _nearer(values, reading.expected, parts, report)
    judged = Judged(model, reading, report, residuals_of(model, values, parts), nearer)
    return Subject(digest(values), told, series, parts, report.season, report, judged)


def _nearer(values: Values, expected: Values, parts: Parts, report: Report) -> float:
    rule = next(one for one in baselines(report.season) if one.name == report.best_baseline.name)
    held = values[parts.choose :]
    network = np.abs(held - expected[parts.choose - 1 : -1])
    rival = np.abs(held - rule.one_step(values)[parts.choose :])
    return float(np.count_nonzero(network < rival) + 0.5 * np.count_nonzero(network == rival))


@cache
def shipped(name: str) -> Subject:
    """A series that ships, with its forecaster; measured once a process."""
    one = SHIPPED[name]
    return subject(Told(one.title, one.words, one.unit), one.read(), load_forecaster(name))


@lru_cache(maxsize=16)
def coming(of: Subject, border: int, steps: int) -> Coming:
    """Forecast `steps` values from the place `border` on, of which nothing at or after it was seen."""
    known = of.values[:border]
    naive = next((rule for rule in baselines(of.season) if rule.name == "seasonal naive"), None)
    again = None if naive is None or len(known) < naive.least else naive.ahead(known, steps)
    if of.judged is None:
        return Coming(border, None, again)
    return Coming(border, forecast(of.judged.model, known, steps, residuals=of.judged.residuals), again)
