"""Where rooms are kept: a small interface, implemented in memory and with Redis.

A room is a mapping of fields to strings. Every write is atomic. A room ends when it is deleted, when its lease has not been
extended, or four hours after its creation; then nothing of it is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

#: Name of the environment variable with the URL of a Redis or Valkey server, such as redis://localhost:6379/0.
REDIS_VARIABLE = "LSTM_VIZ_REDIS"

#: Longest life of anything in a store, in seconds.
MAX_AGE = 4 * 3600.0


class RoomGone(LookupError):
    """There is no room of this code: it never was, has been closed, or its time is over."""


class MemberGone(RoomGone):
    """The room has no such member any more."""


class RoomFull(ValueError):
    """The room has as many fields as it may have."""


class StoreUnavailable(ConnectionError):
    """The store cannot be reached now."""


class RoomStore(Protocol):
    """Rooms by code. All methods may be called from any thread, and raise StoreUnavailable if a server is out of reach."""

    def create(self, code: str, fields: Mapping[str, str], lease: float) -> bool:
        """Create a room that ends after `lease` seconds unless extended; False if the code is taken."""
        ...

    def read(self, code: str) -> dict[str, str]:
        """Return all fields of a room. Raises RoomGone."""
        ...

    def get(self, code: str, field: str) -> str | None:
        """Return one field, None if it is not set. Raises RoomGone."""
        ...

    def swap(self, code: str, field: str, before: str | None, after: str | None, most: int | None = None) -> bool:
        """Set a field to `after` if it still is `before`; None stands for a field that is not set.

        Args:
            code: The room.
            field: Name of the field.
            before: The value that was read.
            after: The new value; None removes the field.
            most: How many fields the room may have afterwards; None for no limit.

        Returns:
            False if the field has changed meanwhile: read it again and retry.

        Raises:
            RoomGone: The room has ended. It is not created again.
            RoomFull: A new field would be one more than `most`.
        """
        ...

    def extend(self, code: str, lease: float) -> None:
        """Let a room end `lease` seconds from now, but not later than four hours after its creation. Raises RoomGone."""
        ...

    def delete(self, code: str) -> None:
        """End a room; nothing if there is none."""
        ...

    def count(self, name: str, seconds: float, add: int = 1) -> int:
        """Count events and return how many of this name there are, from the first one on for `seconds`; −1 takes one back."""
        ...
