"""Votes counted by hand, and by simulation."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.classroom.room import Member, Vote
from lstm_viz.classroom.votes import answers, read_picks, right_options, tally

TAP = Vote(3, "tap", "abcdefgh", tuple("abcdefgh"), "counting", 0, "f")
CHOICE = Vote(4, "choice", "Not bad.", ("negative", "positive"), "sst-lstm")


def test_a_class_of_four_by_hand() -> None:
    voters = [Member("", 1, vote=3, picks=(2,)), Member("", 2, vote=3, picks=(2, 5)), Member("", 3, vote=2, picks=(1,))]
    picks = answers(TAP, [*voters, Member("", 4)])
    assert picks == [(2,), (2, 5)]
    before = tally(TAP, picks)
    assert (before.counts, before.voters, before.right, before.by_chance) == ((0, 0, 2, 0, 0, 1, 0, 0), 2, None, None)
    # Of seven steps that can be tapped one counts (a quarter, rounded down): the lowest, at 5. The first, lower, does not.
    after = tally(replace(TAP, values=(0.0, 0.9, 0.8, 0.7, 0.6, 0.1, 0.5, 0.4)), picks)
    assert right_options(replace(TAP, values=(0.0, 0.9, 0.8, 0.7, 0.6, 0.1, 0.5, 0.4))) == (5,)
    assert after.right == 1
    assert after.by_chance == pytest.approx((1 / 7 + 2 / 7) / 2)


def test_positive_or_negative() -> None:
    revealed = replace(CHOICE, values=(0.3, 0.7))
    found = tally(revealed, [(0,), (1,), (1,)])
    assert (found.counts, found.voters, found.right, found.by_chance) == ((1, 2), 3, 2, 0.5)
    assert right_options(CHOICE) == ()
    assert tally(revealed, []).by_chance is None


@pytest.mark.parametrize(
    ("vote", "picks", "answer"),
    [
        (TAP, [3, 1, 3], (1, 3)),
        (TAP, [0], None),
        (TAP, [8], None),
        (TAP, [-1], None),
        (TAP, [1, 2, 3, 4], None),
        (TAP, [], None),
        (CHOICE, [0], (0,)),
        (CHOICE, [0, 1], None),
        (CHOICE, [2], None),
    ],
)
def test_answers_that_a_vote_takes(vote: Vote, picks: list[int], answer: tuple[int, ...] | None) -> None:
    assert read_picks(vote, picks) == answer


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=80), st.integers(1, 3), st.integers(0, 10**6))
def test_chance_is_what_blind_answers_get(values: list[float], taps: int, seed: int) -> None:
    vote = Vote(1, "tap", "", tuple("x" for _ in values), "m", 0, "f", values=tuple(values))
    right = right_options(vote)
    assert right
    assert 0 not in right
    assert max(values[step] for step in right) <= min([values[s] for s in range(1, len(values)) if s not in right], default=9)
    rng = random.Random(seed)
    steps = range(1, len(values))
    blind = [tuple(sorted(rng.sample(steps, min(taps, len(steps))))) for _ in range(200)]
    found = tally(vote, blind)
    assert found.right is not None
    assert found.by_chance is not None
    assert sum(found.counts) == sum(map(len, blind))
    # Five standard deviations of 200 throws.
    assert abs(found.right / 200 - found.by_chance) < 5 * (found.by_chance * (1 - found.by_chance) / 200) ** 0.5 + 1e-9
