"""Where a reader is: in the link, after a step, and what of a browser's storage is believed."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.ui.pages.learn.course.lesson import Lesson, Step
from lstm_viz.ui.pages.learn.course.progress import (
    Answer,
    after,
    answer_key,
    answers_to_store,
    before,
    reachable,
    read_done,
    read_drawn,
    stored_key,
    valid_answers,
    write_done,
)  # fmt: skip
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons

LESSON = Lesson("one", "One", "A. B.", "loop", (
    Step("Look", "next"), Step("Guess", "choose", options=("a", "b"), right=1), Step("Draw", "draw", measure="m"),
    Step("End", "next"),
))  # fmt: skip


@given(st.sets(st.integers(1, 10)))
def test_what_is_done_is_read_back_from_the_link(done: set[int]) -> None:
    assert read_done(write_done(sorted(done)), 10) == tuple(sorted(done))


@pytest.mark.parametrize("text", ["11", "0", "1..2", "1.", "a", "1,2", "-1", "1" * 500, ".".join("1" * 80), "１"])
def test_nonsense_is_nothing_done(text: str) -> None:
    assert read_done(text, 10) is None


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.data())
def test_next_goes_through_every_step_and_back_again(lengths: list[int], data: st.DataObject) -> None:
    places, here = [(1, 0)], (1, 0)
    while True:
        lesson, step, ended = after(*here, lengths)
        assert ended == (here[1] + 1 == lengths[here[0] - 1])
        if (lesson, step) == here:
            break
        here = (lesson, step)
        places.append(here)
    assert places == [(lesson + 1, step) for lesson, length in enumerate(lengths) for step in range(length)]
    for earlier, later in pairwise(places):
        assert before(*later, lengths) == earlier
    assert before(1, 0, lengths) == (1, 0)


def test_a_prediction_comes_before_what_follows_it() -> None:
    answers: dict[str, int | tuple[float, ...]] = {}
    assert [reachable(LESSON, step, answers) for step in range(4)] == [0, 1, 1, 1]
    answers[answer_key(LESSON, 1)] = 0
    assert reachable(LESSON, 3, answers) == 2
    answers[answer_key(LESSON, 2)] = (0.5,)
    assert [reachable(LESSON, step, answers) for step in (-3, 3, 99)] == [0, 3, 3]


GUESS, DRAW = stored_key(LESSON, 1), stored_key(LESSON, 2)


@pytest.mark.parametrize("stored", [None, 3, "x", [], {GUESS: 0}, {GUESS: "c"}, {GUESS: True}, {GUESS: ["a"]}, {"one.2": "a"},
                                    {stored_key(LESSON, 0): "a"}, {"two" + GUESS[3:]: "a"}, {DRAW: "a"}, {DRAW: [0.1]},
                                    {DRAW: [0.1, "2"]}, {DRAW: [0.1, float("nan")]}, {DRAW: [1e9, 0]},
                                    {DRAW: {"a": 1}}])  # fmt: skip
def test_answers_that_fit_no_question_are_left_out(stored: object) -> None:
    assert valid_answers(stored, [LESSON], {"m": 2}) == {}


def test_answers_of_the_browser_are_taken_over() -> None:
    answers: dict[str, Answer] = {"one.2": 1, "one.3": (0.0, 0.5)}
    stored = answers_to_store(answers, [LESSON])
    assert stored == {GUESS: "b", DRAW: (0.0, 0.5)}
    assert valid_answers(json.loads(json.dumps(stored)), [LESSON], {"m": 2}) == answers


def test_a_stored_answer_stays_with_its_option_and_its_question() -> None:
    look, guess, draw, end = LESSON.steps
    stored = answers_to_store({"one.2": 1, "one.3": (0.0, 0.5)}, [LESSON])

    def read(*steps: Step) -> dict[str, Answer]:
        return valid_answers(stored, [replace(LESSON, steps=steps)], {"m": 2, "n": 2})

    # The options have another order, and a new step stands before the question.
    assert read(look, end, replace(guess, options=("b", "c", "a")), draw) == {"one.3": 0, "one.4": (0.0, 0.5)}
    # The option is worded anew, or the question is another one: the old answer says nothing about it.
    assert read(look, replace(guess, options=("a", "not b")), replace(draw, measure="n")) == {}
    assert read(look, replace(guess, say="Guess again"), replace(draw, say="Draw again")) == {}


def test_no_two_questions_of_the_course_share_an_answer() -> None:
    keys = [stored_key(each, index) for each in shipped_lessons() for index, step in enumerate(each.steps) if step.asks]
    assert len(set(keys)) == len(keys)


def test_too_many_values_are_no_answer() -> None:
    assert read_drawn([0.0] * 101, 101) is None
    assert reachable(replace(LESSON, steps=LESSON.steps[:1]), 5, {}) == 0
