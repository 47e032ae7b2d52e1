"""How often somebody may try: codes of rooms cannot be guessed, and rooms cannot be opened without end."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lstm_viz.classroom.store import RoomGone, RoomStore


class TooMany(RuntimeError):
    """Tried too often; `minutes` is how long to wait at most."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"too many attempts; wait {minutes} minutes")
        self.minutes = minutes


@dataclass(frozen=True)
class Limit:
    """So many attempts within so many seconds."""

    most: int
    seconds: float


#: Wrong codes from one address. A class is behind one: some of thirty mistype, and all come back at once to a room that ended.
WRONG_CODES = Limit(60, 600)
#: Wrong codes from one address for longer: it cannot use up what all may do together.
WRONG_CODES_AN_HOUR = Limit(100, 3600)
#: Wrong codes altogether: in the four hours of a room at most 1200, of 83,521 codes.
ALL_WRONG_CODES = Limit(300, 3600)
#: Rooms opened from one address, and altogether.
OPENED = Limit(20, 3600)
ALL_OPENED = Limit(300, 3600)


@contextmanager
def guard_codes(store: RoomStore, address: str) -> Iterator[None]:
    """Let an attempt at a room's code through; it counts if the block raises RoomGone.

    It is counted before it is known to be wrong and taken back if it was right: many attempts at once are limited too.

    Raises:
        TooMany: There were too many wrong codes from this address, or altogether.
    """
    who = network(address)
    counted = [(f"wrong:{who}", WRONG_CODES), (f"wrong-hour:{who}", WRONG_CODES_AN_HOUR), ("wrong", ALL_WRONG_CODES)]
    _count(store, counted)
    try:
        yield
    except RoomGone:
        raise
    except BaseException:
        _take_back(store, counted)
        raise
    _take_back(store, counted)


def count_opened(store: RoomStore, address: str) -> None:
    """Count a room that is opened from an address. Raises TooMany."""
    _count(store, [(f"open:{network(address)}", OPENED), ("open", ALL_OPENED)])


def network(address: str) -> str:
    """Return the part of an address that is limited as one: of IPv6 the first half, as one person has the whole second half."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return "unknown"
    if ip.version == 6 and ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def _count(store: RoomStore, counted: list[tuple[str, Limit]]) -> None:
    for index, (name, limit) in enumerate(counted):
        if store.count(name, limit.seconds) > limit.most:
            # A refused attempt does not use up the common limit.
            _take_back(store, counted[:index])
            raise TooMany(round(limit.seconds / 60))


def _take_back(store: RoomStore, counted: list[tuple[str, Limit]]) -> None:
    for name, limit in counted:
        store.count(name, limit.seconds, -1)
