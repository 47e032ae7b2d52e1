"""Plans as people make them: numbers as typed, words for a row, and the library's changes they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.models.language import Config
from lstm_viz.ui.pages.what_if.interventions import Plan, fitting, numbers
from lstm_viz.what_if import Ablate, Clamp, Overwrite

LSTM, GRU, SMALL = Config("lstm", 4, 5, 2), Config("gru", 4, 5, 2), Config("lstm", 4, 5, 1)


@pytest.mark.parametrize(
    ("typed", "found"), [("3", (3,)), ("3, 7-9", (3, 7, 8, 9)), (" 4;4  2 ", (4, 2)), ("0 – 2", (0, 1, 2)), ("9,8-9", (9, 8))]
)
def test_numbers_are_read_as_people_type_them(typed: str, found: tuple[int, ...]) -> None:
    assert numbers(typed, 10, "unit") == found


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "“” is no unit"), ("x", "“x” is no unit; write numbers such as 3, 7-9"), ("-3", "is no unit"), ("10", "no unit 10"),
     ("9-3", "no unit 9-3"), ("1.5", "“1.5” is no unit"), ("99999999999", "is no unit"), ("٣٣", "no unit ٣٣")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(typed: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        numbers(typed, 10, "unit")


@given(st.text(max_size=30))
def test_anything_typed_is_read_or_refused_in_words(typed: str) -> None:
    try:
        found = numbers(typed, 10, "unit")
    except ValueError as error:
        found, said = (), str(error)
        assert said.startswith(("“", "There is no unit"))
    assert all(0 <= number < 10 for number in found)


def test_a_plan_stands_for_a_change_in_each_of_its_layers() -> None:
    assert Plan("hold", "f", 1.0).changes(LSTM) == (Clamp("f", 1.0, 0), Clamp("f", 1.0, 1))
    assert Plan("hold", "f", 0.0, (1,), (2,), ".").changes(LSTM) == (Clamp("f", 0.0, 1, (2,), "."),)
    assert Plan("cut", layers=(0,), units=(3, 4)).changes(LSTM) == (Ablate(0, (3, 4)),)
    assert Plan("set", "c", 2.0, (0,), (1,), (4, 6)).changes(LSTM) == (Overwrite(0, (1,), 4, 2.0), Overwrite(0, (1,), 6, 2.0))
    assert Plan("set", "h", 0.5, None, None, (1,)).changes(GRU) == (
        Overwrite(0, None, 1, 0.5, "h"), Overwrite(1, None, 1, 0.5, "h"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "config", "words"),
    [
        (Plan("hold", "f", 1.0), LSTM, "forget gate f of all units of all layers"),
        (Plan("hold", "f", 1.0), SMALL, "forget gate f of all units"),
        (Plan("hold", "z", 0.0, (1,), at="\n."), GRU, "update gate z of all units of layer 2 at every “⏎” or “.”"),
        (Plan("cut", layers=(0,), units=(3,)), LSTM, "unit 3 of layer 1 cut out"),
        (Plan("set", "c", 2.0, (0,), (1, 2), (4,)), LSTM, "cell state c of units 1, 2 of layer 1 at step 4"),
    ],
)
def test_a_plan_in_words(plan: Plan, config: Config, words: str) -> None:
    assert plan.words(config) == words


def test_only_what_fits_is_done_and_the_rest_says_why() -> None:
    plans = [Plan("hold", "f", 1.0), Plan("hold", "r", 0.0), Plan("set", "h", 0.0, (0,), None, (9,))]
    changes, problems = fitting(plans, GRU, 5)
    assert changes == [Clamp("r", 0.0, 0), Clamp("r", 0.0, 1)]
    assert [problem is None for problem in problems] == [False, True, False]
    assert "no gate 'f'" in str(problems[0])
    assert "step 9 is not there" in str(problems[2])


def test_the_ends_of_the_slider() -> None:
    assert Plan("hold", "f", 1.0).ends(LSTM) == (0.0, 1.0)
    assert Plan("hold", "g", 1.0).ends(LSTM) == (-1.0, 1.0)
    assert Plan("set", "c", 1.0).ends(LSTM) == (-5.0, 5.0)
    assert Plan("cut").ends(LSTM) is None
    assert Plan("hold", "f", 1.0).ends(GRU) is None
