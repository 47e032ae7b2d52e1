"""What is on the explore page at the moment, for what is made of it later, outside any run: the files to take away."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.ui.explore.frames import Scene


@dataclass
class Shown:
    """The scene that was drawn last; None before any was."""

    scene: Scene | None = None


def shown() -> Shown:
    """The session's note of what is on the screen; the same object for as long as the session lasts."""
    note: Shown = st.session_state.setdefault("explore_shown", Shown())
    return note
