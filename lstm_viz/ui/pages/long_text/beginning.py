"""The network that a visitor finds: one that knows English reads the sample tale, not one that has only seen program code."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.ui.state import address, session
from lstm_viz.ui.state.examples import is_example
from lstm_viz.ui.state.models import exhibit, known, offered
from lstm_viz.ui.state.view import View

#: The network that the page begins with where nobody has chosen one.
_ENGLISH = "shakespeare-lstm"
#: Which network the other pages showed when this one was opened, and which it showed last.
_FROM, _LAST = "your_text_from", "your_text_network"


def settled() -> View:
    """The view, on this page moved to a network that knows English as long as nobody has chosen a network or typed anything.

    The other pages go on with what they showed before.
    """
    view = session.foretelling()
    if not session.is_lent() and not address.visit().asked and is_example(view.text):
        wanted = _wanted(view.model)
        st.session_state[_FROM] = view.model
        if wanted != view.model:
            home, example = view, exhibit(wanted).presets[0]
            view = example.applied(replace(view, model=wanted))
            session.push(view)
            session.lend(view, home)
    st.session_state[_LAST] = view.model
    return view


def _wanted(now: str) -> str:
    """What was here last, if the other pages have shown nothing else since; at first the network that knows English."""
    last = st.session_state.get(_LAST, "")
    if known(last):
        return last if st.session_state.get(_FROM) == now else now
    return _ENGLISH if now == offered()[0] and known(_ENGLISH) else now
