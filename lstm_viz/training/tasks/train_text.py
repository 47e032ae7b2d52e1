"""A network learns a person's own text, step by step, and leaves behind what one needs to see how it came to be.

Everything lies in one folder: `step-000100.safetensors`, … as it was after so many steps, `best.safetensors` as it was when
it did best on the held-out part, and the state from which the same lesson goes on as if it had never stopped.
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
from lstm_viz.training.loop.trainer import Step, Trainer
from lstm_viz.training.tasks.char_lm_config import CharLMConfig, prepare
from lstm_viz.training.tasks.charlm import CharacterTask

#: How many characters it writes each time it is asked, and how boldly.
WRITTEN, TEMPERATURE = 200, 0.7
#: Seconds after which the resumable state is written again.
SAVE_INTERVAL = 2.0
BEST = "best.safetensors"
OVERFLOWED = "The numbers overflowed"


@dataclass(frozen=True)
class TrainingJob:
    """A text, what it is called, and how it is to be learned."""

    text: str
    name: str
    config: CharLMConfig

    def command(self) -> str:
        """The command line that trains the same network from a file with this text."""
        return self.config.command(self.name, "my-network.safetensors", HELD_OUT, SYMBOLS)


@dataclass(frozen=True)
class SampledText:
    """What the network writes by itself after `step` steps."""

    step: int
    text: str


@dataclass(frozen=True)
class Snapshot:
    """The network as it was after `step` steps, in the folder's file of this name; `best` where none before did better."""

    step: int
    file: str
    best: bool


TrainingEvent = Step | SampledText | Snapshot


def snapshot_steps(steps: int) -> tuple[int, ...]:
    """After how many steps snapshots are taken: before the first, ever more seldom, and after the last."""
    rising = (lead * 10**power for power in range(9) for lead in ((1, 2, 5) if power < 2 else (1, 1.5, 2, 3, 5, 7)))
    return (0, *(int(number) for number in rising if number < steps), steps)


def train(job: TrainingJob, folder: str) -> Iterator[TrainingEvent]:
    """Train; yields every step, and what it writes at every score; snapshots as their files are whole.

    Goes on from the folder's state where there is one, else begins at step 0. Steps that were done after the state was
    written are done again, with the same numbers. Raises UnfitText for a text that cannot be learned, and ValueError where
    the numbers overflow.
    """
    dataset = prepare_text(job.text)
    trainer = prepare(dataset.corpus, dataset.vocabulary, job.config)
    run = TrainingRun(Path(folder) / "network")
    run.resume(trainer)
    snapshot_at = frozenset(snapshot_steps(job.config.steps))
    if trainer.step == 0:
        yield from _initial_events(trainer, job, folder)
    saved_at = time.monotonic()
    for step in trainer:
        yield step
        if not (math.isfinite(step.loss) and math.isfinite(step.gradient_norm)):
            raise _overflow(step.number, job.config)
        is_best = step.validation_loss is not None and step.validation_loss == step.best
        if step.validation_loss is not None or step.number in snapshot_at:
            yield SampledText(step.number, write(model_of(trainer), job.text))
        if is_best:
            yield save_snapshot(trainer, job, folder, BEST)
        if step.number in snapshot_at:
            yield save_snapshot(trainer, job, folder)
        if step.number == job.config.steps or time.monotonic() - saved_at >= SAVE_INTERVAL:
            run.save(trainer)
            saved_at = time.monotonic()


def _initial_events(trainer: Trainer, job: TrainingJob, folder: str) -> Iterator[TrainingEvent]:
    """What there is to see before the first step."""
    yield SampledText(0, write(model_of(trainer), job.text))
    yield save_snapshot(trainer, job, folder)


def model_of(trainer: Trainer) -> LanguageModel:
    """The network in training, ready for reading."""
    model = trainer.task.model
    assert isinstance(model, LanguageModel)
    return model.eval()


def write(model: LanguageModel, text: str) -> str:
    """What the network writes after the text's first line break, or its first character where there is none."""
    return sample(model, "\n" if "\n" in model.vocabulary else text[:1], WRITTEN, TEMPERATURE)


def save_snapshot(trainer: Trainer, job: TrainingJob, folder: str, file: str | None = None) -> Snapshot:
    """Write the network's weights with all that is to be known about them."""
    name = file or f"step-{trainer.step:06}.safetensors"
    model = model_of(trainer)
    path, draft = Path(folder) / name, Path(folder) / "draft.safetensors"
    try:
        save(model, draft, metadata(trainer, job, model))
    except ValueError as error:
        raise _overflow(trainer.step, job.config) from error
    # Whoever reads the file while it is replaced sees the old one or the new one.
    os.replace(draft, path)
    return Snapshot(trainer.step, name, file == BEST)


def metadata(trainer: Trainer, job: TrainingJob, model: LanguageModel) -> dict[str, str]:
    """The card's rows for the network as it is now."""
    config, task = job.config, trainer.task
    assert isinstance(task, CharacterTask)
    best = "not measured yet" if trainer.best is None else f"{trainer.best:.4f} nats a character held out, the best so far"
    return {
        "summary": f"A character language model of one's own: {describe(model)}.",
        "task": "predict the next character",
        "data": f"{job.name}, {len(job.text):,} characters",
        "split": f"the last tenth, at most {HELD_OUT:,} characters, held out",
        "command": f"`{job.command()}`",
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
        f"{OVERFLOWED} at step {step:,}: the weights were thrown so far that nothing can be learned any more. "
        f"What was kept before stays; to go further, {advice} and train anew."
    )
