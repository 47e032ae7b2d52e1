"""A teacher's own lesson, from a small file: it is validated, and played in this session alone."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.pages.learn.course import state
from lstm_viz.ui.pages.learn.course.example import example_file
from lstm_viz.ui.pages.learn.course.lesson import MAX_FILE, InvalidLesson, parse_lesson
from lstm_viz.ui.pages.learn.course.measures import MEASURES
from lstm_viz.ui.pages.learn.course.pictures import PICTURES
from lstm_viz.ui.pages.learn.course.text import as_markdown
from lstm_viz.ui.state.markdown import escape_block

_FILE, _REFUSED = "learn_lesson_file", "learn_lesson_refused"


def render() -> None:
    """Draw the upload, an example to start from, and the error of an invalid file."""
    with st.expander("For teachers: a lesson of your own"):
        st.markdown(
            "A lesson is a small text file: a picture, and steps with one sentence and one act each. Start from the first one: "
            "its file lists all pictures, controls and facts. Change it in any text editor, and open it here. Texts are shown as "
            "they are written, and links lead to this app's pages only."
        )
        st.download_button(
            "The first lesson as a file", example_file(), "lesson.toml", "text/plain", icon=":material/download:"
        )
        st.file_uploader(
            f"Your lesson, a .toml file of at most {MAX_FILE:,} bytes", key=_FILE, on_change=_on_file, max_upload_size=1
        )
        if _REFUSED in st.session_state:
            st.error(escape_block(st.session_state[_REFUSED]), icon=":material/error:")
        own = state.own_lesson()
        if own is not None:
            with st.container(horizontal=True):
                st.button(f"Play “{as_markdown(own.title)}” from its first step", on_click=state.open_own, args=(own,))
                st.button("Close it", on_click=state.open_own, args=(None,))


def _on_file() -> None:
    st.session_state.pop(_REFUSED, None)
    file = st.session_state.get(_FILE)
    if file is None:
        return
    try:
        state.open_own(parse_lesson(file.read(MAX_FILE + 1), PICTURES, MEASURES))
    except InvalidLesson as error:
        st.session_state[_REFUSED] = f"This file is not a lesson: {error}."
