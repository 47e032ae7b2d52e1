"""The gradients page, put together: network, text, and the pictures of the chosen question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.gradients import attribution, clipping, gate_ranking, gradient_flow, gradient_paths, vanishing
from lstm_viz.ui.pages.gradients.scene import Scene, compose
from lstm_viz.ui.state import session
from lstm_viz.ui.state.examples import Preset, is_example
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.view import View


@dataclass(frozen=True)
class Lens:
    """One question: its text, what draws its answer, and what colours the letters meanwhile.

    `model` reads the text where the question is not put to the chosen network; without `of_text` there is no text at all.
    """

    title: str
    show: Callable[[Scene], None]
    letters: Callable[[Scene], Letters | None]
    model: str | None = None
    of_text: bool = True


#: By the id that links and sessions know each question by; its text may change, its id must not.
LENSES: dict[str, Lens] = {
    "vanishing": Lens("How fast does it vanish?", vanishing.show, vanishing.letters, model=vanishing.TRIO[-1]),
    "gradient-flow": Lens("Which steps does a loss reach?", gradient_flow.show, gradient_flow.letters),
    "paths": Lens("Direct or gate path?", gradient_paths.show, gradient_paths.letters),
    "gates": Lens("Which gate matters?", gate_ranking.show, gate_ranking.letters),
    "attribution": Lens("Which letter matters?", attribution.show, attribution.letters),
    "clipping": Lens("What does clipping do?", lambda scene: clipping.show(), lambda scene: None, of_text=False),
}
QUESTIONS = {each: lens.title for each, lens in LENSES.items()}
_LENS = "gradients_lens"
#: The part of the page that has an example of its own.
_LENT = "vanishing"
#: What the three networks of one question read until one types: short, and it shows what they do in their topmost layer.
VERSE = Preset("verse", "A line of verse", "He said that he would bring it to the king", "", layer=1)
_TERMS = (
    "gradient", "loss", "surprise", "log-probability", "vanishing gradient", "exploding gradient", "backpropagation through time",
    "gradient norm", "direct path, gate path", "spectral radius", "integrated gradients", "completeness", "gradient × input",
    "clipping", "forget gate (LSTM)", "update gate (GRU)", "cell state (LSTM)", "hidden state (LSTM)",
)  # fmt: skip


def show() -> None:
    """Draw the page; a keystroke reruns the fragment with the box and its pictures, nothing else."""
    tighten()
    head(
        "What does an answer depend on, and how far back?",
        "Which letters, gates and states stand behind what the network expects, and how its errors find the way back to them.",
        _TERMS, brief=True,
    )  # fmt: skip
    lens = LENSES[controls.asked(QUESTIONS, _LENS)]
    controls.question(QUESTIONS, _LENS)
    view = session.foretelling() if lens.model is None else _lent(lens.model)
    if lens.of_text:
        with components.control_row():
            if lens.model is None:
                controls.network(view)
            controls.layer(view)
            controls.examples(exhibit(view.model).presets)
    _answer()


@st.fragment
def _answer() -> None:
    asked = controls.asked(QUESTIONS, _LENS)
    lens = LENSES[asked]
    if not lens.of_text:
        clipping.show()
        return
    scene = compose(lens.model)
    # The network of the other questions stays what it is.
    session.keep(scene.view if lens.model is None else replace(scene.view, model=session.current().model))
    there = bool(scene.trace.tokens)
    components.write(letters=lens.letters(scene) if there else None, question=asked, model=lens.model)
    if there:
        lens.show(scene)
    else:
        st.info("Type something above, and its gradients are drawn here.", icon=":material/keyboard:")


def _lent(model: str) -> View:
    """The view as `model` reads it; an untouched example that it has never seen the like of gives way to a verse meanwhile."""
    view = home = session.returned(_LENT)
    if is_example(view.text) and all(view.text != each.text for each in (*exhibit(model).presets, VERSE)):
        view = replace(view, text=VERSE.text, layer=VERSE.layer, step=-1)
        session.lend(view, home, _LENT)
        session.push(view)
    return replace(view, model=model)
