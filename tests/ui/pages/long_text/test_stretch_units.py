"""Select and match over a whole text: what the page lists is what a search of the text's own trace finds."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.ui.components.sample_text import sample_text
from lstm_viz.ui.pages.long_text import page as screen
from lstm_viz.ui.pages.long_text import stretch_units
from lstm_viz.units.matching import find_matches, select_units, trace_levels
from tests.ui.page_testing import PageDriver
from tests.ui.pages.long_text.test_page import Reading, opened, passages, read

TEXT = "def total(prices):\n    return sum(prices) # (of all)\n" * 12


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_viz.jobs.start", lambda function, *args, **settings: Reading(function, args))
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)


def listed(page: PageDriver) -> list[tuple[int, int, float]]:
    """Start, end and score of each place on the page."""
    shown = passages(page)
    assert shown is not None
    found = [re.match(r"score ([0-9.]+) · steps ([0-9,]+)–([0-9,]+)", each["title"]) for each in shown["passages"]]
    return [(int(each[2].replace(",", "")), int(each[3].replace(",", "")) + 1, float(each[1])) for each in found if each]


def test_the_units_of_brackets_are_found_in_the_whole_tale() -> None:
    text = sample_text()
    at = text.index("(")
    until = text.index(")", at) - 1
    page = opened("python-lstm", screen.UNITS, **{"from": str(at), "to": str(until), "best": "off", "above": "0.34"})
    levels = trace_levels(trace(load("python-lstm"), text).layers[0], "c")
    selection = select_units(levels, at, until + 1, 0.34)
    assert 243 in selection.units
    expected = find_matches(levels, selection)
    assert listed(page)[:12] == [(each.start, each.stop, pytest.approx(each.score, abs=0.006)) for each in expected[:12]]
    curve = page.figures[0]
    np.testing.assert_array_equal(curve["data"][1]["x"], sorted(each.start for each in expected))
    assert f" in {len(expected) - 1} other places" in page.words


def test_a_long_text_is_searched_once_its_levels_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretch_units, "_AT_ONCE", 10)
    page = read(opened("python-lstm", screen.UNITS, TEXT))
    assert passages(page) is None
    assert f"{len(TEXT):,}" in page.control("your_text_levels_start").label
    page.press("your_text_levels_start").press("your_text_levels_stop")
    assert passages(page) is None
    page.press("your_text_levels_start")
    for _ in range(6):
        page.run()
    assert listed(page)
    # Another quantity needs levels of its own; the first ones are deleted.
    page.choose("your_text_units_quantity", "h")
    assert "your_text_levels_start" in page.keys


def test_a_text_that_would_take_too_much_is_refused_with_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretch_units, "MAX_BYTES", 256 * 100)
    page = read(opened("python-lstm", screen.UNITS, TEXT))
    assert "at most 100 letters" in page.words
    assert passages(page) is None


@pytest.mark.parametrize("text", ["a", "ab", "☃☃☃☃", "()", "\n" * 30])
def test_any_text_is_answered(text: str) -> None:
    page = read(opened("counting", screen.UNITS, text))
    assert "on" in page.words
