"""A pupil's connection: lines and answers in, what the teacher shows out."""

from __future__ import annotations

import asyncio
from typing import Any

from lstm_viz.classroom import rooms
from lstm_viz.classroom.store import RoomGone, RoomStore, StoreUnavailable
from lstm_viz.ui.components.classroom.connection import RoomConnection
from lstm_viz.ui.components.classroom.messages import Answer, InvalidRoomMessage, Line, Message
from lstm_viz.ui.components.classroom.room_feed import call_store
from lstm_viz.ui.components.classroom.views import RoomSnapshot, pupil_message

#: Seconds between two lines that are stored; of the lines typed meanwhile, only the latest is stored.
LINE_EVERY = 0.3


class PupilConnection(RoomConnection):
    """One pupil's browser."""

    def __init__(self, code: str, store: RoomStore, number: int, visit: int) -> None:
        super().__init__(code, store)
        self.number, self.visit = number, visit
        self._seen = False
        self._sent: dict[str, Any] | None = None
        self._line: Line | None = None
        self._typed = asyncio.Event()
        self._writer = asyncio.create_task(self._write_lines())

    async def handle(self, message: Message) -> None:
        """Carry out a pupil's message. Raises InvalidRoomMessage for a teacher's."""
        if isinstance(message, Line):
            self._line = message
            self._typed.set()
        elif isinstance(message, Answer):
            accepted = await call_store(rooms.answer_vote, self.store, self.code, self.number, message.vote, list(message.picks))
            if not accepted:
                self.notify("This vote is closed.")
            if self.feed is not None:
                # The answer that the pupil sees may be wrong now: send it again.
                self._sent = None
                self.feed.wake()
        else:
            raise InvalidRoomMessage("a teacher's message from a pupil")

    def build_message(self, snapshot: RoomSnapshot) -> dict[str, Any] | None:
        """Return what the teacher shows, if that has changed."""
        if self.number not in snapshot.state.members:
            # A snapshot from before the pupil joined may come first.
            self.ended = self.replaced = self._seen
            return None
        self._seen = True
        self._typed.set()
        message = pupil_message(snapshot, self.number)
        if message == self._sent:
            return None
        self._sent = message
        return message

    async def close(self) -> None:
        """Note that the pupil has left."""
        self._writer.cancel()
        await super().close()
        try:
            await call_store(rooms.leave, self.store, self.code, self.number, self.visit)
        except StoreUnavailable:
            return

    async def _write_lines(self) -> None:
        """Store the latest line, a few times a second at most; a line typed on a frozen wall is stored once it is released."""
        while True:
            await self._typed.wait()
            self._typed.clear()
            line = self._line
            if line is None:
                continue
            try:
                stored = await call_store(rooms.set_line, self.store, self.code, self.number, line.line, line.clears)
            except RoomGone:
                # The feed says so.
                return
            except StoreUnavailable:
                stored = False
            if stored and self._line is line:
                self._line = None
            await asyncio.sleep(LINE_EVERY)
