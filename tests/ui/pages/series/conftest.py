"""The time series page as Streamlit runs it, its training done in the test's own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.ui.page_testing import PageDriver


class InTurn:
    """Work that yields one item at a look, and all that is left once `rush` is set."""

    def __init__(self, items: Iterator[Any], rush: bool) -> None:
        self._items, self._rush = items, rush
        self.done, self.error, self.waiting, self.state = False, None, 0, "running"

    def poll(self) -> list[Any]:
        found = list(self._items) if self._rush else [item for item in [next(self._items, None)] if item is not None]
        if self._rush or not found:
            self.done, self.state = True, "done"
        return found

    def stop(self) -> None:
        self.done, self.state = True, "stopped"


@pytest.fixture(params=[True])
def opened(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[..., PageDriver]:
    """Opens the page; work runs to its end at the first look, one item a look where the test is told so indirectly."""

    def start(function: Callable[..., Iterator[Any]], *args: Any, shared: bool, present: Callable[[], bool] | None) -> InTurn:
        assert not shared
        return InTurn(function(*args), request.param)

    monkeypatch.setattr("lstm_viz.jobs.start", start)
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)

    return partial(PageDriver, "series")
