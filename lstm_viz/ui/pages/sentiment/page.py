"""The sentiment page, put together: the text, the verdict, and the pictures of the chosen question."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.sentiment import measured, units, verdict, words
from lstm_viz.ui.pages.sentiment.scene import JUDGE, Scene, compose
from lstm_viz.ui.state import session
from lstm_viz.ui.state.examples import SENTIMENT, is_example

WORDS, UNITS, MEASURED = "words", "units", "accuracy"
#: The questions by the ids that links and sessions know them by; the texts may change, the ids must not.
QUESTIONS = {WORDS: "What does each word do?", UNITS: "Which units carry it?", MEASURED: "How good is it?"}
_LENS = "sentiment_lens"


def show() -> None:
    """Draw the page; a keystroke reruns the fragment with the box and its pictures, nothing else."""
    tighten()
    _begin()
    head(
        "Positive or negative, and which words decide it?",
        "An LSTM, trained on film reviews, gives its verdict after each word. Some it gets wrong.",
        terms=("verdict", "gradient × input", "unit"),
    )
    controls.examples(SENTIMENT)
    _answer()


def _begin() -> None:
    """Put an example for a judge in the place of one that was made for other networks; one's own words stay."""
    view, home = session.returned(), None
    if is_example(view.text) and not any(each.text == view.text for each in SENTIMENT):
        home, view = view, replace(view, text=SENTIMENT[0].text, step=SENTIMENT[0].step)
        session.push(view)
    if is_example(view.text):
        session.lend(view, home)


@st.fragment
def _answer() -> None:
    asked = controls.asked(QUESTIONS, _LENS)
    scene = compose(leave_out=asked == WORDS)
    session.keep(scene.view)
    there = bool(scene.tokens)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        components.write(
            label="Type an English sentence, on a film if you like. The network judges along, word by word.",
            letters=scene.letters() if there else None, model=JUDGE,
        )  # fmt: skip
        _hint(scene)
    with right:
        if there:
            verdict.show(scene)
        else:
            st.info("Type a word, and the verdict stands here.", icon=":material/keyboard:")
    controls.question(QUESTIONS, _LENS)
    if asked == MEASURED:
        measured.show()
    elif there:
        (words if asked == WORDS else units).show(scene)


def _hint(scene: Scene) -> None:
    """What is to be seen in an example, for as long as nobody has changed it."""
    found = next((each for each in SENTIMENT if each.text == scene.view.text), None)
    if found is not None:
        st.markdown(f":material/lightbulb: {found.hint}")
