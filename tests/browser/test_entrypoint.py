"""The app's front door: it opens, on its own, and says what it is."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app_server import PAINTED, TIMEOUT, running_app


def test_the_app_opens_on_the_explorer_and_asks_no_other_server(page: Page, app_url: str) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto("/")
    expect(page.locator(PAINTED)).to_be_visible(timeout=TIMEOUT * 1000)
    expect(page).to_have_title("Explore · lstm_viz")
    # A class behind a firewall, and everybody's privacy: fonts, icons and scripts all come from this server.
    assert asked - {""} == {urlsplit(app_url).netloc}


def test_plotly_is_served_from_the_installed_package(page: Page) -> None:
    page.goto("/")
    expect(page.locator(PAINTED)).to_be_visible(timeout=TIMEOUT * 1000)
    answer = page.request.get("/app/static/plotly.min.js")
    assert answer.ok
    assert "javascript" in answer.headers["content-type"]
    assert answer.text().lstrip().startswith("/**\n* plotly.js v")


@pytest.mark.parametrize("path", ["/xyz", "/explorer", "/your-text?model=brackets", "/%F0%9F%92%A5"])
def test_an_address_that_no_page_has_is_said_and_shows_the_app(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("dialog").get_by_text("not found")).to_be_visible(timeout=TIMEOUT * 1000)
    expect(page.locator(PAINTED)).to_be_visible(timeout=TIMEOUT * 1000)
    expect(page.locator(".stException")).to_have_count(0)


@pytest.mark.parametrize("name", ["memory", "learn"])
def test_a_link_to_a_page_is_good_on_a_server_that_nobody_has_visited(browser: Browser, name: str) -> None:
    with running_app() as app, browser.new_context(base_url=app.url) as visitor:
        page = visitor.new_page()
        page.goto(f"/{name}")
        expect(page.get_by_role("link", name="Explore")).to_be_visible(timeout=TIMEOUT * 1000)
        expect(page.get_by_role("heading").first).to_be_visible(timeout=TIMEOUT * 1000)
        assert urlsplit(page.url).path == f"/{name}"
