"""Open a text file: a window of it is selected and explored like typed text."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.text.decoding import LIMIT as LARGEST
from lstm_viz.text.decoding import TextFile
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.containers import icon_on_phone
from lstm_viz.ui.components.text_upload import text_upload
from lstm_viz.ui.state import session
from lstm_viz.ui.state.markdown import escape_block
from lstm_viz.ui.state.view import LIMIT

#: How much of a file is put into the box at once, in characters.
WINDOW = 300
_OPEN, _SIZE = "explore_open", "explore_window_size"


def upload_button() -> None:
    """Draw the upload; a selected window replaces the text in the box."""
    with icon_on_phone(_OPEN), st.popover("Open a file", icon=":material/upload_file:", key=_OPEN, on_change="rerun"):
        uploads = text_upload("A text file, up to 5 MB", "explore", LARGEST)
        if uploads is None:
            st.caption("Any common encoding. The file is not stored.")
        elif uploads.file is not None:
            _window(uploads.file)


def _window(file: TextFile) -> None:
    for note in (f"Read as {file.encoding}.", *file.notes):
        st.caption(escape_block(note))
    size = st.slider("Characters at once", 50, LIMIT, WINDOW, step=50, key=_SIZE, persist_state="session")
    tab_work.keep(_SIZE)
    start = 0
    if len(file.text) > 1:
        # The key contains the file, so that a new file starts at its own beginning.
        key = f"explore_window_start_{hash(file.text)}"
        begin = st.number_input(
            "From character", 1, len(file.text), 1, step=WINDOW, key=key, persist_state="session", help=f"1 to {len(file.text):,}"
        )
        tab_work.keep(key)
        start = int(begin) - 1
    window = file.text[start : start + size]
    st.text(window[:120] + ("…" if len(window) > 120 else ""))
    st.button("Explore these", type="primary", on_click=_on_explore_click, args=(window,))


def _on_explore_click(window: str) -> None:
    session.replace_text(replace(session.current(), text=window, step=-1))
    # Close the popover to show the page behind it.
    st.session_state[_OPEN] = False
