"""Outline the part of a page that a lesson's link points at."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lstm_viz.ui.state import address

#: What a link may point at with `point=`, with the CSS selector of its element.
ELEMENTS: Mapping[str, str] = {
    "text": ".text-box-write textarea, .live-write textarea",
    "figure": ".live-strips, .plotly-figure, .generated-texts",
    "controls": ".st-key-page_controls",
    "question": ".stMainBlockContainer [data-testid='stButtonGroup']",
}


def outline_element() -> None:
    """Outline what the page's link points at, until the page is left; an unknown name is ignored.

    The browser removes the parameter from the address at once (`page_tools.js`), so that a copied link has no outline.
    """
    selector = ELEMENTS.get(address.visit().requested.get("point", ""))
    if selector is not None:
        st.html(f"<style>:is({selector}) {{ outline: 3px solid var(--focus); outline-offset: 4px; border-radius: 4px; }}</style>")
