"""The verdict on the whole text: class, probabilities, and unknown words."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.sentiment import class_bars
from lstm_viz.text.numbers import format_signed
from lstm_viz.ui.pages.sentiment.sentiment_state import MIN_TOP_PROBABILITY, SENTIMENT_MODEL, SentimentState
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.theme import palette

#: How many unknown words are named.
_NAMED = 4


def render(state: SentimentState) -> None:
    """Draw the verdict."""
    st.subheader(title(state), anchor=False)
    st.html(class_bars(state.probs, state.classes, palette()))
    unknown = describe_unknown_words(state)
    if unknown:
        st.caption(unknown)


def title(state: SentimentState) -> str:
    """Return the likeliest class, or "Undecided", with the score."""
    best = int(state.probs.argmax())
    name = state.classes[best].capitalize() if state.probs[best] >= MIN_TOP_PROBABILITY else "Undecided"
    return f"{name} ({format_signed(float(state.result.score[-1]), 1)})"


def describe_unknown_words(state: SentimentState) -> str:
    """Describe the words outside the vocabulary; empty if there are none.

    A word that is still being typed is ignored: a line that appears for each one would move the page.
    """
    last = len(state.tokens) - (state.view.input_text[-1:].isalpha() and len(state.tokens) > 1)
    unknown = {token: None for token, known in zip(state.tokens[:last], state.known[:last], strict=True) if not known}
    if not unknown:
        return ""
    knows = f"Its vocabulary is English: {len(get_model(SENTIMENT_MODEL).model.vocabulary) - 1:,} words and marks, no emoji."
    words = [token for token in state.tokens[:last] if any(sign.isalpha() for sign in token)]
    if words and sum(word in unknown for word in words) > len(words) / 2:
        return f"Most of these words are unknown to it, so this verdict means little. {knows}"
    named = " ".join(f"‘{escape_inline(token)}’" for token in list(unknown)[:_NAMED])
    more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
    return f"Unknown words: {named}{more}. It treats them all alike. {knows}"


def nearest_class(state: SentimentState, score: float) -> str:
    """Return the class nearest to a score, with the classes spread evenly over −2…2."""
    class_scores = np.linspace(-2.0, 2.0, len(state.classes))
    return state.classes[int(np.abs(class_scores - score).argmin())]
