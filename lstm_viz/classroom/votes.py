"""Votes: which answers are valid, how they are counted, and how many were right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb

from lstm_viz.classroom.room import Member, Vote

#: Steps that one pupil may tap, and steps that count as right.
MAX_TAPS, MAX_RIGHT = 3, 3

#: Longest text of a vote, in characters: it is tapped on a phone.
MAX_TEXT = 80


@dataclass(frozen=True)
class Tally:
    """What a class has answered.

    Args:
        counts: How many chose each option.
        voters: How many answered.
        right: How many were right; None before the reveal.
        by_chance: Share of right answers to expect from the same number of blind ones, 0..1; None before the reveal.
    """

    counts: tuple[int, ...]
    voters: int
    right: int | None = None
    by_chance: float | None = None


def read_picks(vote: Vote, picks: Iterable[int]) -> tuple[int, ...] | None:
    """Return an answer's options, sorted, or None if it is not one that this vote takes.

    A tap is on one to three steps, but not on the first: there is nothing to forget yet. A choice is of one option.
    """
    options = tuple(sorted(set(picks)))
    first, most = (1, MAX_TAPS) if vote.kind == "tap" else (0, 1)
    fits = 1 <= len(options) <= most and all(first <= pick < len(vote.options) for pick in options)
    return options if fits else None


def answers(vote: Vote, members: Iterable[Member]) -> list[tuple[int, ...]]:
    """Return the answers to this vote."""
    return [member.picks for member in members if member.vote == vote.id and member.picks]


def right_options(vote: Vote) -> tuple[int, ...]:
    """Return the options that are right once the vote is revealed, else none.

    For a tap these are the steps after the first with the lowest values: three, in short texts one in four; with equal values
    more. For a choice it is the likelier option.
    """
    if not vote.revealed:
        return ()
    if vote.kind == "choice":
        return tuple(index for index, value in enumerate(vote.values) if value == max(vote.values))
    values = vote.values[1:]
    if not values:
        return ()
    bound = sorted(values)[max(1, min(MAX_RIGHT, len(values) // 4)) - 1]
    return tuple(step for step, value in enumerate(vote.values) if step and value <= bound)


def tally(vote: Vote, picks: Sequence[tuple[int, ...]]) -> Tally:
    """Count answers; an answer is right if one of its options is."""
    counts = [0] * len(vote.options)
    for option in (option for answer in picks for option in answer):
        counts[option] += 1
    if not vote.revealed:
        return Tally(tuple(counts), len(picks))
    right = set(right_options(vote))
    possible = len(vote.options) - (vote.kind == "tap")
    chances = [_chance(possible, len(right), len(answer)) for answer in picks]
    return Tally(
        tuple(counts),
        len(picks),
        sum(not right.isdisjoint(answer) for answer in picks),
        sum(chances) / len(chances) if chances else None,
    )


def _chance(possible: int, right: int, picked: int) -> float:
    """Return the probability that one of `picked` different options out of `possible` is among the `right` ones."""
    return 1.0 - comb(possible - right, picked) / comb(possible, picked) if possible >= picked else 1.0
