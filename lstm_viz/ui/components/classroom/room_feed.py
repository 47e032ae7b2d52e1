"""A room as one process sees it: read once a second, its changed lines read by the network, sent to everybody connected here.

Each process reads the store for itself, so that members of one room may be connected to different processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from lstm_viz.classroom.rooms import RoomState, read_room
from lstm_viz.classroom.store import RoomGone, RoomStore, StoreUnavailable
from lstm_viz.ui.components.classroom.line_reading import LineReading, coloring, read_line, replace_invalid_choices
from lstm_viz.ui.components.classroom.views import RoomSnapshot, lines_to_read, take_snapshot

#: Seconds from one snapshot to the next, and the least number of seconds after a teacher's click.
INTERVAL, SOON = 1.0, 0.1

#: Connections to one room in one process: each member twice, and some for the teacher.
MAX_LISTENERS = 130

_LOG = logging.getLogger(__name__)

#: The store is read and written here, as a server may be slow to answer.
_STORE_EXECUTOR = ThreadPoolExecutor(4, "room-store")
#: Lines are read here, one at a time and apart from the live view's texts.
_READER_EXECUTOR = ThreadPoolExecutor(1, "room-reader")


async def call_store(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function that reads or writes the store, in the threads for it."""
    return await asyncio.get_running_loop().run_in_executor(_STORE_EXECUTOR, function, *arguments)


async def _call_reader(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function that runs a network, in the thread for it."""
    return await asyncio.get_running_loop().run_in_executor(_READER_EXECUTOR, function, *arguments)


@dataclass(eq=False)
class Listener:
    """A connection: `deliver` takes every snapshot and must not block; None says that the room has ended."""

    is_teacher: bool
    deliver: Callable[[RoomSnapshot | None], None]


@dataclass(eq=False)
class RoomFeed:
    """The snapshots of one room, while somebody is connected."""

    code: str
    store: RoomStore
    listeners: set[Listener] = field(default_factory=set)
    latest: RoomSnapshot | None = None
    ended: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def add(self, listener: Listener) -> None:
        """Send snapshots to a connection, from now on."""
        self.listeners.add(listener)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        self.wake()

    def remove(self, listener: Listener) -> None:
        """Send no more to a connection; without connections the feed ends."""
        self.listeners.discard(listener)
        if not self.listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    def wake(self) -> None:
        """Take the next snapshot soon."""
        self._wake.set()

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            begun = now()
            self._wake.clear()
            try:
                await self._send()
            except RoomGone:
                self.ended = True
                self._deliver(None)
                return
            except StoreUnavailable:
                _LOG.warning("the store of rooms does not answer; trying again")
            except Exception:
                # One line that cannot be read must not end the lesson.
                _LOG.exception("a room's snapshot failed")
            # On a slow machine others get their turn too.
            await asyncio.sleep(max(SOON, (now() - begun) / 3))
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.0, INTERVAL - (now() - begun)))
            except TimeoutError:
                continue

    async def _send(self) -> None:
        state = await call_store(read_room, self.store, self.code)
        state = RoomState(await _call_reader(replace_invalid_choices, state.room), state.members)
        line_coloring = coloring(state.room)
        before = {} if self.latest is None else self.latest.readings
        readings: dict[int, LineReading] = {}
        for number, line in lines_to_read(state, any(each.is_teacher for each in self.listeners)).items():
            reading = before.get(number)
            if reading is None or reading.line != line or reading.coloring != line_coloring:
                reading = await _call_reader(read_line, line_coloring, line, reading)
            readings[number] = reading
        self.latest = take_snapshot(state, readings)
        self._deliver(self.latest)

    def _deliver(self, snapshot: RoomSnapshot | None) -> None:
        for listener in tuple(self.listeners):
            listener.deliver(snapshot)


#: The feeds of this process, by code; each is of one event loop.
_FEEDS: dict[tuple[int, str], RoomFeed] = {}


def join_feed(code: str, store: RoomStore, listener: Listener) -> RoomFeed | None:
    """Return the feed of a room with this connection added; None if too many are connected."""
    key = id(asyncio.get_running_loop()), code
    feed = _FEEDS.get(key)
    if feed is None or feed.ended or feed.store is not store:
        feed = _FEEDS[key] = RoomFeed(code, store)
    if len(feed.listeners) >= MAX_LISTENERS:
        return None
    feed.add(listener)
    return feed


def leave_feed(feed: RoomFeed, listener: Listener) -> None:
    """Remove a connection; a feed without connections is dropped."""
    feed.remove(listener)
    if not feed.listeners:
        for key in [key for key, each in _FEEDS.items() if each is feed]:
            del _FEEDS[key]
