"""Shared by the pages of questions about a text: the title with the question, and the row of network, layer and examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.containers import control_row
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.components.questions import Question, question_control
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View

State = TypeVar("State")


@dataclass(frozen=True)
class TextQuestion(Question[[State]], Generic[State]):
    """A question about a text, with the function that colors the text's tokens."""

    token_colors: Callable[[State], TokenColors | None]


def question_head(title: str, caption: str, terms: Sequence[str], titles: Mapping[str, str], key: str) -> None:
    """Set up the page; draw its title, with the caption as its tooltip, and the choice of the question.

    Args:
        title: The title, Markdown.
        caption: What the page shows, Markdown.
        terms: The names of the glossary's terms that the page uses.
        titles: The questions' titles by id.
        key: The key of the chosen question's id.
    """
    page_setup()
    page_header(title, caption, terms, as_tooltip=True)
    question_control(titles, key)


def text_controls(
    view: View, *, networks: bool = True, classifiers: bool = False, buttons: Callable[[View], None] | None = None
) -> None:
    """Draw the row of the choices of network and layer, and the buttons of the network's examples.

    Args:
        view: What the visitor looks at.
        networks: Whether the network can be chosen.
        classifiers: Whether classifiers are offered too.
        buttons: Draws other buttons in place of the examples.
    """
    with control_row():
        if networks:
            controls.network(view, classifiers=classifiers)
        controls.layer(view)
        if buttons is None:
            controls.examples(get_model(view.model).presets)
        else:
            buttons(view)
