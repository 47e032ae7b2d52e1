"""The glossary: every term and symbol of the app, to be searched."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.components.glossary_terms import terms


@st.fragment
def show() -> None:
    """Draw the section."""
    st.header("Glossary", anchor="words", divider="gray")
    words = st.text_input("Find a word or a symbol", key="learn_words", placeholder="forget gate, softmax, c …")
    found = [term for term in terms() if term.matches(words)]
    if not found:
        st.info(f"No entry for “{words}”. Try a single word, or a symbol.")
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
