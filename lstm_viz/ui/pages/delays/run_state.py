"""The delay experiment shown: the session's own, else the shipped one."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from lstm_viz.delays.results import DelayResult, shipped
from lstm_viz.training.tasks.delay_training import DelayExperiment, DelaySnapshot, train_side_by_side

Round = tuple[DelaySnapshot, ...]


def training_rounds(experiment: DelayExperiment) -> Iterator[Round]:
    """Train side by side; yield every `experiment.every` steps the snapshots of all networks still in training."""
    turn: list[DelaySnapshot] = []
    for snapshot in train_side_by_side(experiment):
        if turn and experiment.kinds.index(snapshot.kind) <= experiment.kinds.index(turn[-1].kind):
            yield tuple(turn)
            turn = []
        turn.append(snapshot)
    if turn:
        yield tuple(turn)


def key(task: str) -> str:
    """Return the session key of a task's own run."""
    return f"delays_run_{task}"


def has_session_run(task: str) -> bool:
    """Return True if the session has its own run of a task, even without results."""
    return key(task) in st.session_state


def result_so_far(items: list[Round], experiment: DelayExperiment) -> DelayResult:
    """Return the results so far of a running experiment."""
    return DelayResult(experiment, tuple(snapshot for turn in items for snapshot in turn))


def session_result(task: str) -> DelayResult | None:
    """Return the session's own results for a task; None if there are none."""
    session_job = st.session_state.get(key(task))
    if session_job is None:
        return None
    (experiment,) = session_job.spec.args
    return result_so_far(session_job.items, experiment) if session_job.items else None


def queryable_result(task: str) -> tuple[DelayResult, bool]:
    """Return the results whose networks can be queried, and whether they are the session's own: once one network is done."""
    mine, cache_key = session_result(task), f"{key(task)}_finished"
    if mine is None:
        return shipped(task), False
    # Networks are restored once and not at every keystroke.
    before: DelayResult | None = st.session_state.get(cache_key)
    if before is None or before.snapshots[-1] is not mine.snapshots[-1]:
        st.session_state[cache_key] = mine
    result: DelayResult = st.session_state[cache_key]
    return (result, True) if result.networks else (shipped(task), False)


def forget(task: str) -> None:
    """Return to the shipped run."""
    session_job = st.session_state.pop(key(task), None)
    if session_job is not None:
        session_job.job.stop()
