"""A remembered result: computed again only for something else."""

from __future__ import annotations

import pytest
import streamlit as st

from lstm_viz.ui.state.memo import remember


def test_a_result_is_computed_once_until_something_else_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    computed: list[int] = []

    def double(number: int) -> int:
        return remember("doubled", (number, "twice"), lambda: computed.append(number) or 2 * number)  # type: ignore[func-returns-value]

    assert [double(3), double(3), double(4), double(3)] == [6, 6, 8, 6]
    assert computed == [3, 4, 3]


def test_none_is_a_result_and_a_failure_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    assert remember("found", 1, lambda: None) is None
    assert remember("found", 1, lambda: pytest.fail("it is known already")) is None
    with pytest.raises(ZeroDivisionError):
        remember("found", 2, lambda: 1 // 0)
    assert remember("found", 2, lambda: 5) == 5
