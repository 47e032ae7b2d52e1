"""A room as data: what the teacher has chosen, the members with their lines, and the vote."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

#: What orders the wall: when somebody joined, who typed last, mean surprise, mean of the chosen quantity.
Sort = Literal["joined", "typed", "surprise", "value"]
SORTS: tuple[Sort, ...] = get_args(Sort)

#: The kinds of votes: to tap the steps where a gate shuts, or one of two classes.
VoteKind = Literal["tap", "choice"]
VOTE_KINDS: tuple[VoteKind, ...] = get_args(VoteKind)


@dataclass(frozen=True)
class Vote:
    """A question to the class about one text.

    Args:
        id: Which of the room's votes it is, from 1.
        kind: "tap": which steps, "choice": which of the options.
        text: The text that it is about.
        options: The text's tokens for "tap"; the classes for "choice".
        model: The network that answers.
        layer: Its layer, for "tap".
        symbol: The gate, for "tap"; empty for "choice".
        open: True while answers are taken.
        values: The network's answer once revealed: the gate's mean at each step, or each option's probability; else empty.
    """

    id: int
    kind: VoteKind
    text: str
    options: tuple[str, ...]
    model: str
    layer: int = 0
    symbol: str = ""
    open: bool = True
    values: tuple[float, ...] = ()

    @property
    def revealed(self) -> bool:
        """Return True once the network's answer is shown."""
        return bool(self.values)


@dataclass(frozen=True)
class Room:
    """What the teacher has chosen.

    Args:
        teacher: Digest of the teacher's token.
        model: Name of the network that reads the lines.
        colour: Id of the quantity that colours them.
        layer: The layer that it is of.
        unit: The unit that it is of, if it is of one.
        sort: The order of the wall.
        moderated: True if lines stay hidden until the teacher shows them.
        frozen: True if the wall stays as it is.
        clears: How often the wall was cleared; lines typed before the last time are gone.
        spotlight: Number of the member whose line is shown large, also to the pupils; 0 for none.
        votes: How many votes there were.
        vote: The vote that is shown to the pupils, None if there is none.
    """

    teacher: str
    model: str
    colour: str
    layer: int = 0
    unit: int = 0
    sort: Sort = "joined"
    moderated: bool = False
    frozen: bool = False
    clears: int = 0
    spotlight: int = 0
    votes: int = 0
    vote: Vote | None = None

    def to_json(self) -> str:
        """Return the room as stored."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, stored: str) -> Self:
        """Read a stored room."""
        fields: dict[str, Any] = json.loads(stored)
        vote = fields.pop("vote")
        if vote is not None:
            vote = Vote(**{**vote, "options": tuple(vote["options"]), "values": tuple(vote["values"])})
        return cls(**fields, vote=vote)


@dataclass(frozen=True)
class Member:
    """A pupil.

    Args:
        token: Digest of the pupil's token.
        number: Which of the room's members it is, from 1.
        name: The nickname; empty for none.
        line: What was typed last.
        clears: How often the wall had been cleared when it was typed.
        typed: When it was typed, in seconds; used for the order only.
        shown: What the teacher has decided about the line: shown, hidden, or None for what the room does.
        left: When the pupil's last connection closed, in seconds; None while there is one.
        visits: How often the pupil has come back.
        vote: The vote that was answered last; 0 for none.
        picks: The options answered.
    """

    token: str
    number: int
    name: str = ""
    line: str = ""
    clears: int = 0
    typed: float = 0.0
    shown: bool | None = None
    left: float | None = None
    visits: int = 0
    vote: int = 0
    picks: tuple[int, ...] = ()

    def to_json(self) -> str:
        """Return the member as stored."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, stored: str) -> Self:
        """Read a stored member."""
        fields: dict[str, Any] = json.loads(stored)
        return cls(**{**fields, "picks": tuple(fields["picks"])})

    def current_line(self, room: Room) -> str:
        """Return the line; empty if the wall was cleared since."""
        return self.line if self.clears == room.clears else ""

    def is_shown(self, room: Room) -> bool:
        """Return True if the line may be seen."""
        return not room.moderated if self.shown is None else self.shown
