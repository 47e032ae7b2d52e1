"""A long text as a person brings it: pasted, read in a process beside the server, stopped, searched, and opened at a letter."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.app_server import TIMEOUT
from tests.browser.wait_for_plots import at_rest

WAIT = TIMEOUT * 1000
TEXT = "The king (who was old) said: go! And the queen said: stay.\n" * 30
LETTERS = ".board-passages section:nth-of-type({}) .board-letters span"


def test_a_pasted_text_is_read_searched_and_opened_where_a_letter_is_clicked(page: Page) -> None:
    page.set_default_timeout(WAIT)
    page.goto("/your_text?model=shakespeare-lstm")
    # The example is there before anything is brought.
    expect(page.locator(LETTERS.format(5)).first).to_be_visible(timeout=WAIT)
    page.get_by_text("My own words").click()
    box = page.get_by_label("Paste a text of any length")
    box.fill(TEXT)
    box.blur()
    page.get_by_role("button", name=f"Read all {len(TEXT):,} letters").click()
    expect(page.locator(LETTERS.format(5)).first).to_be_visible(timeout=WAIT)

    page.get_by_text("Where are these words?").click()
    phrase = page.get_by_label("A word or phrase")
    phrase.fill("QUEEN")
    phrase.press("Enter")
    expect(page.get_by_text("stands 30 times in this text")).to_be_visible(timeout=WAIT)
    at_rest(page, ".board-plot")
    # The second place: 32 letters stand before the word.
    page.locator(LETTERS.format(2)).nth(32).click()
    step = TEXT.index("queen", TEXT.index("queen") + 1)
    expect(page.get_by_role("heading", name=f"Every gate around letter {step:,}")).to_be_visible(timeout=WAIT)
    typed = page.get_by_label("Type here.")
    expect(typed).to_have_value(TEXT[step - 60 : step + 100], timeout=WAIT)
    expect(page.locator(".board-open")).to_have_count(1)

    page.get_by_role("button", name="Open this passage in Explore").click()
    expect(page.get_by_role("heading", name="What does an LSTM do while it reads?")).to_be_visible(timeout=WAIT)
    expect(page.get_by_label("Type here.")).to_have_value(TEXT[step - 60 : step + 100], timeout=WAIT)
