"""The presenter view and links for a lesson in a real browser: what is legible, where the pointer is, and which keys work."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.app_server import PAINTED

PROJECTOR, ZOOMED = (1920, 1080), (960, 540)
VIEW = "?model=python-lstm&zoom=unit&unit=243&step=10&text=def+total(prices):&present=1"
#: The smallest type of the texts in the picture that are seen, in pixels of the window.
SMALLEST = """() => {
  const sizes = [];
  const walker = document.createTreeWalker(document.querySelector('.presented'), NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement;
    const { width, height } = element.getBoundingClientRect();
    if (!text.data.trim() || width * height < 4 || getComputedStyle(element).visibility !== 'visible') continue;
    const scale = element.ownerSVGElement?.viewBox.baseVal?.width ? element.getScreenCTM().a : 1;
    sizes.push(parseFloat(getComputedStyle(element).fontSize) * scale);
  }
  return Math.min(...sizes);
}"""
#: What of the picture is in the window: its height, and the height of what it draws.
IN_WINDOW = """() => [...document.querySelectorAll('.presented :is(.live-chart, .figure-plot)')]
  .map((each) => each.getBoundingClientRect())
  .filter(({ height }) => height > 0)
  .map(({ top, bottom }) => [top, innerHeight - bottom])"""
WIDEST = "Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')].map(each => each.scrollWidth))"


def sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def test_the_strips_and_the_cell_are_legible_from_the_last_row_and_in_view(page: Page) -> None:
    sized(page, PROJECTOR)
    page.goto(f"/{VIEW}")
    page.locator(f".presented{PAINTED}").wait_for()
    page.wait_for_function("document.querySelectorAll('.presented .live-caption').length === 8")
    assert page.evaluate(SMALLEST) >= 23.5
    ((above, below),) = page.evaluate(IN_WINDOW)
    assert above >= 0
    assert below >= 0
    # Nothing else is seen, or reached by the keyboard.
    expect(page.get_by_role("link", name="Gradients")).to_have_count(0)
    # What lies under the pointer is what is said of it: the column of step 9, the bracket.
    box = page.locator(".live-chart").bounding_box()
    assert box
    scale = 24 / 10.5
    inner = box["width"] - (172 + 78) * scale
    for step in (3, 9, 14):
        page.mouse.move(box["x"] + 172 * scale + (step + 0.5) / 20 * inner, box["y"] + box["height"] / 2)
        expect(page.locator(".live-hovered-said")).to_have_text(re.compile(rf"^{step} "))
    expect(page.locator(".present-dot")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("new URLSearchParams(location.search).get('step') === '9'")
    page.keyboard.press("n")
    expect(page.locator(".presented .live-cell")).to_be_visible()
    assert page.evaluate(SMALLEST) >= 23.5
    page.keyboard.press("Home")
    expect(page.locator("[data-part=cell-title]")).to_have_text(re.compile("‘d’"))
    # At twice the zoom all of it is still in the window.
    sized(page, ZOOMED)
    page.keyboard.press("N")
    page.wait_for_function(f"(({IN_WINDOW})() [0] ?? [-1, -1]).every((room) => room >= 0)")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".presented")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Gradients")).not_to_have_count(0)
    assert "present" not in page.url
    page.wait_for_function(f"{WIDEST} <= {ZOOMED[0]}")
    # Typed letters are letters.
    page.locator(".live-write textarea").press_sequentially("p?")
    expect(page.locator(".presented")).to_have_count(0)


def test_a_figure_fills_the_window_and_its_points_are_where_they_are_drawn(page: Page) -> None:
    sized(page, PROJECTOR)
    page.goto("/memory?ask=half-life")
    page.wait_for_function("document.querySelector('.figure-plot')?._fullLayout")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    # The buttons appear with what listens to their keys.
    page.get_by_role("button", name="Present", exact=True).wait_for()
    page.keyboard.press("p")
    page.wait_for_function("document.querySelector('.presented .figure-plot')?._fullLayout.height > 900")
    assert page.evaluate(SMALLEST) >= 23.5
    ((above, below),) = page.evaluate(IN_WINDOW)
    assert above >= 0
    assert below >= 0
    place, x, y = page.evaluate(
        """() => { const plot = document.querySelector('.presented .figure-plot'), { xaxis, yaxis } = plot._fullLayout;
        const { left, top } = plot.getBoundingClientRect(), line = plot._fullData.find(({ x }) => x?.length > 100);
        return [line.x[60], left + xaxis._offset + xaxis.d2p(line.x[60]), top + yaxis._offset + yaxis.d2p(line.y[60])]; }"""
    )
    page.mouse.move(x, y)
    page.wait_for_function(f"document.querySelector('.presented .figure-plot')._hoverdata?.[0].x === {place}")
    page.reload()
    expect(page.locator(".presented .figure-plot")).to_be_visible()


def test_a_lesson_hides_its_answers_until_they_are_revealed(page: Page) -> None:
    page.goto("/?model=python-lstm&zoom=unit&text=def+total(prices):&hide=answers,network")
    page.locator(PAINTED).wait_for()
    expect(page.locator(".live-expect")).not_to_be_visible()
    expect(page.locator(".live-opening").first).not_to_be_visible()
    expect(page.locator(".st-key-choose_model")).not_to_be_visible()
    empty = page.evaluate("document.querySelector('.live-chart canvas').toDataURL()")
    page.locator("h1").click()
    page.keyboard.press("r")
    expect(page.locator(".live-expect")).to_be_visible()
    expect(page.locator(".live-opening").first).to_be_visible()
    assert page.evaluate("document.querySelector('.live-chart canvas').toDataURL()") != empty
    page.get_by_role("button", name="Hide the answer").click()
    expect(page.locator(".live-expect")).not_to_be_visible()
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("button", name="Reveal")).to_be_visible()
    assert "hide=answers" in page.url
