"""Where the parts of an answer stand, so that its figure is in the first screen."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def figure_and_text() -> tuple[DeltaGenerator, DeltaGenerator]:
    """The place of a figure, and that of its words and controls: beside it, or below it on a phone."""
    figure, words = st.columns([3, 2], gap="medium")
    return figure, words


def control_row() -> DeltaGenerator:
    """The row of a page's controls, on one baseline; examples that have no room in it are scrolled sideways on a phone."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="page_controls")
