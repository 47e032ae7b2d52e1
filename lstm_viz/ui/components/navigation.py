"""Going to the explorer with something to see there."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.state import session
from lstm_viz.ui.state.view import View

EXPLORE = "pages/explore.py"


def open_in_explorer(view: View) -> None:
    """Show a view in the explorer; ends the script's run, so call it there and not in a callback."""
    # What was written on from one's own words holds them still.
    (session.set_text if session.current().text in view.text else session.replace_text)(view)
    st.switch_page(EXPLORE)
