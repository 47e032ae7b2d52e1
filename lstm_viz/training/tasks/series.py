"""Learning to forecast a series: the task for the trainer, and whole runs that yield how far they are."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import huber_loss

from lstm_viz.models.forecaster import Design, Forecaster, Scale
from lstm_viz.models.forecaster_serialization import pack
from lstm_viz.results import Result
from lstm_viz.series.backtesting import Parts, Report, following, horizon_of, judge, origins_in, stepwise_error
from lstm_viz.series.metrics import mae
from lstm_viz.series.seasonality import season
from lstm_viz.training.loop.trainer import Plan, Trainer

Values = Float[np.ndarray, " time"]


#: So many steps are taken to see how long one takes.
_PROBE = 6

#: Where windows are stretched, up to so many times larger or smaller.
_STRETCH = 4.0


class SeriesTask:
    """Forecasting the next value from random windows of the part to learn from; the loss is Huber's, of scaled changes.

    A window may be stretched as its design says: waves of which each rises to another height are so learned at heights, too,
    that they have not reached yet. The score is the geometric mean of both `errors` on the part to choose by. The held-out
    part is never given.
    """

    def __init__(
        self, model: Forecaster, values: Values, parts: Parts, seed: int, batch: int = 32, window: int = 200, horizon: int = 1
    ) -> None:
        self.model, self.parts, self.seed, self.batch, self.horizon = model, parts, seed, batch, horizon
        self.values = np.asarray(values[: parts.choose], np.float64)
        self._seen = torch.from_numpy(self.values)[:, None]
        self._inputs = model.features(self._seen)
        # Short windows begin at many places, which teaches more than reading the same few long ones again.
        changes = parts.learn - 1
        self.window = min(window, changes, max(24, changes // 4))

    def loss(self, step: int) -> Tensor:
        """Huber's loss over one batch of windows, each read from the zero state."""
        draw = np.random.default_rng((self.seed, step))
        starts = draw.integers(self.parts.learn - self.window, size=self.batch)
        # What the first features of a window are made of comes before it.
        before = self.model.memory
        where = torch.from_numpy(starts + np.arange(-before, self.window + 1)[:, None]).clamp(min=0)
        by = math.log(self.model.config.stretch)
        read = self._seen[where, 0] * torch.from_numpy(np.exp(draw.uniform(-by, by, self.batch)))
        said, _ = self.model(self.model.features(read)[before:-1])
        return huber_loss(said, self.model.targets(read)[before:])

    def score(self) -> float:
        """The geometric mean of both errors, in the series' unit: a forecaster has to do both."""
        return math.sqrt(math.prod(self.errors()))

    def errors(self) -> tuple[float, float]:
        """The MAE on the part to choose by: one step ahead, and over the next `horizon` steps forecast stepwise."""
        near = mae(self.values[self.parts.learn :], self.expected()[self.parts.learn - 1 : -1])
        return near, stepwise_error(self.model, self.values, self.parts.learn, self.horizon)

    @torch.no_grad()
    def expected(self) -> Values:
        """The forecast of the value after each step, [time], up to where the held-out part begins."""
        return self.model.following(self._seen, self.model(self._inputs)[0])[:, 0].numpy()

    def state_dict(self) -> dict[str, Any]:
        """Nothing is carried between steps."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing is carried between steps."""


@dataclass(frozen=True)
class Lesson:
    """How to learn a series: steps for each design that is tried, and what they all share."""

    steps: int = 400
    learning_rate: float = 5e-3
    weight_decay: float = 0.01
    score_every: int = 20
    window: int = 200
    batch: int = 32
    seed: int = 1

    @property
    def plan(self) -> Plan:
        """The same for the trainer."""
        warmup = min(50, self.steps)
        return Plan(self.steps, self.learning_rate, warmup, self.weight_decay, 1.0, self.score_every)


@dataclass(frozen=True, eq=False, repr=False)
class Progress(Result):
    """How far a run is, at each score: `expected` [time] forecasts the value after each step up to the held-out part.

    `design` of `designs` is tried at the moment; `score` is its error on the part to choose by (see `SeriesTask.score`) and
    `naive` what repeating the last value errs there. `weights` hold the best forecaster of all so far as a file where this
    step found it, else None.
    """

    design: int
    designs: tuple[Design, ...]
    step: int
    of: int
    loss: float
    gradient_norm: float
    score: float
    best: float
    naive: float
    seconds: float
    expected: Values
    weights: bytes | None


@dataclass(frozen=True, eq=False, repr=False)
class Learned(Result):
    """The end of a run: the best forecaster as a file, its design, and its errors on the held-out part, measured once.

    `near` and `far` [design] are the errors on the part to choose by, in the order of `designs`: one step ahead, and over
    the next steps forecast stepwise. The design with the least product of the two was taken, as is each one's best step.
    """

    weights: bytes
    design: Design
    designs: tuple[Design, ...]
    near: tuple[float, ...]
    far: tuple[float, ...]
    parts: Parts
    report: Report
    seconds: float


def designs_for(values: Values, parts: Parts, base: Design | None = None, found: int | None = None) -> tuple[Design, ...]:
    """What is worth a try on a series: changes alone, with the level, with the season, and by square roots and logarithms.

    A series that is never below 0 is forecast by no less. Nothing after the part to learn from is looked at but its sign.
    `found` is the season where it is known already (0: none).
    """
    learned, least = values[: parts.learn], values.min()
    found = season(learned) if found is None else found
    base = dataclasses.replace(base or Design(), floor=bool(least >= 0))
    ways = [base, dataclasses.replace(base, level=True)]
    if 2 <= found < len(learned) // 2:
        ways.append(dataclasses.replace(base, season=found))
    # Where the size hardly differs, changes of roots and logarithms are the plain ones up to a factor.
    varied = learned.max() > 2 * learned.min()
    logs: list[Design] = [dataclasses.replace(way, form="log") for way in ways] if least > 0 and varied else []
    roots: list[Design] = [dataclasses.replace(base, level=True, form="root")] if least >= 0 and varied else []
    roots += [dataclasses.replace(way, stretch=_STRETCH) for way in roots]
    return (*ways, *roots, *logs)


def learn(
    values: Values | tuple[float, ...], designs: tuple[Design, ...], lesson: Lesson, tested: float = 0.15
) -> Iterator[Progress | Learned]:
    """Train each design, keep the one that errs least on the part to choose by, and measure it on the held-out part.

    All arguments and everything yielded can be pickled, so that a run may live in a process of its own; with a tuple of
    values two orders of the same work are equal, too.
    """
    values = np.asarray(values, np.float64)
    parts = Parts.of(len(values), tested)
    found = season(values[: parts.learn])
    horizon = horizon_of(parts.choose - parts.learn, found)
    naive = _naive(values, parts, horizon)
    best, seconds = math.inf, 0.0
    tried: list[tuple[float, tuple[float, float], Forecaster]] = []
    for number, design in enumerate(designs):
        torch.manual_seed(lesson.seed)
        model = Forecaster(design, Scale.of(torch.from_numpy(values[: parts.learn]), design.form))
        task = SeriesTask(model, values, parts, lesson.seed, lesson.batch, lesson.window, horizon)
        trainer = Trainer(task, lesson.plan)
        for step in trainer:
            if step.score is None:
                continue
            better = step.score < best
            best = min(best, step.score)
            yield Progress(
                number, designs, step.number, step.of, step.loss, step.gradient_norm, step.score,
                best, naive, seconds + step.seconds, task.expected(), pack(model, {"split": parts.words}) if better else None,
            )  # fmt: skip
        seconds += trainer.seconds
        if trainer.best is None or trainer.best_weights is None:
            raise ValueError("no step gave a finite error; the values may be too large or too wild to learn from")
        model.load_state_dict(trainer.best_weights)
        model.eval().requires_grad_(False)
        tried.append((trainer.best, task.errors(), model))
    scores, found_errors, models = zip(*tried, strict=True)
    near, far = zip(*found_errors, strict=True)
    chosen = models[int(np.argmin(scores))]
    report = judge(chosen, values, parts, chosen.config.season or found)
    yield Learned(pack(chosen, {"split": parts.words}), chosen.config, designs, near, far, parts, report, seconds)


def _naive(values: Values, parts: Parts, horizon: int) -> float:
    """The score of repeating the last value."""
    near = np.abs(np.diff(values[parts.learn - 1 : parts.choose])).mean()
    origins = origins_in(parts.learn, parts.choose, horizon)
    return math.sqrt(near * np.abs(following(values, origins, horizon) - values[origins]).mean())


def seconds_for(values: Values, designs: tuple[Design, ...], lesson: Lesson) -> float:
    """How long `learn` will take on this machine, from a few steps of its first design that are really taken."""
    parts = Parts.of(len(values))
    with torch.random.fork_rng(devices=()):
        model = Forecaster(designs[0], Scale.of(torch.from_numpy(values[: parts.learn]), designs[0].form))
        probe = dataclasses.replace(lesson, steps=_PROBE, score_every=_PROBE + 1)
        horizon = horizon_of(parts.choose - parts.learn, season(values[: parts.learn]))
        task = SeriesTask(model, values, parts, lesson.seed, lesson.batch, lesson.window, horizon)
        trainer = Trainer(task, probe.plan)
        ends = [step.seconds for step in trainer]
    # The first step prepares what the others only use, and the last one measures a score as well.
    each = (ends[-2] - ends[0]) / (_PROBE - 2)
    score = max(ends[-1] - ends[-2] - each, 0.0)
    return len(designs) * lesson.steps * (each + 2 * score / lesson.score_every)
