"""Is the forecaster worth its weights? Its errors beside those of the baselines, on the part that nobody learned from."""

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

#: Forecasts into the future are made from at most so many places of the held-out part.
MAX_ORIGINS = 200


@dataclass(frozen=True)
class Split:
    """Where a series is cut: weights are learned before `train_end`, chosen up to `validation_end`, and tested from there on."""

    train_end: int
    validation_end: int
    length: int

    @classmethod
    def of(cls, length: int, tested: float = 0.15) -> Split:
        """The last `tested` share to test on, as much before it to choose by, the rest to learn from."""
        held_out = max(2, round(length * tested))
        return cls(length - 2 * held_out, length - held_out, length)

    @property
    def description(self) -> str:
        """The cut, in words."""
        return (
            f"first {self.train_end:,} values to learn from, next {self.validation_end - self.train_end:,} to choose weights and "
            f"inputs by, "
            f"last {self.length - self.validation_end:,} held out for the errors alone"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Score(Result):
    """One way of forecasting and its errors on the held-out part.

    One step ahead: `mae` in the series' unit and `mase`. `multi_step_mae` is the MAE over all of the next `horizon` steps,
    forecast stepwise from many places.
    """

    name: str
    description: str
    mae: float
    mase: float
    multi_step_mae: float


@dataclass(frozen=True, eq=False, repr=False)
class BacktestReport(Result):
    """The forecaster's row, first where one was judged, and the baselines'.

    MASE is scaled by the last value's MAE, one step, before the held-out part.
    """

    rows: tuple[Score, ...]
    season: int
    horizon: int
    origins: int

    @property
    def forecaster(self) -> Score:
        """The network's row; the others are baselines."""
        return self.rows[0]

    @property
    def best_baseline(self) -> Score:
        """The baseline that errs least one step ahead."""
        return min(self.rows[1:], key=lambda row: row.mae if np.isfinite(row.mae) else np.inf)

    @property
    def beats(self) -> dict[str, bool]:
        """Does the forecaster err less, one step ahead? By baseline."""
        return {row.name: bool(self.forecaster.mae < row.mae) for row in self.rows[1:]}

    def row(self, name: str) -> Score:
        """One row by its name."""
        return next(row for row in self.rows if row.name == name)


def horizon_of(length: int, season: int) -> int:
    """How far to forecast when a part of this length is judged: a season, at least twelve steps, at most half of it."""
    return min(max(season, 12), length // 2)


def origins_in(start: int, stop: int, horizon: int) -> Int[np.ndarray, " origin"]:
    """The places from which the next `horizon` values lie inside [start, stop), at most ORIGINS of them, evenly spread."""
    last = np.arange(start - 1, stop - horizon)
    return last[np.unique(np.linspace(0, len(last) - 1, MAX_ORIGINS).round().astype(int))]


def actual_values(values: Values, origins: Int[np.ndarray, " origin"], horizon: int) -> Float[np.ndarray, "step origin"]:
    """The values that really came after each origin."""
    return values[origins[None] + 1 + np.arange(horizon)[:, None]]


def stepwise_error(model: Forecaster, values: Values, start: int, horizon: int) -> float:
    """The MAE over the next `horizon` steps, forecast stepwise from many places at and after `start`."""
    origins = origins_in(start, len(values), horizon)
    return mae(actual_values(values, origins, horizon), ahead(model, values, origins, horizon))


def backtest(model: Forecaster, values: Values, split: Split, season: int) -> BacktestReport:
    """Measure the forecaster and the baselines that fit the season (0: none) on the held-out part."""
    rules = backtest_baselines(values, split, season)
    expected = read_series(model, values).expected
    error = mae(values[split.validation_end :], expected[split.validation_end - 1 : -1])
    far = stepwise_error(model, values, split.validation_end, rules.horizon)
    network = Score(model.config.kind.upper(), "this network", error, mase(error, values[: split.validation_end]), far)
    return replace(rules, rows=(network, *rules.rows))


def backtest_baselines(values: Values, split: Split, season: int) -> BacktestReport:
    """The same without any forecaster: what each rule errs that one would have to beat."""
    history, held_out = values[: split.validation_end], values[split.validation_end :]
    horizon = horizon_of(len(held_out), season)
    origins = origins_in(split.validation_end, len(values), horizon)
    actual = actual_values(values, origins, horizon)

    def row(baseline: Baseline) -> Score:
        error = mae(held_out, baseline.one_step(values)[split.validation_end :])
        far = np.array([baseline.ahead(values[: origin + 1], horizon) for origin in origins]).T
        return Score(baseline.name, baseline.description, error, mase(error, history), mae(actual, far))

    return BacktestReport(tuple(map(row, baselines(season))), season, horizon, len(origins))


def residuals_of(model: Forecaster, values: Values, split: Split) -> Values:
    """By how much the network erred while weights were chosen, in its own unit (scaled changes), without their mean.

    Neither from the part it learned from, where it errs too little, nor from the held-out part, which stays unseen.
    """
    reading = read_series(model, values[: split.validation_end])
    came = model.targets(torch.from_numpy(reading.values)[:, None])[:, 0].double().numpy()
    off = (came - reading.raw_output[:-1])[split.train_end - 1 :]
    return off - off.mean()
