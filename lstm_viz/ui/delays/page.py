"""The page, put together: the task with an example, and what comes of it in one of two questions."""

from __future__ import annotations

import random
from types import ModuleType

import streamlit as st

from lstm_viz.training.delays import TASKS
from lstm_viz.ui.delays import asking, race
from lstm_viz.ui.delays.tasks import TITLES, written
from lstm_viz.ui.layout import tighten
from lstm_viz.ui.view import choose
from lstm_viz.ui.view.theme import palette

#: Each question with the module that answers it: `show(task)` draws it.
LENSES: dict[str, ModuleType] = {"Who remembers longest?": race, "What does each one answer?": asking}
_LENS, _TASK = "delays_lens", "delays_task"


def show() -> None:
    """Draw the page."""
    tighten()
    st.markdown("#### How long can a network remember?")
    left, right = st.columns([2, 3], gap="medium")
    left.segmented_control(
        "A task that only memory solves", list(TITLES), key=_TASK, format_func=TITLES.__getitem__, default=next(iter(TITLES)),
        required=True, width="content", persist_state="session",
    )  # fmt: skip
    name = st.session_state[_TASK]
    task = TASKS[name]
    text, answer = task.example(12, random.Random(3))
    with right.container(gap="xsmall"):
        st.caption(f"{task.rule} For example, over a delay of 12:")
        st.html(written(task, text, answer, palette()))
    _answer(name)


@st.fragment
def _answer(task: str) -> None:
    choose.question(list(LENSES), _LENS)
    LENSES[choose.asked(list(LENSES), _LENS)].show(task)
