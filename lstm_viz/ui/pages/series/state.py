"""The selections on this page, kept while other pages are visited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import streamlit as st

from lstm_viz.series.datasets import SHIPPED
from lstm_viz.ui.state import settings

#: The user's own numbers, besides the names of the pretrained series.
OWN = "own"
NAMES = (*SHIPPED, OWN)

Network = Literal["shipped", "taught", "file"]
Begin = Literal["end", "held"]
#: The questions: accuracy, gates, units of a stretch, sensitivity, training.
QuestionId = Literal["", "good", "gates", "match", "hangs", "teach"]

_KEY = "series_chosen"


@dataclass(frozen=True)
class SeriesChoice:
    """`steps` ahead (0: default), from the `end` or from the start of the test part; `start` of the window.

    `place` is the value whose forecast is explained (None: the first stepwise one), `question` the question (empty: the
    page's first); `gates` is the start of the gates' window (None: its last position).
    """

    series: str = NAMES[0]
    network: Network = "shipped"
    begin: Begin = "end"
    steps: int = 0
    start: int | None = None
    place: int | None = None
    question: QuestionId = ""
    gates: int | None = None

    def query(self) -> dict[str, str]:
        """Return the selections as link parameters, without the user's own numbers and networks."""
        plain = SeriesChoice()
        changed = [name for name in (*_NUMBERS, "begin", "question") if getattr(self, name) != getattr(plain, name)]
        return {"series": self.series} | {_PARAMETERS.get(name, name): str(getattr(self, name)) for name in changed}

    @classmethod
    def of_query(cls, requested: Mapping[str, str]) -> SeriesChoice:
        """Return the selections of a link's parameters, those of older links too; invalid values are ignored."""
        options: dict[str, tuple[str, ...]] = {"series": NAMES, "begin": get_args(Begin), "question": get_args(QuestionId)}
        by_field = {
            name: requested.get(_PARAMETERS.get(name, name), requested.get(OLD_PARAMETERS.get(name, ""))) for name in options
        }
        changes: dict[str, Any] = {name: value for name, value in by_field.items() if value in options[name]}
        for name in _NUMBERS:
            text = requested.get(name, "")
            if text.isdecimal() and len(text) <= 9:
                changes[name] = int(text)
        return cls(**changes)


_NUMBERS = ("steps", "start", "place", "gates")
#: Parameters of a link by field, where they differ; the question is `ask` on every page.
_PARAMETERS = {"question": "ask"}
#: Parameters of older links by field.
OLD_PARAMETERS = {"question": "lens"}


def current() -> SeriesChoice:
    """Return the current selections; at first those of the link."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = SeriesChoice.of_query(st.query_params.to_dict())
    choice: SeriesChoice = st.session_state[_KEY]
    return choice


def save(**changes: Any) -> None:
    """Save a change."""
    st.session_state[_KEY] = replace(current(), **changes)


def save_series(name: str) -> None:
    """Switch to another series and reset its selections; the question stays."""
    before = current()
    st.session_state[_KEY] = SeriesChoice(name, question="" if OWN in (name, before.series) else before.question)


def set_widget(key: str, value: object) -> None:
    """Make a control show the current selection."""
    settings.show(key, value)


def control_args(field: str, key: str) -> dict[str, Any]:
    """Return the keyword arguments of a control whose value is saved in a field."""
    return settings.control_args(key, lambda value: save(**{field: value}))
