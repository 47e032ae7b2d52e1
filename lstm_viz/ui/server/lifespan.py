"""Preload models at start-up and serve the WebSockets: the live view's and the class's."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from lstm_viz.classroom.store import room_store

_TCP = [(family, socket.SOCK_STREAM) for family in (socket.AF_INET, socket.AF_INET6)]


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Preload what the first session needs, in the background; leave nothing behind at the end."""
    set_tcp_nodelay()
    # A wrong URL of the rooms' store ends the start, not the first lesson.
    room_store()
    Thread(target=_preload, name="ready", daemon=True).start()
    yield
    _clean_up()


def routes() -> list[BaseRoute]:
    """Return the app's own routes."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    root = f"/{base}" if base else ""
    return [
        WebSocketRoute(f"{root}/live", _live_socket),
        Route(f"{root}/live/{{name}}", _is_session_known),
        WebSocketRoute(f"{root}/room", _room_socket),
    ]


async def _live_socket(socket: WebSocket) -> None:
    # Imported on the first connection, so that the server answers before torch is imported.
    from lstm_viz.ui.components.live_view.live_socket import serve_live_socket

    await serve_live_socket(socket)


async def _room_socket(socket: WebSocket) -> None:
    from lstm_viz.ui.components.classroom.room_socket import serve_room_socket

    await serve_room_socket(socket)


def _is_session_known(request: Request) -> JSONResponse:
    """Tell a waiting page whether its session is alive; after a server restart no session is.

    Starlette runs it in a thread, because the first import is slow.
    """
    from lstm_viz.ui.state.session import find_live_session

    return JSONResponse({"known": find_live_session(request.path_params["name"]) is not None})


def set_tcp_nodelay() -> None:
    """Set TCP_NODELAY on the listening socket; accepted connections inherit it.

    asyncio does this itself for sockets opened explicitly as TCP (`asyncio.base_events._set_nodelay`). Streamlit opens its own
    socket without, and does not expose it; every response of a head and a body would then wait for the browser's delayed
    acknowledgement of the head, 40 ms, and a first visit makes a hundred requests.
    """
    for each in gc.get_objects():
        if type(each) is socket.socket and each.fileno() >= 0 and (each.family, each.type) in _TCP:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _preload() -> None:
    from lstm_viz.ui.pages.explore import page  # noqa: F401  every import of the first view
    from lstm_viz.ui.state.models import TITLES, get_model

    get_model(next(iter(TITLES)))


def _clean_up() -> None:
    """End all jobs, then delete what they wrote into: a signal ends the process without Python's exit functions."""
    # Imported here, so that the server answers before torch is imported.
    from lstm_viz import jobs
    from lstm_viz.ui.state.temporary import delete_temporary_folders

    jobs.close()
    delete_temporary_folders()
