"""The running app and a Chromium page to look at it with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.app_server import TIMEOUT, find_chromium, running_app, running_chromium

#: The window of every test's page until the test changes it.
WINDOW: ViewportSize = {"width": 1280, "height": 900}


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


@pytest.fixture(scope="session")
def profile(browser: Browser, app_url: str) -> Iterator[BrowserContext]:
    """The browser's memory that all pages share: what was fetched and compiled for one test need not be for the next.

    A page of a few letters stays open, as otherwise the process that draws the pages would end with each of them.
    """
    with browser.new_context(base_url=app_url, viewport=WINDOW) as profile:
        profile.set_default_timeout(TIMEOUT * 1000)
        profile.new_page().goto("/_stcore/health")
        yield profile


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    """A new visitor's page, not yet opened; `page.goto("/")` opens the app. Errors in its scripts fail the test."""
    with _visit(profile) as (page, errors):
        yield page
    assert not errors, f"the page's scripts failed: {errors}"


@pytest.fixture(scope="module")
def visit(profile: BrowserContext) -> Iterator[tuple[Page, list[str]]]:
    """The page behind `shared_page`, and the errors of its scripts."""
    with _visit(profile) as (page, errors):
        yield page, errors


@pytest.fixture
def shared_page(visit: tuple[Page, list[str]], request: pytest.FixtureRequest) -> Iterator[Page]:
    """One page for all tests of a file, blank at first: loading the app takes seconds, typing another text does not.

    Errors in its scripts fail the test that they occur in. After a test that failed it is blank again.
    """
    page, errors = visit
    failed = request.session.testsfailed
    yield page
    if errors or request.session.testsfailed > failed:
        page.goto("about:blank")
    occurred = [*errors]
    errors.clear()
    assert not occurred, f"the page's scripts failed: {occurred}"


@contextmanager
def _visit(profile: BrowserContext) -> Iterator[tuple[Page, list[str]]]:
    """Give a new page and the list that collects its scripts' errors; close it, and what it has opened, at the end."""
    errors: list[str] = []
    before = profile.pages
    page = profile.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page, errors
    # The next visitor is new too: nothing that the pages of this one have stored is left.
    opened = [each for each in profile.pages if each not in before]
    origins = {"{0.scheme}://{0.netloc}".format(urlsplit(each.url)) for each in opened}
    for each in opened:
        each.close()
    storage = profile.new_cdp_session(before[0])
    for origin in origins:
        storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "cookies,indexeddb,local_storage"})
    storage.detach()
    profile.clear_cookies()
    profile.clear_permissions()
