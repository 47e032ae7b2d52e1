"""One training run on disk: paths of its weights, card and resumable state, and when they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from lstm_viz.training.loop.trainer import Trainer, TrainingStep


@dataclass(frozen=True)
class TrainingRun:
    """The files of one run; `state` is what resuming needs."""

    out: Path

    @property
    def state(self) -> Path:
        """Return the path of the resumable state, beside the weights."""
        return self.out.with_suffix(".state.pt")

    def resume(self, trainer: Trainer) -> bool:
        """Resume from the saved state, if there is one."""
        if not self.state.exists():
            return False
        trainer.load_state_dict(torch.load(self.state, weights_only=True))
        return True

    def save(self, trainer: Trainer) -> None:
        """Write the resumable state atomically."""
        self.out.parent.mkdir(parents=True, exist_ok=True)
        draft = self.state.with_suffix(".draft")
        torch.save(trainer.state_dict(), draft)
        os.replace(draft, self.state)

    def steps(self, trainer: Trainer) -> Iterator[TrainingStep]:
        """Yield the trainer's steps; save the state at every validation and on interruption (Ctrl-C too)."""
        try:
            for step in trainer:
                yield step
                if step.validation_loss is not None:
                    self.save(trainer)
        finally:
            self.save(trainer)
