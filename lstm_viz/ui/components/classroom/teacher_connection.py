"""A teacher's connection: choices and buttons in, the wall out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lstm_viz.classroom import rooms
from lstm_viz.classroom.room import Room
from lstm_viz.classroom.store import MemberGone, RoomGone, RoomStore, StoreUnavailable
from lstm_viz.ui.components.classroom.connection import RoomConnection
from lstm_viz.ui.components.classroom.line_reading import replace_invalid_choices
from lstm_viz.ui.components.classroom.messages import Act, Ask, Choose, InvalidRoomMessage, Message, Show
from lstm_viz.ui.components.classroom.room_feed import call_store
from lstm_viz.ui.components.classroom.views import RoomSnapshot, wall_message
from lstm_viz.ui.components.classroom.vote_reading import NoSuchVote, add_network_answer, new_vote

#: Seconds after which the room's lease is extended.
EXTEND_EVERY = 30.0

#: How each of the teacher's buttons changes the room; the remaining one, "end", deletes it.
_CHANGES: dict[str, Callable[[Room], Room]] = {
    "clear": lambda room: replace(room, clears=room.clears + 1, spotlight=0),
    "close": lambda room: room if room.vote is None else replace(room, vote=replace(room.vote, open=False)),
    "reveal": lambda room: room if room.vote is None else replace(room, vote=add_network_answer(room.vote)),
    "done": lambda room: replace(room, vote=None),
}


class TeacherConnection(RoomConnection):
    """One teacher's browser; a room may have several with the same token."""

    is_teacher = True

    def __init__(self, code: str, store: RoomStore) -> None:
        super().__init__(code, store)
        self._sent: dict[int, dict[str, Any]] = {}
        self._lease_task = asyncio.create_task(self._extend_lease())

    async def handle(self, message: Message) -> None:
        """Carry out a teacher's message. Raises InvalidRoomMessage for a pupil's."""
        if isinstance(message, Choose):
            fields = dict(message.fields)
            await self._change(lambda room: replace_invalid_choices(replace(room, **fields)))
        elif isinstance(message, Show):
            shown = message.shown
            try:
                await call_store(
                    rooms.change_member, self.store, self.code, message.member, lambda member: replace(member, shown=shown)
                )
            except MemberGone:
                self.notify("This pupil has left.")
        elif isinstance(message, Ask):
            try:
                await self._change(
                    lambda room: replace(room, vote=new_vote(room, message.kind, message.text), votes=room.votes + 1)
                )
            except NoSuchVote as error:
                self.notify(str(error))
        elif isinstance(message, Act):
            if message.act == "end":
                await call_store(self.store.delete, self.code)
            else:
                await self._change(_CHANGES[message.act])
        else:
            raise InvalidRoomMessage("a pupil's message from a teacher")
        if self.feed is not None:
            self.feed.wake()

    def build_message(self, snapshot: RoomSnapshot) -> dict[str, Any]:
        """Return the wall with the cards that have changed."""
        return wall_message(snapshot, self._sent)

    async def close(self) -> None:
        """Stop extending the room's lease: it ends some minutes later unless the teacher comes back."""
        self._lease_task.cancel()
        await super().close()

    async def _change(self, change: Callable[[Room], Room]) -> None:
        await call_store(rooms.change_room, self.store, self.code, change)

    async def _extend_lease(self) -> None:
        while True:
            try:
                await call_store(rooms.extend, self.store, self.code)
            except RoomGone:
                return
            except StoreUnavailable:
                pass
            await asyncio.sleep(EXTEND_EVERY)
