"""Learn to forecast a series: the task for the trainer, and whole runs that yield their progress."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import huber_loss

from lstm_viz.models.forecaster import Forecaster, ForecasterConfig, Normalization
from lstm_viz.models.forecaster_serialization import pack
from lstm_viz.results import Result
from lstm_viz.series.backtesting import BacktestReport, Split, actual_values, backtest, horizon_of, origins_in, stepwise_error
from lstm_viz.series.metrics import mae
from lstm_viz.series.seasonality import season
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig

Values = Float[np.ndarray, " time"]


#: Number of steps that are timed for an estimate.
_PROBE = 6

#: Maximum factor of scale augmentation.
_STRETCH = 4.0


class SeriesTask:
    """Forecast the next value from random windows of the training part; the loss is Huber's, of scaled changes.

    With scale augmentation, windows are scaled by random factors, so that levels beyond those of the training part are learned
    too. The validation loss is the geometric mean of both `errors` on the validation part. The held-out part is never used.
    """

    def __init__(
        self, model: Forecaster, values: Values, split: Split, seed: int, batch: int = 32, window: int = 200, horizon: int = 1
    ) -> None:
        self.model, self.split, self.seed, self.batch, self.horizon = model, split, seed, batch, horizon
        self.values = np.asarray(values[: split.validation_end], np.float64)
        self._seen = torch.from_numpy(self.values)[:, None]
        self._inputs = model.features(self._seen)
        # Many short windows with different beginnings teach more than the same few long ones again.
        changes = split.train_end - 1
        self.window = min(window, changes, max(24, changes // 4))

    def loss(self, step: int) -> Tensor:
        """Return Huber's loss over one batch of windows, each read from the zero state."""
        draw = np.random.default_rng((self.seed, step))
        starts = draw.integers(self.split.train_end - self.window, size=self.batch)
        # The first features of a window need the values before it.
        before = self.model.context_length
        where = torch.from_numpy(starts + np.arange(-before, self.window + 1)[:, None]).clamp(min=0)
        by = math.log(self.model.config.scale_augmentation)
        read = self._seen[where, 0] * torch.from_numpy(np.exp(draw.uniform(-by, by, self.batch)))
        raw_output, _ = self.model(self.model.features(read)[before:-1])
        return huber_loss(raw_output, self.model.targets(read)[before:])

    def validation_loss(self) -> float:
        """Return the geometric mean of both errors, in the series' unit: a forecaster needs both."""
        return math.sqrt(math.prod(self.errors()))

    def errors(self) -> tuple[float, float]:
        """Return the MAE on the validation part: one step ahead, and over the next `horizon` steps forecast recursively."""
        near = mae(self.values[self.split.train_end :], self.expected()[self.split.train_end - 1 : -1])
        return near, stepwise_error(self.model, self.values, self.split.train_end, self.horizon)

    @torch.no_grad()
    def expected(self) -> Values:
        """Return the forecast of the value after each step, [time], up to the held-out part."""
        return self.model.next_value(self._seen, self.model(self._inputs)[0])[:, 0].numpy()

    def state_dict(self) -> dict[str, Any]:
        """Return nothing: no state is carried between steps."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Do nothing: no state is carried between steps."""


@dataclass(frozen=True)
class ForecasterTrainingConfig:
    """Training settings of a forecaster: steps for each candidate configuration, and shared settings."""

    steps: int = 400
    learning_rate: float = 5e-3
    weight_decay: float = 0.01
    score_every: int = 20
    window: int = 200
    batch: int = 32
    seed: int = 1

    @property
    def trainer_config(self) -> TrainerConfig:
        """Return the trainer's configuration."""
        warmup = min(50, self.steps)
        return TrainerConfig(self.steps, self.learning_rate, warmup, self.weight_decay, 1.0, self.score_every)


@dataclass(frozen=True, eq=False, repr=False)
class Progress(Result):
    """The progress of a run, at each validation: `expected` [time] forecasts the value after each step up to the held-out part.

    Configuration `design` of `designs` is in training; `validation_loss` is its error on the validation part (see
    `SeriesTask.validation_loss`) and `naive` that of repeating the last value. `weights` is the best forecaster so far as a
    file if this step found it, else None.
    """

    design: int
    designs: tuple[ForecasterConfig, ...]
    step: int
    of: int
    loss: float
    gradient_norm: float
    validation_loss: float
    best: float
    naive: float
    seconds: float
    expected: Values
    weights: bytes | None


@dataclass(frozen=True, eq=False, repr=False)
class TrainedForecaster(Result):
    """The end of a run: the best forecaster as a file, its configuration, and its errors on the held-out part, measured once.

    `one_step_maes` and `multi_step_maes` [design] are the errors on the validation part, in the order of `designs`: one step
    ahead, and over the next steps forecast recursively. The configuration with the smallest product of the two was chosen, and
    so was each one's best step.
    """

    weights: bytes
    design: ForecasterConfig
    designs: tuple[ForecasterConfig, ...]
    one_step_maes: tuple[float, ...]
    multi_step_maes: tuple[float, ...]
    split: Split
    report: BacktestReport
    seconds: float


def candidate_configs(
    values: Values, split: Split, base: ForecasterConfig | None = None, season_length: int | None = None
) -> tuple[ForecasterConfig, ...]:
    """Return candidate configurations for a series: changes only, with level, with season, by square roots and by logarithms.

    Forecasts of a non-negative series are never below 0. After the training part, only the sign of the values is used.
    `season_length` is the season if it is known already (0: none).
    """
    learned, least = values[: split.train_end], values.min()
    season_length = season(learned) if season_length is None else season_length
    base = dataclasses.replace(base or ForecasterConfig(), floor=bool(least >= 0))
    ways = [base, dataclasses.replace(base, level=True)]
    if 2 <= season_length < len(learned) // 2:
        ways.append(dataclasses.replace(base, season=season_length))
    # With nearly constant size, changes of roots and logarithms equal the plain ones up to a factor.
    varied = learned.max() > 2 * learned.min()
    logs: list[ForecasterConfig] = [dataclasses.replace(way, form="log") for way in ways] if least > 0 and varied else []
    roots: list[ForecasterConfig] = [dataclasses.replace(base, level=True, form="root")] if least >= 0 and varied else []
    roots += [dataclasses.replace(way, scale_augmentation=_STRETCH) for way in roots]
    return (*ways, *roots, *logs)


def train(
    values: Values | tuple[float, ...],
    designs: tuple[ForecasterConfig, ...],
    training: ForecasterTrainingConfig,
    tested: float = 0.15,
) -> Iterator[Progress | TrainedForecaster]:
    """Train each configuration, keep the one with the smallest validation error, and measure it on the held-out part.

    All arguments and everything yielded can be pickled, so that a run can be a background job; values as a tuple make two
    equal jobs comparable, too.
    """
    values = np.asarray(values, np.float64)
    split = Split.of(len(values), tested)
    season_length = season(values[: split.train_end])
    horizon = horizon_of(split.validation_end - split.train_end, season_length)
    naive = _naive_loss(values, split, horizon)
    best, seconds = math.inf, 0.0
    candidates: list[tuple[float, tuple[float, float], Forecaster]] = []
    for number, design in enumerate(designs):
        torch.manual_seed(training.seed)
        model = Forecaster(design, Normalization.of(torch.from_numpy(values[: split.train_end]), design.form))
        task = SeriesTask(model, values, split, training.seed, training.batch, training.window, horizon)
        trainer = Trainer(task, training.trainer_config)
        for step in trainer:
            if step.validation_loss is None:
                continue
            better = step.validation_loss < best
            best = min(best, step.validation_loss)
            yield Progress(
                number, designs, step.number, step.of, step.loss, step.gradient_norm, step.validation_loss,
                best, naive, seconds + step.seconds, task.expected(), pack(model,
                {"split": split.description}) if better else None,
            )  # fmt: skip
        seconds += trainer.seconds
        if trainer.best is None or trainer.best_weights is None:
            raise ValueError("no step gave a finite error; the values may be too large or vary too much for training")
        model.load_state_dict(trainer.best_weights)
        model.eval().requires_grad_(False)
        candidates.append((trainer.best, task.errors(), model))
    scores, found_errors, models = zip(*candidates, strict=True)
    one_step, multi_step = zip(*found_errors, strict=True)
    best_model = models[int(np.argmin(scores))]
    report = backtest(best_model, values, split, best_model.config.season or season_length)
    weights = pack(best_model, {"split": split.description})
    yield TrainedForecaster(weights, best_model.config, designs, one_step, multi_step, split, report, seconds)


def _naive_loss(values: Values, split: Split, horizon: int) -> float:
    """Return the validation loss of repeating the last value."""
    near = np.abs(np.diff(values[split.train_end - 1 : split.validation_end])).mean()
    origins = origins_in(split.train_end, split.validation_end, horizon)
    return math.sqrt(near * np.abs(actual_values(values, origins, horizon) - values[origins]).mean())


def seconds_for(
    values: Values,
    designs: tuple[ForecasterConfig, ...],
    training: ForecasterTrainingConfig,
    clock: Callable[[], float] = perf_counter,
) -> float:
    """Estimate the seconds that `train` will take on this machine, by timing a few steps of its first configuration."""
    split = Split.of(len(values))
    with torch.random.fork_rng(devices=()):
        model = Forecaster(designs[0], Normalization.of(torch.from_numpy(values[: split.train_end]), designs[0].form))
        probe = dataclasses.replace(training, steps=_PROBE, score_every=_PROBE + 1)
        horizon = horizon_of(split.validation_end - split.train_end, season(values[: split.train_end]))
        task = SeriesTask(model, values, split, training.seed, training.batch, training.window, horizon)
        trainer = Trainer(task, probe.trainer_config, clock)
        ends = [step.seconds for step in trainer]
    # The first step includes one-time preparations, and the last one a validation.
    each = (ends[-2] - ends[0]) / (_PROBE - 2)
    score = max(ends[-1] - ends[-2] - each, 0.0)
    return len(designs) * training.steps * (each + 2 * score / training.score_every)
