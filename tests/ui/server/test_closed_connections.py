"""A visitor who leaves while the server sends is no error, and an error of the app's still is one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnected
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_websocket import create_websocket_handler

from lstm_viz.ui.server.closed_connections import exception_handlers


async def visit(endpoint: Any, handlers: Mapping[Any, Any]) -> None:
    """Open a WebSocket of the app, and leave: what the server sends fails, and one message more arrives from before."""
    came, left = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        if not came.is_set():
            came.set()
            return {"type": "websocket.connect"}
        await left.wait()
        return {"type": "websocket.receive", "bytes": BackMsg().SerializeToString()}

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            left.set()
            raise OSError("the connection is closed")

    app = Starlette(routes=[WebSocketRoute("/", endpoint)], exception_handlers=handlers)
    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b"", "subprotocols": [], "client": None}
    await asyncio.wait_for(app(scope, receive, send), 10)


def streamlit_endpoint() -> tuple[Any, Mock]:
    """Return Streamlit's own endpoint, with a runtime that sends a message as soon as the visitor is there."""
    runtime = Mock()
    runtime.connect_session.side_effect = lambda client, **_: client.write_forward_msg(ForwardMsg()) or "session"
    return create_websocket_handler(runtime), runtime


def test_a_visitor_who_leaves_while_the_server_sends_is_no_error() -> None:
    endpoint, runtime = streamlit_endpoint()
    asyncio.run(visit(endpoint, exception_handlers()))
    runtime.disconnect_session.assert_called_once()


def test_streamlit_alone_reports_such_a_visitor_as_an_error() -> None:
    endpoint, _ = streamlit_endpoint()
    with pytest.raises(WebSocketDisconnected):
        asyncio.run(visit(endpoint, {}))


@pytest.mark.parametrize("error", [RuntimeError("a fault"), TypeError("text frames are not supported")])
def test_other_errors_are_still_reported(error: Exception) -> None:
    async def endpoint(socket: WebSocket) -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        asyncio.run(visit(endpoint, exception_handlers()))
