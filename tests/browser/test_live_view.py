"""The live view in a real browser: what one types, clicks and reloads is what one sees."""

import re
from typing import Literal, get_args

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import choose_network, open_explorer, return_to_explorer, settled, write
from tests.browser.wait_for_plots import at_rest

Scheme = Literal["light", "dark"]

STRIPS = "document.querySelector('.live-chart canvas').toDataURL()"
RANGE = "document.querySelector('.live-shell')._fullLayout.xaxis.range"
#: Plotly's own idea of where a step lies on the page, against which the painted strips are held.
PLACE = """(step) => {
  const shell = document.querySelector('.live-shell');
  const axis = shell._fullLayout.xaxis;
  return shell.getBoundingClientRect().left + axis._offset + axis.d2p(step);
}"""


@pytest.fixture
def live(shared_page: Page) -> Page:
    """The explorer, opened once for all tests here; each writes its own text."""
    return_to_explorer(shared_page)
    return shared_page


def step_of(page: Page) -> int:
    return int(page.locator("[data-part=step]").input_value())


def test_typing_repaints_the_strips_and_every_letter_arrives(live: Page) -> None:
    write(live, "The dog")
    before = live.evaluate(STRIPS)
    live.locator(".live textarea").press_sequentially(" barks at noon", delay=20)
    settled(live, len("The dog barks at noon"))
    assert live.evaluate(STRIPS) != before
    assert live.locator(".live textarea").input_value() == "The dog barks at noon"
    assert step_of(live) == len("The dog barks at noon") - 1


def test_a_letter_keeps_the_captions_and_updates_what_they_explain(live: Page) -> None:
    write(live, "The dog")
    captions = "[...document.querySelectorAll('.live-caption')]"
    live.evaluate(f"window.__captions = {captions}")
    write(live, "The dogs")
    assert live.evaluate(f"{captions}.every((caption, place) => caption === window.__captions[place])")
    assert "after ‘s’ at step 7" in live.evaluate(f"{captions}.at(-1).title")


def test_the_bars_of_the_predictions_are_as_long_as_their_percentages(live: Page) -> None:
    write(live, "The dog")
    shares = live.evaluate(
        "[...document.querySelectorAll('.live-expect li')].map(({ children: [, track, digits] }) =>"
        " [track.firstChild.getBoundingClientRect().width / track.getBoundingClientRect().width, digits.textContent])"
    )
    assert len(shares) == 8
    for length, percentage in shares:
        assert 100 * length == pytest.approx(float(re.findall(r"[\d.]+", percentage)[0]), abs=1)


def test_the_strips_are_never_blank_while_one_types(live: Page) -> None:
    write(live, "never")
    live.evaluate("""() => {
      const canvas = document.querySelector('.live-chart canvas');
      window.__painted = [];
      const look = () => {
        const small = new OffscreenCanvas(64, 64).getContext('2d');
        small.drawImage(canvas, 0, 0, 64, 64);
        window.__painted.push(small.getImageData(0, 0, 64, 64).data.filter((value, index) => index % 4 === 3 && value).length);
        requestAnimationFrame(look);
      };
      look();
    }""")
    live.locator(".live textarea").press_sequentially(" blank", delay=60)
    settled(live, len("never blank"))
    painted = live.evaluate("window.__painted")
    assert len(painted) > 3
    assert min(painted) > 0.5 * max(painted)


def test_zoom_survives_typing_and_all_steps_come_back(live: Page) -> None:
    write(live, "A sentence that is long enough to zoom.")
    at_rest(live)
    box = live.locator(".live-chart").bounding_box()
    assert box is not None
    y = box["y"] + 60
    left, right = live.evaluate(PLACE, 5), live.evaluate(PLACE, 15)
    live.mouse.move(left, y)
    live.mouse.down()
    # Plotly begins a selection with the first movement that it has handled, and ends it where the last one was.
    live.mouse.move((left + right) / 2, y)
    live.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    live.mouse.move(right, y)
    live.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    live.mouse.up()
    live.wait_for_function(f"{RANGE}[1] < 20")
    zoomed = live.evaluate(RANGE)
    assert zoomed == pytest.approx([5, 15], abs=0.5)

    live.locator(".live textarea").press_sequentially(" More")
    settled(live, len("A sentence that is long enough to zoom. More"))
    at_rest(live)
    assert live.evaluate(RANGE) == zoomed

    live.get_by_role("button", name="All steps").click()
    live.wait_for_function(f"{RANGE}[1] > 40")


def test_a_click_on_a_strip_selects_its_step(live: Page) -> None:
    write(live, "Click on me")
    at_rest(live)
    box = live.locator(".live-chart").bounding_box()
    assert box is not None
    live.mouse.click(live.evaluate(PLACE, 6), box["y"] + 60)
    expect(live.locator("[data-part=moment]")).to_have_text("‘o’ step 6")
    live.locator(".live-chart").press("ArrowRight")
    expect(live.locator("[data-part=moment]")).to_have_text("‘n’ step 7")


def test_the_caret_is_the_step(live: Page) -> None:
    write(live, "carets")
    for _ in range(3):
        live.keyboard.press("ArrowLeft")
    expect(live.locator("[data-part=moment]")).to_have_text("‘r’ step 2")


def test_a_reloaded_link_brings_the_view_back(live: Page) -> None:
    write(live, "Share (this) view")
    live.get_by_text("All units", exact=True).click()
    live.locator("[data-part=step]").fill("6")
    live.wait_for_function("location.search.includes('step=6') && location.search.includes('zoom=units')")
    open_explorer(live, live.url)
    settled(live, len("Share (this) view"))
    assert live.locator(".live textarea").input_value() == "Share (this) view"
    assert step_of(live) == 6
    assert live.locator("input[name=live-zoom]:checked").input_value() == "units"


def test_an_input_method_sends_nothing_until_it_is_done(live: Page) -> None:
    write(live, "ni")
    keyboard = live.context.new_cdp_session(live)
    live.evaluate("window.__liveTimes.length = 0")
    for draft in ("h", "ha", "hao"):
        keyboard.send("Input.imeSetComposition", {"text": draft, "selectionStart": len(draft), "selectionEnd": len(draft)})
        live.wait_for_timeout(100)
    assert live.locator(".live textarea").input_value() == "nihao"
    assert not [time for time in live.evaluate("window.__liveTimes") if time["what"] == "send"]

    keyboard.send("Input.insertText", {"text": "好"})
    settled(live, 3)
    assert live.locator(".live textarea").input_value() == "ni好"
    expect(live.locator("[data-part=note]")).to_contain_text("‘好’ is not in")


def test_the_numbers_in_the_cell_agree_with_each_other(live: Page) -> None:
    write(live, "Sum it up (now)")
    live.locator("[data-part=step]").fill("11")
    settled(live, len("Sum it up (now)"))
    first, second = live.locator("[data-part=equations] div").all_text_contents()
    f, c0, i, g, c = numbers(first.split("i·g = ")[1])
    o, tanh, h = numbers(second.split("tanh(c) = ")[1])
    assert c == pytest.approx(f * c0 + i * g, abs=0.03)
    assert h == pytest.approx(o * tanh, abs=0.02)

    live.locator("[data-part=openers] button", has_text="f").click()
    whole = live.locator(".live-whole + .live-track + .live-digits").all_text_contents()
    total, value = numbers(live.locator(".live-sum").inner_text().split("b) = ")[1])
    assert sum(number for text in whole for number in numbers(text)) == pytest.approx(total, abs=0.02)
    assert value == pytest.approx(f, abs=0.001)


def numbers(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"−?\d+(?:\.\d+)?", text)]


def test_no_text_is_an_invitation_and_one_letter_is_a_text(live: Page) -> None:
    write(live, "")
    expect(live.locator("[data-part=invitation]")).to_be_visible()
    expect(live.locator(".live-chart")).to_be_hidden()
    write(live, "a")
    expect(live.locator(".live-chart")).to_be_visible()
    expect(live.locator("[data-part=surprise]")).to_contain_text("has no prediction")


def test_nothing_scrolls_sideways_on_a_phone(live: Page) -> None:
    live.set_viewport_size({"width": 390, "height": 844})
    write(live, "א emoji 👧 é and a rather long line of words that wraps a few times")
    assert live.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(live.locator("[data-part=note]")).to_contain_text("left to right")


def test_no_blank_space_is_left_below_the_strips(live: Page) -> None:
    """Of networks with many and few rows, and with long and short lists of predictions."""
    write(live, "The dog")
    for model in ("shakespeare-gru", "shakespeare-rnn", "counting", "python-lstm"):
        choose_network(live, model)
        for height in (720, 900):
            live.set_viewport_size({"width": 1440, "height": height})
            # The strips are stretched once what stands beside them is drawn.
            live.wait_for_function(
                """() => { const end = (part) => document.querySelector(`[data-part=${part}]`).getBoundingClientRect().bottom;
                return Math.abs(end("side") - end("objective")) < 40; }"""
            )


def test_the_line_on_unknown_letters_keeps_clear_of_the_focus_ring(live: Page) -> None:
    live.locator(".live textarea").fill("Ödön")
    expect(live.locator("[data-part=note]")).to_contain_text("Ö")
    for scheme in get_args(Scheme):
        live.emulate_media(color_scheme=scheme)
        gap = live.evaluate(
            """() => { const box = document.querySelector(".live textarea"), note = document.querySelector("[data-part=note]");
            const { outlineWidth, outlineOffset } = getComputedStyle(box);
            return note.getBoundingClientRect().top - box.getBoundingClientRect().bottom
                - parseFloat(outlineWidth) - parseFloat(outlineOffset); }"""
        )
        assert gap >= 1
