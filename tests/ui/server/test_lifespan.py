"""What the server does beside running scripts."""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import socket
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import streamlit as st
import torch
from starlette.requests import Request
from starlette.routing import Route, WebSocketRoute

from lstm_viz.ui.server import lifespan
from lstm_viz.ui.state import live_session
from lstm_viz.ui.state.temporary import temporary_folder


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a server sets in its environment out of the other tests."""
    monkeypatch.setattr(os, "environ", {name: value for name, value in os.environ.items() if name != "TORCHINDUCTOR_CACHE_DIR"})


def accepted(listening: socket.socket) -> bool:
    """Whether what a browser is sent over a new connection to a listening socket goes out without delay."""
    with socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def run_lifespan() -> None:
    """Start and end the server's lifespan, in a thread of its own: the browser tests have a loop running in this one."""

    async def start() -> None:
        async with lifespan.lifespan(st.App("app.py")):
            pass

    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, start()).result()


def test_nothing_else_is_imported_during_the_start_up_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    go_on = Event()

    def preload() -> None:
        go_on.wait()
        order.append("imported")
        raise RuntimeError("and failed")

    def serve() -> None:
        lifespan.wait_for_imports()
        order.append("served")

    monkeypatch.setattr(lifespan, "_preload", preload)
    monkeypatch.setattr(threading, "excepthook", lambda failure: order.append("reported"))
    run_lifespan()
    visitor = Thread(target=serve)
    visitor.start()
    go_on.set()
    visitor.join()
    assert order[0] == "imported"
    assert "served" in order


def test_the_end_of_the_server_deletes_its_temporary_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifespan, "_preload", lambda: None)
    kept = temporary_folder("lstm_viz-test-")
    (Path(kept.name) / "snapshot").write_text("a network", "utf-8")
    run_lifespan()
    assert not Path(kept.name).exists()


def test_pytorch_makes_no_folder_for_a_compiler_that_nobody_uses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lifespan.keep_temporary_folder_clean()
    # PyTorch's own function, without the seconds that the import of its compiler takes.
    functions = runpy.run_path(str(Path(torch.__file__).parent / "_inductor" / "runtime" / "cache_dir_utils.py"))
    assert functions["cache_dir"]() == str(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_connections_send_at_once_when_the_server_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifespan, "_preload", lambda: None)

    with socket.socket() as listening, socket.socket(type=socket.SOCK_DGRAM):
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert not accepted(listening)
        run_lifespan()
        assert accepted(listening)


@pytest.mark.parametrize(("base", "address"), [("", "/live"), ("seen/here", "/seen/here/live"), ("/seen/", "/seen/live")])
def test_the_short_road_is_where_the_app_is(base: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def option(name: str) -> Any:
        assert name == "server.baseUrlPath"
        return base

    monkeypatch.setattr(st, "get_option", option)
    route, known, room = lifespan.routes()
    assert isinstance(route, WebSocketRoute)
    assert route.path == address
    assert isinstance(known, Route)
    assert known.path == f"{address}/{{name}}"
    assert isinstance(room, WebSocketRoute)
    assert room.path == address.removesuffix("live") + "room"


def test_a_page_can_ask_whether_its_session_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    own = live_session.LiveSession("secret")
    monkeypatch.setitem(live_session._LIVE_SESSIONS, own.name, own)
    for name, known in (("secret", True), ("guessed", False)):
        answer = lifespan._is_session_known(Request({"type": "http", "path_params": {"name": name}}))
        assert json.loads(bytes(answer.body)) == {"known": known}
