"""One's own text: a file is read, a window of it is chosen, and the window is explored like typed text."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.text.decoding import TextFile, UnreadableText, read_text
from lstm_viz.ui.view import session
from lstm_viz.ui.view.view import LIMIT

#: How much of a file is put into the box at once, in characters.
WINDOW = 300


def bring() -> None:
    """Offer the file dialogue; a chosen window replaces the text in the box."""
    with st.popover("Open a file", icon=":material/upload_file:"):
        upload = st.file_uploader("A text file, up to 5 MB", key="explore_upload")
        if upload is None:
            st.caption("Any common encoding. The file is read here and kept nowhere.")
            return
        try:
            file = read_text(upload.getvalue())
        except UnreadableText as error:
            st.error(f"{upload.name}: {error}")
            return
        _window(file)


def _window(file: TextFile) -> None:
    for note in (f"Read as {file.encoding}.", *file.notes):
        st.caption(note)
    last = max(len(file.text) - WINDOW, 0)
    size = st.slider("Characters at once", 50, LIMIT, WINDOW, step=50, key="explore_window_size")
    start = 0
    if last:
        start = st.slider("From character", 0, last, 0, step=max(1, min(50, last)), key="explore_window_start")
    window = file.text[start : start + size]
    st.text(window[:120] + ("…" if len(window) > 120 else ""))
    st.button("Explore these", type="primary", on_click=_take, args=(window,))


def _take(window: str) -> None:
    session.bring(replace(session.current(), text=window, step=-1))
