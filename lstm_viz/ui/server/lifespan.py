"""Preload models at start-up and serve the WebSockets: the live view's and the class's."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event, Thread

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from lstm_viz.classroom.process_store import room_store
from lstm_viz.ui.server.control_reports import correct_control_reports
from lstm_viz.ui.server.page_change import ignore_reruns_of_left_pages
from lstm_viz.ui.server.unsent_messages import keep_unsent_messages

#: Set unless the start-up imports are running. Two threads that import the same packages at once can each get a half of one:
#: a package that another thread has begun counts as imported (https://github.com/python/cpython/issues/83065).
_imported = Event()
_imported.set()

_TCP = [(family, socket.SOCK_STREAM) for family in (socket.AF_INET, socket.AF_INET6)]


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Preload what the first session needs, in the background; leave nothing behind at the end."""
    set_tcp_nodelay()
    keep_temporary_folder_clean()
    ignore_reruns_of_left_pages()
    keep_unsent_messages()
    correct_control_reports()
    # A wrong URL of the rooms' store ends the start, not the first lesson.
    room_store()
    _imported.clear()
    Thread(target=_prepare, name="ready", daemon=True).start()
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


def wait_for_imports() -> None:
    """Wait until the start-up imports are done; call it before the first import of another thread."""
    _imported.wait()


async def _live_socket(socket: WebSocket) -> None:
    # Imported on the first connection, so that the server answers before torch is imported.
    await asyncio.to_thread(wait_for_imports)
    from lstm_viz.ui.components.live_view.live_socket import serve_live_socket

    await serve_live_socket(socket)


async def _room_socket(socket: WebSocket) -> None:
    await asyncio.to_thread(wait_for_imports)
    from lstm_viz.ui.components.classroom.room_socket import serve_room_socket

    await serve_room_socket(socket)


def _is_session_known(request: Request) -> JSONResponse:
    """Return to a waiting page whether its session is alive; after a server restart none is.

    Starlette runs it in a thread, because the first import is slow.
    """
    wait_for_imports()
    from lstm_viz.ui.state.live_session import find_live_session

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


def keep_temporary_folder_clean() -> None:
    """Name a folder that exists as the cache of PyTorch's compiler, for this process and for the jobs that it starts.

    The first optimizer imports `torch._dynamo`, which makes the cache's folder at once and leaves it behind, empty, as nothing
    is compiled here (`torch._inductor.runtime.cache_dir_utils.cache_dir`).
    """
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", tempfile.gettempdir())


def _prepare() -> None:
    try:
        _preload()
    finally:
        _imported.set()


def _preload() -> None:
    import pandas  # noqa: F401  Plotly looks into it wherever it counts as imported, in the middle of its import too

    from lstm_viz.ui.components.classroom import room_socket  # noqa: F401  the WebSockets'
    from lstm_viz.ui.pages.explore import page  # noqa: F401  every import of the first view
    from lstm_viz.ui.state.models import TITLES, get_model

    _imported.set()
    get_model(next(iter(TITLES)))


def _clean_up() -> None:
    """End all jobs, then delete what they wrote into: a signal ends the process without Python's exit functions."""
    # Imported here, so that the server answers before torch is imported.
    from lstm_viz import jobs
    from lstm_viz.ui.state.temporary import delete_temporary_folders

    jobs.close()
    delete_temporary_folders()
