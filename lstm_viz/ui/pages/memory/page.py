"""The memory page: network, text, and the figure of the selected question."""

from __future__ import annotations

import streamlit as st

from lstm_viz.cell_decomposition import NotDecomposable
from lstm_viz.ui import components
from lstm_viz.ui.components.question_page import TextQuestion, question_head, text_controls
from lstm_viz.ui.components.questions import question_titles, selected_question
from lstm_viz.ui.pages.memory import contributions, half_life, saturation
from lstm_viz.ui.pages.memory.memory_state import MemoryState, current_state
from lstm_viz.ui.state import session

#: The questions by id, which links and sessions use; the text may change, the id must not.
QUESTIONS: dict[str, TextQuestion[MemoryState]] = {
    "contributions": TextQuestion("Where does this value come from?", contributions.render, contributions.token_colors),
    "half-life": TextQuestion("How long does it last?", half_life.render, half_life.token_colors),
    "saturation": TextQuestion("Which gates are always open?", saturation.render, saturation.token_colors),
}
QUESTION_TITLES = question_titles(QUESTIONS)
_QUESTION_KEY = "memory_ask"
_TERMS = (
    "cell state (LSTM)", "hidden state (LSTM)", "forget gate (LSTM)", "input gate (LSTM)", "candidate (LSTM)",
    "update gate (GRU)", "unit", "share of the memory", "half-life", "saturation",
)  # fmt: skip


def render() -> None:
    """Draw the page; a keystroke reruns only the fragment with the box and its figures."""
    question_head(
        "What is in the cell state, and which letters put it there?",
        "A cell state is a number in each unit: every letter adds to it, and older parts fade.",
        _TERMS, QUESTION_TITLES, _QUESTION_KEY,
    )  # fmt: skip
    text_controls(session.view_for_language_model())
    _answer()


@st.fragment
def _answer() -> None:
    question_id = selected_question(QUESTIONS, _QUESTION_KEY)
    question = QUESTIONS[question_id]
    state = current_state()
    session.save(state.view)
    try:
        token_colors = question.token_colors(state) if state.layer.steps else None
        reason = None
    except NotDecomposable as error:
        token_colors, reason = None, str(error)
    components.shared_text_box(token_colors=token_colors, question=question_id)
    if reason is not None:
        st.info(reason[0].upper() + reason[1:] + ".", icon=":material/info:")
    elif not state.layer.steps:
        st.info("Type something above, and its memory is drawn here.", icon=":material/keyboard:")
    else:
        with components.answer_container():
            question.render(state)
