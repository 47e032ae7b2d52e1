"""Let the end of a WebSocket that the browser has closed pass without an error in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ExceptionHandler
from starlette.websockets import WebSocketDisconnected


def exception_handlers() -> Mapping[Any, ExceptionHandler]:
    """Return what the app does with errors of its connections, by their type.

    Where sending fails because a visitor has left, Streamlit goes on receiving, takes the error for an invalid message and closes
    the connection that is closed already. It has ended the session by then; nothing is left to do.
    """
    return {WebSocketDisconnected: _ignore}


async def _ignore(connection: HTTPConnection, error: Exception) -> None:
    """Do nothing."""
