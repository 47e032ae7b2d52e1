"""The memory page, put together: network, text, and the pictures of the chosen question."""

from __future__ import annotations

from types import ModuleType

import streamlit as st

from lstm_viz.cell_decomposition import NoLedger
from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.memory import contributions, half_life, saturation
from lstm_viz.ui.pages.memory.scene import compose
from lstm_viz.ui.state import session
from lstm_viz.ui.state.models import exhibit

#: The questions by the ids that links and sessions know them by; the texts may change, the ids must not.
QUESTIONS = {
    "contributions": "Where does this value come from?",
    "half-life": "How long does it last?",
    "saturation": "Which gates are always open?",
}
#: What answers each question: `letters(scene)` colours the text, `show(scene)` draws the rest.
LENSES: dict[str, ModuleType] = {"contributions": contributions, "half-life": half_life, "saturation": saturation}
_LENS = "memory_lens"
_TERMS = (
    "cell state (LSTM)", "hidden state (LSTM)", "forget gate (LSTM)", "input gate (LSTM)", "candidate (LSTM)",
    "update gate (GRU)", "unit", "share of the memory", "half-life", "saturation",
)  # fmt: skip


def show() -> None:
    """Draw the page; a keystroke reruns the fragment with the box and its pictures, nothing else."""
    tighten()
    head(
        "What is in the cell state, and which letters put it there?",
        "A cell state is a number in each unit: every letter adds to it, and older parts fade.",
        _TERMS, brief=True,
    )  # fmt: skip
    controls.question(QUESTIONS, _LENS)
    view = session.foretelling()
    with components.control_row():
        controls.network(view)
        controls.layer(view)
        controls.examples(exhibit(view.model).presets)
    _answer()


@st.fragment
def _answer() -> None:
    asked = controls.asked(QUESTIONS, _LENS)
    lens = LENSES[asked]
    scene = compose()
    session.keep(scene.view)
    try:
        colours = lens.letters(scene) if scene.layer.steps else None
        refused = None
    except NoLedger as error:
        colours, refused = None, str(error)
    components.write(letters=colours, question=asked)
    if refused is not None:
        st.info(refused[0].upper() + refused[1:] + ".", icon=":material/info:")
    elif not scene.layer.steps:
        st.info("Type something above, and its memory is drawn here.", icon=":material/keyboard:")
    else:
        lens.show(scene)
