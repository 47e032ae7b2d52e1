"""What the connections of teachers and pupils have in common: the latest message for the browser, and a feed."""

from __future__ import annotations

import asyncio
from typing import Any

from lstm_viz.classroom.store import RoomStore
from lstm_viz.ui.components.classroom.room_feed import Listener, RoomFeed, join_feed, leave_feed
from lstm_viz.ui.components.classroom.views import RoomSnapshot


class RoomConnection:
    """One browser in a room. A slow browser gets the latest snapshot, never a queue of them."""

    is_teacher = False

    def __init__(self, code: str, store: RoomStore) -> None:
        self.code, self.store = code, store
        self.feed: RoomFeed | None = None
        self.ended = False
        #: True once somebody else took the place of this pupil, who seemed to be gone.
        self.replaced = False
        self._listener = Listener(self.is_teacher, self._deliver)
        self._snapshot: RoomSnapshot | None = None
        self._notice: str | None = None
        self._changed = asyncio.Event()

    def listen(self) -> bool:
        """Start following the room; return False if too many connections do already."""
        self.feed = join_feed(self.code, self.store, self._listener)
        return self.feed is not None

    def notify(self, why: str) -> None:
        """Tell the browser why something did not happen."""
        self._notice = why
        self._changed.set()

    async def next_message(self) -> dict[str, Any] | None:
        """Wait for the next message to the browser; None once the room has ended."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self.ended:
                return None
            if self._notice is not None:
                reason, self._notice = self._notice, None
                self._changed.set()
                return {"type": "notice", "why": reason}
            snapshot, self._snapshot = self._snapshot, None
            message = None if snapshot is None else self.build_message(snapshot)
            if self.ended:
                return None
            if message is not None:
                return message

    def build_message(self, snapshot: RoomSnapshot) -> dict[str, Any] | None:
        """Return the message about a snapshot for this browser; None if it has it already."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop following the room."""
        if self.feed is not None:
            leave_feed(self.feed, self._listener)

    def _deliver(self, snapshot: RoomSnapshot | None) -> None:
        self.ended = self.ended or snapshot is None
        self._snapshot = snapshot
        self._changed.set()
