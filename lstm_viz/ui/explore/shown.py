"""What is on a stage at the moment, for what is made of it later, outside any run: the files to take away."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.ui.explore.scene import Scene
from lstm_viz.ui.view import session


@dataclass
class Shown:
    """The scene that was drawn last; None before any was."""

    scene: Scene | None = None


def shown(key: str = session.LIVE) -> Shown:
    """The session's note of what is on the stage of this key; the same object for as long as the session lasts."""
    note: Shown = st.session_state.setdefault(f"shown_{key}", Shown())
    return note
