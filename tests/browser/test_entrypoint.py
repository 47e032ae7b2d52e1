"""The app's front door: it opens, on its own, and says what it is."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.app_server import PAINTED, TIMEOUT, running_app
from tests.browser.page_messages import elements, menu, open_page, title


def test_the_app_opens_on_the_explorer_and_asks_no_other_server(page: Page, app_url: str) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto("/")
    expect(page.locator(PAINTED)).to_be_visible(timeout=TIMEOUT * 1000)
    expect(page).to_have_title("Explore · lstm_viz")
    # A class behind a firewall, and everybody's privacy: fonts, icons and scripts all come from this server.
    assert asked - {""} == {urlsplit(app_url).netloc}
    # Plotly too, from the installed package.
    answer = page.request.get("/app/static/plotly.min.js")
    assert answer.ok
    assert "javascript" in answer.headers["content-type"]
    assert answer.text().lstrip().startswith("/**\n* plotly.js v")


def test_an_address_that_no_page_has_is_said_and_shows_the_app(page: Page) -> None:
    page.goto("/your-text?model=brackets")
    expect(page.get_by_role("dialog").get_by_text("not found")).to_be_visible(timeout=TIMEOUT * 1000)
    expect(page.locator(PAINTED)).to_be_visible(timeout=TIMEOUT * 1000)
    expect(page.locator(".stException")).to_have_count(0)


@pytest.mark.parametrize("path", ["xyz", "explorer", "your-text", "💥"])
def test_the_browser_is_told_of_every_such_address(app_url: str, path: str) -> None:
    came = open_page(app_url, path)
    assert "page_not_found" in [each.WhichOneof("type") for each in came]
    assert title(came) == "Explore · lstm_viz"
    assert elements(came, "exception") == []


@pytest.mark.parametrize("path", ["memory", "learn"])
def test_a_link_to_a_page_is_good_on_a_server_that_nobody_has_visited(path: str) -> None:
    with running_app() as app:
        came = open_page(app.url, path)
    kinds = [each.WhichOneof("type") for each in came]
    assert "page_not_found" not in kinds
    # The whole menu, and the page that was asked for.
    pages = {each.page_script_hash: each for each in menu(came).app_pages}
    assert pages[menu(came).page_script_hash].url_pathname == path
    assert "Explore" in [each.page_name for each in pages.values()]
    assert elements(came, "heading")
    assert elements(came, "exception") == []
