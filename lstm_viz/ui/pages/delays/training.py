"""Who remembers longest? Three networks trained side by side, and the delay each one masters."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lstm_viz.delays.results import DelayResult, shipped
from lstm_viz.figures.delays import accuracy_by_delay, delay_by_step
from lstm_viz.training.tasks.delay_training import DelayExperiment
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui import components
from lstm_viz.ui.components.job_panel import JobSpec, job_panel
from lstm_viz.ui.pages.delays import run_state
from lstm_viz.ui.pages.delays.task_text import describe_result, explain_rnn
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.theme import palette

_UNITS, _LONGEST = [16, 32, 48, 96], [20, 50, 100, 200]
_AT_MOST = settings.choice("delays_longest", "longest", _LONGEST, DelayExperiment.longest)
_SIZE = settings.choice("delays_units", "units", _UNITS, DelayExperiment.units)
_SEED = settings.number("delays_seed", "seed", 0, 9999, DelayExperiment.seed)


def render(task: str) -> None:
    """Draw the figures and the job."""
    st.markdown("**All three learn from the same examples. The delay grows whenever a network is right.**")
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    start = row.container(width="content")
    with row.popover("Settings", icon=":material/tune:", key="delays_settings", on_change="rerun"):
        experiment = _choose(task)
    turns = experiment.steps // experiment.every
    spec = JobSpec(
        run_state.training_rounds, (experiment,), turns, "Train all three", shared=True, unit="steps of training",
        total=turns * experiment.every,
    )
    job_panel(run_state.key(task), spec, _render_result, start)
    if not run_state.has_session_run(task):
        ready = shipped(task)
        _pictures(ready)
        st.caption(
            f"Above: the run that ships with this app, {ready.experiment.units} units each, seed {ready.experiment.seed}. Its "
            f"training took {ready.seconds:.0f} seconds on an idle core, its tests a few more; the largest settings take three "
            "times as long."
        )
    else:
        st.button(
            "Back to the run that ships", key="delays_shipped", on_click=run_state.forget, args=(task,), icon=":material/undo:",
            type="tertiary",
        )  # fmt: skip


def _choose(task: str) -> DelayExperiment:
    """Draw the controls and return the experiment."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        longest = st.select_slider("Longest delay", _LONGEST, width=220, **_AT_MOST.widget_args())
        units = st.select_slider("Units in each network", _UNITS, width=200, **_SIZE.widget_args())
        seed = st.number_input(
            "Seed", 0, 9999, width=120, **_SEED.widget_args(),
            help="Determines the initial weights and the examples.",
        )  # fmt: skip
    return DelayExperiment(task, seed=int(seed), units=int(units), longest=int(longest))


def _render_result(items: list[Any], spec: JobSpec) -> None:
    (experiment,) = spec.args
    _pictures(run_state.result_so_far(items, experiment))


def _pictures(outcome: DelayResult) -> None:
    summary, why, colours = describe_result(outcome), explain_rnn(outcome), palette()
    with components.answer_container():
        st.container(key="below_on_phone_summary").markdown(summary)
        left, right = st.columns(2, gap="medium")
        with left:
            figure = accuracy_by_delay(outcome, TASKS[outcome.experiment.task].chance_accuracy, colours)
            components.draw_figure(
                figure, "delays_accuracy", f"Right answers against the delay. {summary}",
                "How many answers are right, on new examples. A network that remembers stays at the top.",
            )  # fmt: skip
        with right:
            components.draw_figure(
                delay_by_step(outcome, colours), "delays_reach", f"The delay reached against the steps of training. {summary}",
                "The longest delay that each has reached so far. A star: the longest one mastered.",
            )  # fmt: skip
        if why is not None:
            st.container(key="below_on_phone_why").info(why, icon=":material/info:")
