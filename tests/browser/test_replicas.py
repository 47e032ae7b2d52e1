"""Two replicas behind HAProxy with a shared store: what visitors do works on either, and the end of one loses no text."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from deploy.replicas import Replicas, find_program, find_store, haproxy_configuration, running_replicas, wait_until_healthy
from tests.app_server import PAINTED, TIMEOUT


@pytest.fixture(scope="module")
def running() -> Iterator[Replicas]:
    """Two replicas; tests skip where HAProxy or a store is missing, unless LSTM_VIZ_REQUIRE_HAPROXY=1 forbids it."""
    found = {"haproxy": find_program("haproxy"), "redis-server": find_store()}
    missing = [package for package, path in found.items() if path is None]
    if missing and os.environ.get("LSTM_VIZ_REQUIRE_HAPROXY") != "1":
        pytest.skip(f"not installed: {', '.join(missing)}; install with: apt-get install {' '.join(missing)}")
    with running_replicas(2) as replicas:
        yield replicas


@contextmanager
def visitor(browser: Browser, running: Replicas) -> Iterator[tuple[BrowserContext, Page]]:
    with browser.new_context(base_url=running.url, viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(TIMEOUT * 1000)
        yield context, context.new_page()


def replica_of(context: BrowserContext) -> str:
    """The replica that a visitor is with, as the cookie says."""
    return next(each["value"] for each in context.cookies() if each["name"] == "REPLICA")


def answered(page: Page, length: int) -> None:
    page.wait_for_function(f"document.querySelector('.live')?.dataset.liveLength === '{length}'")


def test_visitors_of_both_replicas_work_and_the_end_of_one_loses_no_text(browser: Browser, running: Replicas) -> None:
    with visitor(browser, running) as (first, page), visitor(browser, running) as (second, other):
        for each in (page, other):
            each.goto("/")
            each.locator(PAINTED).wait_for()
        assert {replica_of(first), replica_of(second)} == {"replica1", "replica2"}

        # Upload, download and a page switch, on one of the replicas: everything finds its session.
        other.get_by_role("button", name="Open a file").click()
        file = {"name": "bear.txt", "mimeType": "text/plain", "buffer": b"The bear (an old one) sleeps. " * 40}
        other.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        other.get_by_role("button", name="Explore these").click()
        answered(other, 300)
        other.get_by_role("button", name="Take along").click()
        with other.expect_download() as download:
            other.get_by_role("button", name="Everything (.npz)").click()
        arrays = np.load(io.BytesIO(Path(download.value.path()).read_bytes()), allow_pickle=False)
        assert "".join(arrays["tokens"])[:12] == "The bear (an"
        other.keyboard.press("Escape")
        other.get_by_role("link", name="Memory").click()
        expect(other.locator(".text-box textarea")).to_have_value(re.compile("^The bear"))

        # The replica of the first visitor ends while a text is typed: the page goes to the other one, with text and view.
        page.locator(".live textarea").fill("a text that stays")
        page.get_by_text("All units", exact=True).click()
        answered(page, 17)
        expect(page).to_have_url(re.compile("zoom=units"))
        before = replica_of(first)
        page.evaluate("window.__before = true")
        ended = running.replicas[int(before[-1]) - 1].process
        ended.kill()
        ended.wait()
        page.locator(".live textarea").press_sequentially("!")
        page.wait_for_function("window.__before === undefined")
        answered(page, 18)
        expect(page.locator(".live textarea")).to_have_value("a text that stays!")
        assert page.locator("input[name=live-zoom]:checked").input_value() == "units"
        assert replica_of(first) != before
        expect(page.locator(".stException")).to_have_count(0)

        # It is started again, once, and the visitor stays where the text is now.
        assert running.restart_ended() == [int(before[-1]) - 1]
        assert running.restart_ended() == []
        restarted = running.replicas[int(before[-1]) - 1]
        wait_until_healthy(restarted.url, restarted.process)
        page.locator(".live textarea").press_sequentially("?")
        answered(page, 19)


def browser_of_replica(running: Replicas, number: int) -> ClientConnection:
    """A browser's WebSocket of the class, which the cookie sends to this replica."""
    headers = {"Cookie": f"REPLICA=replica{number}"}
    address = f"{running.url}/room".replace("http", "ws")
    return connect(address, origin=Origin(running.url), additional_headers=headers, open_timeout=TIMEOUT)


def receive(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of a kind; others before it are skipped."""
    while True:
        message: dict[str, Any] = json.loads(socket.recv(TIMEOUT))
        if message["type"] == kind:
            return message


def test_members_of_one_room_may_be_with_different_replicas(running: Replicas) -> None:
    assert running.redis is not None
    with ExitStack() as stack:
        teacher, pupil, near = (stack.enter_context(browser_of_replica(running, number)) for number in (1, 2, 1))
        teacher.send(json.dumps({"do": "open"}))
        room = receive(teacher, "leading")["room"]
        for socket, name in ((pupil, "far"), (near, "near")):
            socket.send(json.dumps({"do": "join", "room": room, "name": name}))
            receive(socket, "joined")
            socket.send(json.dumps({"do": "line", "line": f"({name})", "clears": 0}))
        lines: dict[str, str] = {}
        while lines != {"far": "(far)", "near": "(near)"}:
            lines |= {card["name"]: "".join(card["tokens"]) for card in receive(teacher, "wall")["cards"]}
        teacher.send(json.dumps({"do": "choose", "spotlight": 1}))
        for socket in (pupil, near):
            while (large := receive(socket, "shown")["large"]) is None:
                pass
            assert "".join(large["tokens"]) == "(far)"
        teacher.send(json.dumps({"do": "end"}))
        with pytest.raises(ConnectionClosed):
            receive(pupil, "never")


def test_the_configuration_names_every_replica_once_and_nothing_else_changes() -> None:
    written = haproxy_configuration("0.0.0.0:80", [9001, 9002, 9003])
    shipped = (Path(__file__).parents[2] / "deploy" / "haproxy.cfg").read_text("utf-8")
    assert re.findall(r"^    server (\S+) (\S+) cookie (\S+)$", written, re.M) == [
        (f"replica{n}", f"127.0.0.1:900{n}", f"replica{n}") for n in (1, 2, 3)
    ]
    assert re.findall(r"^    bind (.*)$", written, re.M) == ["0.0.0.0:80"]
    rest = [line for line in shipped.splitlines() if not line.startswith(("    server ", "    bind "))]
    assert [line for line in written.splitlines() if not line.startswith(("    server ", "    bind "))] == rest
