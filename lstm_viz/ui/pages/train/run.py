"""One person's training: its process, its folder, and all that has come of it; it outlives visits to other pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import streamlit as st

from lstm_viz import jobs
from lstm_viz.figures.training import Curve
from lstm_viz.training.data.text_dataset import prepare_text
from lstm_viz.training.loop.recorded_run import recall
from lstm_viz.training.loop.trainer import Step
from lstm_viz.training.tasks.train_text import OVERFLOWED, Item, Lesson, Snapshot, Written, learn
from lstm_viz.ui.components.sample_text import tale

#: It goes on for so many seconds while nobody looks: on another page, or with the lid closed.
PATIENCE = 900.0
_KEPT = "train_training"
#: Where the example's curves and snapshots lie.
RECORDED = Path(__file__).parent / "recorded"


@dataclass
class Training:
    """What one session holds of its training; `look` takes in what has come since the last look.

    `guessing` is the held-out loss of guessing by letter frequency. A folder that is `lent` goes when the session does; the
    example that ships has none, and no job.
    """

    lesson: Lesson
    guessing: float
    folder: Path
    job: jobs.Job | None = None
    lent: TemporaryDirectory[str] | None = None
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    held_out: dict[int, float] = field(default_factory=dict)
    written: dict[int, str] = field(default_factory=dict)
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    best: Snapshot | None = None
    seconds: float = 0.0

    @property
    def busy(self) -> bool:
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
        return self.steps >= self.lesson.recipe.steps

    @property
    def resumable(self) -> bool:
        """True where it can go on: not from numbers that have overflowed, as they would again."""
        return self.own and not self.busy and not self.finished and OVERFLOWED not in (self.failure or "")

    @property
    def left(self) -> float | None:
        """About how many seconds of work are left; None before the first step."""
        return self.seconds / self.steps * (self.lesson.recipe.steps - self.steps) if self.steps else None

    @property
    def moments(self) -> dict[int, Snapshot]:
        """All networks there are to look at, by step: the snapshots, and the best where none of them is."""
        best = {} if self.best is None or self.best.step in self.snapshots else {self.best.step: self.best}
        return dict(sorted({**self.snapshots, **best}.items()))

    def path(self, snapshot: Snapshot) -> Path:
        """Where a snapshot's file lies."""
        return self.folder / snapshot.file

    def look(self) -> None:
        """Take in what has come."""
        for item in self.job.poll() if self.job is not None else ():
            self.take(item)

    def take(self, item: Item) -> None:
        """Take in one item; what comes again after a stop takes the place of what it repeats."""
        if isinstance(item, Step):
            place = item.number - 1
            self.losses[place : place + 1], self.norms[place : place + 1] = [item.loss], [item.gradient_norm]
            self.seconds = item.seconds
            if item.score is not None:
                self.held_out[item.number] = item.score
        elif isinstance(item, Written):
            self.written[item.step] = item.text
        elif item.best:
            self.best = item
        else:
            self.snapshots[item.step] = item

    def curve(self) -> Curve:
        """The figures' numbers."""
        recipe = self.lesson.recipe
        return Curve(np.array(self.losses), np.array(self.norms), self.held_out, self.guessing, recipe.cap, recipe.steps)


def current() -> Training | None:
    """The session's training, looked at; None where none was started yet."""
    kept: Training | None = st.session_state.get(_KEPT)
    if kept is not None:
        kept.look()
    return kept


def shown() -> Training:
    """What the page shows: the session's training, or until there is one the example."""
    return current() or example()


@cache
def example() -> Training:
    """A training of the tale that is here already, recorded by `train recorded`; everybody's, and only to be read."""
    lesson, items = recall(RECORDED, tale())
    found = Training(lesson, prepare_text(lesson.text).guessing, RECORDED)
    for item in items:
        found.take(item)
    return found


def begin(lesson: Lesson, guessing: float) -> None:
    """Start a training; one before it ends, and what was not kept of it is gone."""
    leave()
    lent = TemporaryDirectory(prefix="lstm_viz-train-", ignore_cleanup_errors=True)
    st.session_state[_KEPT] = Training(lesson, guessing, Path(lent.name), _start(lesson, lent.name), lent)


def stop() -> None:
    """Stop the session's training; its state stays in its folder."""
    kept = current()
    if kept is not None and kept.job is not None:
        kept.job.stop()


def resume() -> None:
    """Go on where it was stopped."""
    kept = current()
    if kept is not None and not kept.busy:
        kept.job = _start(kept.lesson, str(kept.folder))


def leave() -> None:
    """End the session's training and forget it."""
    stop()
    st.session_state.pop(_KEPT, None)


def _start(lesson: Lesson, folder: str) -> jobs.Job:
    return jobs.start(learn, lesson, folder, patience=PATIENCE)
