"""What a training will take, said before it starts; measured on this server, in a process of its own."""

from __future__ import annotations

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz import jobs
from lstm_viz.training.data.text_dataset import TextDataset
from lstm_viz.training.tasks.cost_estimate import CostEstimate, Shape, measure, rough_estimate
from lstm_viz.training.tasks.train_text import TrainingJob
from lstm_viz.ui.components.job_panel import POLL_SECONDS

#: Longer trainings belong on one's own machine.
MAX_SECONDS = 1800.0
_PROBE = "train_probe"
#: What was measured, for everybody on this server; shapes are few, as controls have few values.
_MEASURED: dict[Shape, CostEstimate] = {}
_MAX_MEASURED = 5000


def shape_of(lesson: TrainingJob, material: TextDataset) -> Shape:
    """All that the time of one step depends on."""
    streams = lesson.config.bptt
    return Shape(lesson.config.model_config, len(material.vocabulary), streams.batch, streams.bptt_steps)


def show_estimate(lesson: TrainingJob, material: TextDataset, busy: bool, more: DeltaGenerator) -> float:
    """Draw how long the training will take, and in `more` what else it takes; measure it where it is not known.

    Gives back the seconds.

    While the person's own training is running nothing is measured beside it.
    """
    shape = shape_of(lesson, material)
    known = shape in _MEASURED
    if not known and not busy:
        st.fragment(_measure, run_every=POLL_SECONDS)(shape)
    effort = _MEASURED.get(shape) or rough_estimate(shape)
    seconds = total_seconds(effort, lesson, material, shape)
    st.markdown(describe_duration(effort, seconds))
    more.caption(describe_cost(effort, lesson, material, shape))
    return seconds


def total_seconds(effort: CostEstimate, lesson: TrainingJob, material: TextDataset, shape: Shape) -> float:
    """Seconds of the whole training."""
    recipe = lesson.config
    return effort.total(recipe.steps, recipe.steps // recipe.score_every, len(material.corpus.held_out), shape)


def describe_duration(effort: CostEstimate, seconds: float) -> str:
    """How long it will take, in a sentence."""
    return (
        f"**It will take about {format_duration(seconds)}**{'' if effort.measured else ' (an estimate; it is being measured)'}."
    )


def describe_cost(effort: CostEstimate, lesson: TrainingJob, material: TextDataset, shape: Shape) -> str:
    """What else it takes, in sentences."""
    recipe = lesson.config
    letters = recipe.steps * recipe.bptt.batch * recipe.bptt.bptt_steps
    rounds = letters / len(material.corpus.train)
    read = f"as many as {rounds:,.0f} times" if rounds >= 1.5 else f"as many as {rounds:.0%} of"
    source = "measured on this server" if effort.measured else "an estimate until it is measured"
    pace = f"A step takes {1000 * effort.seconds:.0f} ms ({source}), longer while others are busy"
    memory = "" if effort.memory is None else f"; {effort.memory / 1e6:,.0f} MB of memory are needed"
    return (
        f"{pace}{memory}. A network of {shape.parameters:,} weights reads {letters:,} letters, {read} its text to learn from; "
        f"as a file it has {format_size(shape.bytes)}."
    )


def format_duration(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 90:
        whole = math.ceil(seconds) if seconds < 10 else 5 * round(seconds / 5)
        return f"{max(1, whole)} second{'s' if whole > 1 else ''}"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def format_steps(steps: int) -> str:
    """A number of steps as sentences name it."""
    return f"{steps:,} step{'' if steps == 1 else 's'}"


def format_size(count: float) -> str:
    """A number of bytes as people say it."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def _measure(shape: Shape) -> None:
    """Have one shape measured; once it is, the page is drawn again, which ends the waiting."""
    probe_job: tuple[Shape, jobs.Job] | None = st.session_state.get(_PROBE)
    if probe_job is not None and probe_job[0] != shape:
        probe_job[1].stop()
        probe_job = None
    if probe_job is None:
        probe_job = shape, jobs.start(measure, shape, shared=True)
        st.session_state[_PROBE] = probe_job
    for estimate in probe_job[1].poll():
        if len(_MEASURED) >= _MAX_MEASURED:
            del _MEASURED[next(iter(_MEASURED))]
        _MEASURED[shape] = estimate
    # Where measuring failed the guess stands, and nothing is tried again for the same shape.
    if shape in _MEASURED:
        del st.session_state[_PROBE]
        st.rerun()
