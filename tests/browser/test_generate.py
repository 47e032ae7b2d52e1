"""The page on which networks write, in a real browser: letters come by themselves, and nothing that is typed is disturbed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app_server import TIMEOUT
from tests.browser.conftest import WINDOW
from tests.browser.explorer import FINISHED
from tests.browser.handles import text_box
from tests.browser.wait_for_plots import at_rest

WAIT = TIMEOUT * 1000
PROMPT = "ROMEO:\n"


@pytest.fixture
def desk(shared_page: Page) -> Page:
    """The page, opened once for all tests here, with its usual window and seed; each test writes anew.

    As it opens three networks have written already, as nobody should have to wait for what they did not ask for.
    """
    shared_page.set_default_timeout(WAIT)
    shared_page.set_viewport_size(WINDOW)
    shared_page.emulate_media(reduced_motion="no-preference")
    if shared_page.locator(".generated-texts").count() == 0:
        shared_page.goto("/generate")
        still(shared_page)
    seed(shared_page, 1)
    return shared_page


@pytest.fixture
def at_once(desk: Page) -> Page:
    """What was written is shown at once."""
    pace(desk, "End", "at once")
    begin(desk)
    still(desk)
    return desk


@pytest.fixture
def finished(desk: Page) -> Page:
    """Three texts that are full, whatever was done with them before."""
    pace(desk, "End", "at once")
    still(desk)
    if [len(written(desk, text)) for text in range(3)] != [240] * 3 or text_box(desk).input_value() != PROMPT:
        begin(desk)
        still(desk)
    return desk


@pytest.fixture
def going(desk: Page) -> Page:
    """Three networks are writing, letter by letter."""
    pace(desk, "Home", "slow")
    begin(desk)
    desk.wait_for_function("document.querySelectorAll('.generated-letters span').length > 30")
    return desk


def letters(page: Page, text: int = 0) -> Locator:
    return page.locator(".generated-text").nth(text).locator(".generated-letters span")


def written(page: Page, text: int = 0) -> str:
    return "".join(letters(page, text).all_text_contents())


def still(page: Page) -> None:
    """Wait until nothing more is being written."""
    page.wait_for_function("document.querySelector('.generated-texts')?.dataset.going === 'false'")


@contextmanager
def written_anew(page: Page) -> Iterator[None]:
    """Wait until what is done here has begun other texts."""
    before = page.locator(".generated-texts").get_attribute("data-epoch")
    yield
    begun = "before => document.querySelector('.generated-texts').dataset.epoch === String(Number(before) + 1)"
    page.wait_for_function(begun, arg=before)


def begin(page: Page) -> None:
    """Write from the first prompt, whatever is there."""
    with written_anew(page):
        page.get_by_role("button", name="Romeo speaks").click()


def pace(page: Page, key: str, name: str) -> None:
    """Move the control of the pace to an end."""
    page.get_by_role("slider", name="Pace").press(key)
    expect(page.get_by_test_id("stSlider").filter(has_text="Pace")).to_contain_text(name)


def seed(page: Page, number: int) -> None:
    """Choose a seed; another one than before begins other texts."""
    # On a page that is being drawn the field shows 0 for a moment.
    page.locator(FINISHED).wait_for()
    field = page.get_by_role("spinbutton", name="Seed")
    if field.input_value() != str(number):
        with written_anew(page):
            field.fill(str(number))
            field.press("Enter")


def test_typing_a_prompt_is_not_disturbed_by_what_is_being_written(going: Page) -> None:
    text_box(going).press("Control+End")
    before = len(written(going))
    text_box(going).press_sequentially("O gentle Juliet, hear me speak tonight", delay=60)
    expect(text_box(going)).to_have_value("ROMEO:\nO gentle Juliet, hear me speak tonight")
    # Meanwhile the pen went on, and what was typed was read.
    going.wait_for_function(f"document.querySelector('.generated-letters').childElementCount > {before + 15}")
    expect(text_box(going)).to_be_focused()
    going.wait_for_function("document.querySelector('.text-box').dataset.boxLength === '45'")
    expect(text_box(going)).to_be_focused()
    expect(going.get_by_text("The prompt has changed since")).to_be_visible()


def test_three_networks_write_to_the_end_and_the_same_seed_writes_the_same(at_once: Page) -> None:
    first = [written(at_once, text) for text in range(3)]
    assert [len(each) for each in first] == [240] * 3
    assert len(set(first)) == 3
    with written_anew(at_once):
        at_once.get_by_role("button", name="New seed").click()
    still(at_once)
    assert written(at_once) != first[0]
    seed(at_once, 1)
    still(at_once)
    assert [written(at_once, text) for text in range(3)] == first


def test_it_stops_and_goes_on_where_it_was(going: Page) -> None:
    going.get_by_role("button", name="Stop").click()
    still(going)
    stopped = written(going)
    assert 10 < len(stopped) < 240
    going.wait_for_timeout(600)
    assert written(going) == stopped
    going.get_by_role("button", name="Continue").click()
    going.wait_for_function(f"document.querySelector('.generated-letters').childElementCount > {len(stopped) + 5}")
    assert written(going).startswith(stopped)


def test_a_letter_shows_its_alternatives_and_is_written_again(finished: Page) -> None:
    others, before = written(finished, 0), written(finished, 1)
    letters(finished, 1).nth(11).click()
    expect(finished.get_by_text("Letter 12 of the GRU is")).to_be_visible()
    moment = finished.locator(".generated-texts [data-part=moment]")
    expect(moment).to_contain_text(re.compile(r"letter 12 of GRU: [<\d.]+% likely"))
    assert letters(finished, 1).nth(11).get_attribute("class") == "token-chosen"
    finished.locator(".generated-page").nth(1).press("ArrowRight")
    expect(finished.get_by_text("Letter 13 of the GRU is")).to_be_visible()
    with written_anew(finished):
        finished.get_by_role("button", name="Write again from here").click()
    still(finished)
    again = written(finished, 1)
    assert again[:12] == before[:12]
    assert again != before
    assert len(again) == 240
    assert written(finished, 0) == others


def test_a_click_on_a_bar_puts_that_letter(finished: Page) -> None:
    letters(finished).nth(4).click()
    expect(finished.get_by_text("Letter 5 of the LSTM is")).to_be_visible()
    before = written(finished)
    at_rest(finished, ".figure-plot")
    plot = finished.locator(".figure-plot").first
    label = plot.locator(".ytick text").nth(7)
    label.scroll_into_view_if_needed()
    put, row, whole = (label.text_content() or "").strip(), label.bounding_box(), plot.bounding_box()
    assert row is not None
    assert whole is not None
    # Far from the bar, which is short: its row is what is clicked.
    place = whole["x"] + whole["width"] - 60, row["y"] + row["height"] / 2
    finished.mouse.move(place[0] - 3, place[1])
    finished.mouse.move(*place)
    with written_anew(finished):
        finished.mouse.click(*place)
    still(finished)
    after = written(finished)
    assert after[:4] == before[:4]
    assert after[4] == {"␣": " "}.get(put, put)
    expect(finished.get_by_text("You put this letter there.")).to_be_visible()


def test_what_was_written_opens_in_the_explorer(finished: Page) -> None:
    text = PROMPT + written(finished).replace("⏎", "\n")
    letters(finished).nth(7).click()
    expect(finished.get_by_text("Letter 8 of the LSTM is")).to_be_visible()
    finished.get_by_role("button", name="Explore its gates").click()
    expect(finished.get_by_label("Type here.")).to_have_value(text)
    expect(finished.locator("[data-part=step]")).to_have_value(str(len(PROMPT) + 7))
    finished.get_by_role("link", name="Generate", exact=True).first.click()
    still(finished)


def test_nothing_below_the_texts_moves_while_they_fill(going: Page) -> None:
    legend, before = going.locator(".generated-texts .token-legend"), len(written(going))
    place = legend.bounding_box()
    going.wait_for_function(f"document.querySelector('.generated-letters').childElementCount > {before + 40}")
    assert legend.bounding_box() == place
    going.set_viewport_size({"width": 390, "height": 844})
    assert going.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_first_lines_are_in_sight_and_each_text_is_a_slider_and_can_be_copied(at_once: Page) -> None:
    assert at_once.evaluate("[...document.querySelectorAll('.generated-page')].every((page) => page.scrollTop === 0)")
    # Before anything is chosen too.
    values = at_once.evaluate("[...document.querySelectorAll('.generated-page')].map((page) => page.ariaValueNow)")
    assert all(value is not None and value.isdigit() for value in values)
    at_once.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at_once.get_by_role("button", name="Copy what GRU wrote").click()
    expect(at_once.locator(".generated-copy").nth(1)).to_have_text("Copied")
    copied = at_once.evaluate("navigator.clipboard.readText()")
    assert copied.replace("\n", "⏎") == "ROMEO:⏎" + written(at_once, 1)


def test_each_press_of_new_seed_begins_one_text_while_others_are_written(going: Page) -> None:
    texts, field = going.locator(".generated-texts"), going.get_by_role("spinbutton", name="Seed")
    before = int(texts.get_attribute("data-epoch") or 0), int(field.input_value())
    for press in range(1, 6):
        with written_anew(going):
            going.get_by_role("button", name="New seed").click()
        going.wait_for_function("document.querySelectorAll('.generated-letters span').length > 30")
        assert (int(texts.get_attribute("data-epoch") or 0), int(field.input_value())) == (before[0] + press, before[1] + press)


def test_who_asks_for_less_motion_gets_the_text_at_once(going: Page) -> None:
    going.emulate_media(reduced_motion="reduce")
    with written_anew(going):
        going.get_by_role("button", name="New seed").click()
    # At the pace that is set it would have taken many seconds, letter by letter: more than a hundred different counts.
    counts = going.evaluate(
        """() => new Promise((done) => {
          const seen = new Set(), texts = document.querySelector('.generated-texts');
          const look = () => {
            seen.add(texts.dataset.shown);
            texts.dataset.going === 'false' ? done(seen.size) : requestAnimationFrame(look);
          };
          look();
        })"""
    )
    assert counts < 40


def test_a_link_brings_the_same_texts_and_changed_settings_are_said(finished: Page) -> None:
    finished.get_by_role("slider", name="Temperature").press("ArrowRight")
    expect(finished.get_by_text("Settings have changed since: press Write.")).to_be_visible()
    seed(finished, 7)
    still(finished)
    expect(finished.get_by_text("Settings have changed since: press Write.")).to_have_count(0)
    finished.wait_for_function("['temperature=0.75', 'seed=7', 'pace=at-once'].every((each) => location.search.includes(each))")
    before = [written(finished, text) for text in range(3)]
    finished.reload()
    finished.wait_for_function("document.querySelector('.generated-texts')?.dataset.shown === '240,240,240'")
    assert [written(finished, text) for text in range(3)] == before
    # The tests after this one find the temperature of all.
    finished.get_by_role("slider", name="Temperature").press("ArrowLeft")
    finished.wait_for_function("!location.search.includes('temperature=')")
