"""The cheat sheet: every word and symbol of the app, to be searched."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.learn.terms import terms


@st.fragment
def show() -> None:
    """Draw the section."""
    st.subheader("Cheat sheet", anchor="words", divider="gray")
    words = st.text_input("Find a word or a symbol", key="learn_words", placeholder="forget gate, softmax, c …")
    found = [term for term in terms() if term.speaks_of(words)]
    if not found:
        st.info(f"Nothing here speaks of “{words}”. Try a single word, or a symbol.")
        return
    columns = {
        "Symbol and name": [f"{_code(term.symbol)} **{term.name}**" for term in found],
        "In plain words": [term.plain for term in found],
        "Range": [term.range for term in found],
        "Formula": [_code(term.formula) for term in found],
    }
    st.table(columns)


def _code(written: str) -> str:
    return f"`{written}`" if written else ""
