"""The line over the text: which lesson it gives, and that it is true in both themes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lstm_viz.ui.state.examples import COUNTING, FAMILIES, PYTHON, hint
from lstm_viz.ui.state.view import View

COLOURS = ("mean.f", "mean.z", "mean.i", "mean.o", "mean.g", "verdict", "surprise", "norm.h", "unit.c", "unit.h")


@pytest.mark.parametrize("family", FAMILIES)
def test_no_hint_says_dark_or_pale_as_one_theme_is_the_other_turned_round(family: str) -> None:
    said = [each.hint for each in FAMILIES[family]]
    said += [hint(View("own words", "x", colour=colour), "lstm", FAMILIES[family]) for colour in COLOURS]
    assert [each for each in said if re.search(r"\b(dark|pale|bright|white|black)", each)] == []


def test_an_untouched_example_says_what_is_to_be_seen_in_it() -> None:
    for preset in PYTHON:
        assert hint(preset.apply_to(View("", "python-lstm")), "lstm", PYTHON) == preset.hint


def test_the_lesson_stays_with_its_unit_for_a_persons_own_words() -> None:
    view = replace(PYTHON[0].apply_to(View("", "python-lstm")), text="my own (words)")
    assert hint(view, "lstm", PYTHON) == PYTHON[0].hint
    assert hint(replace(view, unit=12), "lstm", PYTHON) != PYTHON[0].hint
    assert hint(replace(view, layer=1), "lstm", PYTHON) != PYTHON[0].hint
    assert hint(replace(view, colour="surprise"), "lstm", PYTHON) not in {each.hint for each in PYTHON}


def test_a_cell_without_the_unit_gets_no_lesson_about_it() -> None:
    view = COUNTING[0].apply_to(View("", "some-gru"))
    assert hint(view, "gru", COUNTING) not in {each.hint for each in COUNTING}
