"""Native controls bound to the one view that all pages share: network, layer, unit, examples, and what the gradients are of.

Each control shows the session's view and changes it in a callback, before the page is drawn again. They stand outside the
fragment that answers keystrokes where they can: a browser takes longer to draw a row of controls again than a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from lstm_viz.text.labels import label
from lstm_viz.ui.state import objective_choice, session, settings
from lstm_viz.ui.state.examples import Preset
from lstm_viz.ui.state.models import exhibit, offered, title
from lstm_viz.ui.state.objective_choice import wanted
from lstm_viz.ui.state.view import View

#: What links made before questions had ids of their own say, and the id that is meant.
RENAMED = {
    "how-fast-does-it-fade": "vanishing",
    "who-gets-the-blame": "gradient-flow",
    "through-memory-or-gates": "paths",
    "which-gate-matters-most": "gates",
    "which-letter-matters-most": "attribution",
    "what-does-a-cap-do": "clipping",
    "who-wrote-this": "contributions",
    "how-long-does-it-last": "half-life",
    "which-gates-are-always-open": "saturation",
    "what-happens": "effect",
    "what-would-it-write": "continuation",
    "which-unit-matters": "ablation",
    "two-texts": "comparison",
    "where-was-it-surprised": "surprising",
    "where-was-it-sure": "certain",
    "where-does-a-unit-fire": "activations",
    "where-are-these-words": "search",
    "what-does-each-word-do": "words",
    "which-units-carry-it": "units",
    "how-good-is-it": "accuracy",
    "who-remembers-longest": "training",
    "what-does-each-one-answer": "answers",
}


def network(view: View, judges: bool = False) -> None:
    """Draw the choice of the network; with `judges` also of those that answer with classes."""
    _shown("choose_model", view.model)
    st.selectbox("Network", offered(judges), key="choose_model", format_func=title, on_change=_take_model, width=260)


def layer(view: View) -> None:
    """Draw the choice of the layer, where there is more than one."""
    count = len(exhibit(view.model).layers)
    if count > 1:
        _shown("choose_layer", min(view.layer, count - 1))
        st.segmented_control(
            "Layer", range(count), key="choose_layer", format_func=_counted, required=True, on_change=_take_layer, width="content"
        )


def unit(view: View) -> None:
    """Draw the choice of the unit, by its number."""
    last = exhibit(view.model).model.config.hidden - 1
    _shown("choose_unit", min(view.unit, last))
    st.number_input("Unit", 0, last, key="choose_unit", on_change=_take_unit, width=130)


def aim(view: View) -> None:
    """Draw the choice of what the gradients are of."""
    model = exhibit(view.model).model
    offer = objective_choice.offered(model.foretells)
    _shown("choose_aim", view.aim if view.aim in offer else "next")
    st.selectbox(
        "The gradients are of", list(offer), key="choose_aim", format_func=offer.__getitem__, on_change=_take_aim, width=360
    )
    if view.aim == "symbol":
        answers = model.outputs[1:] if model.foretells else model.outputs
        _shown("choose_symbol", wanted(view, answers))
        name, width = ("Symbol", 100) if model.foretells else ("Class", 160)
        st.selectbox(name, answers, key="choose_symbol", format_func=label, on_change=_take_aim, width=width)


def examples(offer: Sequence[Preset]) -> None:
    """Draw a row of buttons; each brings a text, and the unit and layer where it is worth reading."""
    with st.container(horizontal=True, gap="xsmall", key="scroll_row_examples"):
        for preset in offer:
            st.button(preset.name, key=f"choose_example_{preset.id}", on_click=_take_example, args=(preset,))
        undo()


def undo() -> None:
    """Draw the way back to one's own words, where an example has just replaced them."""
    if session.replaced():
        st.caption("Your text was replaced.", width="content")
        st.button("Undo", icon=":material/undo:", key="choose_undo", on_click=session.undo)


def asked(questions: Mapping[str, str], key: str) -> str:
    """Which of a page's questions is chosen, known before the choice is drawn.

    At first it is the one that a link names (see `board.jump`), else the first; on the way back from another page, the last.

    Args:
        questions: The questions' ids with their texts. A link says the id; the text may change, the id must not.
        key: The key of the choice in the session's state.

    Returns:
        The id of the chosen question.
    """
    return question_of(questions, key).value()


def question(questions: Mapping[str, str], key: str) -> None:
    """Draw the choice of what the page answers; only the chosen question is computed. For the arguments see `asked`."""
    st.segmented_control(
        "What do you want to know?", list(questions), format_func=questions.__getitem__, required=True, width="stretch",
        label_visibility="collapsed", **question_of(questions, key).bound(),
    )  # fmt: skip


def question_of(questions: Mapping[str, str], key: str) -> settings.Setting[str]:
    """A page's question as a setting. For the arguments see `asked`."""
    ids = list(questions)
    return settings.choice(key, "ask", ids, ids[0], renamed=RENAMED)


def _shown(key: str, value: object) -> None:
    """Make a control show what the view says; the view wins, because a link or an example may have changed it."""
    settings.show(key, value)


def _counted(number: int) -> str:
    return str(number + 1)


def _take_model() -> None:
    session.choose_model(st.session_state["choose_model"])


def _take_layer() -> None:
    session.keep(replace(session.current(), layer=st.session_state["choose_layer"]))


def _take_unit() -> None:
    session.keep(replace(session.current(), unit=st.session_state["choose_unit"]))


def _take_aim() -> None:
    symbol = st.session_state.get("choose_symbol", "")
    session.keep(replace(session.current(), aim=st.session_state["choose_aim"], symbol=symbol))


def _take_example(preset: Preset) -> None:
    session.bring(preset.applied(session.current()))
