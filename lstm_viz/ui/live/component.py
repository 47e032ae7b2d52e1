"""The live view as a Streamlit component: registered once, mounted by key, driven by frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lstm_viz.ui.assets import publish_plotly
from lstm_viz.ui.live.publish import publish_live

HTML = Path(__file__).with_name("live.html")

# Streamlit sends this text again with every frame and runs it from a blob: URL, hence its brevity and the detour over
# Streamlit's own script: that one's address holds for any base path the app is served under.
STUB = """
const own = [...document.scripts].find((script) => script.src.includes("/static/js/"));
const folder = new URL("../../app/static/", own ? own.src : document.baseURI + "static/js/");
const live = import(new URL("{folder}/live.js", folder));
export default async (component) => (await live).show(component, folder);
"""


@cache
def _renderer() -> Callable[..., Any]:
    """Publish the files and register the component, once a process."""
    publish_plotly()
    stub = STUB.replace("{folder}", publish_live())
    return st.components.v2.component(
        "lstm_viz.live", html=HTML.read_text("utf-8"), js=stub, isolate_styles=False
    )


def mount(frame: bytes, key: str, on_view_change: Callable[[], None] = lambda: None) -> Mapping[str, Any] | None:
    """Show a frame (see `pack`); returns what the person last chose and typed, or None before anything came."""
    result = _renderer()(key=key, data=frame, on_view_change=on_view_change)
    view: Mapping[str, Any] | None = result.get("view")
    return view


def received(key: str) -> Mapping[str, Any] | None:
    """What the browser last sent for the component of this key, known before the component is mounted in this run."""
    state = st.session_state.get(key) or {}
    view: Mapping[str, Any] | None = state.get("view")
    return view
