"""The question that gradient bars answer, and how answers are named."""

from __future__ import annotations

import pytest

from lstm_viz.gradients import ClassLogit, NextToken, Objective, TextLoss
from lstm_viz.sentiment import LogOddsObjective
from lstm_viz.text.vocabulary import UNKNOWN
from lstm_viz.ui.components.live_view.effects import answer_label, gradient_question
from lstm_viz.ui.components.live_view.from_text import few_known


@pytest.mark.parametrize(
    ("objective", "named"),
    [
        (NextToken(-1, "g"), "‘g’"),
        (NextToken(3, "\n"), f"‘{answer_label(chr(10))}’"),
        (NextToken(0, UNKNOWN), "‘any other’"),
        (ClassLogit(1, name="neutral"), "‘neutral’"),
        (ClassLogit(4), "‘4’"),
        (LogOddsObjective(2), "verdict"),
        (TextLoss(), "surprise"),
    ],
)
def test_the_bars_say_what_a_higher_value_would_do(objective: Objective, named: str) -> None:
    question = gradient_question(objective)
    assert named in question
    assert question.startswith("Bars:")
    assert question.endswith("?")
    assert question.index("(up)") < question.index("(down)")


def test_without_an_objective_there_are_no_bars() -> None:
    assert gradient_question(None) == ""


def test_a_network_of_few_symbols_names_them_and_a_large_one_does_not() -> None:
    assert few_known((UNKNOWN, "\n", "a", "b")) == (answer_label("\n"), "a", "b")
    assert few_known((UNKNOWN, *map(chr, range(97, 120)))) == ()
