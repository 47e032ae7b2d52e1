"""The messages to teachers and pupils: the wall, and the part of it that pupils may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lstm_viz.classroom.room import Room, Vote
from lstm_viz.classroom.rooms import RoomState
from lstm_viz.classroom.votes import answers, right_options, tally
from lstm_viz.classroom.wall import WallCard, order, spotlight, wall
from lstm_viz.ui.components.classroom.line_reading import GATE_NAMES, LineReading, coloring
from lstm_viz.ui.state.models import TITLES


@dataclass(frozen=True, eq=False)
class RoomSnapshot:
    """A room at one moment, with the readings of its lines by member."""

    state: RoomState
    cards: tuple[WallCard, ...]
    readings: Mapping[int, LineReading]


def take_snapshot(state: RoomState, readings: Mapping[int, LineReading]) -> RoomSnapshot:
    """Put a room and its readings together; readings are by member."""
    return RoomSnapshot(state, tuple(wall(state.room, state.members.values())), readings)


def wall_message(snapshot: RoomSnapshot, cards_sent: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return the message to a teacher.

    Args:
        snapshot: The room.
        cards_sent: The cards that this teacher has; updated to those that the wall has now.

    Returns:
        The room, the order of the cards, and those cards that have changed.
    """
    cards = {card.number: _card(card, snapshot.readings.get(card.number)) for card in snapshot.cards}
    changed = [card for number, card in cards.items() if cards_sent.get(number) != card]
    cards_sent.clear()
    cards_sent.update(cards)
    room, members = snapshot.state.room, snapshot.state.members
    measures = {number: reading.measures for number, reading in snapshot.readings.items()}
    return {
        "type": "wall",
        "room": _room(room),
        "scale": coloring(room).scale(),
        "here": sum(card.here for card in snapshot.cards),
        "order": order(room, snapshot.cards, members, measures),
        "cards": changed,
        "vote": None if room.vote is None else _vote(room.vote, snapshot, with_counts=True),
    }


def pupil_message(snapshot: RoomSnapshot, number: int) -> dict[str, Any]:
    """Return the message to a pupil: what the teacher shows, and the pupil's own answer; nothing else about other pupils."""
    room, member = snapshot.state.room, snapshot.state.members.get(number)
    large = spotlight(room, snapshot.cards)
    reading = None if large is None else snapshot.readings.get(large.number)
    mine = member.picks if member is not None and room.vote is not None and member.vote == room.vote.id else ()
    return {
        "type": "shown",
        "frozen": room.frozen,
        "clears": room.clears,
        "large": None
        if large is None or reading is None
        else {"name": large.name, **reading.sent, "scale": reading.coloring.scale()},
        "vote": None if room.vote is None else _vote(room.vote, snapshot, with_counts=room.vote.revealed) | {"mine": mine},
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


def _vote(vote: Vote, snapshot: RoomSnapshot, with_counts: bool) -> dict[str, Any]:
    """Describe a vote; with `with_counts`, what the class has answered, and once revealed what the network does."""
    base = {
        "id": vote.id, "kind": vote.kind, "text": vote.text, "options": vote.options, "open": vote.open,
        "network": TITLES.get(vote.model, vote.model), "gate": GATE_NAMES.get(vote.symbol, ""),
        "layer": vote.layer, "revealed": vote.revealed,
    }  # fmt: skip
    if not with_counts:
        return base
    picks = answers(vote, snapshot.state.members.values())
    counted = tally(vote, picks)
    result = {"counts": counted.counts, "voters": counted.voters}
    if vote.revealed:
        result |= {"values": vote.values, "aims": right_options(vote), "right": counted.right, "byChance": counted.by_chance}
    return base | {"result": result}
