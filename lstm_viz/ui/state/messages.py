"""Messages that the browser's components sent to this session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

_CONSUMED = "consumed_messages"


def component_message(key: str) -> Mapping[str, Any] | None:
    """Return what the component with this key sent last, before it is mounted in this run."""
    state = st.session_state.get(key) or {}
    view: Mapping[str, Any] | None = state.get("view")
    return view


def is_new_message(key: str, message: Mapping[str, Any] | None) -> bool:
    """Return True until a component's message is marked as consumed."""
    consumed: dict[str, Mapping[str, Any] | None] = st.session_state.get(_CONSUMED, {})
    return message != consumed.get(key)


def mark_consumed(key: str, message: Mapping[str, Any] | None) -> None:
    """Record that a component's message has been saved, so that it cannot undo what a control or a click changes later.

    Call it after saving: Streamlit may end a run wherever it uses the session's state, and the message would be lost.
    """
    st.session_state.setdefault(_CONSUMED, {})[key] = message
