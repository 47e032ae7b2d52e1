"""Train a network on a user's text and write snapshots for later inspection.

A run is one folder: `step-000100.safetensors`, … for the snapshots, `best.safetensors` for the lowest held-out loss, and
the state from which the run resumes exactly.
"""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import sample
from lstm_viz.models.serialization import save
from lstm_viz.training.data.text_dataset import HELD_OUT, SYMBOLS, prepare_text
from lstm_viz.training.loop.checkpointing import TrainingRun
from lstm_viz.training.loop.model_card import describe
from lstm_viz.training.loop.trainer import Trainer, TrainingStep
from lstm_viz.training.tasks.char_lm_config import CharLMConfig, prepare
from lstm_viz.training.tasks.charlm import CharacterTask

#: Number of characters of a sample, and its temperature.
WRITTEN, TEMPERATURE = 200, 0.7
#: Seconds between two saves of the resumable state.
SAVE_INTERVAL = 2.0
BEST = "best.safetensors"
OVERFLOWED = "The numbers overflowed"


@dataclass(frozen=True)
class TrainingSpec:
    """A text, its name, and the training configuration."""

    text: str
    name: str
    config: CharLMConfig

    def command(self) -> str:
        """Return the command line that trains the same network from a file with this text."""
        return self.config.command(self.name, "my-network.safetensors", HELD_OUT, SYMBOLS)


@dataclass(frozen=True)
class SampledText:
    """A sample of generated text after `step` steps."""

    step: int
    text: str


@dataclass(frozen=True)
class Snapshot:
    """The network after `step` steps, in the file `file` of the folder; `best` if it is the best so far."""

    step: int
    file: str
    best: bool


TrainingEvent = TrainingStep | SampledText | Snapshot


def snapshot_steps(steps: int) -> tuple[int, ...]:
    """Return the steps after which snapshots are taken: before the first, at growing intervals, and after the last."""
    rising = (lead * 10**power for power in range(9) for lead in ((1, 2, 5) if power < 2 else (1, 1.5, 2, 3, 5, 7)))
    return (0, *(int(number) for number in rising if number < steps), steps)


def train(spec: TrainingSpec, folder: str) -> Iterator[TrainingEvent]:
    """Train; yields every step, a text sample at every validation, and each snapshot once its file is complete.

    Resumes from the folder's state if there is one, else begins at step 0. Steps after the last saved state are repeated, with
    the same results. Raises UnusableText for a text that cannot be used, and ValueError if the numbers overflow.
    """
    dataset = prepare_text(spec.text)
    trainer = prepare(dataset.corpus, dataset.vocabulary, spec.config)
    run = TrainingRun(Path(folder) / "network")
    run.resume(trainer)
    snapshot_at = frozenset(snapshot_steps(spec.config.steps))
    if trainer.step == 0:
        yield from _initial_events(trainer, spec, folder)
    saved_at = time.monotonic()
    for step in trainer:
        yield step
        if not (math.isfinite(step.loss) and math.isfinite(step.gradient_norm)):
            raise _overflow(step.number, spec.config)
        is_best = step.validation_loss is not None and step.validation_loss == step.best
        if step.validation_loss is not None or step.number in snapshot_at:
            yield SampledText(step.number, write(model_of(trainer), spec.text))
        if is_best:
            yield save_snapshot(trainer, spec, folder, BEST)
        if step.number in snapshot_at:
            yield save_snapshot(trainer, spec, folder)
        if step.number == spec.config.steps or time.monotonic() - saved_at >= SAVE_INTERVAL:
            run.save(trainer)
            saved_at = time.monotonic()


def _initial_events(trainer: Trainer, spec: TrainingSpec, folder: str) -> Iterator[TrainingEvent]:
    """Yield the events before the first step."""
    yield SampledText(0, write(model_of(trainer), spec.text))
    yield save_snapshot(trainer, spec, folder)


def model_of(trainer: Trainer) -> LanguageModel:
    """Return the network in training, in eval mode."""
    model = trainer.task.model
    assert isinstance(model, LanguageModel)
    return model.eval()


def write(model: LanguageModel, text: str) -> str:
    """Generate text after the text's first line break, or after its first character if there is none."""
    return sample(model, "\n" if "\n" in model.vocabulary else text[:1], WRITTEN, TEMPERATURE)


def save_snapshot(trainer: Trainer, spec: TrainingSpec, folder: str, file: str | None = None) -> Snapshot:
    """Write the network's weights with its metadata."""
    name = file or f"step-{trainer.step:06}.safetensors"
    model = model_of(trainer)
    path, draft = Path(folder) / name, Path(folder) / "draft.safetensors"
    try:
        save(model, draft, metadata(trainer, spec, model))
    except ValueError as error:
        raise _overflow(trainer.step, spec.config) from error
    # Replaced atomically: a concurrent reader gets the old file or the new one.
    os.replace(draft, path)
    return Snapshot(trainer.step, name, file == BEST)


def metadata(trainer: Trainer, spec: TrainingSpec, model: LanguageModel) -> dict[str, str]:
    """Return the card's rows for the network in its current state."""
    config, task = spec.config, trainer.task
    assert isinstance(task, CharacterTask)
    best = "not measured yet" if trainer.best is None else f"{trainer.best:.4f} nats a character held out, the best so far"
    return {
        "summary": f"A character language model trained on a user's text: {describe(model)}.",
        "task": "predict the next character",
        "data": f"{spec.name}, {len(spec.text):,} characters",
        "split": f"the last tenth, at most {HELD_OUT:,} characters, held out",
        "command": f"`{spec.command()}`",
        "seed": str(config.seed),
        "parameters": f"{model.parameter_count:,}",
        "steps": f"{trainer.step:,} of {config.steps:,}",
        "epochs": f"{trainer.step / task.steps_an_epoch:.1f}",
        "minutes": f"{trainer.seconds / 60:.1f} on one core",
        "scores": best,
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
    }


def _overflow(step: int, config: CharLMConfig) -> ValueError:
    advice = "clip the gradients, or take a lower learning rate" if config.max_grad_norm is None else "take a lower learning rate"
    return ValueError(
        f"{OVERFLOWED} at step {step:,}: the weights are too large for training to continue. "
        f"Earlier snapshots are kept; to go further, {advice} and train again."
    )
