"""A server that is started anew while pages are open: they mend themselves, text and view kept, and typing is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.app_server import TIMEOUT, free_port, running_app
from tests.browser.conftest import WINDOW

LONG = "a text too long for any link " * 60
#: Pages that are typed on: path, text box, what says how much of it is shown, and the text.
TYPED_ON = {
    "explorer": ("/", ".live", "liveLength", "short"),
    "explorer, long text": ("/", ".live", "liveLength", LONG),
    "memory": ("/memory", ".text-box", "boxLength", "short"),
}
#: Pages that Streamlit runs again in its new session before they can load again, as it does with a script that was running.
RUN_AGAIN = {"explorer, run again": TYPED_ON["explorer"], "memory, run again": TYPED_ON["memory"]}
#: Pages that only a click mends: path, and what is there once the page is.
CLICKED = {
    "generate": ("/generate?temperature=0.5", ".text-box:visible"),
    "your text": ("/your_text?model=shakespeare-lstm&ask=certain", ".passages section"),
    "learn": ("/learn", ".address-bar"),
}
#: Pages also ask the server now and then; without that, nothing but the click can mend them.
NO_REPEATED_QUESTIONS = """
  const start = setInterval;
  window.setInterval = (task, pause, ...more) => pause === 20_000 ? 0 : start(task, pause, ...more);
"""


@contextmanager
def visitor(browser: Browser, port: int) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=f"http://127.0.0.1:{port}", viewport=WINDOW) as context:
        context.set_default_timeout(TIMEOUT * 1000)
        yield context


@pytest.fixture(scope="module")
def typed_on(browser: Browser) -> Iterator[dict[str, Page]]:
    """Pages by name that were typed on before their server was stopped, while it was, and not since it runs again."""
    port, pages = free_port(), {}
    with visitor(browser, port) as context:
        with running_app(port=port):
            for name, (path, box, shown, text) in (TYPED_ON | RUN_AGAIN).items():
                page = pages[name] = context.new_page()
                if name in RUN_AGAIN:
                    # It does not hear that the server has lost its session.
                    page.route("**/live/*", lambda route: route.abort())
                page.goto(path)
                if name in RUN_AGAIN:
                    # The page sets a text; the new session's page will not have done so.
                    page.wait_for_function(f"document.querySelector('{box}')?.dataset.{shown} > 0")
                    own = page.locator(f"{box} textarea").input_value()
                    page.locator(".st-key-scroll_row_examples button").last.click()
                    expect(page.locator(f"{box} textarea")).not_to_have_value(own)
                page.locator(f"{box} textarea").fill(text)
                wait_for_answer(page, name, len(text))
                if box == ".live":
                    page.get_by_text("All units", exact=True).click()
                    expect(page).to_have_url(re.compile("zoom=units"))
                page.locator(f"{box} textarea").press("End")
                page.evaluate("window.__before = true")
        for name, (_, box, _, _) in (TYPED_ON | RUN_AGAIN).items():
            pages[name].locator(f"{box} textarea").press_sequentially(" and on")
        # Streamlit does so when it reconnects before the page has noticed that its session is lost.
        pages["explorer, long text"].evaluate("history.replaceState(history.state, '', '/explore')")
        with running_app(port=port):
            yield pages


@pytest.fixture(scope="module")
def clicked(browser: Browser) -> Iterator[dict[str, Page]]:
    """Pages by name that were clicked as soon as their server ran again."""
    port, pages = free_port(), {}
    with visitor(browser, port) as context:
        context.add_init_script(NO_REPEATED_QUESTIONS)
        with running_app(port=port):
            for name, (path, ready) in CLICKED.items():
                page = pages[name] = context.new_page()
                page.goto(path)
                page.locator(ready).first.wait_for(state="attached")
                page.wait_for_function(
                    "performance.getEntriesByType('resource').some((each) => each.name.endsWith('/reconnect.js'))"
                )
                page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
                page.evaluate("window.__before = true")
        with running_app(port=port):
            for page in pages.values():
                # Streamlit's dialog about the lost connection may lie over the page.
                page.locator("h1").first.dispatch_event("click")
            yield pages


def wait_for_answer(page: Page, name: str, length: int) -> None:
    """Wait until a text of this length is shown, as far as texts are read."""
    _, box, shown, _ = (TYPED_ON | RUN_AGAIN)[name]
    page.wait_for_function(f"document.querySelector('{box}')?.dataset.{shown} === '{min(length, 1000)}'")


@pytest.mark.parametrize("name", TYPED_ON)
def test_a_restart_loses_neither_text_nor_view(typed_on: dict[str, Page], name: str) -> None:
    page, (_, box, _, text) = typed_on[name], TYPED_ON[name]
    area = page.locator(f"{box} textarea")
    page.wait_for_function("window.__before === undefined")
    expect(area).to_have_value(f"{text} and on")
    wait_for_answer(page, name, len(text) + 7)
    expect(area).to_be_focused()
    area.press_sequentially("!")
    wait_for_answer(page, name, len(text) + 8)
    expect(area).to_have_value(f"{text} and on!")
    if box == ".live":
        assert page.locator("input[name=live-zoom]:checked").input_value() == "units"


@pytest.mark.parametrize("name", RUN_AGAIN)
def test_a_run_in_a_new_session_takes_no_text_back(typed_on: dict[str, Page], name: str) -> None:
    page, (_, box, _, text) = typed_on[name], RUN_AGAIN[name]
    area = page.locator(f"{box} textarea")
    # Streamlit's own key for it, once it is connected again.
    page.evaluate("document.activeElement.blur()")
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for()
    page.keyboard.press("r")
    wait_for_answer(page, name, len(text) + 7)
    expect(area).to_have_value(f"{text} and on")
    assert page.evaluate("window.__before") is True
    area.press("End")
    area.press_sequentially("!")
    wait_for_answer(page, name, len(text) + 8)
    expect(area).to_have_value(f"{text} and on!")


def test_a_page_that_the_server_knows_is_not_loaded_again(typed_on: dict[str, Page]) -> None:
    page = typed_on["explorer"]
    page.wait_for_function("window.__before === undefined")
    page.locator(".live[data-live-seq]").wait_for()
    page.evaluate("window.__loaded = true")
    with page.expect_response(re.compile("/live/")) as answer:
        page.evaluate("dispatchEvent(new Event('online'))")
    assert answer.value.json() == {"known": True}
    page.locator(".live textarea").fill("as before")
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '9'")
    assert page.evaluate("window.__loaded") is True


@pytest.mark.parametrize("name", CLICKED)
def test_a_click_after_a_restart_mends_a_page_with_its_settings(clicked: dict[str, Page], name: str) -> None:
    page, (path, ready) = clicked[name], CLICKED[name]
    page.wait_for_function("window.__before === undefined")
    page.locator(ready).first.wait_for(state="attached")
    expect(page.locator(".stException")).to_have_count(0)
    asked = parse_qs(urlsplit(path).query)
    now = parse_qs(urlsplit(page.url).query)
    assert {name: now[name] for name in asked} == asked
