"""Estimate the cost of a training, measured before it starts: a few steps on random tokens of the same shape."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import process_time

import numpy as np
import torch

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig
from lstm_viz.training.tasks.charlm import BpttConfig, CharacterTask

#: Number of timed steps, and of untimed warm-up steps before them.
TIMED, WARM = 5, 2


@dataclass(frozen=True)
class Shape:
    """Everything that the time of a training step depends on: the network, its vocabulary size, and the streams."""

    config: Config
    vocabulary_size: int
    batch: int
    bptt_steps: int

    @property
    def recurrent(self) -> int:
        """Return the number of weights used once for every token."""
        gates = {"lstm": 4, "gru": 3, "rnn": 1}[self.config.kind]
        units, inputs = self.config.hidden, self.config.embedding + (self.config.layers - 1) * self.config.hidden
        return gates * units * (inputs + self.config.layers * units) + units * self.vocabulary_size

    @property
    def parameters(self) -> int:
        """Return the number of trainable parameters."""
        gates = {"lstm": 4, "gru": 3, "rnn": 1}[self.config.kind]
        biases = 2 * gates * self.config.hidden * self.config.layers + self.vocabulary_size
        return self.recurrent + biases + self.vocabulary_size * self.config.embedding

    @property
    def bytes(self) -> int:
        """Return the approximate size of the weights' file: two bytes each, and the vocabulary."""
        return 2 * self.parameters + 8 * self.vocabulary_size + 2000


@dataclass(frozen=True)
class CostEstimate:
    """The cost of one step: `seconds` of a core, and the process's `memory` in bytes (None if the system does not report it)."""

    seconds: float
    memory: int | None
    measured: bool

    def total(self, steps: int, scores: int, held_out: int, shape: Shape) -> float:
        """Return the seconds of a whole training on a core of its own; validation costs a third of training for each token."""
        read = scores * held_out / (3 * shape.batch * shape.bptt_steps)
        return self.seconds * (steps + read)


def rough_estimate(shape: Shape) -> CostEstimate:
    """Estimate without a measurement: 6 operations a weight and token at 40·10⁹ a second, 60 µs a time step."""
    operations = 6 * shape.recurrent * shape.batch * shape.bptt_steps
    return CostEstimate(60e-6 * shape.bptt_steps * shape.config.layers + operations / 40e9, None, False)


def measure(shape: Shape, clock: Callable[[], float] = process_time) -> Iterator[CostEstimate]:
    """Time real training steps of this shape by a clock in seconds; yields one CostEstimate."""
    vocabulary = Vocabulary.of(chr(0x4E00 + number) for number in range(shape.vocabulary_size - 1))
    ids = np.random.default_rng(0).integers(1, len(vocabulary), 2 * shape.batch * shape.bptt_steps + 1)
    with torch.random.fork_rng(devices=()):
        model = LanguageModel(shape.config, vocabulary)
        task = CharacterTask(model, ids, ids[:2], BpttConfig(shape.batch, shape.bptt_steps), 0)
        times = []
        for _ in Trainer(task, TrainerConfig(TIMED + WARM, score_every=TIMED + WARM + 1)):
            # CPU time: the current load of the machine says nothing about the minutes to come.
            times.append(clock())
    yield CostEstimate(float(median(np.diff(times)[WARM - 1 :])), peak_memory(), True)


def peak_memory() -> int | None:
    """Return the peak memory of this process, in bytes; None if the system does not report it."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
