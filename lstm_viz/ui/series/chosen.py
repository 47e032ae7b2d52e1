"""What one person has chosen on this page, kept while other pages are visited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

from lstm_viz.series.shipped import SHIPPED

#: One's own numbers, beside the names of the series that ship.
OWN = "own"
NAMES = (*SHIPPED, OWN)

Network = Literal["shipped", "taught", "file"]
Begin = Literal["end", "held"]

_KEY = "series_chosen"


@dataclass(frozen=True)
class Chosen:
    """`steps` ahead (0: as many as suit the series), from the `end` or where the held-out part begins; `start` of the window.

    `place` is the value whose forecast is asked about (None: the first of the stepwise ones), `lens` the question below.
    """

    series: str = NAMES[0]
    network: Network = "shipped"
    begin: Begin = "end"
    steps: int = 0
    start: int | None = None
    place: int | None = None
    lens: str = ""


def current() -> Chosen:
    """What is chosen; the first series at first, or the one that the link names."""
    if _KEY not in st.session_state:
        asked = st.query_params.get("series")
        st.session_state[_KEY] = Chosen(asked if asked in NAMES else NAMES[0])
    found: Chosen = st.session_state[_KEY]
    return found


def keep(**changes: Any) -> None:
    """Remember a change."""
    st.session_state[_KEY] = replace(current(), **changes)


def keep_series(name: str) -> None:
    """Go to another series: what was chosen of the last one makes no sense there; the question stays."""
    before = current()
    st.session_state[_KEY] = Chosen(name, lens="" if OWN in (name, before.series) else before.lens)


def bound(key: str, value: object) -> None:
    """Make a control show what is chosen, whatever changed it."""
    st.session_state[key] = value


def taking(field: str, key: str) -> Callable[[], None]:
    """What a control does when it is changed: its value becomes the chosen one."""

    def take() -> None:
        keep(**{field: st.session_state[key]})

    return take
