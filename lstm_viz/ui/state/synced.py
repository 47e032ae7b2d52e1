"""What the browser edits and the page may replace: a text, or a view with its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from lstm_viz.ui.state.messages import component_message
from lstm_viz.ui.state.view import View

Value = TypeVar("Value")


@dataclass(frozen=True)
class Synced(Generic[Value]):
    """A value saved in the session under `key`.

    The browser takes over a value of a higher revision; what it sent about an earlier one is obsolete.
    """

    key: str

    @property
    def is_set(self) -> bool:
        """Return True if a value was ever saved."""
        return self.key in st.session_state

    @property
    def revision(self) -> int:
        """Return how often the page has replaced the value, counted from 1."""
        count: int = st.session_state.get(self._revision_key, 1)
        return count

    def saved(self, default: Value) -> Value:
        """Return the value; `default` if none was ever saved."""
        value: Value = st.session_state.get(self.key, default)
        return value

    def save(self, value: Value) -> None:
        """Save a value that the browser already shows."""
        st.session_state[self.key] = value

    def replace(self, value: Value) -> None:
        """Save a value that the browser has to take over."""
        self.save(value)
        st.session_state[self._revision_key] = self.revision + 1

    def accepts(self, message: Mapping[str, Any] | None) -> bool:
        """Return True for a message of the browser about the present revision."""
        return message is not None and message.get("textRevision") == self.revision

    @property
    def _revision_key(self) -> str:
        return f"{self.key}_revision"


def synced_text(key: str) -> Synced[str]:
    """Return the text of the box with this key, updated by the browser's last message."""
    text, message = Synced[str](f"{key}_text"), component_message(key)
    if message is not None and text.accepts(message):
        text.save(View("", "").with_live({"text": message.get("text", "")}).text)
    return text
