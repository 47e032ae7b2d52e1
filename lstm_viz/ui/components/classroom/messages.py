"""Messages from browsers of a class, validated: anything else is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from lstm_viz.classroom.room import SORTS, VOTE_KINDS, VoteKind

#: Longest accepted message, in characters.
MAX_MESSAGE = 4096
#: Largest accepted number; a room's own numbers are far smaller.
_MAX_NUMBER = 10**9


ActName = Literal["clear", "close", "reveal", "done", "end"]


class InvalidRoomMessage(ValueError):
    """The page never sends such a message."""


@dataclass(frozen=True)
class Open:
    """Open a room."""


@dataclass(frozen=True)
class Lead:
    """Come back as the teacher of a room."""

    room: str
    token: str


@dataclass(frozen=True)
class Join:
    """Join a room, or come back with the token of the last time."""

    room: str
    name: str
    token: str


@dataclass(frozen=True)
class Line:
    """A pupil's line, typed after the wall had been cleared `clears` times."""

    line: str
    clears: int


@dataclass(frozen=True)
class Answer:
    """A pupil's answer to a vote."""

    vote: int
    picks: tuple[int, ...]


@dataclass(frozen=True)
class Choose:
    """Fields of the room that the teacher sets."""

    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Show:
    """Show or hide one member's line; None leaves it to the room."""

    member: int
    shown: bool | None


@dataclass(frozen=True)
class Ask:
    """Start a vote about a text."""

    kind: VoteKind
    text: str


@dataclass(frozen=True)
class Act:
    """A button of the teacher: clear the wall; close, reveal or end the vote; end the room."""

    act: ActName


Hello = Open | Lead | Join
Message = Hello | Line | Answer | Choose | Show | Ask | Act

#: What the teacher sets: name and kind of value.
_FIELDS: dict[str, type] = {
    **{"model": str, "colour": str, "layer": int, "unit": int, "sort": str},
    **{"moderated": bool, "frozen": bool, "spotlight": int},
}


def read_message(text: str) -> Message:
    """Parse a message, a JSON object whose `do` names it. Raises InvalidRoomMessage."""
    try:
        content = json.loads(text)
        return _message(content["do"], content)
    except (LookupError, TypeError, AttributeError, RecursionError, ValueError) as error:
        raise InvalidRoomMessage(text[:80]) from error


def _message(do: Any, content: Mapping[str, Any]) -> Message:
    if do == "open":
        return Open()
    if do == "lead":
        return Lead(_text(content["room"]), _text(content["token"]))
    if do == "join":
        return Join(_text(content["room"]), _text(content.get("name", "")), _text(content.get("token", "")))
    if do == "line":
        return Line(_text(content["line"]), _number(content["clears"]))
    if do == "answer":
        picks = content["picks"]
        if not isinstance(picks, list) or len(picks) > 100:
            raise ValueError("picks")
        return Answer(_number(content["vote"]), tuple(map(_number, picks)))
    if do == "choose":
        fields = {name: _value(content[name], kind) for name, kind in _FIELDS.items() if name in content}
        if fields.get("sort", SORTS[0]) not in SORTS:
            raise ValueError("sort")
        return Choose(fields)
    if do == "show":
        shown = content["shown"]
        return Show(_number(content["member"]), None if shown is None else _value(shown, bool))
    if do == "ask":
        kind = content["kind"]
        if kind not in VOTE_KINDS:
            raise ValueError("kind")
        return Ask(kind, _text(content["text"]))
    if do in get_args(ActName):
        return Act(do)
    raise ValueError("do")


def _value(value: Any, kind: type) -> Any:
    if kind is int:
        return _number(value)
    if not isinstance(value, kind):
        raise TypeError(kind.__name__)
    return value


def _text(value: Any) -> str:
    text: str = _value(value, str)
    return text


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_NUMBER:
        raise TypeError("number")
    return value
