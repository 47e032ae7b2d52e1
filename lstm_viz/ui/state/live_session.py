"""What a live view's session holds outside any script run, so that its WebSocket can answer without one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st

from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader
from lstm_viz.ui.state.messages import component_message

#: The key of the live view that shows the shared text.
LIVE = "live"


@dataclass(eq=False)
class LiveSession:
    """State of a live view outside any script run: `scene` was drawn last, `last_message` arrived last over the WebSocket.

    `name` is a secret token, known to that browser only.
    """

    name: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    scene: Any = None
    last_message: Mapping[str, Any] | None = None
    _reader: Reader | None = None

    def reader(self, model: LanguageModel) -> Reader:
        """Return the session's reader, shared by the page and the live WebSocket. Only the last model's reader is cached."""
        reader = self._reader
        if reader is None or reader.model is not model:
            reader = self._reader = Reader(model)
        return reader


#: Live sessions by token; entries disappear with their session.
_LIVE_SESSIONS: WeakValueDictionary[str, LiveSession] = WeakValueDictionary()


def live_session(key: str = LIVE) -> LiveSession:
    """Return the live session of the component with this key; the same object during the whole session."""
    own: LiveSession = st.session_state.setdefault(f"live_session_{key}", LiveSession())
    _LIVE_SESSIONS[own.name] = own
    return own


def find_live_session(name: str) -> LiveSession | None:
    """Return the live session with this token; None if it does not exist."""
    return _LIVE_SESSIONS.get(name)


def latest_message(key: str, revision: int) -> Mapping[str, Any] | None:
    """Return the component's latest message, from the script run or the WebSocket; survives leaving the page.

    Args:
        key: The component's key.
        revision: The present revision of its text. A message about a later one was sent to a session that the server has lost,
            where the page had set the text more often.
    """
    own = live_session(key)
    arrived = (own.last_message, component_message(key))
    messages = [message for message in arrived if message is not None and _order(message)[0] <= revision]
    own.last_message = max(messages, key=_order, default=None)
    return own.last_message


def _order(message: Mapping[str, Any]) -> tuple[int, int]:
    return int(message.get("textRevision", 0)), int(message.get("seq", 0))
