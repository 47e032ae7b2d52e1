"""The time series page as Streamlit runs it, its training done in the test's own process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.page_testing import PAGES

PAGE = PAGES / "series.py"


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
def opened(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[..., AppTest]:
    """Opens the page; work runs to its end at the first look, one item a look where the test is told so indirectly."""

    def start(function: Callable[..., Iterator[Any]], *args: Any, shared: bool, present: Callable[[], bool] | None) -> InTurn:
        assert not shared
        return InTurn(function(*args), request.param)

    monkeypatch.setattr("lstm_viz.jobs.start", start)
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)

    def open_page(**link: str) -> AppTest:
        page = AppTest.from_file(str(PAGE), default_timeout=120)
        for name, value in link.items():
            page.query_params[name] = value
        return page.run()

    return open_page


def said(page: AppTest) -> str:
    """All that stands on the page in words."""
    assert not page.exception, [each.value for each in page.exception]
    return "\n".join(str(each.value) for each in (*page.markdown, *page.caption, *page.error))


def asking(page: AppTest, question: str) -> AppTest:
    return page.segmented_control(key="series_lens").set_value(question).run()


def showing(page: AppTest, name: str) -> AppTest:
    return page.segmented_control(key="series_name").set_value(name).run()


def pasting(page: AppTest, text: str) -> AppTest:
    return page.text_area(key="series_paste").set_value(text).run()


def uploading(page: AppTest, name: str, content: bytes) -> AppTest:
    return page.file_uploader(key="series_file").set_value((name, content, "text/csv")).run()


def figures(page: AppTest) -> list[dict[str, Any]]:
    """The figures that the page draws, from top to bottom, each with its alternative text."""
    found = []
    for each in page.get("bidi_component"):
        packed: bytes = each.proto.bytes
        if not packed.startswith(b"{") or b"\n" not in packed:
            continue
        told, figure = packed.split(b"\n", 1)
        assert json.loads(told)["alt"]
        found.append({**json.loads(figure), **{name: json.loads(told)[name] for name in ("words", "link")}})
    return found


def lines(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A figure's traces by their names."""
    return {trace.get("name", ""): trace for trace in figure["data"]}
