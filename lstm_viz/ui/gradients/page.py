"""The gradients page, put together: network, text, and the pictures of the chosen question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from lstm_viz.ui import board
from lstm_viz.ui.board import Letters
from lstm_viz.ui.gradients import blame, cap, fade, matters, owed, two_roads
from lstm_viz.ui.gradients.scene import Scene, compose
from lstm_viz.ui.layout import head, tighten
from lstm_viz.ui.view import choose, session
from lstm_viz.ui.view.zoo import exhibit


@dataclass(frozen=True)
class Lens:
    """One question: its text, what draws its answer, and what colours the letters meanwhile; clipping needs no text at all."""

    title: str
    show: Callable[[Scene], None]
    letters: Callable[[Scene], Letters | None]
    of_text: bool = True


#: By the id that links and sessions know each question by; its text may change, its id must not.
LENSES: dict[str, Lens] = {
    "vanishing": Lens("How fast does it vanish?", fade.show, fade.letters),
    "gradient-flow": Lens("Which steps does each loss reach?", blame.show, blame.letters),
    "paths": Lens("Direct path or gate path?", two_roads.show, two_roads.letters),
    "gates": Lens("Which gate matters most?", matters.show, matters.letters),
    "attribution": Lens("Which letter matters most?", owed.show, owed.letters),
    "clipping": Lens("What does gradient clipping do?", lambda scene: cap.show(), lambda scene: None, of_text=False),
}
_QUESTIONS = {each: lens.title for each, lens in LENSES.items()}
_LENS = "gradients_lens"


def show() -> None:
    """Draw the page; a keystroke reruns the fragment with the box and its pictures, nothing else."""
    tighten()
    head(
        "What does an answer depend on, and how far back?",
        "Which letters, gates and memories stand behind what the network expects, and how its errors find the way back to them.",
    )
    view = session.foretelling()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.network(view)
        choose.layer(view)
    choose.examples(exhibit(view.model).presets)
    _answer()


@st.fragment
def _answer() -> None:
    asked = choose.asked(_QUESTIONS, _LENS)
    lens = LENSES[asked]
    scene = compose()
    session.keep(scene.view)
    there = bool(scene.trace.tokens)
    board.write(letters=lens.letters(scene) if there else None, question=asked)
    choose.question(_QUESTIONS, _LENS)
    if there or not lens.of_text:
        lens.show(scene)
    else:
        st.info("Type something above, and its gradients are drawn here.", icon=":material/keyboard:")
