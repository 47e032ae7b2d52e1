"""The network that a visitor finds: one that knows English reads the sample tale, not one that has only seen program code."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.ui.state import address, session
from lstm_viz.ui.state.examples import is_example
from lstm_viz.ui.state.models import available_models, get_model, is_known
from lstm_viz.ui.state.view import View

#: The network that the page begins with where nobody has chosen one.
_ENGLISH = "shakespeare-lstm"
#: Which network the other pages showed when this one was opened, and which it showed last.
_FROM, _LAST = "your_text_from", "your_text_network"


def initial_view() -> View:
    """The view, on this page moved to a network that knows English as long as nobody has chosen a network or typed anything.

    The other pages go on with what they showed before.
    """
    view = session.view_for_language_model()
    if not session.is_borrowed_example() and not address.visit().requested and is_example(view.text):
        preferred = _preferred_model(view.model)
        st.session_state[_FROM] = view.model
        if preferred != view.model:
            shared_view, example = view, get_model(preferred).presets[0]
            view = example.apply_to(replace(view, model=preferred))
            session.set_text(view)
            session.mark_borrowed_example(view, shared_view)
    st.session_state[_LAST] = view.model
    return view


def _preferred_model(now: str) -> str:
    """What was here last, if the other pages have shown nothing else since; at first the network that knows English."""
    last = st.session_state.get(_LAST, "")
    if is_known(last):
        return last if st.session_state.get(_FROM) == now else now
    return _ENGLISH if now == available_models()[0] and is_known(_ENGLISH) else now
