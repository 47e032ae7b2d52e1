"""The explore page, put together: controls, the live component, and what one can take away."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lstm_viz.ui.explore.frames import Scene, frame
from lstm_viz.ui.explore.shown import shown
from lstm_viz.ui.explore.takeaway import offer
from lstm_viz.ui.explore.tints import choices
from lstm_viz.ui.explore.upload import bring
from lstm_viz.ui.layout import tighten
from lstm_viz.ui.live.component import mount, received
from lstm_viz.ui.live.frame import pack
from lstm_viz.ui.view import choose, session
from lstm_viz.ui.view.aims import objective
from lstm_viz.ui.view.presets import hint, presets
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import exhibit


def show() -> None:
    """Draw the page; a keystroke reruns nothing but the live component, as a fragment of its own."""
    tighten()
    st.markdown("#### What does an LSTM do while it reads?")
    _above(session.current())
    _live()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.aim(session.current())
    offer(shown())


def _above(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.network(view)
        choose.layer(view)
        bring()
    choose.examples(presets(view.model))


@st.fragment
def _live() -> None:
    scene = compose(session.current())
    session.keep(scene.view)
    shown().scene = scene
    mount(pack(*frame(scene)), session.LIVE)


def compose(view: View) -> Scene:
    """Read the view's text with its model and gather what the frame shows."""
    shown = exhibit(view.model)
    kind = shown.model.config.kind
    view = view.inside(len(shown.layers), shown.model.config.hidden, tuple(choices(kind)))
    reader = session.reader(view.model)
    return Scene(
        trace=reader.read(view.read, objective(view, reader)),
        view=view,
        vocabulary=shown.model.vocabulary,
        weights=shown.layers[view.layer].weights,
        order=partial(shown.order, view.layer),
        scales=shown.scales[view.layer],
        title=shown.title,
        layers=len(shown.layers),
        hint=hint(view, kind),
        seq=int((received(session.LIVE) or {}).get("seq", 0)),
        push=session.pushed(),
    )
