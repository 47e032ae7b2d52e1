"""What is looked at again and again: the last rerun that a browser asks for finds its fragment, on every page."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.components import polling
from tests.sources import parse_source

SCREEN = Path(polling.__file__).parents[1]


def script() -> None:
    """A page that waits for its visitor's word."""
    import streamlit as st

    from lstm_viz.ui.components.polling import poll_fragment

    def draw(awaited: bool) -> None:
        if awaited:
            st.text("waits")

    waits = not st.session_state.get("come")
    poll_fragment(draw, waits, every=0.4, awaited=waits)
    st.text("the page")


def test_a_fragment_stays_when_what_it_awaited_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[str] = []
    register = MemoryFragmentStorage.register

    def note(self: MemoryFragmentStorage, key: str, *args: object, **more: object) -> None:
        registered.append(key)
        register(self, key, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(MemoryFragmentStorage, "register", note)
    page = AppTest.from_function(script, default_timeout=60).run()
    assert [text.value for text in page.text] == ["waits", "the page"]
    page.session_state["come"] = True
    page.run()
    assert [text.value for text in page.text] == ["the page"]
    assert len(registered) == 2
    assert len(set(registered)) == 1


def test_nothing_else_is_looked_at_again_and_again() -> None:
    elsewhere = [
        path.name
        for path in SCREEN.rglob("*.py")
        for node in ast.walk(parse_source(path))
        if isinstance(node, ast.keyword) and node.arg == "run_every"
    ]
    assert elsewhere == ["polling.py"]
