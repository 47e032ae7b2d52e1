"""The wall: everybody's card in the teacher's order, and what of it pupils may see."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lstm_viz.classroom.room import Member, Room


@dataclass(frozen=True)
class WallCard:
    """One pupil on the wall: number, name as displayed, current line, whether it may be seen, and whether the pupil is here."""

    number: int
    name: str
    line: str
    shown: bool
    here: bool


@dataclass(frozen=True)
class Measures:
    """What a line is sorted by: its mean surprise, and the mean of the chosen quantity; NaN for none."""

    surprise: float = math.nan
    value: float = math.nan


def display_names(members: Iterable[Member]) -> dict[int, str]:
    """Return each member's name on screen: the nickname, told apart by a number where another had it first, or "Pupil 7"."""
    names: dict[int, str] = {}
    used_names: set[str] = set()
    for member in sorted(members, key=lambda member: member.number):
        name = member.name or f"Pupil {member.number}"
        names[member.number] = f"{name} ({member.number})" if name.casefold() in used_names else name
        used_names.add(name.casefold())
    return names


def wall(room: Room, members: Iterable[Member]) -> list[WallCard]:
    """Return the cards in the order of joining; who has left without a line has none."""
    members = sorted(members, key=lambda member: member.number)
    names = display_names(members)
    cards = [
        WallCard(member.number, names[member.number], member.current_line(room), member.is_shown(room), member.left is None)
        for member in members
    ]
    return [card for card in cards if card.here or card.line]


def order(room: Room, cards: Iterable[WallCard], members: Mapping[int, Member], measures: Mapping[int, Measures]) -> list[int]:
    """Return the numbers of the cards in the room's order: the latest, most surprising or highest first; no line comes last."""

    def key(card: WallCard) -> tuple[bool, bool, float, int]:
        measured = measures.get(card.number, Measures())
        value = {
            "joined": 0.0,
            "typed": members[card.number].typed,
            "surprise": measured.surprise,
            "value": measured.value,
        }[room.sort]
        ranked = room.sort != "joined"
        unknown = math.isnan(value)
        return ranked and not card.line, unknown, 0.0 if unknown or not card.line else -value, card.number

    return [card.number for card in sorted(cards, key=key)]


def spotlight(room: Room, cards: Iterable[WallCard]) -> WallCard | None:
    """Return the card that is shown large and to the pupils; None if there is none, or the line must not be seen."""
    return next((card for card in cards if card.number == room.spotlight and card.shown and card.line), None)
