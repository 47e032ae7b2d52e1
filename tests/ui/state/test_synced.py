"""A text that browser and page both change: the later change holds."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from lstm_viz.ui.state.synced import Synced, synced_text


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def type_text(session: dict[str, Any], text: str, revision: int) -> None:
    session["box"] = {"view": {"text": text, "textRevision": revision, "seq": 1}}


def test_typing_counts_until_the_page_replaces_the_text(session: dict[str, Any]) -> None:
    assert not synced_text("box").is_set
    assert synced_text("box").saved("nothing") == "nothing"
    type_text(session, "typed", 1)
    assert synced_text("box").saved("") == "typed"
    synced_text("box").replace("from the page")
    assert synced_text("box").saved("") == "from the page"  # the message is about the text before
    type_text(session, "typed again", synced_text("box").revision)
    assert synced_text("box").saved("") == "typed again"


def test_an_emptied_text_is_a_text(session: dict[str, Any]) -> None:
    synced_text("box").save("something")
    type_text(session, "", 1)
    assert synced_text("box").is_set
    assert synced_text("box").saved("default") == ""


def test_saving_asks_nothing_of_the_browser_and_replacing_does(session: dict[str, Any]) -> None:
    number = Synced[int]("number")
    number.save(3)
    assert (number.saved(0), number.revision) == (3, 1)
    number.replace(4)
    assert (number.saved(0), number.revision) == (4, 2)
    assert not number.accepts(None)
    assert not number.accepts({"textRevision": 1})
    assert number.accepts({"textRevision": 2})
