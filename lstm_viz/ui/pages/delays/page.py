"""The delays page: the task with an example, and the selected question."""

from __future__ import annotations

import random

import streamlit as st

from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui import components
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.components.questions import Question, question_control, question_titles, selected_question
from lstm_viz.ui.pages.delays import query, run_state, training
from lstm_viz.ui.pages.delays.task_text import TITLES, example_html
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.theme import palette

#: The questions by id, which links and sessions use; the text may change, the id must not.
QUESTIONS: dict[str, Question[[str]]] = {
    "training": Question("Who remembers longest?", training.render),
    "answers": Question("What does each one answer?", query.render),
}
QUESTION_TITLES = question_titles(QUESTIONS)
_QUESTION_KEY = "delays_ask"
_TASK = settings.choice("delays_task", "task", list(TITLES), next(iter(TITLES)))


def render() -> None:
    """Draw the page."""
    page_setup()
    page_header(
        "How long can a network remember?", terms=("delay", "guessing", "latching", "long-term dependency", "unit", "seed")
    )
    left, right = st.columns([2, 3], gap="small")
    left.segmented_control(
        "A task that only memory solves", list(TITLES), format_func=TITLES.__getitem__, required=True, width="content",
        **_TASK.widget_args(),
    )  # fmt: skip
    name = _TASK.value()
    task = TASKS[name]
    text, answer = task.example(12, random.Random(3))
    with right.container(gap="xsmall"):
        st.caption(task.rule)
        st.html(example_html(task, text, answer, palette()))
    _answer(name)


@st.fragment
def _answer(task: str) -> None:
    question_control(QUESTION_TITLES, _QUESTION_KEY)
    QUESTIONS[selected_question(QUESTIONS, _QUESTION_KEY)].render(task)
    components.sync_address_bar("delays_address", unsaved=any(run_state.has_session_run(each) for each in TITLES))
