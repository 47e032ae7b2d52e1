"""Rooms in this process's memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from lstm_viz.classroom.store import MAX_AGE, RoomFull, RoomGone


@dataclass
class _StoredRoom:
    """A room's fields; `ends` is when its lease is over, `last` when it ends in any case, in seconds of the store's clock."""

    fields: dict[str, str]
    ends: float
    last: float


@dataclass
class MemoryRoomStore:
    """A `RoomStore` in memory; `clock` returns seconds and never goes back."""

    clock: Callable[[], float] = monotonic
    _rooms: dict[str, _StoredRoom] = field(default_factory=dict, init=False)
    #: How often an event was counted, and when its count ends.
    _counts: dict[str, tuple[int, float]] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def create(self, code: str, fields: Mapping[str, str], lease: float) -> bool:
        """Create a room; False if the code is taken."""
        with self._lock:
            now = self._drop_ended()
            if code in self._rooms:
                return False
            self._rooms[code] = _StoredRoom(dict(fields), now + min(lease, MAX_AGE), now + MAX_AGE)
            return True

    def read(self, code: str) -> dict[str, str]:
        """Return all fields of a room. Raises RoomGone."""
        with self._lock:
            return dict(self._room(code).fields)

    def get(self, code: str, field: str) -> str | None:
        """Return one field, None if it is not set. Raises RoomGone."""
        with self._lock:
            return self._room(code).fields.get(field)

    def swap(self, code: str, field: str, before: str | None, after: str | None, most: int | None = None) -> bool:
        """Set a field to `after` if it still is `before`. Raises RoomGone and RoomFull."""
        with self._lock:
            fields = self._room(code).fields
            if fields.get(field) != before:
                return False
            if after is None:
                fields.pop(field, None)
                return True
            if field not in fields and most is not None and len(fields) >= most:
                raise RoomFull(f"room {code} has {len(fields)} fields; at most {most}")
            fields[field] = after
            return True

    def extend(self, code: str, lease: float) -> None:
        """Let a room end `lease` seconds from now, at most. Raises RoomGone."""
        with self._lock:
            room = self._room(code)
            room.ends = min(self.clock() + lease, room.last)

    def delete(self, code: str) -> None:
        """End a room; nothing if there is none."""
        with self._lock:
            self._rooms.pop(code, None)

    def count(self, name: str, seconds: float, add: int = 1) -> int:
        """Count events and return how many there are within `seconds`."""
        with self._lock:
            now = self._drop_ended()
            self._drop_counts(now)
            number, ends = self._counts.get(name, (0, now + min(seconds, MAX_AGE)))
            if name in self._counts or add > 0:
                self._counts[name] = number + add, ends
            return max(0, number + add)

    def names(self) -> list[str]:
        """Return the names of everything stored: rooms, then counts."""
        with self._lock:
            self._drop_counts(self._drop_ended())
            return [*self._rooms, *self._counts]

    def _room(self, code: str) -> _StoredRoom:
        self._drop_ended()
        try:
            return self._rooms[code]
        except KeyError:
            raise RoomGone(code) from None

    def _drop_ended(self) -> float:
        """Forget the rooms that have ended, and return the time."""
        now = self.clock()
        for code in [code for code, room in self._rooms.items() if room.ends <= now]:
            del self._rooms[code]
        return now

    def _drop_counts(self, now: float) -> None:
        for name in [name for name, (_, ends) in self._counts.items() if ends <= now]:
            del self._counts[name]
