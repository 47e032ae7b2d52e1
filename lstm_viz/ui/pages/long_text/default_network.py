"""The default network of the page: one trained on English for the sample story, not one trained on program code."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.ui.state import session
from lstm_viz.ui.state.examples import is_example
from lstm_viz.ui.state.models import available_models, get_model, is_known
from lstm_viz.ui.state.view import View
from lstm_viz.ui.state.view_from_link import is_view_requested

#: The default network.
_ENGLISH = "shakespeare-lstm"
#: The network that the other pages showed when this one was opened, and the one this page showed last.
_FROM, _LAST = "your_text_from", "your_text_network"


def initial_view() -> View:
    """Return the view, with a network that knows English until the user has chosen a network or typed a text.

    The other pages keep their network.
    """
    view = session.view_for_language_model()
    if not session.is_borrowed_example() and not is_view_requested() and is_example(view.text):
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
    """Return the page's last network if the other pages have not changed theirs since; at first the English one."""
    last = st.session_state.get(_LAST, "")
    if is_known(last):
        return last if st.session_state.get(_FROM) == now else now
    return _ENGLISH if now == available_models()[0] and is_known(_ENGLISH) else now
