"""What teachers and pupils are sent: the wall, and what of it pupils may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lstm_viz.classroom.room import Room, Vote
from lstm_viz.classroom.rooms import RoomState
from lstm_viz.classroom.votes import answers, right_options, tally
from lstm_viz.classroom.wall import WallCard, order, spotlight, wall
from lstm_viz.ui.components.classroom.line_reading import LineReading, coloring
from lstm_viz.ui.state.models import TITLES


@dataclass(frozen=True, eq=False)
class RoomSnapshot:
    """A room at one moment, with the readings of its lines by member."""

    state: RoomState
    cards: tuple[WallCard, ...]
    readings: Mapping[int, LineReading]


def snapshot(state: RoomState, readings: Mapping[int, LineReading]) -> RoomSnapshot:
    """Put a room and its readings together; readings are by member."""
    return RoomSnapshot(state, tuple(wall(state.room, state.members.values())), readings)


def wall_message(shot: RoomSnapshot, cards_sent: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return what a teacher is sent.

    Args:
        shot: The room.
        cards_sent: The cards that this teacher has; those in the message are added, those of the wall no more removed.

    Returns:
        The room, the order of the cards, and those cards that have changed.
    """
    cards = {card.number: _card(card, shot.readings.get(card.number)) for card in shot.cards}
    changed = [card for number, card in cards.items() if cards_sent.get(number) != card]
    cards_sent.clear()
    cards_sent.update(cards)
    room, members = shot.state.room, shot.state.members
    measures = {number: reading.measures for number, reading in shot.readings.items()}
    return {
        "type": "wall",
        "room": _room(room),
        "scale": coloring(room).scale(),
        "here": sum(card.here for card in shot.cards),
        "order": order(room, shot.cards, members, measures),
        "cards": changed,
        "vote": None if room.vote is None else _vote(room.vote, shot, with_counts=True),
    }


def pupil_message(shot: RoomSnapshot, number: int) -> dict[str, Any]:
    """Return what a pupil is sent: what the teacher shows, and the own answer; of other pupils nothing else."""
    room, member = shot.state.room, shot.state.members.get(number)
    large = spotlight(room, shot.cards)
    reading = None if large is None else shot.readings.get(large.number)
    mine = member.picks if member is not None and room.vote is not None and member.vote == room.vote.id else ()
    return {
        "type": "shown",
        "frozen": room.frozen,
        "clears": room.clears,
        "large": None
        if large is None or reading is None
        else {"name": large.name, **reading.sent, "scale": reading.coloring.scale()},
        "vote": None if room.vote is None else _vote(room.vote, shot, with_counts=room.vote.revealed) | {"mine": mine},
    }


def lines_to_read(state: RoomState, for_teacher: bool) -> dict[int, str]:
    """Return the lines to be read, by member: all of them for a teacher, for pupils the one that is shown large."""
    cards = wall(state.room, state.members.values())
    large = spotlight(state.room, cards)
    return {card.number: card.line for card in cards if card.line and (for_teacher or card is large)}


def _room(room: Room) -> dict[str, Any]:
    names = ("model", "colour", "layer", "unit", "sort", "moderated", "frozen", "clears", "spotlight")
    return {name: getattr(room, name) for name in names}


def _card(card: WallCard, reading: LineReading | None) -> dict[str, Any]:
    fields = {"tokens": (), "values": [], "unknown": [], "words": False} if reading is None else reading.sent
    return {"number": card.number, "name": card.name, "shown": card.shown, "here": card.here, **fields}


def _vote(vote: Vote, shot: RoomSnapshot, with_counts: bool) -> dict[str, Any]:
    """Describe a vote; with `with_counts`, what the class has answered, and once revealed what the network does."""
    base = {
        "id": vote.id, "kind": vote.kind, "text": vote.text, "options": vote.options, "open": vote.open,
        "network": TITLES.get(vote.model, vote.model), "symbol": vote.symbol, "revealed": vote.revealed,
        "layer": vote.layer,
    }  # fmt: skip
    if not with_counts:
        return base
    picks = answers(vote, shot.state.members.values())
    counted = tally(vote, picks)
    result = {"counts": counted.counts, "voters": counted.voters}
    if vote.revealed:
        result |= {"values": vote.values, "aims": right_options(vote), "right": counted.right, "by_chance": counted.by_chance}
    return base | {"result": result}
