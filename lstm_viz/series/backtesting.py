"""Backtesting: the errors of a forecaster and of the baselines on the held-out part."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int

from lstm_viz.models.forecaster import Forecaster
from lstm_viz.results import Result
from lstm_viz.series.baselines import Baseline, baselines
from lstm_viz.series.forecasting import ahead
from lstm_viz.series.metrics import mae, mase
from lstm_viz.series.reading import read_series

Values = Float[np.ndarray, " time"]

#: Maximum number of origins in the held-out part from which multi-step forecasts are made.
MAX_ORIGINS = 200


@dataclass(frozen=True)
class Split:
    """The split of a series: train before `train_end`, validate before `validation_end`, test from there on.

    Examples:
        >>> from lstm_viz import series
        >>> series.Split.of(100)
        Split(train_end=70, validation_end=85, length=100)
    """

    train_end: int
    validation_end: int
    length: int

    @classmethod
    def of(cls, length: int, tested: float = 0.15) -> Split:
        """Split off the last `tested` share for testing and as much before it for validation; the rest is for training."""
        held_out = max(2, round(length * tested))
        return cls(length - 2 * held_out, length - held_out, length)

    @property
    def description(self) -> str:
        """Describe the split in words."""
        return (
            f"first {self.train_end:,} values for training, next {self.validation_end - self.train_end:,} for choosing weights "
            f"and inputs, last {self.length - self.validation_end:,} held out for testing"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Score(Result):
    """The errors of one forecaster or baseline on the held-out part.

    One step ahead: `mae` in the series' unit and `mase`. `multi_step_mae` is the MAE over all of the next `horizon` steps,
    forecast recursively from many origins.
    """

    name: str
    description: str
    mae: float
    mase: float
    multi_step_mae: float


@dataclass(frozen=True, eq=False, repr=False)
class BacktestReport(Result):
    """The scores, in `rows`, of the forecaster, if there is one, first, and of the baselines that fit the `season` (0: none).

    Multi-step errors are those of the next `horizon` steps after each of `origins` steps of the held-out part. MASE is scaled by
    the one-step MAE of the last-value baseline before the held-out part.

    Examples:
        >>> from lstm_viz import series
        >>> from lstm_viz.series.datasets import SHIPPED
        >>> values = SHIPPED["yearly-sunspots"].read().values
        >>> report = series.backtest(series.load_forecaster("yearly-sunspots"), values, series.Split.of(len(values)), season=11)
        >>> report.forecaster.name, report.beats["last value"], report.best_baseline.name
        ('LSTM', True, 'seasonal change')
    """

    rows: tuple[Score, ...]
    season: int
    horizon: int
    origins: int

    @property
    def forecaster(self) -> Score:
        """Return the forecaster's score; the others are baselines."""
        return self.rows[0]

    @property
    def best_baseline(self) -> Score:
        """Return the baseline with the smallest one-step error."""
        return min(self.rows[1:], key=lambda row: row.mae if np.isfinite(row.mae) else np.inf)

    @property
    def beats(self) -> dict[str, bool]:
        """Return for each baseline whether the forecaster's one-step error is smaller."""
        return {row.name: bool(self.forecaster.mae < row.mae) for row in self.rows[1:]}

    def row(self, name: str) -> Score:
        """Return a score by its name."""
        return next(row for row in self.rows if row.name == name)


def horizon_of(length: int, season: int) -> int:
    """Return the forecast horizon for a part of this length: one season, at least 12 steps, at most half of the length."""
    return min(max(season, 12), length // 2)


def origins_in(start: int, stop: int, horizon: int) -> Int[np.ndarray, " origin"]:
    """Return evenly spaced origins whose next `horizon` values lie inside [start, stop), at most MAX_ORIGINS."""
    last = np.arange(start - 1, stop - horizon)
    return last[np.unique(np.linspace(0, len(last) - 1, MAX_ORIGINS).round().astype(int))]


def actual_values(values: Values, origins: Int[np.ndarray, " origin"], horizon: int) -> Float[np.ndarray, "step origin"]:
    """Return the actual values after each origin."""
    return values[origins[None] + 1 + np.arange(horizon)[:, None]]


def stepwise_error(model: Forecaster, values: Values, start: int, horizon: int) -> float:
    """Compute the MAE over the next `horizon` steps, forecast recursively from many origins at and after `start`."""
    origins = origins_in(start, len(values), horizon)
    return mae(actual_values(values, origins, horizon), ahead(model, values, origins, horizon))


def backtest(model: Forecaster, values: Values, split: Split, season: int) -> BacktestReport:
    """Measure the forecaster and the baselines that fit the season (0: none) on the held-out part.

    Args:
        model: The forecaster.
        values: The whole series [time].
        split: Where its held-out part begins.
        season: The length of a season, in steps; 0 for none.

    Returns:
        The errors of the forecaster and of each baseline: MAE in the series' unit, one step and many steps ahead, and MASE.

    Examples:
        >>> from lstm_viz import series
        >>> from lstm_viz.series.datasets import SHIPPED
        >>> values = SHIPPED["yearly-sunspots"].read().values
        >>> report = series.backtest(series.load_forecaster("yearly-sunspots"), values, series.Split.of(len(values)), season=11)
        >>> round(report.forecaster.mae, 1), round(report.best_baseline.mae, 1)
        (10.8, 20.6)
    """
    rules = backtest_baselines(values, split, season)
    expected = read_series(model, values).expected
    error = mae(values[split.validation_end :], expected[split.validation_end - 1 : -1])
    multi_step = stepwise_error(model, values, split.validation_end, rules.horizon)
    network = Score(model.config.kind.upper(), "this network", error, mase(error, values[: split.validation_end]), multi_step)
    return replace(rules, rows=(network, *rules.rows))


def backtest_baselines(values: Values, split: Split, season: int) -> BacktestReport:
    """Measure the baselines only: the errors that a forecaster would have to beat."""
    history, held_out = values[: split.validation_end], values[split.validation_end :]
    horizon = horizon_of(len(held_out), season)
    origins = origins_in(split.validation_end, len(values), horizon)
    actual = actual_values(values, origins, horizon)

    def row(baseline: Baseline) -> Score:
        error = mae(held_out, baseline.one_step(values)[split.validation_end :])
        multi_step = np.array([baseline.ahead(values[: origin + 1], horizon) for origin in origins]).T
        return Score(baseline.name, baseline.description, error, mase(error, history), mae(actual, multi_step))

    return BacktestReport(tuple(map(row, baselines(season))), season, horizon, len(origins))


def residuals_of(model: Forecaster, values: Values, split: Split) -> Values:
    """Return the network's one-step errors on the validation part, in scaled changes, with their mean removed.

    The training part is not used, because errors are too small there, nor the held-out part, which must stay unseen.

    Args:
        model: The forecaster.
        values: The series [time], at least up to the held-out part.
        split: Where the validation part begins and ends.

    Returns:
        The errors [time] of the validation part.

    Examples:
        >>> from lstm_viz import series
        >>> from lstm_viz.series.datasets import SHIPPED
        >>> values = SHIPPED["yearly-sunspots"].read().values
        >>> split = series.Split.of(len(values))
        >>> errors = series.residuals_of(series.load_forecaster("yearly-sunspots"), values, split)
        >>> len(errors) == split.validation_end - split.train_end, bool(abs(errors.mean()) < 1e-12)
        (True, True)
    """
    reading = read_series(model, values[: split.validation_end])
    actual = model.targets(torch.from_numpy(reading.values)[:, None])[:, 0].double().numpy()
    errors = (actual - reading.raw_output[:-1])[split.train_end - 1 :]
    return errors - errors.mean()
