"""The page's frame: less empty space than Streamlit leaves, so that the first screen shows what it is about."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from lstm_viz.ui.view import address

_STYLE = """<style>
.stMainBlockContainer { padding-top: 3.2rem; padding-bottom: 2rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding-left: 0.75rem; padding-right: 0.75rem; } }
</style>"""


def tighten() -> None:
    """Bring the content up to the header; call it first on each page."""
    _enter_by_the_front_door()
    st.html(_STYLE)
    address.notes()


def head(title: str, words: str) -> None:
    """Draw the page's title, in a line what is to be seen, and the way to where every word is explained."""
    st.markdown(f"#### {title}")
    # Relative, as the app may be served under any base path.
    st.caption(f"{words} Unknown words? [They are all explained.](./learn#words)")


def _enter_by_the_front_door() -> None:
    """Run app.py where Streamlit, on a server whose first visitor follows a link to a page, ran the page's file alone.

    Until app.py has called st.navigation once, Streamlit takes a folder named pages for its older kind of multipage app,
    which knows neither navigation nor page settings. A browser test holds this, as the flag is not documented.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
