"""A view fits into a link and comes back; a link that makes no sense changes nothing and never raises."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.ui.state.view import LIMIT, LINK_LIMIT, ObjectiveChoice, View, Zoom

START = View("start", "shakespeare-lstm", layer=1, unit=4, step=3, zoom="unit", colour="surprise")
TEXTS = ("👩‍👩‍👧 👍🏽", "e\u0301 n\u0303", "שלום עולם", "\ufeffx", "\u202eabc", "a&b=c#d%20+?\n\t")
views = st.builds(
    View,
    text=st.text(max_size=40) | st.sampled_from(TEXTS),
    model=st.text(max_size=8),
    layer=st.integers(0, 9),
    unit=st.integers(0, 999),
    step=st.integers(-1, 999),
    zoom=st.sampled_from(get_args(Zoom)),
    colour=st.text(max_size=8),
    aim=st.sampled_from(get_args(ObjectiveChoice)),
    symbol=st.text(max_size=1),
)
#: Everything that Python can hold as a string, halves of surrogate pairs too.
anything = st.text(st.characters(codec=None), max_size=20)


@given(views)
def test_a_view_comes_back_from_its_link(view: View) -> None:
    address = urlencode(view.query())
    parameters = {name: found[-1] for name, found in parse_qs(address, keep_blank_values=True).items()}
    assert View("another text", "another model").with_query(parameters) == view


@given(st.integers(0, 2 * LINK_LIMIT))
def test_a_text_too_long_for_a_link_stays_out_of_it(length: int) -> None:
    assert ("text" in View("x" * length, "m").query()) == (length <= LINK_LIMIT)


NAMES = st.sampled_from([*START.query(), "unknown"])
VALUES = st.sampled_from(["-7", "1e9", "９", "9" * 5000, "NaN", "0x10", ""])


@given(st.dictionaries(NAMES | anything, VALUES | anything))
def test_hostile_links_make_a_view_that_can_be_shown(parameters: dict[str, str]) -> None:
    view = START.with_query(parameters).clamped(layers=2, units=8, colours=("mean.f", "surprise"))
    assert view.layer in range(2)
    assert view.unit in range(8)
    assert view.colour in ("mean.f", "surprise")
    assert view.zoom in get_args(Zoom)
    assert view.aim in get_args(ObjectiveChoice)
    assert -1 <= view.step < max(len(view.input_text), 1)
    assert view.step_in(len(view.input_text)) in range(-1, len(view.input_text))
    for written in view.query().values():
        written.encode("utf-8")


def test_what_makes_no_sense_is_passed_over() -> None:
    nonsense = {"layer": "two", "unit": "1.5", "step": "", "zoom": "closer", "aim": "high", "colours": "red"}
    assert START.with_query(nonsense) == START


def test_half_an_emoji_is_shown_as_what_it_is_not() -> None:
    assert START.with_query({"text": "a\ud83d"}).text == "a�"
    assert START.with_query({"text": "\ude00b"}).text == "�b"
    # Both halves, as a browser may send them, are the whole.
    assert START.with_query({"text": "\ud83d\ude00"}).text == "😀"


def test_the_browser_changes_only_what_it_owns() -> None:
    sent = {"text": "new", "unit": 2, "step": 1, "zoom": "units", "colour": "mean.o", "model": "other", "layer": 9, "seq": 4}
    expected = replace(START, text="new", unit=2, step=1, zoom="units", colour="mean.o")
    assert START.with_live(sent) == expected


def test_a_long_text_is_read_to_its_limit_and_says_so() -> None:
    exact, longer = View("x" * LIMIT, "m"), View("x" * LIMIT + "yz", "m")
    assert (exact.input_text, exact.warning) == ("x" * LIMIT, None)
    assert longer.input_text == "x" * LIMIT
    assert longer.warning is not None
    assert "1,000 of 1,002" in longer.warning


@pytest.mark.parametrize(("step", "steps", "expected"), [(-1, 5, 4), (-1, 0, -1), (0, 0, -1), (3, 5, 3), (9, 5, 4)])
def test_the_step_as_an_index(step: int, steps: int, expected: int) -> None:
    assert View("", "m", step=step).step_in(steps) == expected
