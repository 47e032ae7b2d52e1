"""The questions of a page: a table of titles and functions that draw the answers, and the choice of one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec

import streamlit as st

from lstm_viz.ui.state import settings

Arguments = ParamSpec("Arguments")

#: Question titles that older links use as ids, and the ids that replaced them.
OLD_QUESTION_IDS = {
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


@dataclass(frozen=True)
class Question(Generic[Arguments]):
    """A question of a page: its title, and the function that draws the answer."""

    title: str
    render: Callable[Arguments, None]


def question_titles(questions: Mapping[str, Question[Any]]) -> dict[str, str]:
    """Return the titles of a page's questions by id."""
    return {id: question.title for id, question in questions.items()}


def selected_question(ids: Iterable[str], key: str) -> str:
    """Return the id of the page's selected question, before the control is drawn.

    It is the one that a link names, else the last one selected, else the first.

    Args:
        ids: The questions' ids, or a mapping from them. Links and sessions use the id; the title may change, the id must not.
        key: The key of the choice in the session's state.

    Returns:
        The id of the selected question.
    """
    return question_setting(ids, key).value()


def question_control(titles: Mapping[str, str], key: str) -> None:
    """Draw the choice of the question; only the selected one is computed.

    Args:
        titles: The questions' titles by id.
        key: The key of the choice in the session's state.
    """
    st.segmented_control(
        "What do you want to know?", list(titles), format_func=titles.__getitem__, required=True, width="stretch",
        label_visibility="collapsed", **question_setting(titles, key).widget_args(),
    )  # fmt: skip


def question_setting(ids: Iterable[str], key: str) -> settings.Setting[str]:
    """Return the setting of a page's question. See `selected_question` for the arguments."""
    options = list(ids)
    return settings.choice(key, "ask", options, options[0], renamed=OLD_QUESTION_IDS)
