"""The gradients page: network, text, and the figure of the selected question."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components.question_page import TextQuestion, question_head, text_controls
from lstm_viz.ui.components.questions import question_titles, selected_question
from lstm_viz.ui.pages.gradients import attribution, clipping, gate_ranking, gradient_flow, gradient_paths, vanishing
from lstm_viz.ui.pages.gradients.gradients_state import GradientsState, current_state
from lstm_viz.ui.state import session
from lstm_viz.ui.state.examples import Preset, is_example
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View


@dataclass(frozen=True)
class GradientQuestion(TextQuestion[GradientsState]):
    """A question whose text `model` may read instead of the selected network; without `about_text` it needs no text."""

    model: str | None = None
    about_text: bool = True


#: The questions by id, which links and sessions use; the text may change, the id must not.
QUESTIONS: dict[str, GradientQuestion] = {
    "vanishing": GradientQuestion("How fast does it vanish?", vanishing.render, vanishing.token_colors, model=vanishing.TRIO[-1]),
    "gradient-flow": GradientQuestion("Which steps does a loss reach?", gradient_flow.render, gradient_flow.token_colors),
    "paths": GradientQuestion("Direct or gate path?", gradient_paths.render, gradient_paths.token_colors),
    "gates": GradientQuestion("Which gate matters?", gate_ranking.render, gate_ranking.token_colors),
    "attribution": GradientQuestion("Which letter matters?", attribution.render, attribution.token_colors),
    "clipping": GradientQuestion("What does clipping do?", lambda state: clipping.render(), lambda state: None, about_text=False),
}
QUESTION_TITLES = question_titles(QUESTIONS)
_QUESTION_KEY = "gradients_ask"
#: The part of the page with its own example.
_BORROWED = "vanishing"
#: The default text of the three networks: short, and its topmost layer shows the difference.
VERSE = Preset("verse", "A line of verse", "He said that he would bring it to the king", "", layer=1)
_TERMS = (
    "gradient", "loss", "surprise", "log-probability", "vanishing gradient", "exploding gradient", "backpropagation through time",
    "gradient norm", "direct path, gate path", "spectral radius", "integrated gradients", "completeness", "gradient × input",
    "gradient clipping", "forget gate (LSTM)", "update gate (GRU)", "cell state (LSTM)", "hidden state (LSTM)",
)  # fmt: skip


def render() -> None:
    """Draw the page; a keystroke reruns only the fragment with the box and its figures."""
    question_head(
        "What does an answer depend on, and how far back?",
        "Which letters, gates and states a prediction depends on, and how gradients flow back to them.",
        _TERMS, QUESTION_TITLES, _QUESTION_KEY,
    )  # fmt: skip
    question = QUESTIONS[selected_question(QUESTIONS, _QUESTION_KEY)]
    view = session.view_for_language_model() if question.model is None else _view_with_model(question.model)
    if question.about_text:
        text_controls(view, networks=question.model is None)
    _answer()


@st.fragment
def _answer() -> None:
    question_id = selected_question(QUESTIONS, _QUESTION_KEY)
    question = QUESTIONS[question_id]
    if not question.about_text:
        clipping.render()
        return
    state = current_state(question.model)
    # The network of the other questions stays.
    session.save(state.view if question.model is None else replace(state.view, model=session.current().model))
    has_text = bool(state.trace.tokens)
    components.shared_text_box(
        token_colors=question.token_colors(state) if has_text else None, question=question_id, model=question.model
    )
    if has_text:
        with components.answer_container():
            question.render(state)
    else:
        st.info("Type something above, and its gradients are drawn here.", icon=":material/keyboard:")


def _view_with_model(model: str) -> View:
    """Return the view as `model` reads it; an untouched example for another kind of network is replaced by a verse."""
    view = shared_view = session.view_without_borrowed_example(_BORROWED)
    if is_example(view.text) and all(view.text != each.text for each in (*get_model(model).presets, VERSE)):
        view = replace(view, text=VERSE.text, layer=VERSE.layer, step=-1)
        session.mark_borrowed_example(view, shared_view, _BORROWED)
        session.set_text(view)
    return replace(view, model=model)
