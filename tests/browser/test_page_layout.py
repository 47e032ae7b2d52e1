"""The layout of every page: its title and its width are the same however it was opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

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
def test_every_page_has_its_own_title_and_asks_no_other_server(page: Page, path: str) -> None:
    others: list[str] = []
    page.on("request", lambda request: others.append(request.url))
    page.goto(f"/{path}")
    settled(page)
    expect(page).to_have_title(f"{NAMES[path]} · lstm_viz")
    home = page.evaluate("location.origin")
    assert [url for url in others if not url.startswith((home, home.replace("http", "ws"), "data:", "blob:"))] == []


@pytest.mark.parametrize("path", ["learn", "memory"])
def test_a_page_is_as_wide_by_the_menu_as_by_its_address(page: Page, path: str) -> None:
    page.goto(f"/{path}")
    settled(page)
    page.wait_for_function(f"{WIDTH} > 1000")
    direct = page.evaluate(WIDTH)
    page.reload()
    settled(page)
    page.wait_for_function(f"{WIDTH} === {direct}")
    page.get_by_role("link", name="Train", exact=True).first.click()
    expect(page).to_have_title("Train · lstm_viz")
    settled(page)
    page.wait_for_function(f"{WIDTH} > 1000")
    page.get_by_role("link", name=NAMES[path], exact=True).first.click()
    expect(page).to_have_title(f"{NAMES[path]} · lstm_viz")
    page.wait_for_function(f"{WIDTH} === {direct}")
