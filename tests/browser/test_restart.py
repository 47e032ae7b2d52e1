"""A server that is started anew while a page is open: the page mends itself, text and view kept, and typing is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app_server import TIMEOUT, free_port, running_app

LONG = "a text too long for any link " * 60


@contextmanager
def visitor(browser: Browser, url: str) -> Iterator[Page]:
    with browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(TIMEOUT * 1000)
        yield context.new_page()


@pytest.mark.parametrize(
    ("path", "box", "shown", "text"),
    [
        ("/", ".live", "liveLength", "short"),
        ("/", ".live", "liveLength", LONG),
        ("/memory", ".board-box", "boardLength", "short"),
    ],
    ids=["explorer", "explorer, long text", "memory"],
)
def test_a_restart_loses_neither_text_nor_view(browser: Browser, path: str, box: str, shown: str, text: str) -> None:
    port = free_port()
    with visitor(browser, f"http://127.0.0.1:{port}") as page:
        area = page.locator(f"{box} textarea")

        def answered(length: int) -> None:
            page.wait_for_function(f"document.querySelector('{box}')?.dataset.{shown} === '{min(length, 1000)}'")

        with running_app(port=port):
            page.goto(path)
            area.fill(text)
            answered(len(text))
            if box == ".live":
                page.get_by_text("All units", exact=True).click()
                expect(page).to_have_url(re.compile("zoom=units"))
            area.press("End")
            page.evaluate("window.__before = true")
        area.press_sequentially(" and on")
        with running_app(port=port):
            page.wait_for_function("window.__before === undefined")
            expect(area).to_have_value(f"{text} and on")
            answered(len(text) + 7)
            expect(area).to_be_focused()
            area.press_sequentially("!")
            answered(len(text) + 8)
            expect(area).to_have_value(f"{text} and on!")
            if box == ".live":
                assert page.locator("input[name=live-zoom]:checked").input_value() == "units"


@pytest.mark.parametrize(
    ("path", "ready"),
    [
        ("/generate?temperature=0.5", ".board-box:visible"),
        ("/your_text?model=shakespeare-lstm&ask=certain", ".board-passages section"),
        ("/learn", ".board-address"),
    ],
    ids=["generate", "your text", "learn"],
)
def test_a_click_after_a_restart_mends_a_page_with_its_settings(browser: Browser, path: str, ready: str) -> None:
    port = free_port()
    with visitor(browser, f"http://127.0.0.1:{port}") as page:
        with running_app(port=port):
            page.goto(path)
            page.locator(ready).first.wait_for(state="attached")
            page.wait_for_function("performance.getEntriesByType('resource').some((each) => each.name.endsWith('/reconnect.js'))")
            page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            page.evaluate("window.__before = true")
            address = page.url
        with running_app(port=port):
            # Streamlit's dialog about the lost connection may lie over the page.
            page.locator("h1").first.dispatch_event("click")
            page.wait_for_function("window.__before === undefined")
            page.locator(ready).first.wait_for(state="attached")
            expect(page.locator(".stException")).to_have_count(0)
            asked = parse_qs(urlsplit(path).query)
            now = parse_qs(urlsplit(page.url).query)
            assert {name: now[name] for name in asked} == asked, address


def test_a_page_that_the_server_knows_is_not_loaded_again(page: Page) -> None:
    page.goto("/")
    page.locator(".live[data-live-seq]").wait_for()
    page.evaluate("window.__before = true")
    with page.expect_response(re.compile("/live/")) as answer:
        page.evaluate("dispatchEvent(new Event('online'))")
    assert answer.value.json() == {"known": True}
    page.locator(".live textarea").fill("as before")
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '9'")
    assert page.evaluate("window.__before") is True
