"""Open the explorer at a view, or with a network of the session."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.state import session
from lstm_viz.ui.state.examples import Preset
from lstm_viz.ui.state.session_models import register_model
from lstm_viz.ui.state.view import View

EXPLORE = "pages/explore.py"
YOUR_NETWORK = "pages/your_network.py"


def open_in_explorer(view: View) -> None:
    """Show a view in the explorer. This ends the script run, so do not call it in a callback."""
    # A continuation of the user's own text still contains that text.
    (session.set_text if session.current().text in view.text else session.replace_text)(view)
    st.switch_page(EXPLORE)


def open_network(model: LanguageModel, title: str, example: str, text: str, key: str) -> None:
    """Register a network for the session, with an example text called `example`, and open it in the explorer."""
    preset = Preset("own", example, text, "A network of your own reads this. Type what you like.")
    name = register_model(model, title, [preset], key)
    open_in_explorer(preset.apply_to(replace(session.current(), model=name)))
