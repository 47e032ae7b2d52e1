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
    """One question: what draws its answer, and what colours the letters meanwhile; the cap needs no text at all."""

    show: Callable[[Scene], None]
    letters: Callable[[Scene], Letters | None]
    of_text: bool = True


LENSES: dict[str, Lens] = {
    "How fast does it fade?": Lens(fade.show, fade.letters),
    "Who gets the blame?": Lens(blame.show, blame.letters),
    "Through memory or gates?": Lens(two_roads.show, two_roads.letters),
    "Which gate matters most?": Lens(matters.show, matters.letters),
    "Which letter matters most?": Lens(owed.show, owed.letters),
    "What does a cap do?": Lens(lambda scene: cap.show(), lambda scene: None, of_text=False),
}
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
    asked = choose.asked(list(LENSES), _LENS)
    lens = LENSES[asked]
    scene = compose()
    session.keep(scene.view)
    there = bool(scene.trace.tokens)
    board.write(letters=lens.letters(scene) if there else None, question=asked)
    choose.question(list(LENSES), _LENS)
    if there or not lens.of_text:
        lens.show(scene)
    else:
        st.info("Type something above, and its gradients are drawn here.", icon=":material/keyboard:")
