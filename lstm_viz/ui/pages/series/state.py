"""What one person has chosen on this page, kept while other pages are visited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import streamlit as st

from lstm_viz.series.datasets import SHIPPED
from lstm_viz.ui.state import settings

#: One's own numbers, beside the names of the series that ship.
OWN = "own"
NAMES = (*SHIPPED, OWN)

Network = Literal["shipped", "taught", "file"]
Begin = Literal["end", "held"]
#: What the page can be asked: how good it is, what its gates do, what a forecast hangs on, and to teach one.
QuestionId = Literal["", "good", "gates", "hangs", "teach"]

_KEY = "series_chosen"


@dataclass(frozen=True)
class SeriesChoice:
    """`steps` ahead (0: as many as suit the series), from the `end` or where the held-out part begins; `start` of the window.

    `place` is the value whose forecast is asked about (None: the first of the stepwise ones), `lens` the question below (empty:
    the page's first); `gates` is where the window of the gates begins (None: at its last place).
    """

    series: str = NAMES[0]
    network: Network = "shipped"
    begin: Begin = "end"
    steps: int = 0
    start: int | None = None
    place: int | None = None
    lens: QuestionId = ""
    gates: int | None = None

    def query(self) -> dict[str, str]:
        """What was chosen as the parameters of a link; neither one's own numbers nor a network of one's own are in it."""
        parameters = {"series": self.series} | {name: str(getattr(self, name)) for name in (*_NUMBERS, "begin", "lens")}
        plain = SeriesChoice()
        return {
            name: text for name, text in parameters.items() if name == "series" or getattr(self, name) != getattr(plain, name)
        }

    @classmethod
    def of_query(cls, requested: Mapping[str, str]) -> SeriesChoice:
        """What a link's parameters say; what makes no sense is passed over."""
        offers: dict[str, tuple[str, ...]] = {"series": NAMES, "begin": get_args(Begin), "lens": get_args(QuestionId)}
        changes: dict[str, Any] = {name: requested[name] for name, offered in offers.items() if requested.get(name) in offered}
        for name in _NUMBERS:
            text = requested.get(name, "")
            if text.isdecimal() and len(text) <= 9:
                changes[name] = int(text)
        return cls(**changes)


_NUMBERS = ("steps", "start", "place", "gates")


def current() -> SeriesChoice:
    """What is chosen; at first what the link says."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = SeriesChoice.of_query(st.query_params.to_dict())
    choice: SeriesChoice = st.session_state[_KEY]
    return choice


def save(**changes: Any) -> None:
    """Remember a change."""
    st.session_state[_KEY] = replace(current(), **changes)


def save_series(name: str) -> None:
    """Go to another series: what was chosen of the last one makes no sense there; the question stays."""
    before = current()
    st.session_state[_KEY] = SeriesChoice(name, lens="" if OWN in (name, before.series) else before.lens)


def set_widget(key: str, value: object) -> None:
    """Make a control show what is chosen, whatever changed it."""
    settings.show(key, value)


def saver(field: str, key: str) -> Callable[[], None]:
    """What a control does when it is changed: its value becomes the chosen one."""

    def take() -> None:
        save(**{field: st.session_state[key]})

    return take
