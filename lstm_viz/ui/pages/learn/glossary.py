"""The searchable glossary of every term and symbol."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.components.glossary_terms import terms
from lstm_viz.ui.state.markdown import escape_block


@st.fragment
def render() -> None:
    """Draw the section."""
    st.header("Glossary", anchor="words", divider="gray")
    words = st.text_input("Find a word or a symbol", key="learn_words", placeholder="forget gate, softmax, c …")
    matches = [term for term in terms() if term.matches(words)]
    if not matches:
        st.info(f"No entry for “{escape_block(words)}”. Try a single word, or a symbol.")
        return
    columns = {
        "Symbol and name": [f"{_code(term.symbol)} **{term.name}**" for term in matches],
        "In plain words": [term.plain for term in matches],
        "Range": [term.range for term in matches],
        "Formula": [_code(term.formula) for term in matches],
    }
    st.table(columns)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
