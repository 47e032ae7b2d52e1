"""The explore page, put together: controls, the live component, and what one can take away."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lstm_viz.ui.explore import session
from lstm_viz.ui.explore.aims import objective
from lstm_viz.ui.explore.controls import choose_aim, choose_network
from lstm_viz.ui.explore.frames import Scene, frame
from lstm_viz.ui.explore.presets import hint
from lstm_viz.ui.explore.takeaway import offer
from lstm_viz.ui.explore.tints import choices
from lstm_viz.ui.explore.view import View
from lstm_viz.ui.explore.zoo import exhibit
from lstm_viz.ui.layout import tighten
from lstm_viz.ui.live.component import mount, received
from lstm_viz.ui.live.frame import pack


def show() -> None:
    """Draw the page; everything under the hand reruns as one fragment."""
    tighten()
    st.markdown("#### What does an LSTM do while it reads?")
    _live()


@st.fragment
def _live() -> None:
    view = session.current()
    choose_network(view)
    scene = compose(view)
    session.keep(scene.view)
    mount(pack(*frame(scene)), session.KEY)
    choose_aim(scene.view)
    offer(scene)


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
        seq=int((received(session.KEY) or {}).get("seq", 0)),
        push=session.pushed(),
    )
