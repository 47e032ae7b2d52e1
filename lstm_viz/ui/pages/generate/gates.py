"""The gates of what was written, at a glance."""

from __future__ import annotations

import streamlit as st

from lstm_viz.figures.gate_means import glance
from lstm_viz.reader import Reader
from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.pages.generate import output, writing_session
from lstm_viz.ui.pages.generate.drafts import Desk
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

_READER = "generate_reader"
#: So many letters are drawn, with the chosen one among them.
WINDOW = 110


def show(view: View, desk: Desk) -> None:
    """Draw the mean of each gate while the network read the prompt and its own words."""
    trace = _reader(desk).read(desk.draft.text)
    layer = trace.layers[min(view.layer, len(trace.layers) - 1)]
    begun = layer.steps - len(desk.draft.picks)
    step = min(begun + desk.place, layer.steps - 1)
    first, last = window(layer.steps, step)
    if layer.kind == "rnn":
        told = "A plain RNN has no gates; drawn is how far its units are from 0 at each letter."
    else:
        told = f"The gates of {output.called(desk)} while it read your prompt (shaded) and its own letters: 0 is shut, 1 is open."
    st.markdown(f"**{told}**")
    controls.layer(view)
    words = "The dotted line is the chosen letter; click anywhere to choose another."
    if last - first < layer.steps:
        words = f"Letters {first + 1} to {last} of {layer.steps}, around the chosen one. {words}"
    figure = glance(layer, trace.tokens, first, last, begun, step, palette())
    components.picture(figure, "generate_gates", told, words, on_click=_choose)


def window(steps: int, step: int) -> tuple[int, int]:
    """The first step and the one behind the last of at most `WINDOW`; it stands still while more is written."""
    first = max(min(step - WINDOW // 4, steps - WINDOW), 0) if step >= WINDOW // 4 else 0
    return first, min(first + WINDOW, steps)


def _reader(desk: Desk) -> Reader:
    """A reader of this page's own: the prompt is read by the shared one, which would forget what is written here."""
    kept = st.session_state.get(_READER)
    if kept is None or kept[0] is not desk.draft.model:
        kept = st.session_state[_READER] = (desk.draft.model, Reader(desk.draft.model))
    reader: Reader = kept[1]
    return reader


def _choose(click: components.Click) -> None:
    desk = writing_session.kept()
    if desk is not None and isinstance(click.customdata, int):
        writing_session.choose(click.customdata - len(desk.draft.model.vocabulary.split(desk.prompt).written))
