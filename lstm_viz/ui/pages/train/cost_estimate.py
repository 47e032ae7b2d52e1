"""Estimate a training's cost before it starts, measured on this server in a separate process."""

from __future__ import annotations

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz import jobs
from lstm_viz.text.numbers import format_percent
from lstm_viz.training.data.text_dataset import TextDataset
from lstm_viz.training.tasks.cost_estimate import CostEstimate, Shape, measure, rough_estimate
from lstm_viz.training.tasks.train_text import TrainingSpec
from lstm_viz.ui.components.job_panel import POLL_SECONDS
from lstm_viz.ui.components.polling import poll_fragment
from lstm_viz.ui.components.session_jobs import start_session_job

#: Longest training on this server; longer ones run on the user's machine.
MAX_SECONDS = 1800.0
_PROBE = "train_probe"
#: Measured costs, shared by all sessions; there are few shapes, because controls have few values.
_MEASURED: dict[Shape, CostEstimate] = {}
_MAX_MEASURED = 5000


def shape_of(spec: TrainingSpec, dataset: TextDataset) -> Shape:
    """Return the shape that determines the time of a step."""
    streams = spec.config.bptt
    return Shape(spec.config.model_config, len(dataset.vocabulary), streams.batch, streams.bptt_steps)


def show_estimate(spec: TrainingSpec, dataset: TextDataset, busy: bool, more: DeltaGenerator) -> float:
    """Draw how long the training will take, and in `more` what else it needs; measure it if it is unknown.

    Returns the seconds. Nothing is measured while the session's own training is running.
    """
    shape = shape_of(spec, dataset)
    is_measured = shape in _MEASURED
    awaited = not is_measured and not busy
    poll_fragment(_measure, shape if awaited else None, every=POLL_SECONDS, awaited=awaited)
    estimate = _MEASURED.get(shape) or rough_estimate(shape)
    seconds = total_seconds(estimate, spec, dataset, shape)
    st.markdown(describe_duration(estimate, seconds))
    more.caption(describe_cost(estimate, spec, dataset, shape))
    return seconds


def total_seconds(estimate: CostEstimate, spec: TrainingSpec, dataset: TextDataset, shape: Shape) -> float:
    """Return the seconds of the whole training."""
    config = spec.config
    return estimate.total(config.steps, config.steps // config.score_every, len(dataset.corpus.held_out), shape)


def describe_duration(estimate: CostEstimate, seconds: float) -> str:
    """Describe the duration in a sentence."""
    return (
        f"**It will take about {format_duration(seconds)}**{'' if estimate.measured else ' (an estimate; it is being measured)'}."
    )


def describe_cost(estimate: CostEstimate, spec: TrainingSpec, dataset: TextDataset, shape: Shape) -> str:
    """Describe the other costs in sentences."""
    config = spec.config
    letters = config.steps * config.bptt.batch * config.bptt.bptt_steps
    rounds = letters / len(dataset.corpus.train)
    times = f"{rounds:,.0f} times" if rounds >= 1.5 else f"{format_percent(rounds)} of"
    source = "measured on this server" if estimate.measured else "an estimate until it is measured"
    pace = f"A step takes {1000 * estimate.seconds:.0f} ms ({source}), longer while others are busy"
    memory = "" if estimate.memory is None else f"; {estimate.memory / 1e6:,.0f} MB of memory are needed"
    return (
        f"{pace}{memory}. The network has {shape.parameters:,} weights, {format_size(shape.bytes)} as a file; it reads "
        f"{letters:,} letters, {times} the training part of the text."
    )


def format_duration(seconds: float) -> str:
    """Format a duration, rounded: `35 seconds`, `4 minutes`, `1.6 hours`."""
    if seconds < 90:
        whole = math.ceil(seconds) if seconds < 10 else 5 * round(seconds / 5)
        return f"{max(1, whole)} second{'s' if whole > 1 else ''}"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def format_steps(steps: int) -> str:
    """Format a number of steps: `1 step`, `1,000 steps`."""
    return f"{steps:,} step{'' if steps == 1 else 's'}"


def format_size(count: float) -> str:
    """Format a number of bytes with its unit."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def _measure(shape: Shape | None) -> None:
    """Measure one shape, if any; the page is redrawn when the result arrives."""
    if shape is None:
        return
    probe_job: tuple[Shape, jobs.Job] | None = st.session_state.get(_PROBE)
    if probe_job is not None and probe_job[0] != shape:
        probe_job[1].stop()
        probe_job = None
    if probe_job is None:
        probe_job = shape, start_session_job(measure, shape, shared=True)
        st.session_state[_PROBE] = probe_job
    for estimate in probe_job[1].poll():
        if len(_MEASURED) >= _MAX_MEASURED:
            del _MEASURED[next(iter(_MEASURED))]
        _MEASURED[shape] = estimate
    # If measuring failed, keep the estimate and do not try again.
    if shape in _MEASURED:
        del st.session_state[_PROBE]
        st.rerun()
