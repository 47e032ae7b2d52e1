"""A class that types at once: many visitors in one server, each with keys of its own, until the frame comes back.

Run it with `python -m benchmarks.classroom`, or behind HAProxy with `--replicas 2`. The visitors are WebSocket clients that do
what the browser's part does: they open the page and type over the live WebSocket, with one message in flight and always the
newest text. No browser draws, because thirty browsers would need a machine of their own: the time from the key to the arrival
of the first frame that holds it is what the server makes them wait.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import click
import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from deploy.replicas import running_replicas
from tests.app_server import TIMEOUT, running_app

#: How many type at once, how many keys a second each on average, and for how many seconds.
CLASSES = (1, 10, 30)
RATES = (2.0, 4.0)
SECONDS = 15.0
#: Visitors who come first and are not measured: each process of the server waits for its imports once.
FIRST = 2
#: Typed over and over, each visitor beginning elsewhere; a full line is cleared.
WORDS = "and by a sleep to say we end the heartache and the thousand natural shocks that flesh is heir to. "
MAX_LINE = 80


@dataclass
class Visitor:
    """One person: what was typed, what is on its way, and how long each key waited, in seconds."""

    index: int
    page: ClientConnection
    socket: ClientConnection
    frame: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    typed: int = 0
    sent: int = 0
    answered: int = 0
    pressed: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    async def arrive(self) -> None:
        """Open the page and wait until it stands."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        await self.page.send(message.SerializeToString())
        while await self.receive_page() != "script_finished":
            pass

    async def receive_page(self) -> str | None:
        """Take in one message of the page; returns its kind."""
        message = ForwardMsg()
        message.ParseFromString(_bytes(await self.page.recv()))
        kind = message.WhichOneof("type")
        part = message.delta.new_element.bidi_component
        if part.component_name == "lstm_viz.live":
            self.frame = _header(part.bytes)
        return kind

    async def read_page(self) -> None:
        """Take in what the page says, for as long as it stands."""
        while True:
            await self.receive_page()

    async def read_socket(self) -> None:
        """Note the wait of every key that a frame answers, and send what was typed since."""
        async for raw in self.socket:
            self.answered = int(_header(_bytes(raw))["seq"])
            now = perf_counter()
            self.waits += [now - pressed for pressed in self.pressed[len(self.waits) : self.answered]]
            await self.send()

    async def send(self) -> None:
        """Send the newest text, unless an answer is awaited or there is no news; keys are numbered, and so are messages."""
        if self.answered < self.sent or self.sent == self.typed:
            return
        self.sent = self.typed
        view = {**self.frame["view"], "text": self.text, "step": -1}
        known = {"socketToken": self.frame["socketToken"], "link": self.frame["link"], "textRevision": self.frame["textRevision"]}
        await self.socket.send(json.dumps({**known, "view": view, "seq": self.sent}))

    async def type(self, rate: float, seconds: float) -> None:
        """Press keys for so many seconds, with gaps as uneven as a person's, then wait for the last answer."""
        rng = random.Random(self.index)
        end = perf_counter() + seconds
        while perf_counter() < end:
            await asyncio.sleep(rng.expovariate(rate))
            self.typed += 1
            self.text = ("" if len(self.text) >= MAX_LINE else self.text) + WORDS[(7 * self.index + self.typed) % len(WORDS)]
            self.pressed.append(perf_counter())
            await self.send()
        while self.answered < self.typed:
            await asyncio.sleep(0.02)


def _bytes(raw: str | bytes) -> bytes:
    assert isinstance(raw, bytes)
    return raw


def _header(frame: bytes) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(frame[4 : 4 + int.from_bytes(frame[:4], "little")])
    return header


@dataclass(frozen=True)
class Server:
    """Where the app answers, and its processes: one, or one a replica."""

    url: str
    pids: tuple[int, ...]

    def busy(self) -> float:
        """Return the seconds of processor time that the processes have used."""
        return float(sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in self.pids))


@contextmanager
def running_server(replicas: int) -> Iterator[Server]:
    """Run the app until the block ends: one process, or several behind HAProxy."""
    if replicas == 1:
        with running_app() as app:
            yield Server(app.url, (app.pid,))
    else:
        with running_replicas(replicas) as running:
            yield Server(running.url, tuple(each.process.pid for each in running.replicas))


async def connect_visitor(server: Server, index: int) -> Visitor:
    """Bring one visitor in. Both WebSockets go to the replica that HAProxy's cookie names."""
    address = server.url.replace("http", "ws")
    plain = {"max_size": None, "compression": None, "ping_interval": None, "open_timeout": TIMEOUT}
    page = await connect(f"{address}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], **plain)  # type: ignore[arg-type]
    assert page.response is not None
    cookies = "; ".join(each.split(";")[0] for each in page.response.headers.get_all("Set-Cookie"))
    headers = {"Cookie": cookies} if cookies else None
    socket = await connect(f"{address}/live", origin=Origin(server.url), additional_headers=headers, **plain)  # type: ignore[arg-type]
    visitor = Visitor(index, page, socket)
    await visitor.arrive()
    return visitor


async def run_class(server: Server, count: int, rate: float, seconds: float) -> tuple[np.ndarray, float]:
    """Let so many visitors type at once; returns each key's wait in ms and how many cores the server kept busy."""
    visitors = [await connect_visitor(server, index) for index in range(count)]
    readers = [asyncio.ensure_future(reader) for each in visitors for reader in (each.read_socket(), each.read_page())]
    before, begun = server.busy(), perf_counter()
    await asyncio.gather(*(visitor.type(rate, seconds) for visitor in visitors))
    busy = (server.busy() - before) / (perf_counter() - begun)
    for reader in readers:
        reader.cancel()
    for visitor in visitors:
        await visitor.socket.close()
        await visitor.page.close()
    return 1000 * np.array([wait for visitor in visitors for wait in visitor.waits]), busy


@click.command(help=__doc__)
@click.option("--replicas", default=1, show_default=True, help="Processes of the app; more than one stand behind HAProxy.")
@click.option("--people", multiple=True, default=CLASSES, show_default=True, help="How many type at once; may be repeated.")
@click.option("--rate", multiple=True, default=RATES, show_default=True, help="Keys a second, each; may be repeated.")
@click.option("--seconds", default=SECONDS, show_default=True, help="How long they type.")
def main(replicas: int, people: tuple[int, ...], rate: tuple[float, ...], seconds: float) -> None:
    """Print what classes of several sizes wait."""
    print(f"{seconds:g} s of typing, lines of up to {MAX_LINE} letters, {replicas} processes; from key to frame\n")
    print("| type at once | keys a second, each | p50 / p95 / longest ms | the server keeps busy |\n|---|---|---|---|")
    for each_rate in rate:
        for count in people:
            with running_server(replicas) as server:
                asyncio.run(run_class(server, FIRST * replicas, each_rate, 2.0))
                waits, busy = asyncio.run(run_class(server, count, each_rate, seconds))
            p50, p95 = np.percentile(waits, [50, 95])
            print(f"| {count} | {each_rate:g} | {p50:.0f} / {p95:.0f} / {waits.max():.0f} | {busy:.2f} cores |", flush=True)


if __name__ == "__main__":
    main()
