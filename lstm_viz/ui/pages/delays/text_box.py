"""The page's own text box: typed by the user, or set by the page when another example is selected."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.components import text_box
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.view import View


def set_text(key: str, text: str) -> None:
    """Set the text; earlier messages of the browser are then obsolete."""
    st.session_state[f"{key}_text"] = text
    st.session_state[f"{key}_push"] = _text_revision(key) + 1


def has_text(key: str) -> bool:
    """Return True if a text was ever set, even an empty one."""
    return f"{key}_text" in st.session_state


def current_text(key: str) -> str:
    """Return the current text, before the box is drawn; "" if none was ever set."""
    sent = last_message(key)
    if sent is not None and sent.get("textRevision") == _text_revision(key):
        st.session_state[f"{key}_text"] = View("", "").with_live({"text": sent.get("text", "")}).text
    text: str = st.session_state.get(f"{key}_text", "")
    return text


def draw_task_box(key: str, label: str, text: str, read: int, vocabulary: Vocabulary) -> None:
    """Draw the box with `text`, of which the first `read` tokens are read, and these tokens below it."""
    text_box.start_run()
    tokens = vocabulary.split(text[:read])
    known = np.fromiter((form in vocabulary for form in tokens.normalized), dtype=bool)
    header = {"text": text, "warning": None, "step": None, "textRevision": _text_revision(key), "link": None}
    text_box.draw_text_box(key, label, None, tokens, known, False, header)


def _text_revision(key: str) -> int:
    count: int = st.session_state.get(f"{key}_push", 1)
    return count
