"""The units page: network, text, and the figures of the selected question."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components.question_page import TextQuestion, question_head, text_controls
from lstm_viz.ui.components.questions import question_titles, selected_question
from lstm_viz.ui.pages.units import card, match, path
from lstm_viz.ui.pages.units.units_state import UnitsState, current_state
from lstm_viz.ui.state import session

#: The questions by id, which links and sessions use; the text may change, the id must not.
QUESTIONS: dict[str, TextQuestion[UnitsState]] = {
    "card": TextQuestion("What does one unit do?", card.render, card.token_colors),
    "match": TextQuestion("Which units know this stretch?", match.render, match.token_colors),
    "path": TextQuestion("Where does the state go?", path.render, path.token_colors),
}
QUESTION_TITLES = question_titles(QUESTIONS)
_QUESTION_KEY = "units_ask"
_TERMS = (
    "unit",
    "cell state (LSTM)",
    "hidden state (LSTM)",
    "layer",
    "logit",
    "surprise",
    "nat",
    "half-life",
    "saturation",
    "ablation",
)


def render() -> None:
    """Draw the page; a keystroke reruns only the fragment with the box and its figures."""
    question_head(
        "What do single units do?",
        "Each unit of a network is one number that changes with every token. Look at one, or find those that know a stretch.",
        _TERMS, QUESTION_TITLES, _QUESTION_KEY,
    )  # fmt: skip
    text_controls(session.view_for_text_page(), classifiers=True)
    _answer()


@st.fragment
def _answer() -> None:
    question_id = selected_question(QUESTIONS, _QUESTION_KEY)
    question = QUESTIONS[question_id]
    state = current_state()
    session.save(state.view)
    components.shared_text_box(token_colors=question.token_colors(state) if state.layer.steps else None, question=question_id)
    if not state.layer.steps:
        st.info("Type something above, and its units are drawn here.", icon=":material/keyboard:")
        return
    with components.answer_container():
        question.render(state)
