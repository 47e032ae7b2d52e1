"""The layout of every page: its title and its width are the same however it was opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_messages import elements, menu, open_page, request_run, title, until_finished, visitor

NAMES = {
    "": "Explore", "gradients": "Gradients", "memory": "Memory", "units": "Units", "what_if": "What if", "your_text": "Your text",
    "sentiment": "Sentiment", "generate": "Generate", "series": "Time series", "delays": "Delays", "train": "Train",
    "your_network": "Your network", "learn": "Learn", "classroom": "Class",
}  # fmt: skip
WIDTH = "document.querySelector('.stMainBlockContainer').getBoundingClientRect().width"


def settled(page: Page) -> None:
    """Wait until the page's script has run and something stands in the page."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.get_by_role("heading").first.wait_for()


@pytest.mark.parametrize("path", NAMES)
def test_every_page_has_its_own_title_by_its_address(app_url: str, path: str) -> None:
    # That the browser shows it, by the menu, and asks no other server, is held by the walk of test_accessibility.py.
    came = open_page(app_url, path)
    assert title(came) == f"{NAMES[path]} · lstm_viz"
    assert elements(came, "heading")
    assert elements(came, "exception") == []


def test_what_a_page_still_asks_for_when_it_was_left_does_not_empty_the_next_one(app_url: str) -> None:
    with visitor(app_url) as socket:
        request_run(socket, page_name="generate")
        came = until_finished(socket)
        left, part = menu(came).page_script_hash, next(each.delta.fragment_id for each in came if each.delta.fragment_id)
        following = next(each.page_script_hash for each in menu(came).app_pages if each.url_pathname == "delays")
        request_run(socket, page=following)
        # The browser has not heard of the new page yet.
        request_run(socket, page=left, fragment=part)
        came = until_finished(socket)
        # What else waited has run before this.
        request_run(socket, page=following, fragment=next(each.delta.fragment_id for each in came if each.delta.fragment_id))
        came += until_finished(socket)
    runs = [each.new_session.page_script_hash for each in came if each.WhichOneof("type") == "new_session"]
    assert set(runs) == {following}
    assert title(came) == "Delays · lstm_viz"


def test_pages_are_as_wide_by_the_menu_as_by_their_address(page: Page) -> None:
    # In this window the menu shows every page.
    page.set_viewport_size({"width": 1920, "height": 900})
    direct = {}
    for path in ("learn", "memory"):
        page.goto(f"/{path}")
        settled(page)
        page.wait_for_function(f"{WIDTH} > 1000")
        direct[path] = page.evaluate(WIDTH)
    for path, width in direct.items():
        page.get_by_role("link", name=NAMES[path], exact=True).first.click()
        expect(page).to_have_title(f"{NAMES[path]} · lstm_viz")
        settled(page)
        page.wait_for_function(f"{WIDTH} === {width}")
