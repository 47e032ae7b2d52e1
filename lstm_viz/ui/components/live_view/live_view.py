"""The live view on a page: a fragment that receives the browser's message, builds a scene and sends a frame.

The explorer's live view shows the view that all pages share. A page whose steps are not text, such as a series, uses another key
and has its own view.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.components.live_view.scene import LiveScene
from lstm_viz.ui.components.live_view.terms import glossary
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.state import session
from lstm_viz.ui.state.live_session import LIVE, latest_message, live_session
from lstm_viz.ui.state.messages import is_new_message, mark_consumed
from lstm_viz.ui.state.synced import Synced
from lstm_viz.ui.state.view import LINK_LIMIT, View

#: The parameters that the address holds for a live view without text.
_LINKED = ("layer", "unit", "step", "zoom", "colour")


@st.fragment
def live_view(
    scene_from_view: Callable[[View], LiveScene], key: str = LIVE, *, linked: bool = False,
    below: Callable[[LiveScene], None] | None = None,
) -> None:  # fmt: skip
    """Draw the scene of the current view; step, unit, zoom and colour rerun only this fragment.

    The scene's view is saved, because it may have been clamped. A page's own live view that is `linked` starts from the page's
    address and keeps it up to date. `below` draws what follows the view and changes with it.
    """
    if linked and not _own_view(key).is_set:
        requested = st.query_params.to_dict()
        save_view(key, View("", "").with_query({name: requested[name] for name in _LINKED if name in requested}))
    scene = scene_from_view(current_view(key))
    save_view(key, scene.view)
    live_session(key).scene = scene
    header, arrays = build_payload(scene)
    shared, query = key == LIVE, scene.view.query()
    revision = session.text_revision() if shared else _own_view(key).revision
    header |= {
        "seq": int((latest_message(key, revision) or {}).get("seq", 0)),
        "textRevision": revision,
        "link": query if shared else {name: query[name] for name in _LINKED} if linked else None,
        "socketToken": live_session(key).name if shared else None,
        "glossary": glossary(),
        "session": live_session().name,
        "linkLimit": LINK_LIMIT,
        "linkFrozen": shared and session.is_link_frozen(scene.view),
        "awaitedLength": session.awaited_length() if shared else None,
    }
    mount(pack(header, arrays), key)
    if below is not None:
        below(scene)


def current_view(key: str) -> View:
    """Return the view of the component with this key, updated by the browser's latest message; a page's own starts empty."""
    if key == LIVE:
        return session.current()
    view = _own_view(key).saved(View("", ""))
    message = latest_message(key, _own_view(key).revision)
    if message is not None and is_new_message(key, message) and _own_view(key).accepts(message):
        view = view.with_live(message)
    save_view(key, view)
    mark_consumed(key, message)
    return view


def save_view(key: str, view: View) -> None:
    """Save the view of a component; the browser already knows step, unit, zoom and colour."""
    if key == LIVE:
        session.save(view)
    else:
        _own_view(key).save(view)


def set_view(key: str, view: View) -> None:
    """Save a view that the browser has to take over, for example after another series was chosen."""
    if key == LIVE:
        session.set_text(view)
    else:
        _own_view(key).replace(view)


def view_key(key: str) -> str:
    """Return the key of the session's state under which the view of a page's own component is saved."""
    return f"live_view_{key}"


def _own_view(key: str) -> Synced[View]:
    return Synced(view_key(key))
