"""Open the explorer at a view."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.state import session
from lstm_viz.ui.state.view import View

EXPLORE = "pages/explore.py"


def open_in_explorer(view: View) -> None:
    """Show a view in the explorer. This ends the script run, so do not call it in a callback."""
    # A continuation of the user's own text still contains that text.
    (session.set_text if session.current().text in view.text else session.replace_text)(view)
    st.switch_page(EXPLORE)
