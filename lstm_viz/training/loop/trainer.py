"""A task-independent training loop: yields one TrainingStep after another and can stop and resume anywhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Task(Protocol):
    """The interface of a task; `validation_loss` is lower for better, on data that is never trained on."""

    @property
    def model(self) -> nn.Module:
        """Return the network in training."""

    def loss(self, step: int) -> Tensor:
        """Return the training loss of batch number `step`, a differentiable scalar."""

    def validation_loss(self) -> float:
        """Return the model's loss on held-out data, in the task's unit."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state that the task carries from step to step (tensors and plain values)."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a saved state."""


@dataclass(frozen=True)
class TrainerConfig:
    """Settings of the trainer: AdamW, linear warm-up, cosine decay to 1/100; `max_grad_norm` clips the gradient (None: off)."""

    steps: int
    learning_rate: float = 2e-3
    warmup: int = 100
    weight_decay: float = 0.01
    max_grad_norm: float | None = 1.0
    score_every: int = 500

    def learning_rate_at(self, step: int) -> float:
        """Return the learning rate of a step counted from 0."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * done)))


@dataclass(frozen=True)
class TrainingStep:
    """One training step: `number` counts from 1; `validation_loss` is set when measured, `best` from the first measurement on.

    `gradient_norm` is the L2 norm over all parameters before clipping.
    """

    number: int
    of: int
    loss: float
    gradient_norm: float
    learning_rate: float
    seconds: float
    validation_loss: float | None
    best: float | None


class Trainer:
    """Train a task by a configuration; iterate over it. `best_weights` have the lowest validation loss so far.

    `clock` gives the seconds that the steps are timed by.
    """

    def __init__(self, task: Task, config: TrainerConfig, clock: Callable[[], float] = time.perf_counter) -> None:
        self.task = task
        self.config = config
        self._clock = clock
        self.step = 0
        self.seconds = 0.0
        self.best: float | None = None
        self.best_weights: dict[str, Tensor] | None = None
        self._optimizer = torch.optim.AdamW(
            task.model.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), weight_decay=config.weight_decay
        )

    def __iter__(self) -> Iterator[TrainingStep]:
        while self.step < self.config.steps:
            yield self._advance()

    def _advance(self) -> TrainingStep:
        started = self._clock()
        rate = self.config.learning_rate_at(self.step)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self.task.model.train()
        self._optimizer.zero_grad(set_to_none=True)
        loss = self.task.loss(self.step)
        loss.backward()
        max_norm = math.inf if self.config.max_grad_norm is None else self.config.max_grad_norm
        norm = nn.utils.clip_grad_norm_(self.task.model.parameters(), max_norm)
        self._optimizer.step()
        self.step += 1
        score = self._measure() if self.step % self.config.score_every == 0 or self.step == self.config.steps else None
        self.seconds += self._clock() - started
        return TrainingStep(self.step, self.config.steps, loss.item(), norm.item(), rate, self.seconds, score, self.best)

    def _measure(self) -> float:
        self.task.model.eval()
        with torch.no_grad():
            score = self.task.validation_loss()
        # NaN is never the best, as no loss would be lower.
        if math.isfinite(score) and (self.best is None or score < self.best):
            self.best = score
            self.best_weights = {name: value.clone() for name, value in self.task.model.state_dict().items()}
        return score

    def state_dict(self) -> dict[str, Any]:
        """Return everything that is needed to resume exactly; loads with weights_only=True."""
        return {
            "step": self.step,
            "seconds": self.seconds,
            "best": self.best,
            "best_weights": self.best_weights,
            "model": self.task.model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "task": self.task.state_dict(),
            "random": torch.get_rng_state(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a `state_dict`; task and configuration must be the same."""
        self.step, self.seconds = state["step"], state["seconds"]
        self.best, self.best_weights = state["best"], state["best_weights"]
        self.task.model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.task.load_state_dict(state["task"])
        torch.set_rng_state(state["random"])
