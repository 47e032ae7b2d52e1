"""How long a delay can each network bridge? RNN, GRU and LSTM learn one task side by side, the delay growing with success."""

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
    """What is trained: for each kind a network of `units` units and one layer, at most `steps` steps.

    The longest delay trained on starts at `shortest` and grows by a quarter whenever the last ten batches were right, up to
    `longest`. A snapshot is taken `every` so many steps.
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
            raise ValueError(f"there is no task {self.task!r}; there are {', '.join(TASKS)}")
        if not 0 <= self.shortest <= self.longest:
            raise ValueError(f"delays grow from {self.shortest} to {self.longest}; the first has to be 0 or more and the smaller")

    @property
    def tested(self) -> tuple[int, ...]:
        """The delays that snapshots are tested on, up to twice the longest that was ever trained on."""
        return tuple(sorted({*(delay for delay in (1, 2, 5, 10, 20, 50, 100, 200, 500) if delay < self.longest),
                             self.longest, 2 * self.longest}))  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class DelaySnapshot(Result):
    """How one network does after `step` steps: `right[d]` is the share of right answer symbols at delay d, on new examples.

    `current_delay` is the longest delay that it is trained on by now, and `seconds` the time that its training took. When it is
    `over`, at its last step or as it masters the longest delay, `weights` are what it has learned.
    """

    kind: Kind
    step: int
    seconds: float
    current_delay: int
    right: Mapping[int, float]
    over: bool
    weights: Mapping[str, np.ndarray] | None


class BridgingTask:
    """One network learning one delayed task; its reach grows as it succeeds."""

    #: So many batches have to be right, and this share of their answers, before the delay grows by a factor.
    batches, share, growth = 10, 0.98, 1.25

    def __init__(self, model: LanguageModel, task: DelayTask, experiment: DelayExperiment) -> None:
        self.model, self.task, self.experiment = model, task, experiment
        self.current_delay, self.mastered = experiment.shortest, False
        self._recent: list[float] = []

    def loss(self, step: int) -> Tensor:
        """The mean cross-entropy of the answer's symbols; half of all batches have the longest delay, the others a shorter."""
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
        """The share of wrong answers, averaged over the tested delays."""
        right = [accuracy(self.model, self.task, delay) for delay in self.experiment.tested]
        return 1.0 - sum(right) / len(right)

    def state_dict(self) -> dict[str, Any]:
        """How far the delay has grown."""
        return {"reach": self.current_delay, "mastered": self.mastered, "recent": self._recent}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Carry on from there."""
        self.current_delay, self.mastered, self._recent = state["reach"], state["mastered"], list(state["recent"])


def examples(
    task: DelayTask, vocabulary: Vocabulary, delay: int, batch: int, draw: random.Random
) -> tuple[Int[Tensor, "time batch"], int]:
    """Random examples of one delay, text and answer in one column each, and how many symbols the answer has."""
    drawn = [task.example(delay, draw) for _ in range(batch)]
    ids = np.stack([vocabulary.encode(text + answer) for text, answer in drawn], axis=1)
    return torch.from_numpy(ids), len(drawn[0][1])


@torch.no_grad()
def accuracy(model: LanguageModel, task: DelayTask, delay: int, count: int = 32) -> float:
    """The share of answer symbols that the model holds likeliest where they are due, on examples never trained on."""
    ids, answers = examples(task, model.vocabulary, delay, count, random.Random(f"test {delay}"))
    guesses = model(ids[:-1])[0][-answers:].argmax(-1)
    return (guesses == ids[-answers:]).float().mean().item()


def fresh(kind: Kind, experiment: DelayExperiment) -> LanguageModel:
    """An untrained network of the race; the seed alone decides its weights."""
    vocabulary = Vocabulary.of(TASKS[experiment.task].tokens())
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(experiment.seed)
        return LanguageModel(Config(kind, embedding=16, hidden=experiment.units), vocabulary)


def restore_model(snapshot: DelaySnapshot, experiment: DelayExperiment) -> LanguageModel:
    """The trained network of a race's last snapshot of its kind, only to be read; ValueError where that is not the last."""
    if snapshot.weights is None:
        raise ValueError(f"the snapshot at step {snapshot.step} is not the last; only that holds the weights")
    model = fresh(snapshot.kind, experiment)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in snapshot.weights.items()})
    return model.eval().requires_grad_(False)


def train_side_by_side(experiment: DelayExperiment) -> Iterator[DelaySnapshot]:
    """Train all networks in turn, `every` steps of each at a time, each until its last step or until it masters the longest."""
    running = [_train(kind, experiment) for kind in experiment.kinds]
    while running:
        for one in list(running):
            snapshot = next(one, None)
            if snapshot is None:
                running.remove(one)
            else:
                yield snapshot


def _train(kind: Kind, experiment: DelayExperiment) -> Iterator[DelaySnapshot]:
    task = BridgingTask(fresh(kind, experiment), TASKS[experiment.task], experiment)
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
