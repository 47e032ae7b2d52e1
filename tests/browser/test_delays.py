"""The page on delays in a real browser: train for a moment, stop, ask the networks, take one to the explorer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.ui.pages.delays.page import QUESTION_TITLES
from lstm_viz.ui.pages.delays.task_text import TITLES
from tests.app_server import PAINTED, TIMEOUT
from tests.browser.conftest import WINDOW
from tests.browser.handles import choose, control, move_slider, naming, press, text_box

WAIT = TIMEOUT * 1000
EXAMPLE = "ACBC" + "." * 100 + "?"
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT
CURVES = """document.querySelectorAll('.figure-plot')[0]?._fullData
    ?.filter((curve) => !curve.name.startsWith('guessing')).map((curve) => curve.y.length).join()"""
#: How many symbols each of the three maps shows, the answer's among them.
MAPS = "[...document.querySelectorAll('.figure-plot')].map((plot) => plot._fullData?.[0].z?.[0].length).join()"


@pytest.fixture
def delays(page: Page) -> Page:
    """The page with the shipped run on it."""
    page.set_default_timeout(WAIT)
    page.goto("/delays")
    page.wait_for_function(f"{CURVES} === '8,8,8'")
    return page


def asking(page: Page) -> Page:
    """The same page with a typed example before the networks."""
    choose(page, "delays_ask", "answers", QUESTION_TITLES)
    page.wait_for_function(f"{MAPS} === '109,109,109'")
    return page


def test_training_starts_draws_and_stops_and_the_shipped_race_comes_back(delays: Page) -> None:
    expect(naming(delays, "first delay", 4)).to_be_visible()
    press(delays, "delays_run_copy_start")
    expect(naming(delays, "LSTM", "at step").first).to_be_visible(timeout=WORKED)
    expect(naming(delays, "3,000").first).to_be_visible()
    delays.wait_for_function(f"{CURVES} === '8,8,8'")
    press(delays, "delays_run_copy_stop")
    expect(control(delays, "delays_run_copy_start")).to_be_visible()
    press(delays, "delays_shipped")
    expect(naming(delays, "first delay", 4)).to_be_visible()
    expect(control(delays, "delays_shipped")).to_have_count(0)


def test_nothing_scrolls_sideways_on_a_phone_and_another_task_brings_its_own_example(delays: Page) -> None:
    delays.set_viewport_size({"width": 390, "height": 844})
    delays.wait_for_function("document.querySelector('.figure-plot')._fullLayout.width < 390")
    assert delays.evaluate("document.documentElement.scrollWidth <= innerWidth")
    delays.set_viewport_size(WINDOW)
    choose(delays, "delays_task", "add", TITLES)
    expect(delays.get_by_text(TASKS["add"].rule).first).to_be_visible()
    choose(delays, "delays_ask", "answers", QUESTION_TITLES)
    delays.wait_for_function(f"{MAPS} === '106,106,106'")
    expect(naming(delays, "LSTM", "1 of 1")).to_be_visible()


def test_what_is_typed_is_answered_the_slider_makes_another_example_and_a_network_is_taken_to_the_explorer(delays: Page) -> None:
    asking(delays)
    expect(text_box(delays)).to_have_value(EXAMPLE)
    expect(naming(delays, "LSTM", "4 of 4")).to_be_visible()
    delays.set_viewport_size({"width": 390, "height": 844})
    delays.wait_for_function("document.querySelector('.figure-plot')._fullLayout.width < 390")
    assert delays.evaluate("document.documentElement.scrollWidth <= innerWidth")
    delays.set_viewport_size(WINDOW)
    text_box(delays).fill("")
    text_box(delays).press_sequentially("DAAB......?", delay=40)
    delays.wait_for_function(f"{MAPS} === '15,15,15'")
    expect(text_box(delays)).to_have_value("DAAB......?")
    expect(naming(delays, "GRU", "4 of 4")).to_be_visible()
    text_box(delays).fill("hello")
    expect(delays.get_by_text("does not fit the task")).to_be_visible()
    move_slider(delays, "delays_delay", 100, "ArrowLeft")
    expect(text_box(delays)).to_have_value("ACBC" + "." * 99 + "?")
    delays.wait_for_function(f"{MAPS} === '108,108,108'")
    # What Python set is typed on from there, like anything else.
    text_box(delays).press("Control+End")
    text_box(delays).press("Backspace")
    expect(delays.get_by_text("one is added to your text")).to_be_visible()
    # The example again, and a network with it.
    text_box(delays).fill(EXAMPLE)
    delays.wait_for_function(f"{MAPS} === '109,109,109'")
    press(delays, "delays_open_lstm")
    expect(delays.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(text_box(delays)).to_have_value(f"{EXAMPLE}ACBC")
    expect(delays.get_by_label("Network", exact=True)).to_have_value("Copy a word over a delay · LSTM")
    expect(delays.locator("[data-part=moment]")).to_have_text("‘?’ step 104")


def test_a_lesson_s_link_hides_the_results_until_they_are_revealed(page: Page) -> None:
    page.goto("/delays?task=copy&ask=training&hide=answers")
    results = control(page, "below_on_phone_summary")
    page.get_by_role("button", name="Reveal").wait_for()
    expect(page.locator(".figure-plot").first).to_be_attached()
    expect(results).to_be_attached()
    expect(results.get_by_text("34%")).to_be_hidden()
    page.get_by_role("button", name="Reveal").click()
    expect(results.get_by_text("34%")).to_be_visible()
