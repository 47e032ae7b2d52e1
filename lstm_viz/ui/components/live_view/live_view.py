"""The live view on a page: a fragment of its own that hears what the browser sent, composes a scene and draws it.

The explorer's stage shows the view that all pages share. A page whose steps are no text, a series for one, gives its stage
another key and has a view of its own there.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.ui.components.live_view.payload import frame
from lstm_viz.ui.components.live_view.scene import Scene
from lstm_viz.ui.components.live_view.terms import glossary
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.state import session
from lstm_viz.ui.state.view import LINK_LIMIT, View

#: What the address says of a stage whose steps are no text.
_LINKED = ("layer", "unit", "step", "zoom", "colour")


@st.fragment
def stage(scene_from_view: Callable[[View], Scene], key: str = session.LIVE, *, linked: bool = False) -> None:
    """Draw what `scene_from_view` makes of the current view; step, unit, zoom and colour rerun this fragment and nothing else.

    The scene's own view is kept: it may have been moved to where there is something to show. A page's own stage that is `linked`
    begins as the page's address says, and keeps it there.
    """
    if linked and _at(key) not in st.session_state:
        asked = st.query_params.to_dict()
        keep(key, View("", "").with_query({name: asked[name] for name in _LINKED if name in asked}))
    scene = scene_from_view(current(key))
    keep(key, scene.view)
    note = session.note(key)
    note.scene = scene
    header, arrays = frame(scene)
    shared, query = key == session.LIVE, scene.view.query()
    header |= {
        "seq": int((session.newest(key) or {}).get("seq", 0)),
        "push": session.pushed() if shared else _pushed(key),
        "link": query if shared else {name: query[name] for name in _LINKED} if linked else None,
        "road": note.name if shared else None,
        "glossary": glossary(),
        "session": session.note().name,
        "link_limit": LINK_LIMIT,
        "silent": shared and session.unwritten(scene.view),
        "awaited": session.awaited() if shared else None,
    }
    mount(pack(header, arrays), key)


def current(key: str) -> View:
    """The view of the stage with this key, with what the browser sent since; a page's own begins empty."""
    if key == session.LIVE:
        return session.current()
    view: View = st.session_state.get(_at(key)) or View("", "")
    sent = session.news(key, session.newest(key))
    if sent is not None and sent.get("push") == _pushed(key):
        view = view.with_live(sent)
    keep(key, view)
    return view


def keep(key: str, view: View) -> None:
    """Remember the view of a stage; what it shows of step, unit, zoom and colour the browser knows already."""
    if key == session.LIVE:
        session.keep(view)
    else:
        st.session_state[_at(key)] = view


def put(key: str, view: View) -> None:
    """Remember a view that the browser has to take over, as after another series was chosen."""
    if key == session.LIVE:
        session.push(view)
    else:
        keep(key, view)
        st.session_state[f"{_at(key)}_push"] = _pushed(key) + 1


def _pushed(key: str) -> int:
    count: int = st.session_state.get(f"{_at(key)}_push", 1)
    return count


def _at(key: str) -> str:
    return f"stage_{key}"
