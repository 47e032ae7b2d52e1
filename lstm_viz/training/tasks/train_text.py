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
from lstm_viz.training.loop.checkpointing import Run
from lstm_viz.training.loop.model_card import describe
from lstm_viz.training.loop.trainer import Step, Trainer
from lstm_viz.training.tasks.char_lm_config import Recipe, prepare
from lstm_viz.training.tasks.charlm import CharacterTask

#: How many characters it writes each time it is asked, and how boldly.
WRITTEN, TEMPERATURE = 200, 0.7
#: Seconds after which the resumable state is written again.
KEEP_EVERY = 2.0
BEST = "best.safetensors"
OVERFLOWED = "The numbers overflowed"


@dataclass(frozen=True)
class Lesson:
    """A text, what it is called, and how it is to be learned."""

    text: str
    name: str
    recipe: Recipe

    def command(self) -> str:
        """The command line that trains the same network from a file with this text."""
        return self.recipe.command(self.name, "my-network.safetensors", HELD_OUT, SYMBOLS)


@dataclass(frozen=True)
class Written:
    """What the network writes by itself after `step` steps."""

    step: int
    text: str


@dataclass(frozen=True)
class Snapshot:
    """The network as it was after `step` steps, in the folder's file of this name; `best` where none before did better."""

    step: int
    file: str
    best: bool


Item = Step | Written | Snapshot


def moments(steps: int) -> tuple[int, ...]:
    """After how many steps snapshots are taken: before the first, ever more seldom, and after the last."""
    rising = (lead * 10**power for power in range(9) for lead in ((1, 2, 5) if power < 2 else (1, 1.5, 2, 3, 5, 7)))
    return (0, *(int(number) for number in rising if number < steps), steps)


def learn(lesson: Lesson, folder: str) -> Iterator[Item]:
    """Train; yields every step, and what it writes at every score; snapshots as their files are whole.

    Goes on from the folder's state where there is one, else begins at step 0. Steps that were done after the state was
    written are done again, with the same numbers. Raises UnfitText for a text that cannot be learned, and ValueError where
    the numbers overflow.
    """
    material = prepare_text(lesson.text)
    trainer = prepare(material.corpus, material.vocabulary, lesson.recipe)
    run = Run(Path(folder) / "network")
    run.resume(trainer)
    wanted = frozenset(moments(lesson.recipe.steps))
    if trainer.step == 0:
        yield from _look(trainer, lesson, folder)
    kept = time.monotonic()
    for step in trainer:
        yield step
        if not (math.isfinite(step.loss) and math.isfinite(step.gradient_norm)):
            raise _overflow(step.number, lesson.recipe)
        is_best = step.score is not None and step.score == step.best
        if step.score is not None or step.number in wanted:
            yield Written(step.number, write(model_of(trainer), lesson.text))
        if is_best:
            yield keep(trainer, lesson, folder, BEST)
        if step.number in wanted:
            yield keep(trainer, lesson, folder)
        if step.number == lesson.recipe.steps or time.monotonic() - kept >= KEEP_EVERY:
            run.keep(trainer)
            kept = time.monotonic()


def _look(trainer: Trainer, lesson: Lesson, folder: str) -> Iterator[Item]:
    """What there is to see before the first step."""
    yield Written(0, write(model_of(trainer), lesson.text))
    yield keep(trainer, lesson, folder)


def model_of(trainer: Trainer) -> LanguageModel:
    """The network in training, ready for reading."""
    model = trainer.task.model
    assert isinstance(model, LanguageModel)
    return model.eval()


def write(model: LanguageModel, text: str) -> str:
    """What the network writes after the text's first line break, or its first character where there is none."""
    return sample(model, "\n" if "\n" in model.vocabulary else text[:1], WRITTEN, TEMPERATURE)


def keep(trainer: Trainer, lesson: Lesson, folder: str, file: str | None = None) -> Snapshot:
    """Write the network's weights with all that is to be known about them."""
    name = file or f"step-{trainer.step:06}.safetensors"
    model = model_of(trainer)
    path, draft = Path(folder) / name, Path(folder) / "draft.safetensors"
    try:
        save(model, draft, facts(trainer, lesson, model))
    except ValueError as error:
        raise _overflow(trainer.step, lesson.recipe) from error
    # Whoever reads the file while it is replaced sees the old one or the new one.
    os.replace(draft, path)
    return Snapshot(trainer.step, name, file == BEST)


def facts(trainer: Trainer, lesson: Lesson, model: LanguageModel) -> dict[str, str]:
    """The card's rows for the network as it is now."""
    recipe, task = lesson.recipe, trainer.task
    assert isinstance(task, CharacterTask)
    best = "not measured yet" if trainer.best is None else f"{trainer.best:.4f} nats a character held out, the best so far"
    return {
        "summary": f"A character language model of one's own: {describe(model)}.",
        "task": "predict the next character",
        "data": f"{lesson.name}, {len(lesson.text):,} characters",
        "split": f"the last tenth, at most {HELD_OUT:,} characters, held out",
        "command": f"`{lesson.command()}`",
        "seed": str(recipe.seed),
        "parameters": f"{model.parameter_count:,}",
        "steps": f"{trainer.step:,} of {recipe.steps:,}",
        "epochs": f"{trainer.step / task.steps_an_epoch:.1f}",
        "minutes": f"{trainer.seconds / 60:.1f} on one core",
        "scores": best,
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
    }


def _overflow(step: int, recipe: Recipe) -> ValueError:
    advice = "clip the gradients, or take a lower learning rate" if recipe.cap is None else "take a lower learning rate"
    return ValueError(
        f"{OVERFLOWED} at step {step:,}: the weights were thrown so far that nothing can be learned any more. "
        f"What was kept before stays; to go further, {advice} and train anew."
    )
