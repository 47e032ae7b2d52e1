"""The page's frame: less empty space than Streamlit leaves, so that the first screen shows what it is about."""

from __future__ import annotations

import streamlit as st

_STYLE = """<style>
.stMainBlockContainer { padding-top: 3.2rem; padding-bottom: 2rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding-left: 0.75rem; padding-right: 0.75rem; } }
</style>"""


def tighten() -> None:
    """Bring the content up to the header; call it once on each page."""
    st.html(_STYLE)
