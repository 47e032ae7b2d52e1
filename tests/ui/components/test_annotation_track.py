"""Tracks of annotation: features of the list, marked steps and regular expressions, at the tokens of a text."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.ui.components.annotation_track import annotate, marked_steps
from tests.facts import facts

TEXT = "a (b c) 12\nIt is."


def test_features_patterns_and_steps_mark_their_letters() -> None:
    inside, digits = annotate(TEXT, "in-brackets", "", False), annotate(TEXT, "own", "[0-9]+", False)
    assert inside is not None
    assert digits is not None
    assert [TEXT[step] for step in np.flatnonzero(digits.values)] == ["1", "2"]
    assert {TEXT[step] for step in np.flatnonzero(inside.values)} >= set("b c")
    steps = annotate(list(TEXT), "own", "3-1, 8", False)
    assert steps is not None
    assert np.flatnonzero(steps.values).tolist() == [1, 2, 3, 8]


def test_a_number_is_its_share_of_the_largest() -> None:
    track = annotate("ab\nabcd", "line-position", "", False)
    assert track is not None
    assert track.values.min() == 0.0
    assert track.values.max() == 1.0


def test_words_are_marked_as_words() -> None:
    track = annotate(["not", "a", "good", "film"], "negation", "", True)
    own = annotate(["not", "a", "good", "film"], "own", "goo", True)
    assert track is not None
    assert own is not None
    assert track.values.tolist() == [1, 0, 0, 0]
    assert own.values.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize(("own", "message"), [("(", "regular expression"), ("2, 99", facts("step 99", "0 to 16"))])
def test_what_is_no_annotation_of_the_text_is_said(own: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        annotate(TEXT, "own", own, False)


def test_nothing_is_drawn_for_nothing() -> None:
    assert annotate(TEXT, "none", "", False) is None
    assert annotate(TEXT, "own", " ", False) is None
    assert marked_steps("1-2-3") is None
