"""Gradient clipping: the same training twice, live, without and with clipping."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.figures.clipping_run import ClippingRun, losses, sizes
from lstm_viz.text.numbers import format_number, format_percent
from lstm_viz.training.tasks.exploding_gradients import (
    CHOICES,
    GUESSING_LOSS,
    ExplodingSetting,
    Nonlinearity,
    TrainingHistory,
    side_by_side,
)
from lstm_viz.training.tasks.gradient_clipping import By, GradientClip
from lstm_viz.ui import components
from lstm_viz.ui.components.job_panel import JobSpec, job_panel
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.theme import palette

_NONLINEARITIES: dict[Nonlinearity, str] = {"tanh": "within ±1 (tanh)", "relu": "without bounds (ReLU)"}
_METHODS: dict[By, str] = {"norm": "the gradient's norm", "value": "each value"}
_THRESHOLDS: dict[By, list[float]] = {"norm": [0.1, 0.25, 0.5, 1, 2, 5, 10, 100], "value": [0.001, 0.003, 0.01, 0.03, 0.1, 1, 10]}
_DEFAULT_THRESHOLDS: dict[By, float] = {"norm": 0.5, "value": 0.01}
_WHAT: dict[By, str] = {"norm": "norm of the gradient", "value": "largest value in the gradient"}
_NONLINEARITY = settings.choice("cap_bend", "state", list(_NONLINEARITIES), "tanh")
_METHOD = settings.choice("cap_by", "bounds", list(_METHODS), "norm")
_SEED = settings.number("cap_seed", "seed", 0, 9999, 0)


@st.fragment
def render() -> None:
    """Draw the figures and their explanation."""
    st.markdown(
        "**An exploding gradient changes the weights so much in one step that training may never recover. Gradient "
        "clipping (a cap on the gradient) limits that step.** Two equal networks are trained on the same examples, one of "
        "them with clipping."
    )
    setting, clip = _choose()
    st.caption(
        f"The task: recall the first of {setting.delay} symbols, one of {CHOICES}, at the end. A plain RNN of "
        f"{setting.units} units with large initial recurrent weights (spectral radius {setting.radius:g}); gradient descent with "
        "momentum, trained live on the server."
    )
    job_panel("cap_run", JobSpec(side_by_side, (setting, clip), setting.steps, "Train both", shared=True), _draw)
    st.caption("Sources: Pascanu, Mikolov & Bengio 2013 (by norm, which keeps the direction); Mikolov 2012 (by value).")
    components.sync_address_bar("cap_address")


def _choose() -> tuple[ExplodingSetting, GradientClip]:
    """Draw the controls and return their values."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "The network's state is", list(_NONLINEARITIES), required=True, format_func=_NONLINEARITIES.__getitem__,
            **_NONLINEARITY.widget_args(),
        )  # fmt: skip
        by = _METHOD.value()
        st.segmented_control("Clip", list(_METHODS), required=True, format_func=_METHODS.__getitem__, **_METHOD.widget_args())
        size = settings.choice(f"cap_size_{by}", f"at-most-{by}", _THRESHOLDS[by], _DEFAULT_THRESHOLDS[by])
        st.select_slider("at", _THRESHOLDS[by], format_func=lambda value: f"{value:g}", width=220, **size.widget_args())
        st.number_input(
            "Seed", 0, 9999, width=120, help="Determines the initial weights and the examples.", **_SEED.widget_args()
        )  # fmt: skip
    return ExplodingSetting(_NONLINEARITY.value(), int(_SEED.value())), GradientClip(by, float(size.value()))


def _draw(pairs: list[Any], spec: JobSpec) -> None:
    setting, clip = spec.args
    without, clipped = (TrainingHistory(tuple(pair[side] for pair in pairs if pair[side] is not None)) for side in (0, 1))
    st.markdown(f"Without clipping: {describe_outcome(without, setting)}  \nWith clipping: {describe_outcome(clipped, setting)}")
    runs = _run(without, clip), _run(clipped, clip)
    left, right = st.columns(2)
    with left:
        figure = losses(*runs, GUESSING_LOSS, setting.steps, palette())
        components.draw_figure(figure, "cap_losses", "The loss of both runs by step.", "The loss: lower is better.")
    with right:
        figure = sizes(*runs, clip.size, _WHAT[clip.by], setting.steps, palette())
        words = "The gradient of each training step. The thin line is the gradient before clipping."
        components.draw_figure(figure, "cap_sizes", "The gradient's size in both runs by step, and where it is clipped.", words)


def describe_outcome(training: TrainingHistory, setting: ExplodingSetting) -> str:
    """Describe the progress or the outcome of one run in a sentence."""
    peak = training.peak()
    if peak is None:
        return "nothing yet."
    if training.overflowed is not None:
        return f"**the numbers overflowed at step {training.overflowed}**; training cannot continue."
    largest = f"The gradient norm reached {format_number(peak.computed.norm)} at step {peak.number}."
    learned = training.learned()
    if learned is not None:
        lost_again = "" if training.right() >= 0.95 else f", but lost it again ({format_percent(training.right())} right now)"
        return f"**learned after {learned} steps**{lost_again}. {largest}"
    finished = len(training.steps) >= setting.steps
    state = f"**not learned in {setting.steps} steps**" if finished else f"step {len(training.steps)}"
    right, chance = format_percent(training.right()), format_percent(1 / CHOICES)
    return f"{state}, {right} of the answers are right; guessing gives {chance}. {largest}"


def _run(training: TrainingHistory, clip: GradientClip) -> ClippingRun:
    """Convert a training history for the figures; gradients are measured by the clipping's own norm."""
    return ClippingRun(
        loss=np.array([step.loss for step in training.steps]),
        computed=np.array([step.computed.by(clip.by) for step in training.steps]),
        taken=np.array([step.taken.by(clip.by) for step in training.steps]),
        overflowed=training.overflowed,
    )
