"""What the server does beside running the pages' scripts: it gets ready before anyone comes, and keeps the short road open."""

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

_TCP = [(family, socket.SOCK_STREAM) for family in (socket.AF_INET, socket.AF_INET6)]


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Import and load what the first visitor needs while their browser is still on its way."""
    set_tcp_nodelay()
    Thread(target=_preload, name="ready", daemon=True).start()
    yield


def routes() -> list[BaseRoute]:
    """The addresses that are the app's own."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    live = f"/{base}/live" if base else "/live"
    return [WebSocketRoute(live, _live_socket), Route(f"{live}/{{name}}", _is_session_known)]


async def _live_socket(socket: WebSocket) -> None:
    # Imported when the first browser comes: the server shall answer before torch is there.
    from lstm_viz.ui.components.live_view.live_socket import serve_live_socket

    await serve_live_socket(socket)


def _is_session_known(request: Request) -> JSONResponse:
    """Say whether a session is alive, to a page that waits for an answer: one of a server before this one has none any more.

    Starlette runs it in a thread, as the first import takes its time.
    """
    from lstm_viz.ui.state.session import find_live_session

    return JSONResponse({"known": find_live_session(request.path_params["name"]) is not None})


def set_tcp_nodelay() -> None:
    """Have every connection send what is written without delay: a listening socket hands TCP_NODELAY down to those it accepts.

    asyncio sees to that itself where a socket was opened as TCP by name (`asyncio.base_events._set_nodelay`). Streamlit opens
    its own without, and hands it to nobody; each answer of a head and a body would then wait for the browser's delayed
    acknowledgement of the head, 40 ms, and a first visit asks for a hundred files.
    """
    for each in gc.get_objects():
        if type(each) is socket.socket and each.fileno() >= 0 and (each.family, each.type) in _TCP:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _preload() -> None:
    from lstm_viz.ui.pages.explore import page  # noqa: F401  every import of the first view
    from lstm_viz.ui.state.models import TITLES, get_model

    get_model(next(iter(TITLES)))
