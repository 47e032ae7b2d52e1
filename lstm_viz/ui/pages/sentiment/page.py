"""The sentiment page: the text, the verdict, and the figure of the selected question."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.components.questions import Question, question_control, question_titles, selected_question
from lstm_viz.ui.pages.sentiment import measured, units, verdict, words
from lstm_viz.ui.pages.sentiment.sentiment_state import SENTIMENT_MODEL, SentimentState, current_state
from lstm_viz.ui.state import session
from lstm_viz.ui.state.examples import SENTIMENT, is_example

WORDS, UNITS, MEASURED = "words", "units", "accuracy"


@dataclass(frozen=True)
class SentimentQuestion(Question[[SentimentState]]):
    """A question to the classifier; without `about_text` its answer is the same for every text, and needs none."""

    about_text: bool = True


#: The questions by id, which links and sessions use; the text may change, the id must not.
QUESTIONS: dict[str, SentimentQuestion] = {
    WORDS: SentimentQuestion("What does each word do?", words.render),
    UNITS: SentimentQuestion("Which units carry it?", units.render),
    MEASURED: SentimentQuestion("How good is it?", lambda state: measured.render(), about_text=False),
}
QUESTION_TITLES = question_titles(QUESTIONS)
_QUESTION_KEY = "sentiment_ask"


def render() -> None:
    """Draw the page; a keystroke reruns only the fragment with the box and its figures."""
    page_setup()
    _set_initial_text()
    page_header(
        "Positive or negative, and which words decide it?",
        "An LSTM, trained on film reviews, gives its verdict after each word. It gets some sentences wrong.",
        terms=("verdict", "gradient × input", "unit"),
    )
    controls.examples(SENTIMENT)
    _answer()


def _set_initial_text() -> None:
    """Replace an untouched example for other networks by one for the classifier; the user's own text stays."""
    view, shared_view = session.view_without_borrowed_example(), None
    if is_example(view.text) and not any(each.text == view.text for each in SENTIMENT):
        shared_view, view = view, replace(view, text=SENTIMENT[0].text, step=SENTIMENT[0].step)
        session.set_text(view)
    if is_example(view.text):
        session.mark_borrowed_example(view, shared_view)


@st.fragment
def _answer() -> None:
    question_id = selected_question(QUESTIONS, _QUESTION_KEY)
    state = current_state(leave_out=question_id == WORDS)
    session.save(state.view)
    has_text = bool(state.tokens)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        components.shared_text_box(
            label="Type an English sentence, on a film if you like. The network classifies it, word by word.",
            token_colors=state.token_colors() if has_text else None, model=SENTIMENT_MODEL,
        )  # fmt: skip
        _hint(state)
    with right:
        if has_text:
            with components.answer_container("verdict"):
                verdict.render(state)
        else:
            st.info("Type a word to see the verdict.", icon=":material/keyboard:")
    question_control(QUESTION_TITLES, _QUESTION_KEY)
    question = QUESTIONS[question_id]
    if not question.about_text:
        question.render(state)
    elif has_text:
        with components.answer_container():
            question.render(state)


def _hint(state: SentimentState) -> None:
    """Draw the hint of an untouched example."""
    example = next((each for each in SENTIMENT if each.text == state.view.text), None)
    if example is not None:
        st.markdown(f":material/lightbulb: {example.hint}")
