"""The what-if page, put together: network, experiments, text, changes, and the pictures of the chosen question."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.ui import board
from lstm_viz.ui.layout import head, tighten
from lstm_viz.ui.view import choose, session
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import exhibit
from lstm_viz.ui.what_if import effect, scanning, two_texts, writing
from lstm_viz.ui.what_if import scene as kept
from lstm_viz.ui.what_if.editor import rows
from lstm_viz.ui.what_if.experiments import experiments
from lstm_viz.ui.what_if.scene import Scene, compose

#: Each question with what draws its answer.
LENSES: dict[str, Callable[[Scene], None]] = {
    kept.HAPPENS: effect.show,
    kept.WRITES: writing.show,
    kept.MATTERS: scanning.show,
    kept.TEXTS: lambda scene: two_texts.show(scene.view),
}


def show() -> None:
    """Draw the page; a keystroke reruns the fragment with the box and its pictures, nothing else."""
    tighten()
    head(
        "What if something inside were different?",
        "Change a gate, a unit or a state of the trained network, and see what follows from it.",
    )
    view = session.foretelling()
    kept.settle(view.model, exhibit(view.model).model.config)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.network(view)
        choose.layer(view)
    _offer(view)
    _answer()


def _offer(view: View) -> None:
    """Draw a row of buttons, an experiment each."""
    with st.container(horizontal=True, gap="small"):
        for each in experiments(view.model, exhibit(view.model).model.config):
            st.button(each.name, key=f"what_if_take_{each.name}", on_click=kept.take, args=(each,))


@st.fragment
def _answer() -> None:
    scene = compose()
    session.keep(scene.view)
    # Two texts are read as the network was trained: no change to it has a part in that.
    asked = choose.asked(list(LENSES), kept.LENS)
    beside = asked == kept.TEXTS
    board.write(letters=two_texts.letters(scene.view) if beside else scene.letters(), question=asked)
    hint = kept.current_hint(scene.view.model, scene.model.config)
    if hint and not beside:
        st.caption(hint)
    if not beside:
        rows(scene)
    choose.question(list(LENSES), kept.LENS)
    if not scene.tokens:
        st.info("Type something above, and it is read twice: as trained, and changed.", icon=":material/keyboard:")
    else:
        LENSES[asked](scene)
