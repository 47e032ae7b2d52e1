"""What the tests of this page share: files are read at once, in this process, instead of in a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.page_testing import PAGES


class DoneJob:
    """A job that has run already."""

    state, error, waiting, begun, soon = "done", None, 0, True, None

    def __init__(self, function: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> None:
        self._items = list(function(*args))

    @property
    def done(self) -> bool:
        return not self._items

    def poll(self) -> list[Any]:
        items, self._items = self._items, []
        return items

    def stop(self) -> None:
        """There is nothing to stop."""


@pytest.fixture(autouse=True)
def _jobs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_viz.jobs.start", lambda function, *args, **_: DoneJob(function, args))
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)


@pytest.fixture
def page() -> AppTest:
    """The page, without files."""
    return AppTest.from_file(str(PAGES / "your_network.py"), default_timeout=120).run()
