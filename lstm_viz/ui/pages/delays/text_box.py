"""The page's own box: a text that stays here, typed by the person or set by the page when another example is asked for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.components import text_box
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.view import View


def set_text(key: str, text: str) -> None:
    """Set the text; what the browser sent before is about a text that is gone."""
    st.session_state[f"{key}_text"] = text
    st.session_state[f"{key}_push"] = _text_revision(key) + 1


def has_text(key: str) -> bool:
    """True where a text was ever set, be it empty by now."""
    return f"{key}_text" in st.session_state


def current_text(key: str) -> str:
    """The text as it stands, known before the box is drawn; "" where none was ever set."""
    sent = last_message(key)
    if sent is not None and sent.get("textRevision") == _text_revision(key):
        st.session_state[f"{key}_text"] = View("", "").with_live({"text": sent.get("text", "")}).text
    text: str = st.session_state.get(f"{key}_text", "")
    return text


def draw_task_box(key: str, label: str, text: str, read: int, vocabulary: Vocabulary) -> None:
    """Draw the box with `text` in it, of which the first `read` symbols are read; below it these one by one."""
    text_box.start_run()
    tokens = vocabulary.split(text[:read])
    known = np.fromiter((form in vocabulary for form in tokens.normalized), dtype=bool)
    header = {"text": text, "warning": None, "step": None, "textRevision": _text_revision(key), "link": None}
    text_box.draw_text_box(key, label, None, tokens, known, False, header)


def _text_revision(key: str) -> int:
    count: int = st.session_state.get(f"{key}_push", 1)
    return count
