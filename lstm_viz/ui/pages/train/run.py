"""One person's training: its process, its folder, and all that has come of it; it outlives visits to other pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import streamlit as st

from lstm_viz import jobs
from lstm_viz.figures.training import TrainingCurve
from lstm_viz.training.data.text_dataset import prepare_text
from lstm_viz.training.loop.recorded_run import load_recorded_run
from lstm_viz.training.loop.trainer import Step
from lstm_viz.training.tasks.train_text import OVERFLOWED, SampledText, Snapshot, TrainingEvent, TrainingJob, train
from lstm_viz.ui.components.sample_text import sample_text

#: It goes on for so many seconds while nobody looks: on another page, or with the lid closed.
IDLE_SECONDS = 900.0
_RUN = "train_training"
#: Where the example's curves and snapshots lie.
RECORDED = Path(__file__).parent / "recorded"


@dataclass
class SessionTraining:
    """What one session holds of its training; `poll` takes in what has come since the last look.

    `guessing` is the held-out loss of guessing by letter frequency. A folder that is `temporary_folder` goes when the session
    does; the example that ships has none, and no job.
    """

    lesson: TrainingJob
    guessing: float
    folder: Path
    job: jobs.Job | None = None
    temporary_folder: TemporaryDirectory[str] | None = None
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    held_out: dict[int, float] = field(default_factory=dict)
    written: dict[int, str] = field(default_factory=dict)
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    best: Snapshot | None = None
    seconds: float = 0.0

    @property
    def is_busy(self) -> bool:
        """True while it waits or runs, or has sent what nobody has looked at."""
        return self.job is not None and not self.job.done

    @property
    def failure(self) -> str | None:
        """What went wrong, in words."""
        if self.job is None or self.job.state != "failed":
            return None
        return self.job.error or "The training ended without an error message."

    @property
    def own(self) -> bool:
        """True for a person's own training, False for the example that ships."""
        return self.job is not None

    @property
    def steps(self) -> int:
        """How many steps are done."""
        return len(self.losses)

    @property
    def finished(self) -> bool:
        """True once the last step is done."""
        return self.steps >= self.lesson.config.steps

    @property
    def resumable(self) -> bool:
        """True where it can go on: not from numbers that have overflowed, as they would again."""
        return self.own and not self.is_busy and not self.finished and OVERFLOWED not in (self.failure or "")

    @property
    def left(self) -> float | None:
        """About how many seconds of work are left; None before the first step."""
        return self.seconds / self.steps * (self.lesson.config.steps - self.steps) if self.steps else None

    @property
    def all_snapshots(self) -> dict[int, Snapshot]:
        """All networks there are to look at, by step: the snapshots, and the best where none of them is."""
        best = {} if self.best is None or self.best.step in self.snapshots else {self.best.step: self.best}
        return dict(sorted({**self.snapshots, **best}.items()))

    def path(self, snapshot: Snapshot) -> Path:
        """Where a snapshot's file lies."""
        return self.folder / snapshot.file

    def poll(self) -> None:
        """Take in what has come."""
        for item in self.job.poll() if self.job is not None else ():
            self.add_item(item)

    def add_item(self, item: TrainingEvent) -> None:
        """Take in one item; what comes again after a stop takes the place of what it repeats."""
        if isinstance(item, Step):
            index = item.number - 1
            self.losses[index : index + 1], self.norms[index : index + 1] = [item.loss], [item.gradient_norm]
            self.seconds = item.seconds
            if item.validation_loss is not None:
                self.held_out[item.number] = item.validation_loss
        elif isinstance(item, SampledText):
            self.written[item.step] = item.text
        elif item.best:
            self.best = item
        else:
            self.snapshots[item.step] = item

    def curve(self) -> TrainingCurve:
        """The figures' numbers."""
        recipe = self.lesson.config
        return TrainingCurve(
            np.array(self.losses), np.array(self.norms), self.held_out, self.guessing, recipe.max_grad_norm, recipe.steps
        )


def current() -> SessionTraining | None:
    """The session's training, looked at; None where none was started yet."""
    training: SessionTraining | None = st.session_state.get(_RUN)
    if training is not None:
        training.poll()
    return training


def displayed() -> SessionTraining:
    """What the page shows: the session's training, or until there is one the example."""
    return current() or example()


@cache
def example() -> SessionTraining:
    """A training of the tale that is here already, recorded by `train recorded`; everybody's, and only to be read."""
    lesson, items = load_recorded_run(RECORDED, sample_text())
    recorded = SessionTraining(lesson, prepare_text(lesson.text).unigram_loss, RECORDED)
    for item in items:
        recorded.add_item(item)
    return recorded


def start(lesson: TrainingJob, guessing: float) -> None:
    """Start a training; one before it ends, and what was not kept of it is gone."""
    discard()
    folder = TemporaryDirectory(prefix="lstm_viz-train-", ignore_cleanup_errors=True)
    st.session_state[_RUN] = SessionTraining(lesson, guessing, Path(folder.name), _start(lesson, folder.name), folder)


def stop() -> None:
    """Stop the session's training; its state stays in its folder."""
    training = current()
    if training is not None and training.job is not None:
        training.job.stop()


def resume() -> None:
    """Go on where it was stopped."""
    training = current()
    if training is not None and not training.is_busy:
        training.job = _start(training.lesson, str(training.folder))


def discard() -> None:
    """End the session's training and forget it."""
    stop()
    st.session_state.pop(_RUN, None)


def _start(lesson: TrainingJob, folder: str) -> jobs.Job:
    return jobs.start(train, lesson, folder, idle_timeout=IDLE_SECONDS)
