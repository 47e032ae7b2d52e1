"""The running app and a Chromium page to look at it with."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app_server import TIMEOUT, find_chromium, running_app, running_chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; tests skip where it is not installed, unless LSTM_VIZ_REQUIRE_BROWSER=1 says that it must be."""
    if find_chromium() is None and os.environ.get("LSTM_VIZ_REQUIRE_BROWSER") != "1":
        pytest.skip("no Chromium found; install it with: apt-get install chromium")
    # A machine with much else to do is slow, not wrong.
    expect.set_options(timeout=TIMEOUT * 1000)
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of the app, started once for all browser tests."""
    with running_app() as app:
        yield app.url


@pytest.fixture
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """A new visitor's page, not yet opened; `page.goto("/")` opens the app. Errors in its scripts fail the test."""
    errors: list[str] = []
    with browser.new_context(base_url=app_url, viewport={"width": 1280, "height": 900}) as visitor:
        visitor.set_default_timeout(TIMEOUT * 1000)
        page = visitor.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert not errors, f"the page's scripts failed: {errors}"
