"""The page's own box: a text that stays here, typed by the person or set by the page when another example is asked for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.components import text_box
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.view import View


def put(key: str, text: str) -> None:
    """Set the text; what the browser sent before is about a text that is gone."""
    st.session_state[f"{key}_text"] = text
    st.session_state[f"{key}_push"] = _pushed(key) + 1


def begun(key: str) -> bool:
    """True where a text was ever set, be it empty by now."""
    return f"{key}_text" in st.session_state


def typed(key: str) -> str:
    """The text as it stands, known before the box is drawn; "" where none was ever set."""
    sent = last_message(key)
    if sent is not None and sent.get("push") == _pushed(key):
        st.session_state[f"{key}_text"] = View("", "").with_live({"text": sent.get("text", "")}).text
    text: str = st.session_state.get(f"{key}_text", "")
    return text


def write(key: str, label: str, text: str, read: int, vocabulary: Vocabulary) -> None:
    """Draw the box with `text` in it, of which the first `read` symbols are read; below it these one by one."""
    text_box.next_run()
    tokens = vocabulary.split(text[:read])
    known = np.fromiter((form in vocabulary for form in tokens.forms), dtype=bool)
    header = {"text": text, "note": None, "step": None, "push": _pushed(key), "link": None}
    text_box.draw(key, label, None, tokens, known, False, header)


def _pushed(key: str) -> int:
    count: int = st.session_state.get(f"{key}_push", 1)
    return count
