"""The answer stands in the first screen: the first figure of every question, on a laptop and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from lstm_viz.ui.pages.gradients.page import QUESTIONS as GRADIENTS
from lstm_viz.ui.pages.memory.page import QUESTIONS as MEMORY
from lstm_viz.ui.pages.units.page import QUESTIONS as UNITS

#: Nothing is drawn before a training has been started.
PAGES = [f"/gradients?ask={each}" for each in GRADIENTS if each != "clipping"] + [f"/memory?ask={each}" for each in MEMORY]
PAGES += [f"/units?ask={each}" for each in UNITS]
PAGES += ["/what_if", "/what_if?model=python-lstm&change=f:all:all:1"]
DRAWN = "document.querySelector('.board-plot')?._fullLayout && document.querySelector('.board-letters span')"
PLACE = "(({ top, height }) => [top, height])(document.querySelector('.board-plot').getBoundingClientRect())"
#: The page's main part scrolls for itself, so that the document alone never shows what is too wide.
WIDEST = "Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')].map(each => each.scrollWidth))"
WORD = "each => getComputedStyle(each, '::after').content"


def first_figure(page: Page, path: str) -> tuple[float, float]:
    """Where the page's first figure begins, and how high it is, in pixels, once it is drawn."""
    page.goto(path)
    page.wait_for_function(DRAWN)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    top, height = page.evaluate(PLACE)
    return top, height


@pytest.mark.parametrize("path", PAGES)
def test_at_least_half_of_the_first_figure_is_in_view_on_a_laptop(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    top, height = first_figure(page, path)
    assert 720 - top >= height / 2


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900)])
def test_explore_shows_its_text_and_its_first_gates(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/")
    page.wait_for_function("document.querySelectorAll('.live-caption').length > 3")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    first, second = (page.locator(".live-caption").nth(place).bounding_box() for place in (1, 2))
    assert first
    assert second
    assert second["y"] + second["height"] <= height


def test_a_network_of_one_s_own_says_what_it_is_in_the_first_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/your_network")
    page.get_by_role("button", name="One of 4 units that counts").click()
    answer = page.locator(".st-key-network_open button").bounding_box()
    assert answer
    assert answer["y"] + answer["height"] <= 720


@pytest.mark.parametrize("path", [PAGES[0], PAGES[5], PAGES[-1]])
def test_the_first_figure_begins_in_view_on_a_phone(browser: Browser, app_url: str, path: str) -> None:
    size = {"width": 390, "height": 844}
    with browser.new_context(base_url=app_url, viewport=size, is_mobile=True, has_touch=True) as visitor:  # type: ignore[arg-type]
        page = visitor.new_page()
        top, _ = first_figure(page, path)
        assert top < 844 - 100
        assert page.evaluate(WIDEST) <= 390
        assert page.locator("[data-testid=stExpandSidebarButton]").evaluate(WORD) == '"Menu"'
