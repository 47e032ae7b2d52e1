"""The last result of a computation, kept in the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Result = TypeVar("Result")


def remember(key: str, inputs: object, compute: Callable[[], Result]) -> Result:
    """Return `compute()`, or the result saved under `key` if it was computed for an equal `inputs`; only the last one is kept."""
    cached: tuple[object, Result] | None = st.session_state.get(key)
    if cached is None or cached[0] != inputs:
        cached = st.session_state[key] = (inputs, compute())
    return cached[1]
