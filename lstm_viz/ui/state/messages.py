"""Messages that the browser's components sent to this session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st


def last_message(key: str) -> Mapping[str, Any] | None:
    """Return the last message of the component with this key, before it is mounted in this run."""
    state = st.session_state.get(key) or {}
    view: Mapping[str, Any] | None = state.get("view")
    return view
