"""The page on delays in a real browser: train for a moment, stop, ask the networks, take one to the explorer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app_server import PAINTED, TIMEOUT
from tests.browser.conftest import WINDOW

WAIT = TIMEOUT * 1000
EXAMPLE = "ACBC" + "." * 100 + "?"
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT
CURVES = """document.querySelectorAll('.board-plot')[0]?._fullData
    ?.filter((curve) => !curve.name.startsWith('guessing')).map((curve) => curve.y.length).join()"""
#: How many symbols each of the three maps shows, the answer's among them.
MAPS = "[...document.querySelectorAll('.board-plot')].map((plot) => plot._fullData?.[0].z?.[0].length).join()"


@pytest.fixture
def delays(page: Page) -> Page:
    """The page with the shipped race on it."""
    page.set_default_timeout(WAIT)
    page.goto("/delays")
    page.wait_for_function(f"{CURVES} === '8,8,8'")
    return page


def box(page: Page) -> Locator:
    return page.locator(".board-box textarea")


def asking(page: Page) -> Page:
    """The same page with a typed example before the networks."""
    page.get_by_text("What does each one answer?").click()
    page.wait_for_function(f"{MAPS} === '109,109,109'")
    return page


def test_training_starts_draws_and_stops_and_the_shipped_race_comes_back(delays: Page) -> None:
    expect(delays.get_by_text("never got beyond its first delay of 4")).to_be_visible()
    delays.get_by_role("button", name="Train all three").click()
    expect(delays.get_by_text("The LSTM is at step")).to_be_visible(timeout=WORKED)
    expect(delays.get_by_text("of 3,000 steps of training")).to_be_visible()
    delays.wait_for_function(f"{CURVES} === '8,8,8'")
    delays.get_by_role("button", name="Stop").click()
    expect(delays.get_by_text("Stopped after")).to_be_visible()
    expect(delays.get_by_role("button", name="Train all three")).to_be_visible()
    delays.get_by_role("button", name="Back to the run that ships").click()
    expect(delays.get_by_text("never got beyond its first delay of 4")).to_be_visible()
    expect(delays.get_by_text("Stopped after")).to_have_count(0)


def test_nothing_scrolls_sideways_on_a_phone_and_another_task_brings_its_own_example(delays: Page) -> None:
    delays.set_viewport_size({"width": 390, "height": 844})
    delays.wait_for_function("document.querySelector('.board-plot')._fullLayout.width < 390")
    assert delays.evaluate("document.documentElement.scrollWidth <= innerWidth")
    delays.set_viewport_size(WINDOW)
    delays.get_by_text("Add two digits").click()
    expect(delays.get_by_text("Say at the ? the sum").first).to_be_visible()
    delays.get_by_text("What does each one answer?").click()
    delays.wait_for_function(f"{MAPS} === '106,106,106'")
    expect(delays.get_by_text("LSTM answers: 1 of 1 right")).to_be_visible()


def test_what_is_typed_is_answered_the_slider_makes_another_example_and_a_network_is_taken_to_the_explorer(delays: Page) -> None:
    asking(delays)
    expect(box(delays)).to_have_value(EXAMPLE)
    expect(delays.get_by_text("LSTM answers: 4 of 4 right")).to_be_visible()
    delays.set_viewport_size({"width": 390, "height": 844})
    delays.wait_for_function("document.querySelector('.board-plot')._fullLayout.width < 390")
    assert delays.evaluate("document.documentElement.scrollWidth <= innerWidth")
    delays.set_viewport_size(WINDOW)
    box(delays).fill("")
    box(delays).press_sequentially("DAAB......?", delay=40)
    delays.wait_for_function(f"{MAPS} === '15,15,15'")
    expect(box(delays)).to_have_value("DAAB......?")
    expect(delays.get_by_text("GRU answers: 4 of 4 right")).to_be_visible()
    box(delays).fill("hello")
    expect(delays.get_by_text("does not fit the task")).to_be_visible()
    slider = delays.get_by_role("slider", name="Delay of the example")
    slider.press("ArrowLeft")
    expect(box(delays)).to_have_value("ACBC" + "." * 99 + "?")
    delays.wait_for_function(f"{MAPS} === '108,108,108'")
    # What Python set is typed on from there, like anything else.
    box(delays).press("Control+End")
    box(delays).press("Backspace")
    expect(delays.get_by_text("one is added to your text")).to_be_visible()
    # The example again, and a network with it.
    box(delays).fill(EXAMPLE)
    delays.wait_for_function(f"{MAPS} === '109,109,109'")
    delays.get_by_role("button", name="Open the LSTM in Explore").click()
    expect(delays.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(delays.get_by_label("Type here.")).to_have_value(f"{EXAMPLE}ACBC")
    expect(delays.get_by_label("Network", exact=True)).to_have_value("Copy a word over a delay · LSTM")
    expect(delays.locator("[data-part=moment]")).to_have_text("‘?’ step 104")
