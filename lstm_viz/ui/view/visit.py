"""Going to the explorer with something to see there."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.view import session
from lstm_viz.ui.view.view import View

EXPLORE = "pages/explore.py"


def explore(view: View) -> None:
    """Show a view in the explorer; ends the script's run, so call it there and not in a callback."""
    session.push(view)
    st.switch_page(EXPLORE)
