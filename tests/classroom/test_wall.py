"""The wall: who is on it, under which name, and in which order."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.classroom.room import SORTS, Member, Room
from lstm_viz.classroom.wall import Measures, WallCard, display_names, order, spotlight, wall

ROOM = Room("t", "counting", "mean.f", clears=1)
MEMBERS = st.lists(
    st.builds(
        Member,
        st.just(""),
        st.integers(1, 60),
        st.sampled_from(["", "Ada", "ADA", "Pupil 2", "Bo"]),
        st.text("ab", max_size=3),
        st.integers(0, 1),
        st.floats(0, 9),
        st.sampled_from([None, True, False]),
        st.sampled_from([None, 1.0]),
    ),
    unique_by=lambda member: member.number,
    max_size=8,
)
NUMBERS = st.floats(0, 9) | st.just(math.nan)


def test_names_are_told_apart() -> None:
    names = ["", "Ada", "ada", "", "Pupil 1"]
    members = [Member("", number, name) for number, name in enumerate(names, 1)]
    assert list(display_names(members).values()) == ["Pupil 1", "Ada", "ada (3)", "Pupil 4", "Pupil 1 (5)"]


@settings(max_examples=40)
@given(MEMBERS, st.booleans(), st.sampled_from(SORTS), st.data())
def test_every_order_holds_each_card_once_and_empty_ones_last(
    members: list[Member], moderated: bool, sort: str, data: st.DataObject
) -> None:
    room = replace(ROOM, moderated=moderated, sort=sort)
    cards = wall(room, members)
    by_number = {member.number: member for member in members}
    assert [card.number for card in cards] == sorted(
        member.number for member in members if member.left is None or (member.line and member.clears == 1)
    )
    for card in cards:
        decided = by_number[card.number].shown
        assert card.shown == (decided if decided is not None else not moderated)
    measures = {card.number: Measures(data.draw(NUMBERS), data.draw(NUMBERS)) for card in cards}
    numbers = order(room, cards, by_number, measures)
    assert sorted(numbers) == sorted(card.number for card in cards)
    lined = {card.number: bool(card.line) for card in cards}
    if sort == "joined":
        assert numbers == sorted(numbers)
        return
    assert [lined[number] for number in numbers] == sorted((lined[number] for number in numbers), reverse=True)
    value = {
        "typed": lambda n: by_number[n].typed,
        "surprise": lambda n: measures[n].surprise,
        "value": lambda n: measures[n].value,
    }
    ranked = [value[sort](number) for number in numbers if lined[number]]
    finite = [each for each in ranked if not math.isnan(each)]
    assert finite == sorted(finite, reverse=True)
    assert ranked[: len(finite)] == finite


def test_only_what_is_shown_comes_into_the_spotlight() -> None:
    cards = [WallCard(1, "Ada", "to be", True, True), WallCard(2, "Bo", "hidden", False, True), WallCard(3, "Cy", "", True, True)]
    assert [spotlight(replace(ROOM, spotlight=number), cards) for number in range(5)] == [None, cards[0], None, None, None]
