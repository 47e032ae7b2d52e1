"""The delayed tasks: every example obeys its rule, worked out again by other means."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.training.tasks.delays import ASK, TASKS, Add, Copy, DelayTask, InvalidExample, Recall

ANY = st.sampled_from(list(TASKS.values()))


@given(task=ANY, delay=st.integers(0, 60), seed=st.integers())
def test_examples_of_one_delay_are_equally_long_end_with_the_question_and_use_known_symbols(
    task: DelayTask, delay: int, seed: int
) -> None:
    draw = random.Random(seed)
    one, other = task.example(delay, draw), task.example(delay, draw)
    assert [len(part) for part in one] == [len(part) for part in other]
    for text, answer in (one, other):
        assert text.index(ASK) == len(text) - 1
        assert set(text + answer) <= set(task.tokens())
    assert task.example(delay, random.Random(seed)) == one


@given(delay=st.integers(0, 60), seed=st.integers())
def test_recall_asks_for_the_first_symbol_from_so_many_steps_away(delay: int, seed: int) -> None:
    text, answer = Recall().example(delay, random.Random(seed))
    assert answer == text[0]
    assert re.fullmatch(f"[A-D][u-z]{{{delay}}}\\?", text)


@given(delay=st.integers(0, 60), seed=st.integers())
def test_copy_asks_for_the_word_before_the_pause(delay: int, seed: int) -> None:
    text, answer = Copy().example(delay, random.Random(seed))
    assert text == answer + "." * delay + "?"
    assert re.fullmatch("[A-D]{4}", answer)


@given(delay=st.integers(0, 60), seed=st.integers())
def test_add_asks_for_the_sum_of_the_two_marked_digits(delay: int, seed: int) -> None:
    text, answer = Add().example(delay, random.Random(seed))
    marked = re.findall(r"\+(\d)", text)
    assert len(marked) == 2
    assert int(answer) == sum(map(int, marked))
    # The first marked digit comes first of all, and so many symbols, marks aside, lie between it and the question.
    assert text.startswith("+")
    assert len(text[2:-1].replace("+", "")) == delay + 1


@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_guessing_is_the_likeliest_answer_s_share(task: DelayTask) -> None:
    draw = random.Random(1)
    answers = [task.example(3, draw)[1][0] for _ in range(4000)]
    assert max(answers.count(symbol) for symbol in set(answers)) / len(answers) == pytest.approx(task.chance_accuracy, abs=0.03)


@given(task=ANY, delay=st.integers(0, 60), seed=st.integers())
def test_every_example_is_solved_by_its_rule(task: DelayTask, delay: int, seed: int) -> None:
    text, answer = task.example(delay, random.Random(seed))
    assert task.solve(text) == answer


@given(task=ANY, delay=st.integers(0, 20), seed=st.integers())
def test_the_answer_hangs_on_the_places_that_are_kept_and_on_no_other(task: DelayTask, delay: int, seed: int) -> None:
    text, answer = task.example(delay, random.Random(seed))
    places = task.memory_positions(text)
    assert places
    for place in range(len(text) - 1):
        others = [other for other in task.alphabet if other != text[place]]
        exchanged = [text[:place] + other + text[place + 1 :] for other in others]
        if place in places:
            assert all(task.solve(each) != answer for each in exchanged)
        elif text[place] in task.alphabet:
            assert all(task.solve(each) == answer for each in exchanged)


@pytest.mark.parametrize(
    ("task", "text", "words"),
    [
        (Copy(), "CAB...?", "4 letters out of ABCD"),
        (Copy(), "", "“” does not fit"),
        (Copy(), "CABA...", "then ?"),
        (Recall(), "Axyq?", "one of ABCD, then any of uvwxyz"),
        (Recall(), "Ax?y", "one of ABCD"),
        (Add(), "+12+7?", "digits from 0 to 4"),
        (Add(), "+12?", "two of them"),
        (Add(), "x" * 99, "“xxxxxxxxxxxxxxxxxxxx …” does not fit"),
    ],
)
def test_a_text_that_breaks_the_rule_is_told_what_was_wanted(task: DelayTask, text: str, words: str) -> None:
    with pytest.raises(InvalidExample) as refused:
        task.solve(text)
    assert words in str(refused.value)
    # What is shown as an example is one.
    shown = re.search(r", as in (\S+)$", str(refused.value))
    assert shown is not None
    assert task.solve(shown[1])


@given(task=ANY, text=st.text(max_size=12))
def test_any_text_has_places_inside_it_or_none(task: DelayTask, text: str) -> None:
    assert all(text[place] in task.alphabet for place in task.memory_positions(text))
