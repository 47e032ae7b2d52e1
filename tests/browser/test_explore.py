"""What the explorer says of itself: under the pointer, in explanations, in its note, and as a picture."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_viz.ui.components import page_link
from lstm_viz.ui.state.view import View
from tests.browser.explorer import open_explorer, return_to_explorer, show, write
from tests.browser.handles import text_box
from tests.browser.wait_for_plots import at_rest

PLACES = [(0.2, 0.08), (0.3, 0.22), (0.41, 0.37), (0.5, 0.5), (0.63, 0.66), (0.72, 0.8), (0.8, 0.93)]
#: The width of what an SVG file shows as a document of its own.
WIDTH_DRAWN = """async (file) => {
  const frame = document.createElement("iframe");
  frame.src = URL.createObjectURL(new Blob([file], { type: "image/svg+xml" }));
  const loaded = new Promise((done) => frame.addEventListener("load", done));
  document.body.append(frame);
  await loaded;
  const { width } = frame.contentDocument.documentElement.getBBox();
  frame.remove();
  return width;
}"""


@pytest.fixture
def explorer(shared_page: Page) -> Page:
    """The explorer, opened once for all tests here; each writes its own text."""
    return_to_explorer(shared_page)
    return shared_page


@pytest.fixture
def counting(shared_page: Page) -> Page:
    """The explorer with the network that counts."""
    return_to_explorer(shared_page, "counting")
    return shared_page


def choose_unit(page: Page, unit: int) -> None:
    page.locator("[data-part=unit]").fill(str(unit))
    page.locator("[data-part=unit]").press("Tab")
    expect(page.locator("[data-part=cell-title]")).to_contain_text(f"unit {unit}")


def test_what_lies_under_the_pointer_is_what_a_click_chooses(explorer: Page) -> None:
    page = explorer
    page.set_viewport_size({"width": 1280, "height": 1300})
    write(page, "for row in rows: print(row)")
    show(page, "units")
    at_rest(page)
    page.wait_for_function("document.querySelectorAll('.live-caption').length === 8")
    box = page.locator(".live-chart").bounding_box()
    first, last = (page.locator(".live-caption").nth(place).bounding_box() for place in (1, 6))
    assert box
    assert first
    assert last
    top, height = first["y"], last["y"] + last["height"] - first["y"]
    said = page.locator(".live-hovered-said")
    agreed = []
    for across, down in PLACES:
        x, y = box["x"] + 172 + across * (box["width"] - 250), top + down * height
        page.mouse.move(x, y)
        expect(said).to_be_visible()
        named = said.text_content() or ""
        unit, step = re.findall(r"unit (\d+) · (\d+) ", named)[0] if "unit" in named else (None, named.split()[0])
        page.mouse.click(x, y)
        expect(page.locator("[data-part=moment]")).to_contain_text(f"step {step}")
        if unit is not None:
            expect(page.locator("[data-part=unit]")).to_have_value(unit)
            agreed.append(unit)
    assert len(agreed) >= 5
    assert len(set(agreed)) > 3

    page.mouse.move(box["x"] + 300, box["y"] + 100)
    expect(said).to_be_visible()
    page.locator(".live-chart").press("ArrowRight")
    expect(said).to_be_hidden()


def test_nothing_covers_the_curves_under_the_pointer(explorer: Page) -> None:
    page = explorer
    write(page, "for row in rows")
    show(page, "unit")
    at_rest(page)
    box = page.locator(".live-chart").bounding_box()
    assert box
    page.mouse.move(box["x"] + 400, box["y"] + 150)
    values = page.locator(".live-hovered-values")
    expect(values).to_have_count(8)
    axis = page.locator(".live-shell").evaluate("({ _fullLayout: { xaxis } }) => [xaxis._offset, xaxis._length]")
    for place in range(8):
        covered = values.nth(place).bounding_box()
        assert covered
        assert covered["x"] >= box["x"] + sum(axis)
    assert page.locator(".live-shell .hovertext").count() == 0


def test_the_unit_box_says_which_unit_is_drawn(explorer: Page) -> None:
    show(explorer, "unit")
    box = explorer.locator("[data-part=unit]")
    for typed, unit in (("9999", 255), ("", 7)):
        choose_unit(explorer, 7)
        box.fill(typed)
        box.press("Tab")
        expect(box).to_have_value(str(unit))
        expect(explorer.locator("[data-part=cell-title]")).to_contain_text(f"unit {unit}")


def test_everything_with_a_name_explains_itself(explorer: Page) -> None:
    page = explorer
    write(page, "for row in rows")
    unexplained = page.evaluate(
        "[...document.querySelectorAll('.live-caption, .live-legend button, .live-openers button, .live-gate, .live-scale,"
        " .live-equations div')].filter((each) => !each.title && !each.dataset.explains).map((each) => each.outerHTML)"
    )
    assert unexplained == []
    page.locator(".live-caption", has_text="forget gate").hover()
    explained = page.locator(".live-explanation")
    expect(explained).to_contain_text("how much of the old cell state is kept")
    page.mouse.move(2, 2)
    expect(explained).to_be_hidden()
    names = page.locator(".live-legend button").evaluate_all("(all) => all.map((each) => each.ariaLabel)")
    assert "Gradient by hidden state h" in names
    assert len(set(names)) == len(names)


def test_a_tap_explains(explorer: Page) -> None:
    touch = explorer.context.new_cdp_session(explorer)
    explorer.set_viewport_size({"width": 390, "height": 844})
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    write(explorer, "for row in rows")

    def tap(target: Locator) -> None:
        target.scroll_into_view_if_needed()
        place = target.bounding_box()
        assert place
        middle = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [middle]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    tap(explorer.locator(".live-caption", has_text="cell state c"))
    expect(explorer.locator(".live-explanation")).to_contain_text("what is remembered")
    tap(explorer.locator(".live-gate[data-gate=f]"))
    expect(explorer.locator(".live-terms")).to_contain_text("What makes the forget gate")
    expect(explorer.locator(".live-explanation")).to_contain_text("forget gate")
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    touch.detach()


def test_a_note_under_the_box_moves_nothing(explorer: Page) -> None:
    page = explorer
    write(page, "hello")
    tools = page.locator(".live-tools")
    before = tools.bounding_box()
    page.locator(".live textarea").fill("hello é")
    expect(page.locator("[data-part=note]")).to_contain_text("‘é’")
    assert tools.bounding_box() == pytest.approx(before, abs=0.1)


def test_the_strips_follow_the_theme_while_nobody_types(explorer: Page) -> None:
    page = explorer
    write(page, "for row in rows")
    show(page, "unit")
    at_rest(page)
    canvas = "document.querySelector('.live-chart canvas').toDataURL()"
    light = page.evaluate(canvas)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".live")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(canvas)
    assert dark != light
    page.emulate_media(color_scheme="light")
    expect(page.locator(".live")).to_have_attribute("data-theme", "light")
    assert page.evaluate(canvas) != dark


def test_what_one_takes_back_is_gone_and_what_one_writes_over_is_replaced(explorer: Page) -> None:
    page = explorer
    write(page, "hello")
    area = page.locator(".live textarea")
    area.press("End")
    area.press_sequentially(" you")
    expect(page.locator(".live")).to_have_attribute("data-live-length", "9")
    for _ in range(4):
        # The browser takes back letters one by one or together; what was there before them stays.
        if area.input_value() != "hello":
            area.press("Control+z")
    expect(area).to_have_value("hello")
    expect(page.locator(".live")).to_have_attribute("data-live-length", "5")
    area.evaluate("(element) => element.setSelectionRange(1, 4)")
    area.press_sequentially("i, ")
    expect(area).to_have_value("hi, o")
    expect(page.locator("[data-part=moment]")).to_have_text("‘␣’ step 3")


def test_five_thousand_pasted_letters_are_read_in_part_and_kept_whole(explorer: Page) -> None:
    page = explorer
    pasted = "The quick (brown) fox. " * 218
    page.locator(".live textarea").fill(pasted)
    expect(page.locator(".live")).to_have_attribute("data-live-length", "1000")
    expect(page.locator("[data-part=note]")).to_contain_text("The first 1,000 of 5,014")
    expect(page.locator(".live textarea")).to_have_value(pasted)


def test_a_jump_opens_a_second_tab_at_its_view_and_the_two_do_not_mix(explorer: Page, app_url: str) -> None:
    write(explorer, "one")
    other = explorer.context.new_page()
    open_explorer(other, urljoin(f"{app_url}/memory", page_link(View("jumped", "counting", unit=2, step=3))))
    expect(text_box(other)).to_have_value("jumped")
    expect(other.locator("[data-part=unit]")).to_have_value("2")
    expect(other.locator("[data-part=moment]")).to_contain_text("step 3")
    other.locator(".live textarea").fill("aaabbb")
    explorer.locator(".live textarea").fill("the first tab")
    expect(other.locator(".live")).to_have_attribute("data-live-length", "6")
    expect(explorer.locator(".live")).to_have_attribute("data-live-length", "13")
    expect(other.locator(".live textarea")).to_have_value("aaabbb")
    assert "model=counting" in other.url
    assert "model=python-lstm" in explorer.url
    other.close()


def test_a_network_of_few_symbols_says_which_it_knows(counting: Page) -> None:
    write(counting, "Who am I")
    expect(counting.locator("[data-part=note]")).to_contain_text("a and b")
    expect(counting.locator(".live-expect")).not_to_contain_text("\ufffd")
    expect(counting.locator(".live-expect")).to_contain_text("any other")


def test_the_picture_shows_what_is_seen(counting: Page, tmp_path: Path) -> None:
    write(counting, "aabb")
    show(counting, "units")
    at_rest(counting)
    with counting.expect_download() as download:
        counting.get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename == "lstm_viz_counting_layer_1.png"
    download.value.save_as(tmp_path / "strips.png")
    data = (tmp_path / "strips.png").read_bytes()
    chart = counting.locator(".live-chart").bounding_box()
    assert chart
    width, height = struct.unpack(">II", data[16:24])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert width == pytest.approx(2 * (chart["width"] + 32), abs=4)
    assert height > 2 * chart["height"]


def test_the_svg_holds_the_same_picture_as_shapes_and_text(counting: Page, tmp_path: Path) -> None:
    write(counting, "aab\nx")
    for zoom in ("overview", "units", "unit"):
        show(counting, zoom)
        at_rest(counting)
        with counting.expect_download() as download:
            counting.get_by_role("button", name="SVG").click()
        assert download.value.suggested_filename.endswith(".svg")
        file = tmp_path / f"{zoom}.svg"
        download.value.save_as(file)
        svg = ElementTree.parse(file).getroot()
        words = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
        # The letters in their cells, the captions, the axis.
        assert words[:5] == ["a", "a", "b", "⏎", "x"]
        assert {"forget gate f", "cell state c", "step"} <= set(words)
        images = list(svg.iter("{http://www.w3.org/2000/svg}image"))
        assert len(images) == (6 if zoom == "units" else 0)
        # It draws by itself: no script, nothing from elsewhere.
        assert all(image.attrib["href"].startswith("data:image/png;base64,") for image in images)
        drawn = counting.evaluate(WIDTH_DRAWN, file.read_text())
        assert drawn == pytest.approx(float(svg.attrib["width"]), abs=80)


def test_a_figure_is_saved_with_a_title_and_fills_the_screen(counting: Page, tmp_path: Path) -> None:
    page = counting
    write(page, "aab")
    page.get_by_role("link", name="Memory", exact=True).first.click()
    page.get_by_role("heading", name="What is in the cell state").wait_for()
    figure = page.locator(".plotly-figure").first
    figure.locator(".main-svg").first.wait_for()
    page.wait_for_function("document.querySelector('.text-box')?.dataset.boxLength === '3'")
    # The address has the question a moment after the page.
    page.wait_for_function("new URL(location).searchParams.has('ask')")
    name = f"Memory_{parse_qs(urlsplit(page.url).query)['ask'][0]}_Counting_aⁿbⁿ_LSTM_of_4_units_aab_"
    figure.hover()
    with page.expect_download() as download:
        figure.get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename == f"{name}.png"
    download.value.save_as(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").read_bytes()[:4] == b"\x89PNG"
    with page.expect_download() as download:
        figure.get_by_role("button", name="SVG").click()
    assert download.value.suggested_filename == f"{name}.svg"
    download.value.save_as(tmp_path / "figure.svg")
    assert "Counting" in "".join(ElementTree.parse(tmp_path / "figure.svg").getroot().itertext())
    height = figure.locator("[data-part=plot]").evaluate("(plot) => plot.clientHeight")
    figure.get_by_role("button", name="Full screen").click()
    figure.get_by_role("button", name="Leave full screen").click()
    expect(figure.locator("[data-part=plot]")).to_have_css("height", f"{height}px")
