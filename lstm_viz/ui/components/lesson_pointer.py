"""Outline the part of a page that a lesson's link points at."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

#: What a link may point at with `point=`, and where it stands on a page.
ELEMENTS: Mapping[str, str] = {
    "text": ".board-write textarea, .live-write textarea",
    "figure": ".live-strips, .board-picture, .sheets",
    "controls": ".st-key-page_controls",
    "question": ".stMainBlockContainer [data-testid='stButtonGroup']",
}


def outline_element() -> None:
    """Outline what the page's link points at; whatever else a link says there is ignored."""
    selector = ELEMENTS.get(st.query_params.get("point", ""))
    if selector is not None:
        st.html(f"<style>:is({selector}) {{ outline: 3px solid var(--focus); outline-offset: 4px; border-radius: 4px; }}</style>")
