"""Train RNN, GRU and LSTM side by side on one task with growing delays: how long a delay can each bridge?"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from lstm_viz.gates import Kind
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.results import Result
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig
from lstm_viz.training.tasks.delays import TASKS, DelayTask


@dataclass(frozen=True)
class DelayExperiment:
    """The settings: for each kind a network of `units` units and one layer, at most `steps` steps.

    The longest delay in training starts at `shortest` and grows by a quarter whenever the last ten batches were right, up to
    `longest`. A snapshot is taken every `every` steps.
    """

    task: str = "copy"
    kinds: tuple[Kind, ...] = ("rnn", "gru", "lstm")
    seed: int = 0
    units: int = 48
    steps: int = 3000
    shortest: int = 4
    longest: int = 100
    batch: int = 32
    every: int = 25

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ValueError(f"there is no task {self.task!r}; choose one of {', '.join(TASKS)}")
        if not 0 <= self.shortest <= self.longest:
            raise ValueError(f"delays grow from {self.shortest} to {self.longest}; the first must be 0 or more and smaller")

    @property
    def tested(self) -> tuple[int, ...]:
        """Return the delays that snapshots are tested on, up to twice the longest in training."""
        return tuple(sorted({*(delay for delay in (1, 2, 5, 10, 20, 50, 100, 200, 500) if delay < self.longest),
                             self.longest, 2 * self.longest}))  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class DelaySnapshot(Result):
    """One network's results after `step` steps: `right[d]` is the accuracy of answer tokens at delay d, on new examples.

    `current_delay` is the longest delay in training so far, and `seconds` its training time. When it is `over`, at its last
    step or once it masters the longest delay, `weights` are the trained weights.
    """

    kind: Kind
    step: int
    seconds: float
    current_delay: int
    right: Mapping[int, float]
    over: bool
    weights: Mapping[str, np.ndarray] | None


class BridgingTask:
    """One network learning one delayed task; its longest delay grows as it succeeds."""

    #: Number of batches, and accuracy in each, that are required before the delay grows by a factor.
    batches, share, growth = 10, 0.98, 1.25

    def __init__(self, model: LanguageModel, task: DelayTask, experiment: DelayExperiment) -> None:
        self.model, self.task, self.experiment = model, task, experiment
        self.current_delay, self.mastered = experiment.shortest, False
        self._recent: list[float] = []

    def loss(self, step: int) -> Tensor:
        """Return the mean cross-entropy of the answer's tokens; half of the batches have the longest delay."""
        draw = random.Random(f"{self.experiment.seed} {step}")
        delay = self.current_delay if draw.random() < 0.5 else draw.randint(0, self.current_delay)
        ids, answers = examples(self.task, self.model.vocabulary, delay, self.experiment.batch, draw)
        logits = self.model(ids[:-1])[0][-answers:]
        self._grow((logits.argmax(-1) == ids[-answers:]).float().mean().item())
        return cross_entropy(logits.flatten(0, 1), ids[-answers:].flatten())

    def _grow(self, right: float) -> None:
        self._recent = [*self._recent, right][-self.batches :]
        if len(self._recent) == self.batches and sum(self._recent) >= self.share * self.batches:
            self.mastered = self.current_delay == self.experiment.longest
            self.current_delay = min(self.experiment.longest, math.ceil(self.current_delay * self.growth))
            self._recent = []

    def validation_loss(self) -> float:
        """Return the error rate of answer tokens, averaged over the tested delays."""
        right = [accuracy(self.model, self.task, delay) for delay in self.experiment.tested]
        return 1.0 - sum(right) / len(right)

    def state_dict(self) -> dict[str, Any]:
        """Return the current delay and the success count."""
        return {"reach": self.current_delay, "mastered": self.mastered, "recent": self._recent}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a saved state."""
        self.current_delay, self.mastered, self._recent = state["reach"], state["mastered"], list(state["recent"])


def examples(
    task: DelayTask, vocabulary: Vocabulary, delay: int, batch: int, draw: random.Random
) -> tuple[Int[Tensor, "time batch"], int]:
    """Return random examples of one delay, text and answer in one column each, and the answer's length in tokens."""
    sampled = [task.example(delay, draw) for _ in range(batch)]
    ids = np.stack([vocabulary.encode(text + answer) for text, answer in sampled], axis=1)
    return torch.from_numpy(ids), len(sampled[0][1])


@torch.no_grad()
def accuracy(model: LanguageModel, task: DelayTask, delay: int, count: int = 32) -> float:
    """Return the share of answer tokens that the model ranks first, on examples never trained on."""
    ids, answers = examples(task, model.vocabulary, delay, count, random.Random(f"test {delay}"))
    guesses = model(ids[:-1])[0][-answers:].argmax(-1)
    return (guesses == ids[-answers:]).float().mean().item()


def untrained_model(kind: Kind, experiment: DelayExperiment) -> LanguageModel:
    """Return an untrained network of the experiment; its weights depend on the seed alone."""
    vocabulary = Vocabulary.of(TASKS[experiment.task].tokens())
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(experiment.seed)
        return LanguageModel(Config(kind, embedding=16, hidden=experiment.units), vocabulary)


def restore_model(snapshot: DelaySnapshot, experiment: DelayExperiment) -> LanguageModel:
    """Return the trained network of a kind's last snapshot, read-only; ValueError for another snapshot."""
    if snapshot.weights is None:
        raise ValueError(f"the snapshot at step {snapshot.step} is not the last one; only that one holds the weights")
    model = untrained_model(snapshot.kind, experiment)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in snapshot.weights.items()})
    return model.eval().requires_grad_(False)


def train_side_by_side(experiment: DelayExperiment) -> Iterator[DelaySnapshot]:
    """Train all networks in turn, `every` steps each, until the last step or until each masters the longest delay."""
    running = [_train(kind, experiment) for kind in experiment.kinds]
    while running:
        for one in list(running):
            snapshot = next(one, None)
            if snapshot is None:
                running.remove(one)
            else:
                yield snapshot


def _train(kind: Kind, experiment: DelayExperiment) -> Iterator[DelaySnapshot]:
    task = BridgingTask(untrained_model(kind, experiment), TASKS[experiment.task], experiment)
    trainer_config = TrainerConfig(
        experiment.steps, learning_rate=5e-3, warmup=20, weight_decay=0.0, max_grad_norm=1.0, score_every=experiment.steps + 1
    )
    for step in Trainer(task, trainer_config):
        over = task.mastered or step.number == experiment.steps
        if over or step.number % experiment.every == 0:
            task.model.eval()
            right = {delay: accuracy(task.model, task.task, delay) for delay in experiment.tested}
            weights = {name: value.numpy().copy() for name, value in task.model.state_dict().items()} if over else None
            yield DelaySnapshot(kind, step.number, step.seconds, task.current_delay, right, over, weights)
        if over:
            return
