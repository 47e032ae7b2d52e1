"""The memory page, put together: network, text, and the pictures of the chosen question."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui import board
from lstm_viz.ui.layout import tighten
from lstm_viz.ui.view import choose, session
from lstm_viz.ui.view.presets import presets


def show() -> None:
    """Draw the page; a keystroke reruns the fragment with the box and its pictures, nothing else."""
    tighten()
    st.markdown("#### What is in the memory, and who wrote it?")
    view = session.current()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.network(view)
        choose.layer(view)
        choose.unit(view)
    choose.examples(presets(view.model))
    _answer()


@st.fragment
def _answer() -> None:
    board.write()
