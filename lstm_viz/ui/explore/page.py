"""The explore page, put together: controls, the live component, and what one can take away."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lstm_viz.ui.explore.scene import Reads, Scene
from lstm_viz.ui.explore.shown import shown
from lstm_viz.ui.explore.stage import stage
from lstm_viz.ui.explore.takeaway import offer
from lstm_viz.ui.explore.tints import choices
from lstm_viz.ui.explore.upload import bring
from lstm_viz.ui.layout import tighten
from lstm_viz.ui.view import choose, session
from lstm_viz.ui.view.aims import objective, steps
from lstm_viz.ui.view.presets import hint
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import exhibit


def show() -> None:
    """Draw the page; a keystroke reruns nothing but the live component, as a fragment of its own."""
    tighten()
    st.markdown("#### What does an LSTM do while it reads?")
    _above(session.current())
    stage(compose)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.aim(session.current())
    offer(shown())


def _above(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.network(view, judges=True)
        choose.layer(view)
        bring()
    choose.examples(exhibit(view.model).presets)


def compose(view: View) -> Scene:
    """Read the view's text with its model and gather what the frame shows."""
    shown = exhibit(view.model)
    config, foretells = shown.model.config, shown.model.foretells
    reads: Reads = "words" if config.words else "letters"
    reader = session.reader(view.model)
    view = view.inside(len(shown.layers), config.hidden, tuple(choices(config.kind, reads, foretells)), steps(view, reader))
    return Scene(
        trace=reader.read(view.read, objective(view, reader)),
        view=view,
        answers=shown.model.outputs,
        weights=shown.layers[view.layer].weights,
        order=partial(shown.order, view.layer),
        scales=shown.scales[view.layer],
        title=shown.title,
        layers=len(shown.layers),
        hint=hint(view, config.kind, shown.presets),
        reads=reads,
        foretells=foretells,
    )
