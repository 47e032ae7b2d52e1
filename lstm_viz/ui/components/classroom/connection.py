"""What the connections of teachers and pupils have in common: the latest message for the browser, and a feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from lstm_viz.classroom.store import RoomStore
from lstm_viz.ui.components.classroom.room_feed import STORE_EXECUTOR, Listener, RoomFeed, join_feed, leave_feed
from lstm_viz.ui.components.classroom.views import RoomSnapshot


class RoomConnection:
    """One browser in a room. A slow browser gets the latest snapshot, never a queue of them."""

    is_teacher = False

    def __init__(self, code: str, store: RoomStore) -> None:
        self.code, self.store = code, store
        self.feed: RoomFeed | None = None
        self.ended = False
        self._listener = Listener(self.is_teacher, self._deliver)
        self._shot: RoomSnapshot | None = None
        self._said: str | None = None
        self._news = asyncio.Event()

    def listen(self) -> bool:
        """Follow the room; False if too many do."""
        self.feed = join_feed(self.code, self.store, self._listener)
        return self.feed is not None

    def say(self, why: str) -> None:
        """Tell the browser why something did not happen."""
        self._said = why
        self._news.set()

    async def next_message(self) -> dict[str, Any] | None:
        """Wait for the next message to the browser; None once the room has ended."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self.ended:
                return None
            if self._said is not None:
                reason, self._said = self._said, None
                self._news.set()
                return {"type": "said", "why": reason}
            shot, self._shot = self._shot, None
            message = None if shot is None else self.message(shot)
            if self.ended:
                return None
            if message is not None:
                return message

    def message(self, shot: RoomSnapshot) -> dict[str, Any] | None:
        """Return what this browser is sent of a snapshot; None if it has it already."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop following the room."""
        if self.feed is not None:
            leave_feed(self.feed, self._listener)

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of the store in its own threads."""
        return await asyncio.get_running_loop().run_in_executor(STORE_EXECUTOR, function, *arguments)

    def _deliver(self, shot: RoomSnapshot | None) -> None:
        self.ended = self.ended or shot is None
        self._shot = shot
        self._news.set()
