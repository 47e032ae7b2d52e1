"""The what-if page, put together: network, experiments, text, changes, and the pictures of the chosen question."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.what_if import before_after, continuation, text_comparison, unit_ablation
from lstm_viz.ui.pages.what_if import scene as kept
from lstm_viz.ui.pages.what_if.editor import rows
from lstm_viz.ui.pages.what_if.experiments import experiments
from lstm_viz.ui.pages.what_if.scene import Scene, compose
from lstm_viz.ui.state import session
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.view import View

#: Draws the changes that are made, and the way to make more.
Changes = Callable[[], None]


def _below(show: Callable[[Scene], None]) -> Callable[[Scene, Changes], None]:
    """What draws an answer below the changes."""

    def both(scene: Scene, changes: Changes) -> None:
        changes()
        show(scene)

    return both


#: What draws the answer to each question.
LENSES: dict[str, Callable[[Scene, Changes], None]] = {
    kept.HAPPENS: before_after.show,
    kept.WRITES: _below(continuation.show),
    kept.MATTERS: _below(unit_ablation.show),
    # Two texts are read as the network was trained: no change to it has a part in that.
    kept.TEXTS: lambda scene, changes: text_comparison.show(scene.view),
}
_MARKED = "what_if_marked"
_TERMS = (
    "held gate", "cut out", "surprise", "nat", "forget gate (LSTM)", "input gate (LSTM)", "output gate (LSTM)",
    "cell state (LSTM)", "hidden state (LSTM)", "update gate (GRU)", "unit", "layer", "temperature", "distance of states",
)  # fmt: skip


def show() -> None:
    """Draw the page; a keystroke reruns the fragment with the box and its pictures, nothing else."""
    tighten()
    head(
        "What if something inside were different?",
        "Change a gate, a unit or a state of the trained network, and see what follows from it.",
        _TERMS, brief=True,
    )  # fmt: skip
    controls.question(kept.QUESTIONS, kept.LENS)
    view = session.foretelling()
    with components.control_row():
        controls.network(view)
        controls.layer(view)
        _offer(view)
    _answer()


def _offer(view: View) -> None:
    """Draw a row of buttons, an experiment each; the one that is being carried out is marked."""
    config = exhibit(view.model).model.config
    now = kept.active(view.model, config)
    st.session_state[_MARKED] = now
    with st.container(horizontal=True, gap="xsmall", key="scroll_row_experiments"):
        for each in experiments(view.model, config):
            st.button(
                each.name, key=f"what_if_take_{each.id}", on_click=kept.take, args=(each, config),
                type="primary" if each == now else "secondary", icon=":material/check:" if each == now else None,
            )  # fmt: skip
        controls.undo()


@st.fragment
def _answer() -> None:
    scene = compose()
    session.keep(scene.view)
    now = kept.active(scene.view.model, scene.model.config)
    asked = controls.asked(kept.QUESTIONS, kept.LENS)
    components.write(letters=text_comparison.letters(scene.view) if asked == kept.TEXTS else scene.letters(), question=asked)

    def changes() -> None:
        if now is not None or not scene.plans:
            st.caption(now.hint if now else "No change yet: choose one above, or make your own.")
        rows(scene)

    if scene.tokens:
        LENSES[asked](scene, changes)
    else:
        changes()
        st.info("Type something above, and it is read twice: as trained, and changed.", icon=":material/keyboard:")
    if now != st.session_state[_MARKED]:
        # A slider or a key has made another experiment of it: the row of buttons stands outside this fragment. Last, as controls
        # that a run does not reach forget what they show.
        st.rerun()
