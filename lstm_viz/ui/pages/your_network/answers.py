"""The user's answers about a network, stored in the session until other files are opened."""

from __future__ import annotations

import streamlit as st

_ANSWERS, _VOCABULARY = KEYS = "network_answers", "network_vocabulary"


def answers() -> dict[str, str]:
    """Return the answers by question."""
    saved: dict[str, str] = st.session_state.setdefault(_ANSWERS, {})
    return saved


def vocabulary() -> str | None:
    """Return the vocabulary that was typed; None if there is none."""
    typed: str = st.session_state.get(_VOCABULARY, "")
    return typed or None


def save(question: str, answer: str | None) -> None:
    """Save an answer; None takes it back."""
    if answer:
        answers()[question] = answer
    else:
        answers().pop(question, None)


def save_vocabulary(text: str) -> None:
    """Save a typed vocabulary."""
    st.session_state[_VOCABULARY] = text


def forget() -> None:
    """Forget all answers."""
    for key in list(st.session_state):
        if isinstance(key, str) and (key in (_ANSWERS, _VOCABULARY) or key.startswith(("network_answer_", "network_symbols"))):
            del st.session_state[key]
