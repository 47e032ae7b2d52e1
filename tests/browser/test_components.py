"""Text box, coloured letters and figures in a real browser: typing, clicking, zooming, and going from page to page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app_server import PAINTED, ROOT, running_app
from tests.browser.conftest import WINDOW
from tests.browser.handles import text_box
from tests.browser.wait_for_plots import at_rest

TYPED = "Words (of my own) to carry"
#: Where a point of the n-th figure lies on the screen, as Plotly itself reckons.
PLACE = """([n, x, y]) => {
  const plot = document.querySelectorAll('.figure-plot')[n];
  const { xaxis, yaxis } = plot._fullLayout;
  const { left, top } = plot.getBoundingClientRect();
  return [left + xaxis._offset + xaxis.d2p(x), top + yaxis._offset + yaxis.d2p(y)];
}"""
RANGE = "document.querySelector('.figure-plot')._fullLayout.xaxis.range"
INK = "getComputedStyle(document.querySelector('.figure-plot .xtick text')).fill"


@pytest.fixture(scope="module")
def components_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page of its own, made of the shared components."""
    folder = tmp_path_factory.mktemp("components")
    shutil.copyfile(Path(__file__).with_name("components_page.py"), folder / "app.py")
    # Streamlit serves the folder beside the script; the pieces are published into the app's.
    (ROOT / "static").mkdir(exist_ok=True)
    (folder / "static").symlink_to(ROOT / "static")
    with running_app(folder / "app.py") as app:
        yield app.url


@pytest.fixture
def components(shared_page: Page, components_url: str) -> Page:
    """The page with six letters and its first pictures drawn; opened once for all tests here."""
    shared_page.set_viewport_size(WINDOW)
    shared_page.emulate_media(color_scheme="light")
    if shared_page.url == "about:blank":
        shared_page.goto(f"{components_url}/?model=counting&text=aaabbb")
        drawn(shared_page, 6)
    text_box(shared_page).fill("aaabbb")
    drawn(shared_page, 6)
    shared_page.wait_for_function("document.querySelectorAll('.figure-plot .main-svg .xtick').length > 0")
    shared_page.wait_for_function("[...document.querySelectorAll('.figure-plot')].filter((one) => one._fullLayout).length === 2")
    return shared_page


def drawn(page: Page, length: int) -> None:
    """Wait until all pictures show a text of this length."""
    page.wait_for_function(f"document.querySelector('.text-box')?.dataset.boxLength === '{length}'")


def letters(page: Page) -> Locator:
    return page.locator(".token-text span")


def moment(page: Page) -> Locator:
    return page.locator(".token-legend [data-part=moment]")


def click_cell(page: Page, x: int, y: int) -> None:
    left, top = page.evaluate(PLACE, [0, x, y])
    page.mouse.move(left - 4, top - 1)
    page.mouse.move(left, top)
    page.mouse.click(left, top)


def test_every_keystroke_is_answered_by_letters_and_pictures(components: Page) -> None:
    text_box(components).press("Control+End")
    text_box(components).press_sequentially(" and b", delay=30)
    drawn(components, 12)
    expect(text_box(components)).to_have_value("aaabbb and b")
    expect(letters(components)).to_have_text(list("aaabbb␣and␣b"))
    expect(moment(components)).to_have_text("‘b’ step 11: 11.000")
    assert components.evaluate("document.querySelectorAll('.figure-plot')[0]._fullData[0].z[7].length") == 12
    assert components.evaluate("document.querySelectorAll('.figure-plot')[1]._fullData[0].y.length") == 12
    expect(components.locator(".token-unknown")).to_have_text(["␣", "n", "d", "␣"])


def test_no_picture_is_mounted_anew_while_one_types(components: Page) -> None:
    components.evaluate("document.querySelectorAll('.figure-plot').forEach((plot) => (plot.marked = true))")
    text_box(components).press("Control+End")
    text_box(components).press_sequentially("bb")
    drawn(components, 8)
    assert components.evaluate("[...document.querySelectorAll('.figure-plot')].map((plot) => plot.marked)") == [True, True]


def test_a_letter_chooses_its_step_by_click_and_by_key(components: Page) -> None:
    letters(components).nth(1).click()
    expect(moment(components)).to_have_text("‘a’ step 1: 1.000")
    components.wait_for_function("location.search.includes('step=1')")
    components.locator(".token-text").press("ArrowRight")
    components.locator(".token-text").press("ArrowRight")
    expect(moment(components)).to_have_text("‘b’ step 3: 3.000")
    expect(components.locator(".token-chosen")).to_have_text("b")
    expect(components.get_by_role("slider", name="The text, letter by letter")).to_have_attribute("aria-valuenow", "3")


def test_a_cell_of_a_heatmap_chooses_step_and_unit(components: Page) -> None:
    at_rest(components, ".figure-plot")
    click_cell(components, 4, 2)
    expect(components.get_by_text("clicked (4, 2, 0), unit 2")).to_be_visible()
    expect(moment(components)).to_have_text("‘b’ step 4: 4.000")
    # What Python chose holds until the person chooses something else.
    text_box(components).press("Control+End")
    text_box(components).press_sequentially("b")
    drawn(components, 7)
    expect(moment(components)).to_have_text("‘b’ step 6: 6.000")


def test_a_zoom_stays_while_one_types(components: Page) -> None:
    at_rest(components, ".figure-plot")
    (x0, y0), (x1, y1) = components.evaluate(PLACE, [0, 1, 6]), components.evaluate(PLACE, [0, 4, 2])
    components.mouse.move(x0, y0)
    components.mouse.down()
    components.mouse.move(x0 + 30, y0 + 30)
    components.mouse.move(x1, y1)
    components.mouse.up()
    components.wait_for_function(f"{RANGE}[1] < 4.5")
    zoomed = components.evaluate(RANGE)
    assert zoomed == pytest.approx([1, 4], abs=0.3)
    text_box(components).press("Control+End")
    text_box(components).press_sequentially("bbb", delay=50)
    drawn(components, 9)
    assert components.evaluate(RANGE) == zoomed
    left, top = components.evaluate(PLACE, [0, 2, 4])
    components.mouse.dblclick(left, top)
    components.wait_for_function(f"{RANGE}[1] > 8")


def test_figures_without_anything_in_them_are_drawn_all_the_same(components: Page) -> None:
    components.get_by_text("Empty figures").click()
    expect(components.locator(".figure-plot .main-svg").nth(8)).to_be_attached()
    text_box(components).fill("")
    drawn(components, 0)
    expect(components.get_by_text("Nothing to read yet.")).to_be_visible()
    text_box(components).fill("ab")
    drawn(components, 2)
    components.get_by_text("Empty figures").click()
    expect(components.locator(".figure-plot")).to_have_count(2)


def test_any_text_is_shown_and_what_is_odd_is_said(components: Page) -> None:
    for text, said in (
        ("word " * 1000, "The first 1,000 of 5,000"),
        ("👧 שלום", "time runs from left to right"),
        ("a\ud83d", "is not in"),
    ):
        # Set as JavaScript holds it, since half an emoji does not survive the way through the test's own wire.
        codes = [ord(symbol) for symbol in text]
        components.evaluate(
            "(codes) => { const area = document.querySelector('.text-box textarea');"
            " area.value = codes.map((code) => String.fromCodePoint(code)).join('');"
            " area.dispatchEvent(new InputEvent('input')); }",
            codes,
        )
        drawn(components, min(len(text), 1000))
        expect(components.locator(".text-box [data-part=note]")).to_contain_text(said)


def test_pictures_follow_the_theme_and_the_width(components: Page) -> None:
    light = components.evaluate(INK)
    components.emulate_media(color_scheme="dark")
    components.wait_for_function(f"{INK} !== '{light}'")
    components.set_viewport_size({"width": 390, "height": 844})
    components.wait_for_function("document.querySelector('.figure-plot')._fullLayout.width < 390")
    assert components.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_text_network_layer_unit_and_step_go_along_from_page_to_page(page: Page) -> None:
    page.goto("/")
    page.locator(PAINTED).wait_for()
    text_box(page).fill(TYPED)
    page.wait_for_function(f"document.querySelector('.live').dataset.liveLength === '{len(TYPED)}'")
    page.locator("[data-part=unit]").fill("77")
    page.locator("[data-part=step]").fill("6")
    page.wait_for_function("location.search.includes('unit=77') && location.search.includes('step=6')")
    pages = (("Gradients", "What does an answer"), ("Memory", "What is in the cell state"), ("What if", "What if something"))
    for name, asks in pages:
        page.get_by_role("link", name=name, exact=True).first.click()
        # The page before has a box that shows the same, and a click on that one goes with it.
        page.get_by_role("heading", name=asks).wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        page.wait_for_function(f"document.querySelector('.text-box')?.dataset.boxLength === '{len(TYPED)}'")
        expect(text_box(page).first).to_have_value(TYPED)
        expect(moment(page).first).to_contain_text("‘(’ step 6")
    letters(page).nth(8).click()
    page.wait_for_function("location.search.includes('step=8')")
    page.get_by_role("link", name="Explore").first.click()
    page.locator(PAINTED).wait_for()
    expect(text_box(page)).to_have_value(TYPED)
    expect(page.locator("[data-part=moment]")).to_have_text("‘f’ step 8")
    expect(page.locator("[data-part=unit]")).to_have_value("77")
