"""The session's training: its process, its folder and its results; it survives visits to other pages."""

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
from lstm_viz.training.loop.trainer import TrainingStep
from lstm_viz.training.tasks.train_text import OVERFLOWED, SampledText, Snapshot, TrainingEvent, TrainingSpec, train
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.sample_text import sample_text
from lstm_viz.ui.components.session_jobs import start_session_job
from lstm_viz.ui.state.temporary import temporary_folder

_RUN = "train_training"
#: The folder of the example's curves and snapshots.
RECORDED = Path(__file__).parent / "recorded"


@dataclass
class SessionTraining:
    """A session's training; `poll` takes in new results.

    `spec` is its text and configuration. `unigram_loss` is the held-out loss of predicting letter frequencies. A
    `temporary_folder` is deleted with the session; the shipped example has none, and no job.
    """

    spec: TrainingSpec
    unigram_loss: float
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
        """True while it waits or runs, or has results that were not polled."""
        return self.job is not None and not self.job.done

    @property
    def failure(self) -> str | None:
        """The error message."""
        if self.job is None or self.job.state != "failed":
            return None
        return self.job.error or "The training ended without an error message."

    @property
    def own(self) -> bool:
        """True for the user's own training, False for the shipped example."""
        return self.job is not None

    @property
    def steps(self) -> int:
        """The number of steps done."""
        return len(self.losses)

    @property
    def finished(self) -> bool:
        """True once the last step is done."""
        return self.steps >= self.spec.config.steps

    @property
    def resumable(self) -> bool:
        """True if it can be resumed; not after an overflow, which would recur."""
        return self.own and not self.is_busy and not self.finished and OVERFLOWED not in (self.failure or "")

    @property
    def left(self) -> float | None:
        """The estimated seconds left; None before the first step."""
        return self.seconds / self.steps * (self.spec.config.steps - self.steps) if self.steps else None

    @property
    def all_snapshots(self) -> dict[int, Snapshot]:
        """All networks by step: the snapshots, and the best one if it is not among them."""
        best = {} if self.best is None or self.best.step in self.snapshots else {self.best.step: self.best}
        return dict(sorted({**self.snapshots, **best}.items()))

    def path(self, snapshot: Snapshot) -> Path:
        """Return the path of a snapshot's file."""
        return self.folder / snapshot.file

    def poll(self) -> None:
        """Take in new results."""
        for item in self.job.poll() if self.job is not None else ():
            self.add_item(item)

    def add_item(self, item: TrainingEvent) -> None:
        """Take in one item; after a resume it replaces the one with the same step."""
        if isinstance(item, TrainingStep):
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
        """The data of the figures."""
        config = self.spec.config
        return TrainingCurve(
            np.array(self.losses), np.array(self.norms), self.held_out, self.unigram_loss, config.max_grad_norm, config.steps
        )


def current() -> SessionTraining | None:
    """Return the session's training, polled; None if none was started."""
    tab_work.keep(_RUN)
    training: SessionTraining | None = st.session_state.get(_RUN)
    if training is not None:
        training.poll()
    return training


def displayed_training() -> SessionTraining:
    """Return the session's training, or the example if there is none."""
    return current() or example()


@cache
def example() -> SessionTraining:
    """Return the shipped training of the sample story, recorded by `train recorded`; read-only."""
    spec, items = load_recorded_run(RECORDED, sample_text())
    recorded = SessionTraining(spec, prepare_text(spec.text).unigram_loss, RECORDED)
    for item in items:
        recorded.add_item(item)
    return recorded


def start(spec: TrainingSpec, unigram_loss: float) -> None:
    """Start a training; a previous one ends, and its unsaved results are lost."""
    discard()
    folder = temporary_folder("lstm_viz-train-")
    job = _start(spec, folder.name)
    st.session_state[_RUN] = SessionTraining(spec, unigram_loss, Path(folder.name), job, folder)


def stop() -> None:
    """Stop the session's training; its state stays in its folder."""
    training = current()
    if training is not None and training.job is not None:
        training.job.stop()


def resume() -> None:
    """Resume a stopped training."""
    training = current()
    if training is not None and not training.is_busy:
        training.job = _start(training.spec, str(training.folder))


def discard() -> None:
    """End the session's training and delete it."""
    stop()
    st.session_state.pop(_RUN, None)


def _start(spec: TrainingSpec, folder: str) -> jobs.Job:
    return start_session_job(train, spec, folder)
