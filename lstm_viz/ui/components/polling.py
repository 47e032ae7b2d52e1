"""A fragment that reruns at intervals while something is awaited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def poll_fragment(draw: Callable[..., None], *args: Any, every: float, awaited: bool) -> None:
    """Draw `draw(*args)` as a fragment that the browser reruns every so many seconds while something is awaited.

    Call it at the same place of the page in every run, also where nothing is awaited any more: the browser's timer runs on until
    the page has reached it, and its last rerun must find the fragment. Streamlit reports each that does not, in the server's log.

    Args:
        draw: what is drawn; it may end the wait by `st.rerun`.
        args: its arguments.
        every: seconds between two reruns.
        awaited: whether there is anything to wait for; if not, it is drawn once.
    """
    st.fragment(draw, run_every=every if awaited else None)(*args)
