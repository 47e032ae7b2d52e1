"""The what-if page: network, experiments, text, interventions, and the figure of the selected question."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.question_page import question_head, text_controls
from lstm_viz.ui.components.questions import Question, question_titles, selected_question
from lstm_viz.ui.pages.what_if import before_after, continuation, text_comparison, unit_ablation, what_if_state
from lstm_viz.ui.pages.what_if.editor import intervention_rows
from lstm_viz.ui.pages.what_if.experiments import experiments
from lstm_viz.ui.pages.what_if.what_if_state import WhatIfState, current_state
from lstm_viz.ui.state import session
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View

#: Draws the interventions and the form to add one.
DrawInterventions = Callable[[], None]


def _with_interventions(show: Callable[[WhatIfState], None]) -> Callable[[WhatIfState, DrawInterventions], None]:
    """Return a function that draws the interventions, then an answer."""

    def both(state: WhatIfState, draw_interventions: DrawInterventions) -> None:
        draw_interventions()
        show(state)

    return both


#: The questions by id.
QUESTIONS: dict[str, Question[[WhatIfState, DrawInterventions]]] = {
    what_if_state.HAPPENS: Question("What happens?", before_after.render),
    what_if_state.WRITES: Question("What would it write?", _with_interventions(continuation.render)),
    what_if_state.MATTERS: Question("Which unit matters?", _with_interventions(unit_ablation.render)),
    # Both texts are read by the trained network, without interventions.
    what_if_state.TEXTS: Question("Two texts", lambda state, draw_interventions: text_comparison.render(state.view)),
}
QUESTION_TITLES = question_titles(QUESTIONS)
_MARKED = "what_if_marked"
_TERMS = (
    "clamped gate", "ablation", "surprise", "nat", "forget gate (LSTM)", "input gate (LSTM)", "output gate (LSTM)",
    "cell state (LSTM)", "hidden state (LSTM)", "update gate (GRU)", "unit", "layer", "temperature", "distance of states",
)  # fmt: skip


def render() -> None:
    """Draw the page; a keystroke reruns only the fragment with the box and its figures."""
    question_head(
        "What if something inside were different?",
        "Change a gate, a unit or a state of the trained network, and compare the results.",
        _TERMS, QUESTION_TITLES, what_if_state.QUESTION_KEY,
    )  # fmt: skip
    text_controls(session.view_for_language_model(), buttons=_experiment_buttons)
    _answer()


def _experiment_buttons(view: View) -> None:
    """Draw a row of buttons, one per experiment; the active one is marked."""
    config = get_model(view.model).model.config
    now = what_if_state.active_experiment(view.model, config)
    st.session_state[_MARKED] = now
    with st.container(horizontal=True, gap="xsmall", key="scroll_row_experiments"):
        for each in experiments(view.model, config):
            st.button(
                each.name, key=f"what_if_take_{each.id}", on_click=what_if_state.apply, args=(each, config),
                type="primary" if each == now else "secondary", icon=":material/check:" if each == now else None,
            )  # fmt: skip
        controls.undo()


@st.fragment
def _answer() -> None:
    state = current_state()
    session.save(state.view)
    now = what_if_state.active_experiment(state.view.model, state.model.config)
    question_id = selected_question(QUESTIONS, what_if_state.QUESTION_KEY)
    components.shared_text_box(
        token_colors=text_comparison.token_colors(state.view) if question_id == what_if_state.TEXTS else state.token_colors(),
        question=question_id,
    )

    def draw_interventions() -> None:
        if now is not None or not state.specs:
            st.caption(now.hint if now else "No change yet: choose one above, or make your own.")
        intervention_rows(state)

    if state.tokens:
        with components.answer_container():
            QUESTIONS[question_id].render(state, draw_interventions)
    else:
        draw_interventions()
        st.info("Type something above, and it is read twice: as trained, and changed.", icon=":material/keyboard:")
    if now != st.session_state[_MARKED]:
        # A slider or a key has started or ended an experiment, and the buttons are outside this fragment. Last, because controls
        # that a run does not reach lose their state.
        st.rerun()
