"""The explore page, put together: controls, the live component, and what one can take away."""

from __future__ import annotations

import streamlit as st

from lstm_viz.ui.explore.scene import Scene
from lstm_viz.ui.explore.stage import stage
from lstm_viz.ui.explore.takeaway import offer
from lstm_viz.ui.explore.text import compose
from lstm_viz.ui.explore.upload import bring
from lstm_viz.ui.layout import tighten
from lstm_viz.ui.view import choose, session
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import exhibit


def show() -> None:
    """Draw the page; a keystroke reruns nothing but the live component, as a fragment of its own."""
    tighten()
    st.markdown("#### What does an LSTM do while it reads?")
    _above(session.arrived())
    stage(_read)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.aim(session.current())
    offer(session.note())


def _above(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.network(view, judges=True)
        choose.layer(view)
        bring()
    choose.examples(exhibit(view.model).presets)


def _read(view: View) -> Scene:
    return compose(view, session.reader(view.model))
