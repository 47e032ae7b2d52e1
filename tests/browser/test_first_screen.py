"""The answer stands in the first screen: the first figure of every question, on a laptop and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lstm_viz.ui.pages.gradients.page import QUESTION_TITLES as GRADIENTS
from lstm_viz.ui.pages.memory.page import QUESTION_TITLES as MEMORY
from lstm_viz.ui.pages.units.page import QUESTION_TITLES as UNITS

#: Titles of the questions by page and id. Of "clipping" nothing is drawn before a training has been started.
QUESTIONS = {
    "gradients": {id: title for id, title in GRADIENTS.items() if id != "clipping"},
    "memory": dict(MEMORY),
    "units": dict(UNITS),
}
DRAWN = "document.querySelector('.figure-plot')?._fullLayout && document.querySelector('.token-text span')"
PLACE = "(({ top, height }) => [top, height])(document.querySelector('.figure-plot').getBoundingClientRect())"
#: The page's main part scrolls for itself, so that the document alone never shows what is too wide.
WIDEST = "Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')].map(each => each.scrollWidth))"
#: Whether the first figure has been drawn for a window of this width, with its legend above it.
LEGEND_ABOVE = """width => {
  const plot = document.querySelector(".figure-plot");
  const drawn = plot?._fullLayout;
  if (!drawn || drawn.width > width || drawn.width < 0.7 * width) return false;
  return plot.querySelector(".legend")?.getBoundingClientRect().bottom <= plot.getBoundingClientRect().top + drawn._size.t;
}"""
WORD = "each => getComputedStyle(each, '::after').content"


def first_figure(page: Page, path: str) -> tuple[float, float]:
    """Where the page's first figure begins, and how high it is, in pixels, once it is drawn."""
    page.goto(path)
    return drawn_figure(page)


def drawn_figure(page: Page) -> tuple[float, float]:
    """Where the first figure begins, and how high it is, once it is drawn and the page's script has ended."""
    page.wait_for_function(DRAWN)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    top, height = page.evaluate(PLACE)
    return top, height


def assert_half_in_view(top: float, height: float) -> None:
    assert 720 - top >= height / 2


@pytest.mark.parametrize("name", ["gradients", "memory", "units"])
def test_at_least_half_of_the_first_figure_is_in_view_on_a_laptop(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    first, *others = QUESTIONS[name]
    assert_half_in_view(*first_figure(page, f"/{name}?ask={first}"))
    for question in others:
        # The next question of the page that stands: opening each by its link takes seconds.
        page.locator(f".st-key-{name}_ask").get_by_text(QUESTIONS[name][question], exact=True).click()
        expect(page).to_have_url(re.compile(f"ask={question}"))
        assert_half_in_view(*drawn_figure(page))


@pytest.mark.parametrize("path", ["/what_if", "/what_if?model=python-lstm&change=f:all:all:1"])
def test_at_least_half_of_what_changes_is_in_view_on_a_laptop(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    assert_half_in_view(*first_figure(page, path))


def test_explore_shows_its_text_and_its_first_gates(page: Page) -> None:
    page.goto("/")
    page.wait_for_function("document.querySelectorAll('.live-caption').length > 3")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    for width, height in ((1280, 720), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        # The strips are stretched to the window once they have been drawn.
        page.wait_for_function(
            """() => [...document.querySelectorAll(".live-caption")].slice(1, 3)
            .every((each) => each.getBoundingClientRect().height > 0 && each.getBoundingClientRect().bottom <= innerHeight)"""
        )
    # At a browser zoom of 200% the coloured letters are.
    page.set_viewport_size({"width": 960, "height": 540})
    page.wait_for_function("document.querySelector('.live-caption')?.getBoundingClientRect().top < innerHeight")


def test_a_network_of_one_s_own_says_what_it_is_in_the_first_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/your_network")
    page.get_by_role("button", name="One of 4 units that counts").click()
    answer = page.locator(".st-key-network_open button").bounding_box()
    assert answer
    assert answer["y"] + answer["height"] <= 720


def test_the_first_figure_begins_in_view_on_a_phone(browser: Browser, app_url: str) -> None:
    size = {"width": 390, "height": 844}
    with browser.new_context(base_url=app_url, viewport=size, is_mobile=True, has_touch=True) as visitor:  # type: ignore[arg-type]
        # A visitor of its own, as a phone is: all pages in one, so that the app's scripts are fetched and compiled once.
        page = visitor.new_page()
        for path in ("/gradients", "/memory", "/what_if?model=python-lstm&change=f:all:all:1"):
            top, _ = first_figure(page, path)
            assert top < 844 - 100
            assert page.evaluate(WIDEST) <= 390
            assert page.locator("[data-testid=stExpandSidebarButton]").evaluate(WORD) == '"Menu"'


@pytest.mark.parametrize("path", ["/your_text", "/delays", "/train"])
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_two_thirds_of_the_figure_of_a_job_are_in_view_before_it_is_started(page: Page, path: str, size: tuple[int, int]) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(path)
    page.wait_for_function("document.querySelector('.figure-plot')?._fullLayout")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    # The whole figure is drawn again for a narrow window, and what stands above it breaks into more lines.
    page.wait_for_function(f"document.querySelector('.figure-plot')._fullLayout.width < {width}")
    top, high = page.evaluate(PLACE)
    assert height - top >= high * 2 / 3
    assert page.evaluate(WIDEST) <= width


def test_a_legend_stands_above_its_figure_after_the_window_has_become_wide(page: Page) -> None:
    for step, width in enumerate((1280, 390, 1280)):
        page.set_viewport_size({"width": width, "height": 844})
        if not step:
            page.goto("/series")
        page.wait_for_function(LEGEND_ABOVE, arg=width)
