"""The explore page, put together: controls, the live component, and what one can take away."""

from __future__ import annotations

import streamlit as st

from lstm_viz.gates import ONE_OF
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.components.live_view.downloads import offer
from lstm_viz.ui.components.live_view.from_text import compose
from lstm_viz.ui.components.live_view.live_view import stage
from lstm_viz.ui.components.live_view.scene import Scene
from lstm_viz.ui.pages.explore.upload import bring
from lstm_viz.ui.state import session
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.view import View


def show() -> None:
    """Draw the page; a keystroke reruns nothing but the live component, as a fragment of its own."""
    tighten()
    view = session.arrived()
    head(f"What does {ONE_OF[exhibit(view.model).model.config.kind]} do while it reads?", _words(view))
    _above(view)
    stage(_read)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.aim(session.current())
    offer(session.note())


def _words(view: View) -> str:
    model = exhibit(view.model).model
    one = "word" if model.config.words else "letter"
    inside = "its hidden state does" if model.config.kind == "rnn" else "its gates do"
    answer = f"which {one} it expects next" if model.foretells else "what it thinks of the text so far"
    return f"A trained network reads your text, {one} by {one}, while you type. See what {inside}, and {answer}."


def _above(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.network(view, judges=True)
        controls.layer(view)
        bring()
    controls.examples(exhibit(view.model).presets)


def _read(view: View) -> Scene:
    return compose(view, session.reader(view.model))
