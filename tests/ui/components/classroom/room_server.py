"""A real server with the class's WebSocket, and browsers' worth of sockets to it, all in one event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from lstm_viz.classroom.store import RoomStore
from lstm_viz.ui.components.classroom.room_socket import serve_room_socket
from tests.app_server import free_port

#: Seconds until a message that does not come fails the test.
PATIENCE = 30.0


def run(lesson: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a lesson to its end, in a thread of its own: the browser tests may have a loop running in this one."""
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, lesson()).result()


@asynccontextmanager
async def serving(store: RoomStore) -> AsyncIterator[str]:
    """Serve the WebSocket on a store; yields the address of the server."""

    async def serve(socket: WebSocket) -> None:
        await serve_room_socket(socket, store)

    port = free_port()
    app = Starlette(routes=[WebSocketRoute("/room", serve)])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off", ws="websockets-sansio"))
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@dataclass
class Browser:
    """One page of the class: everything that it was sent, and the cards that it has put together from it."""

    socket: ClientConnection
    raw: list[str] = field(default_factory=list)
    cards: dict[int, dict[str, Any]] = field(default_factory=dict)
    latest: dict[str, Any] = field(default_factory=dict)

    async def send(self, do: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"do": do, **fields}))

    async def receive(self) -> dict[str, Any]:
        raw = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        assert isinstance(raw, str)
        self.raw.append(raw)
        message: dict[str, Any] = json.loads(raw)
        self.latest[message["type"]] = message
        if message["type"] == "wall":
            self.cards |= {card["number"]: card for card in message["cards"]}
            self.cards = {number: self.cards[number] for number in message["order"]}
        return message

    async def until(self, kind: str, fits: Callable[[dict[str, Any]], bool] = lambda message: True) -> dict[str, Any]:
        """Receive until a message of this kind fits."""
        while True:
            message = await self.receive()
            if message["type"] == kind and fits(message):
                return message

    async def until_closed(self) -> int | None:
        """Receive until the server closes, and return its code."""
        try:
            while True:
                await self.receive()
        except ConnectionClosed as closed:
            return None if closed.rcvd is None else closed.rcvd.code

    def lines(self) -> dict[int, str]:
        """The lines on the wall by member."""
        return {number: "".join(card["tokens"]) for number, card in self.cards.items()}


@asynccontextmanager
async def browser(host: str, do: str, *, origin: str | None = None, **fields: Any) -> AsyncIterator[Browser]:
    """A page that has sent its first message."""
    own = Origin(f"http://{host}" if origin is None else origin)
    async with connect(f"ws://{host}/room", origin=own, compression=None, ping_interval=None) as socket:
        page = Browser(socket)
        await page.send(do, **fields)
        yield page
