"""What teachers and pupils do in a room, each as atomic changes in a store."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import time

from lstm_viz.classroom.cleaning import clean_line, clean_name
from lstm_viz.classroom.codes import digest, is_token, new_code, new_token
from lstm_viz.classroom.limits import count_opened, guard_codes
from lstm_viz.classroom.room import Member, Room
from lstm_viz.classroom.store import MemberGone, RoomFull, RoomGone, RoomStore
from lstm_viz.classroom.votes import read_picks

#: Members of one room.
MAX_MEMBERS = 60

#: Seconds until a room ends whose teacher has gone: a reload does not end it.
LEASE = 600.0

#: Attempts to write a field that others write at the same time. Only one's own connections and the teacher write a member's.
_ATTEMPTS = 100

_ROOM, _JOINED, _MEMBER = "room", "joined", "m:"


class NotAllowed(PermissionError):
    """The token is not the one of this room's teacher, or of this member."""


@dataclass(frozen=True)
class RoomState:
    """A room and its members by number."""

    room: Room
    members: dict[int, Member]


def open_room(store: RoomStore, address: str, model: str, colour: str) -> tuple[str, str]:
    """Open a room for a client of this address; returns its code and the teacher's token. Raises TooMany."""
    count_opened(store, address)
    token = new_token()
    room = Room(digest(token), model, colour)
    while True:
        code = new_code()
        if store.create(code, {_ROOM: room.to_json()}, LEASE):
            return code, token


def read_room(store: RoomStore, code: str) -> RoomState:
    """Return a room and its members. Raises RoomGone."""
    fields = store.read(code)
    members = [Member.from_json(value) for name, value in fields.items() if name.startswith(_MEMBER)]
    return RoomState(Room.from_json(fields[_ROOM]), {member.number: member for member in members})


def authorize_teacher(store: RoomStore, code: str, token: str, address: str) -> Room:
    """Return the room, if this is its teacher's token. Raises NotAllowed, RoomGone and TooMany."""
    with guard_codes(store, address):
        room = Room.from_json(_get(store, code, _ROOM))
    if not is_token(token, room.teacher):
        raise NotAllowed(code)
    return room


def extend(store: RoomStore, code: str) -> None:
    """Extend a room's lease, while its teacher is connected. Raises RoomGone."""
    store.extend(code, LEASE)


def change_room(store: RoomStore, code: str, change: Callable[[Room], Room]) -> Room:
    """Change what the teacher has chosen. Raises RoomGone."""

    def changed(before: str) -> str:
        return change(Room.from_json(before)).to_json()

    return Room.from_json(_change(store, code, _ROOM, changed))


def change_member(store: RoomStore, code: str, number: int, change: Callable[[Member], Member]) -> Member:
    """Change a member. Raises RoomGone; MemberGone if there is no such member."""

    def changed(before: str) -> str:
        return change(Member.from_json(before)).to_json()

    return Member.from_json(_change(store, code, _field(number), changed))


def join(store: RoomStore, code: str, name: str, address: str) -> tuple[Member, str]:
    """Make somebody a member; if the room is full, the member who left it first is removed.

    Args:
        store: The store of rooms.
        code: The room.
        name: The nickname as typed; it is cleaned.
        address: The client's address, for the limit on wrong codes.

    Returns:
        The member, and the token to come back with.

    Raises:
        RoomGone: There is no such room; this counts as a wrong code.
        TooMany: There were too many wrong codes.
        RoomFull: Sixty are here.
    """
    with guard_codes(store, address):
        joined = store.get(code, _JOINED)
    while not store.swap(code, _JOINED, joined, str(int(joined or 0) + 1)):
        joined = store.get(code, _JOINED)
    secret = new_token()
    member = Member(digest(secret), int(joined or 0) + 1, clean_name(name))
    while True:
        try:
            # Beside the members there are two fields.
            store.swap(code, _field(member.number), None, member.to_json(), MAX_MEMBERS + 2)
            return member, f"{member.number}.{secret}"
        except RoomFull:
            _remove_absent(store, code)


def rejoin(store: RoomStore, code: str, token: str, address: str) -> Member:
    """Return the member that has this token, now here again. Raises NotAllowed, RoomGone and TooMany."""
    number, _, secret = token.partition(".")
    with guard_codes(store, address):
        stored = store.get(code, _field(int(number))) if number.isdecimal() and number.isascii() and len(number) < 9 else None
        if stored is None:
            store.get(code, _ROOM)
    if stored is None or not is_token(secret, Member.from_json(stored).token):
        raise NotAllowed(code)
    return change_member(store, code, int(number), lambda member: replace(member, left=None, visits=member.visits + 1))


def leave(store: RoomStore, code: str, number: int, visit: int) -> None:
    """Note that a member's connection has closed; the line stays.

    Nothing happens if the member has come back meanwhile, as `visit` then is not the last one, or if room or member are gone.
    """
    try:
        change_member(store, code, number, lambda member: replace(member, left=time()) if member.visits == visit else member)
    except RoomGone:
        return


def set_line(store: RoomStore, code: str, number: int, line: str, clears: int) -> bool:
    """Set a line, typed when the wall had been cleared `clears` times; False while the wall is frozen. Raises RoomGone."""
    if Room.from_json(_get(store, code, _ROOM)).frozen:
        return False
    cleaned = clean_line(line)
    change_member(store, code, number, lambda member: replace(member, line=cleaned, clears=clears, typed=time(), left=None))
    return True


def answer_vote(store: RoomStore, code: str, number: int, vote: int, picks: list[int]) -> bool:
    """Set a member's answer to a vote; False if the vote is closed, or takes no such answer. Raises RoomGone."""
    open_vote = Room.from_json(_get(store, code, _ROOM)).vote
    if open_vote is None or open_vote.id != vote or not open_vote.open or open_vote.revealed:
        return False
    options = read_picks(open_vote, picks)
    if options is None:
        return False
    change_member(store, code, number, lambda member: replace(member, vote=vote, picks=options))
    return True


def _field(number: int) -> str:
    return f"{_MEMBER}{number}"


def _get(store: RoomStore, code: str, field: str) -> str:
    value = store.get(code, field)
    if value is None:
        raise (MemberGone if field.startswith(_MEMBER) else RoomGone)(f"{code} has no {field}")
    return value


def _change(store: RoomStore, code: str, field: str, change: Callable[[str], str]) -> str:
    for _ in range(_ATTEMPTS):
        before = _get(store, code, field)
        after = change(before)
        if before == after or store.swap(code, field, before, after):
            return after
    raise RuntimeError(f"{field} of room {code} is written all the time")


def _remove_absent(store: RoomStore, code: str) -> None:
    """Remove the member who has been gone for longest. Raises RoomFull if all are here."""
    fields = store.read(code)
    members = [Member.from_json(value) for name, value in fields.items() if name.startswith(_MEMBER)]
    absent = min(members, key=lambda member: math.inf if member.left is None else member.left, default=None)
    if absent is not None and absent.left is None:
        raise RoomFull(f"room {code} has {len(members)} members")
    if absent is not None:
        store.swap(code, _field(absent.number), fields[_field(absent.number)], None)
