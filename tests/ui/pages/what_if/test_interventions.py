"""Plans as people make them: numbers as typed, words for a row, and the library's changes they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.models.language import Config
from lstm_viz.ui.pages.what_if.interventions import InterventionSpec, parse_numbers, validate
from lstm_viz.what_if import Ablate, Clamp, Overwrite
from tests.facts import states

LSTM, GRU, SMALL = Config("lstm", 4, 5, 2), Config("gru", 4, 5, 2), Config("lstm", 4, 5, 1)


@pytest.mark.parametrize(
    ("typed", "found"), [("3", (3,)), ("3, 7-9", (3, 7, 8, 9)), (" 4;4  2 ", (4, 2)), ("0 – 2", (0, 1, 2)), ("9,8-9", (9, 8))]
)
def test_numbers_are_read_as_people_type_them(typed: str, found: tuple[int, ...]) -> None:
    assert parse_numbers(typed, 10, "unit") == found


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "“” is no unit"), ("x", "“x” is no unit"), ("-3", "is no unit"), ("10", "no unit 10"),
     ("9-3", "no unit 9-3"), ("1.5", "“1.5” is no unit"), ("99999999999", "is no unit"), ("٣٣", "no unit ٣٣")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(typed: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_numbers(typed, 10, "unit")


@given(st.text(max_size=30))
def test_anything_typed_is_read_or_refused_in_words(typed: str) -> None:
    try:
        found = parse_numbers(typed, 10, "unit")
    except ValueError as error:
        found, said = (), str(error)
        assert "no unit" in said
    assert all(0 <= number < 10 for number in found)


def test_a_plan_stands_for_a_change_in_each_of_its_layers() -> None:
    assert InterventionSpec("clamp", "f", 1.0).to_interventions(LSTM) == (Clamp("f", 1.0, 0), Clamp("f", 1.0, 1))
    assert InterventionSpec("clamp", "f", 0.0, (1,), (2,), ".").to_interventions(LSTM) == (Clamp("f", 0.0, 1, (2,), "."),)
    assert InterventionSpec("ablate", layers=(0,), units=(3, 4)).to_interventions(LSTM) == (Ablate(0, (3, 4)),)
    assert InterventionSpec("overwrite", "c", 2.0, (0,), (1,), (4, 6)).to_interventions(LSTM) == (
        Overwrite(0, (1,), 4, 2.0),
        Overwrite(0, (1,), 6, 2.0),
    )
    assert InterventionSpec("overwrite", "h", 0.5, None, None, (1,)).to_interventions(GRU) == (
        Overwrite(0, None, 1, 0.5, "h"), Overwrite(1, None, 1, 0.5, "h"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "config", "words"),
    [
        (InterventionSpec("clamp", "f", 1.0), LSTM, "forget gate f of all units of all layers"),
        (InterventionSpec("clamp", "f", 1.0), SMALL, "forget gate f of all units"),
        (InterventionSpec("clamp", "z", 0.0, (1,), at="\n."), GRU, "update gate z of all units of layer 2 at every “⏎” or “.”"),
        (InterventionSpec("ablate", layers=(0,), units=(3,)), LSTM, "unit 3 of layer 1 set to 0"),
        (InterventionSpec("overwrite", "c", 2.0, (0,), (1, 2), (4,)), LSTM, "cell state c of units 1, 2 of layer 1 at step 4"),
    ],
)
def test_a_plan_in_words(spec: InterventionSpec, config: Config, words: str) -> None:
    assert spec.describe(config) == words


def test_only_what_fits_is_done_and_the_rest_says_why() -> None:
    specs = [
        InterventionSpec("clamp", "f", 1.0),
        InterventionSpec("clamp", "r", 0.0),
        InterventionSpec("overwrite", "h", 0.0, (0,), None, (9,)),
    ]
    changes, problems = validate(specs, GRU, 5)
    assert changes == [Clamp("r", 0.0, 0), Clamp("r", 0.0, 1)]
    assert [problem is None for problem in problems] == [False, True, False]
    assert "no gate 'f'" in str(problems[0])
    assert states(str(problems[2]), "step 9")


def test_the_ends_of_the_slider() -> None:
    assert InterventionSpec("clamp", "f", 1.0).value_range(LSTM) == (0.0, 1.0)
    assert InterventionSpec("clamp", "g", 1.0).value_range(LSTM) == (-1.0, 1.0)
    assert InterventionSpec("overwrite", "c", 1.0).value_range(LSTM) == (-5.0, 5.0)
    assert InterventionSpec("ablate").value_range(LSTM) is None
    assert InterventionSpec("clamp", "f", 1.0).value_range(GRU) is None
