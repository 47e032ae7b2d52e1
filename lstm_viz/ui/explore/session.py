"""What the explore page remembers for one person: the view, across pages, and the reader that saves reading twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz.reading import Reader
from lstm_viz.ui.explore.frames import Scene
from lstm_viz.ui.explore.presets import is_example, presets
from lstm_viz.ui.explore.view import View
from lstm_viz.ui.explore.zoo import exhibit, offered
from lstm_viz.ui.live.component import received

KEY = "live"
_VIEW, _PUSH, _READER, _SHOWN = "explore_view", "explore_push", "explore_reader", "explore_shown"


@dataclass
class Shown:
    """What is on the screen at the moment, for what is made of it later, outside any run: the files to take away."""

    scene: Scene | None = None


def current() -> View:
    """The view before this run's controls: the remembered one, with what the browser sent since."""
    if _VIEW not in st.session_state:
        st.session_state[_PUSH] = 1
        keep(_first())
    view: View = st.session_state[_VIEW]
    live = received(KEY)
    # What was sent before the page set another text is about a text that is gone.
    if live is not None and live.get("push") == pushed():
        view = view.with_live(live)
        keep(view)
    return view


def _first() -> View:
    """The view of a fresh session: the first preset of the model that the link names, changed by the link."""
    names, asked = offered(), st.query_params.to_dict()
    name = asked["model"] if asked.get("model") in names else names[0]
    start = presets(name)[0].applied(View("", name))
    return replace(start.with_query(asked), model=name)


def keep(view: View) -> None:
    """Remember a view."""
    st.session_state[_VIEW] = view


def push(view: View) -> None:
    """Remember a view whose text the browser has to take over."""
    keep(view)
    st.session_state[_PUSH] = pushed() + 1


def pushed() -> int:
    """How often the page, not the person, has set the text."""
    count: int = st.session_state.get(_PUSH, 1)
    return count


def choose_model(name: str) -> None:
    """Go to another model; one's own text stays, an untouched example gives way to one that suits the model."""
    view = replace(current(), model=name, unit=0, layer=0, step=-1)
    push(presets(name)[0].applied(view) if is_example(view.text) else view)


def shown() -> Shown:
    """The session's note of what is on the screen; the same object for as long as the session lasts."""
    note: Shown = st.session_state.setdefault(_SHOWN, Shown())
    return note


def reader(name: str) -> Reader:
    """The session's own reader of one model; only the last model's is kept."""
    kept = st.session_state.get(_READER)
    if kept is None or kept[0] != name:
        kept = (name, Reader(exhibit(name).model))
        st.session_state[_READER] = kept
    found: Reader = kept[1]
    return found
