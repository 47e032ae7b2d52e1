"""A long text as a person brings it: pasted, read in a process beside the server, stopped, searched, and opened at a letter."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from lstm_viz.ui.components.text_source import SOURCES, TYPED
from lstm_viz.ui.pages.long_text.page import PHRASE, QUESTION_TITLES
from tests.app_server import PAINTED, TIMEOUT
from tests.browser.handles import choose, control, naming, press
from tests.browser.wait_for_plots import at_rest
from tests.facts import facts

WAIT = TIMEOUT * 1000
TEXT = "The king (who was old) said: go! And the queen said: stay.\n" * 30
TEXT_AREA = ".live textarea"
LETTERS = ".passages section:nth-of-type({}) .token-text span"


def test_a_pasted_text_is_read_searched_and_opened_where_a_letter_is_clicked(page: Page) -> None:
    page.set_default_timeout(WAIT)
    page.goto("/your_text?model=shakespeare-lstm")
    # The example is there before anything is brought.
    expect(page.locator(LETTERS.format(5)).first).to_be_visible(timeout=WAIT)
    choose(page, "your_text_source", TYPED, SOURCES)
    box = control(page, "your_text_typed").locator("textarea")
    box.fill(TEXT)
    box.blur()
    press(page, "your_text_bench_start")
    expect(page.locator(LETTERS.format(5)).first).to_be_visible(timeout=WAIT)

    choose(page, "your_text_ask", PHRASE, QUESTION_TITLES)
    phrase = control(page, "your_text_phrase").locator("input")
    phrase.fill("QUEEN")
    phrase.press("Enter")
    expect(naming(page, "30 times")).to_be_visible(timeout=WAIT)
    at_rest(page, ".figure-plot")
    # The second place: 32 letters stand before the word.
    page.locator(LETTERS.format(2)).nth(32).click()
    step = TEXT.index("queen", TEXT.index("queen") + 1)
    expect(page.get_by_role("heading", name=re.compile(facts(f"{step:,}")))).to_be_visible(timeout=WAIT)
    typed = page.locator(TEXT_AREA)
    expect(typed).to_have_value(TEXT[step - 60 : step + 100], timeout=WAIT)
    expect(page.locator(".passage-open")).to_have_count(1)

    press(page, "your_text_explore")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(page.locator(TEXT_AREA)).to_have_value(TEXT[step - 60 : step + 100], timeout=WAIT)


def test_what_a_click_opened_stands_at_the_top_also_where_the_page_was_too_short_for_it(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/your_text?model=shakespeare-lstm")
    page.locator(LETTERS.format(1)).nth(20).click()
    expect(page.get_by_role("heading", name=re.compile(facts("letter", 20)))).to_be_visible(timeout=WAIT)
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    page.wait_for_function("document.querySelector('.scroll-here')?.getBoundingClientRect().top < 120")
