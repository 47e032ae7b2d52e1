"""The class's WebSocket: a teacher leads a room, pupils join it. PROTOCOL.md describes the messages."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from lstm_viz.classroom import rooms
from lstm_viz.classroom.codes import read_code
from lstm_viz.classroom.limits import TooMany
from lstm_viz.classroom.process_store import room_store
from lstm_viz.classroom.store import RoomFull, RoomGone, RoomStore, StoreUnavailable
from lstm_viz.ui.components.classroom.join_link import join_link
from lstm_viz.ui.components.classroom.messages import (
    MAX_MESSAGE,
    Hello,
    InvalidRoomMessage,
    Join,
    Lead,
    Message,
    Open,
    read_message,
)
from lstm_viz.ui.components.classroom.pupil_connection import PupilConnection
from lstm_viz.ui.components.classroom.room_feed import call_store
from lstm_viz.ui.components.classroom.teacher_connection import TeacherConnection
from lstm_viz.ui.components.websockets import FAILED, GONE, INVALID, REFUSED, TOO_LONG, TRY_AGAIN, is_same_origin
from lstm_viz.ui.state.models import TITLES

#: Seconds within which the first message must arrive; and the least seconds between reading two messages.
FIRST_WITHIN, PACE = 20.0, 0.05

_LOG = logging.getLogger(__name__)

#: The reason that is sent to somebody who is refused, by error.
_REFUSALS: dict[type[Exception], str] = {
    RoomGone: "There is no room with this code. Look at the code on the wall again.",
    rooms.NotAllowed: "This is not the browser that opened the room.",
    RoomFull: f"The room is full: {rooms.MAX_MEMBERS} are in it.",
}

Connection = TeacherConnection | PupilConnection


class _Closed(Exception):
    """Close the connection with this code and reason."""

    def __init__(self, code: int, why: str = "") -> None:
        super().__init__(why)
        self.code, self.why = code, why


async def serve_room_socket(socket: WebSocket, store: RoomStore | None = None) -> None:
    """Serve one browser until it disconnects or its room ends; only pages of the same origin are accepted."""
    if not is_same_origin(socket.headers.get("origin"), socket.headers.get("host")):
        await socket.close(INVALID)
        return
    await socket.accept()
    code = 1000
    try:
        await _serve(socket, room_store() if store is None else store)
    except _Closed as closed:
        code = closed.code
        if closed.why:
            await _send_message(socket, {"type": "refused", "why": closed.why})
    except WebSocketDisconnect:
        return
    except InvalidRoomMessage:
        code = INVALID
    except Exception:
        _LOG.exception("the class's WebSocket failed")
        code = FAILED
    try:
        await socket.close(code)
    except (WebSocketDisconnect, RuntimeError):
        return


async def _serve(socket: WebSocket, store: RoomStore) -> None:
    try:
        hello = await asyncio.wait_for(_receive(socket), FIRST_WITHIN)
    except TimeoutError:
        raise _Closed(INVALID) from None
    if not isinstance(hello, Hello):
        raise InvalidRoomMessage("the first message opens, leads or joins a room")
    connection = await _enter(socket, store, hello)
    try:
        if not connection.listen():
            raise _Closed(TRY_AGAIN, "Too many are connected to this room.")
        await _exchange_messages(socket, connection)
        raise _Closed(TRY_AGAIN if connection.replaced else GONE)
    finally:
        await connection.close()


async def _exchange_messages(socket: WebSocket, connection: Connection) -> None:
    """Receive and send until the room has ended; raise what ends either of them earlier."""
    tasks = [asyncio.create_task(work(socket, connection)) for work in (_receive_messages, _send_messages)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    except RoomGone:
        return
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _enter(socket: WebSocket, store: RoomStore, hello: Hello) -> Connection:
    """Let a teacher or pupil in, or close with the reason."""
    address = socket.client.host if socket.client is not None else ""
    try:
        if isinstance(hello, Open):
            code, token = await call_store(rooms.open_room, store, address, next(iter(TITLES)), "")
            link = join_link(socket, code)
            await _send_message(socket, {"type": "leading", "room": code, "token": token, **link})
            return TeacherConnection(code, store)
        code = read_code(hello.room)
        if code is None:
            raise RoomGone(hello.room[:20])
        if isinstance(hello, Lead):
            await call_store(rooms.authorize_teacher, store, code, hello.token, address)
            await _send_message(socket, {"type": "leading", "room": code, "token": hello.token, **join_link(socket, code)})
            return TeacherConnection(code, store)
        return await _join(socket, store, code, hello, address)
    except StoreUnavailable:
        # The browser tries again by itself.
        raise _Closed(TRY_AGAIN, "The server cannot reach its store of rooms.") from None
    except TooMany as error:
        raise _Closed(REFUSED, f"Too many attempts. Wait {error.minutes} minutes.") from None
    except tuple(_REFUSALS) as error:
        raise _Closed(REFUSED, next(why for kind, why in _REFUSALS.items() if isinstance(error, kind))) from None


async def _join(socket: WebSocket, store: RoomStore, code: str, hello: Join, address: str) -> PupilConnection:
    member, token = None, hello.token
    if token:
        try:
            member = await call_store(rooms.rejoin, store, code, token, address)
        except rooms.NotAllowed:
            # The token is of an earlier room with this code, or of a member whose place was given away: join as a new member.
            member = None
    if member is None:
        member, token = await call_store(rooms.join, store, code, hello.name, address)
    member_fields = {"number": member.number, "name": member.name, "line": member.line, "clears": member.clears}
    await _send_message(socket, {"type": "joined", "room": code, "token": token, **member_fields})
    return PupilConnection(code, store, member.number, member.visits)


async def _receive_messages(socket: WebSocket, connection: Connection) -> None:
    while True:
        message = await _receive(socket)
        try:
            await connection.handle(message)
        except StoreUnavailable:
            connection.notify("The server cannot reach its store of rooms. Wait a moment, then try again.")
        # Too many messages wait in the sender's own connection, and slow down nobody else.
        await asyncio.sleep(PACE)


async def _send_messages(socket: WebSocket, connection: Connection) -> None:
    while (message := await connection.next_message()) is not None:
        await _send_message(socket, message)


async def _receive(socket: WebSocket) -> Message:
    received = await socket.receive()
    if received["type"] != "websocket.receive":
        raise WebSocketDisconnect(received.get("code", 1000))
    text = received.get("text")
    if not isinstance(text, str):
        raise InvalidRoomMessage("not a text")
    if len(text) > MAX_MESSAGE:
        raise _Closed(TOO_LONG)
    return read_message(text)


async def _send_message(socket: WebSocket, message: dict[str, Any]) -> None:
    await socket.send_text(json.dumps(message, separators=(",", ":")))
