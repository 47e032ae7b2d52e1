"""The sentiment page in a real browser: the verdict follows what one types, words and units are clicked, the explorer opens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_viz import Reader, load, sentiment
from lstm_viz.text.numbers import format_signed
from lstm_viz.ui.pages.sentiment.page import MEASURED, QUESTION_TITLES, UNITS
from tests.app_server import TIMEOUT
from tests.browser.handles import choose, naming, press, text_box
from tests.browser.wait_for_plots import at_rest

WAIT = TIMEOUT * 1000
BAD = "The film isn't bad."
#: Where a word's column lies on the screen in one row of the n-th figure, above a bar that goes down from zero.
PLACE = """([n, x, zero]) => {
  const plot = document.querySelectorAll('.figure-plot')[n];
  const { xaxis, yaxis } = plot._fullLayout;
  const { left, top } = plot.getBoundingClientRect();
  return [left + xaxis._offset + xaxis.d2p(x), top + yaxis._offset + yaxis.d2p(zero) - 15];
}"""
BARS = "document.querySelectorAll('.figure-plot')[0]?._fullData?.[0].y.length"
#: Where a cell of the map of units lies on the screen, by its column and row.
CELL = """([x, y]) => {
  const plot = document.querySelectorAll('.figure-plot')[1];
  const { xaxis, yaxis } = plot._fullLayout;
  const { left, top } = plot.getBoundingClientRect();
  return [left + xaxis._offset + xaxis.d2p(x), top + yaxis._offset + yaxis.r2p(y)];
}"""


@pytest.fixture
def shown(page: Page) -> Page:
    """The page with its first pictures drawn."""
    page.set_default_timeout(WAIT)
    page.goto("/sentiment")
    page.wait_for_function(f"{BARS} === 11", timeout=WAIT)
    return page


def scored(text: str) -> str:
    """The last verdict of a text, as the page writes it."""
    return f"({format_signed(float(sentiment.classify_sentiment(Reader(load('sst-lstm')), text).score[-1]), 1)})"


def alone(word: str) -> re.Pattern[str]:
    """What the page says of a word by itself."""
    return re.compile(f"‘{word}’ alone is [a-z ]+ {re.escape(scored(word))}")


def verdict(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", name=words, level=3)


def test_the_verdict_and_the_chosen_word_follow_what_one_types(shown: Page) -> None:
    expect(verdict(shown, f"Positive {scored('The plot is thin, but the actors are wonderful.')}")).to_be_visible(timeout=WAIT)
    box = text_box(shown)
    box.fill("The film is good")
    expect(verdict(shown, f"Positive {scored('The film is good')}")).to_be_visible(timeout=WAIT)
    box.press("Control+End")
    box.press_sequentially(" but its end is a mess.", delay=40)
    expect(verdict(shown, "Negative")).to_be_visible(timeout=WAIT)
    shown.wait_for_function(f"{BARS} === 11", timeout=WAIT)
    words = ["The", "film", "is", "good", "but", "its", "end", "is", "a", "mess", "."]
    expect(shown.locator(".token-text span")).to_have_text(words)
    expect(box).to_have_value("The film is good but its end is a mess.")
    # A word that is being typed moves nothing.
    hatched = shown.get_by_text("not in this network's training")
    box.fill("A fine zorb")
    expect(shown.locator(".token-unknown")).to_have_text("zorb", timeout=WAIT)
    expect(hatched).to_be_hidden()
    box.press("End")
    box.press_sequentially(" ")
    expect(hatched).to_be_visible(timeout=WAIT)
    expect(naming(shown, "‘zorb’").first).to_be_visible(timeout=WAIT)
    # The caret chooses its word.
    box.fill("It isn't bad at all")
    chosen = shown.locator(".token-chosen")
    expect(chosen).to_have_text("all", timeout=WAIT)
    for _ in range(9):
        shown.keyboard.press("ArrowLeft")
    expect(chosen).to_have_text("bad", timeout=WAIT)


def test_a_word_is_chosen_an_example_a_question_and_the_way_to_a_unit(shown: Page) -> None:
    shown.locator(".token-text span", has_text="wonderful").click()
    expect(shown.get_by_text(alone("wonderful"))).to_be_visible(timeout=WAIT)
    place = shown.evaluate(PLACE, [0, 3, -2.6])
    shown.mouse.move(place[0] - 3, place[1])
    shown.mouse.move(*place)
    shown.mouse.click(*place)
    expect(shown.get_by_text(alone("thin"))).to_be_visible(timeout=WAIT)
    expect(shown.locator(".token-chosen")).to_have_text("thin")
    press(shown, "choose_example_isnt-bad")
    expect(verdict(shown, f"Negative {scored(BAD)}")).to_be_visible(timeout=WAIT)
    expect(shown.get_by_text("Misclassified:")).to_be_visible()
    choose(shown, "sentiment_ask", UNITS, QUESTION_TITLES)
    link = shown.get_by_role("link", name="at this word in Explore")
    expect(link).to_be_visible(timeout=WAIT)
    address = link.get_attribute("href") or ""
    assert "model=sst-lstm" in address
    assert "step=3" in address
    # The row of a unit and the column of a word: a click on the cell brings both.
    shown.wait_for_function("document.querySelectorAll('.figure-plot')[1]?._fullData?.[0].y.length === 10", timeout=WAIT)
    at_rest(shown, ".figure-plot")
    unit = shown.evaluate("document.querySelectorAll('.figure-plot')[1]._fullData[0].y[4]").removeprefix("unit ")
    left, top = shown.evaluate(CELL, [2, 4])
    shown.mouse.move(left - 3, top)
    shown.mouse.move(left, top)
    shown.mouse.click(left, top)
    expect(shown.get_by_role("link", name=f"Unit {unit} at this word in Explore")).to_be_visible(timeout=WAIT)
    expect(shown.locator(".token-chosen")).to_have_text("is")
    choose(shown, "sentiment_ask", MEASURED, QUESTION_TITLES)
    (share,) = re.findall(r"test: ([\d.]+)% of", load("sst-lstm").metadata["scores"])
    expect(shown.get_by_text(f"{share}%")).to_be_visible(timeout=WAIT)


def test_ones_own_words_are_judged_and_go_back_to_the_network_they_came_from(page: Page) -> None:
    page.goto("/?model=counting&text=aabb")
    expect(text_box(page)).to_have_value("aabb", timeout=WAIT)
    page.get_by_role("link", name="Sentiment").click()
    expect(page.get_by_text("Most of these words are unknown to it")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Memory").click()
    expect(page.locator(".token-text span")).to_have_text(list("aabb"), timeout=WAIT)
    expect(page.locator(".token-unknown")).to_have_count(0)
