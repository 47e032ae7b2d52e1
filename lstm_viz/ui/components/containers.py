"""Containers of a page, arranged so that the figure is on the first screen."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def figure_and_text() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return containers for the figure and for its text and controls: side by side, on a phone one below the other."""
    figure, words = st.columns([3, 2], gap="medium")
    return figure, words


def answer_container(part: str = "") -> DeltaGenerator:
    """Return the container for the answer to the page's question; a lesson's link may hide it until it is revealed.

    A page that answers in several places gives each its own `part`.
    """
    return st.container(key=f"answer_{part}" if part else "answer")


def icon_on_phone(name: str) -> DeltaGenerator:
    """Return a container whose buttons show their icon alone on a phone; `name` is unique on the page."""
    return st.container(key=f"icon_on_phone_{name}", width="content")


def control_row() -> DeltaGenerator:
    """Return the container of the page's controls, on one baseline; on a phone it scrolls sideways."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="page_controls")
