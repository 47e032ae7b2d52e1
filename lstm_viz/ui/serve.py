"""What the server does beside running the pages' scripts: it gets ready before anyone comes, and keeps the short road open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Import and load what the first visitor needs while their browser is still on its way."""
    Thread(target=_get_ready, name="ready", daemon=True).start()
    yield


def routes() -> list[BaseRoute]:
    """The addresses that are the app's own."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return [WebSocketRoute(f"/{base}/live" if base else "/live", _live)]


async def _live(socket: WebSocket) -> None:
    # Imported when the first browser comes: the server shall answer before torch is there.
    from lstm_viz.ui.explore.road import road

    await road(socket)


def _get_ready() -> None:
    from lstm_viz.ui.explore import page  # noqa: F401  every import of the first view
    from lstm_viz.ui.view.zoo import TITLES, exhibit

    exhibit(next(iter(TITLES)))
