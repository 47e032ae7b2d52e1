"""A class of thirty in one room: everybody types, the wall follows, and one vote is played; one more person types on Explore.

Run it with `python -m benchmarks.class_wall`, or with `--replicas 2` and LSTM_VIZ_REDIS set to a running server. Pupils are
WebSocket clients that do what the phone's page does: the latest line, a few times a second. It ends with status 1 where a
snapshot is late, a line is wrong, or an answer is lost.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import click
import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

import lstm_viz
from benchmarks.classroom import MAX_LINE, WORDS, Server, connect_visitor, running_server

#: Seconds between two lines of one pupil, as the phone's page sends them.
LINE_EVERY = 0.35
#: Largest median of the time between two snapshots, in seconds, and how late the slowest may be.
BAR_MEDIAN, BAR_LONGEST = 1.25, 3.0
#: Seconds until a vote that is not complete is given up.
VOTE_TIMEOUT = 30.0


@dataclass
class Page:
    """One page of the class, and what it was sent last of each type."""

    socket: ClientConnection
    latest: dict[str, Any] = field(default_factory=dict)
    cards: dict[int, dict[str, Any]] = field(default_factory=dict)
    arrivals: list[float] = field(default_factory=list)
    received: int = 0

    async def send(self, do: str, **fields: object) -> None:
        """Send one message."""
        await self.socket.send(json.dumps({"do": do, **fields}))

    async def read(self) -> None:
        """Take in what comes, for as long as the connection stands."""
        async for raw in self.socket:
            message = json.loads(raw)
            self.received += len(raw)
            self.latest[message["type"]] = message
            if message["type"] == "wall":
                self.arrivals.append(perf_counter())
                self.cards |= {card["number"]: card for card in message["cards"]}

    async def until(self, kind: str) -> Any:
        """Wait for the first message of a type."""
        while kind not in self.latest:
            await asyncio.sleep(0.02)
        return self.latest[kind]


async def open_page(stack: AsyncExitStack, server: Server, do: str, **fields: object) -> Page:
    """Open one page of the class and read what it is sent."""
    address = server.url.replace("http", "ws") + "/room"
    page = Page(await stack.enter_async_context(connect(address, origin=Origin(server.url), max_size=None, ping_interval=None)))
    task = asyncio.create_task(page.read())
    stack.callback(task.cancel)
    await page.send(do, **fields)
    return page


async def type_lines(page: Page, index: int, rate: float, seconds: float) -> str:
    """Press keys for so many seconds and send the latest line as the phone does; returns the last line."""
    rng, text, typed, end = random.Random(index), "", 0, perf_counter() + seconds
    due = perf_counter()
    while perf_counter() < end:
        due += LINE_EVERY
        await asyncio.sleep(max(0.0, due - perf_counter()))
        for _ in range(rng.randint(0, round(2 * rate * LINE_EVERY))):
            typed += 1
            text = ("" if len(text) >= MAX_LINE else text) + WORDS[(7 * index + typed) % len(WORDS)]
        await page.send("line", line=text, clears=0)
    return text


async def explore(server: Server, rate: float, seconds: float) -> np.ndarray:
    """Let one person type on Explore; returns each key's wait in ms."""
    visitor = await connect_visitor(server, 99)
    readers = [asyncio.ensure_future(reader) for reader in (visitor.read_socket(), visitor.read_page())]
    await visitor.type(rate, seconds)
    for each in readers:
        each.cancel()
    await visitor.socket.close()
    await visitor.page.close()
    return 1000 * np.array(visitor.waits)


def count_wrong(teacher: Page, lines: Mapping[int, str]) -> int:
    """Count the lines, by pupil's number, whose letters or gates on the teacher's wall are not those of `lstm_viz.trace`."""
    model = lstm_viz.load(teacher.latest["wall"]["room"]["model"])
    wrong = 0
    for number, line in lines.items():
        values = lstm_viz.trace(model, line).layers[0].f[:, 0].mean(axis=1)
        card = teacher.cards[number]
        wrong += "".join(card["tokens"]) != line or not np.allclose(card["values"], values, atol=1e-4)
    return wrong


async def hold_vote(teacher: Page, pages: Sequence[Page]) -> tuple[float, float, dict[str, Any]]:
    """Play one vote; return the seconds until all answers are in, those until all phones show the reveal, and the result."""
    await teacher.send("ask", kind="tap", text="To be, or not to be")
    await asyncio.sleep(2.0)
    asked_at = perf_counter()
    for index, page in enumerate(pages):
        await page.send("answer", vote=1, picks=[1 + index % 18])
    while teacher.latest["wall"]["vote"]["result"]["voters"] < len(pages) and perf_counter() - asked_at < VOTE_TIMEOUT:
        await asyncio.sleep(0.02)
    answered_at = perf_counter()
    await teacher.send("reveal")
    while not all(page.latest["shown"]["vote"]["revealed"] for page in pages) and perf_counter() - answered_at < VOTE_TIMEOUT:
        await asyncio.sleep(0.02)
    return answered_at - asked_at, perf_counter() - answered_at, pages[0].latest["shown"]["vote"]["result"]


async def lesson(server: Server, pupils: int, rate: float, seconds: float) -> bool:
    """Play the lesson and print what it took; returns whether all was in time and right."""
    await explore(server, rate, 2.0)
    alone = await explore(server, rate, seconds)
    async with AsyncExitStack() as stack:
        teacher = await open_page(stack, server, "open")
        code = (await teacher.until("leading"))["room"]
        pages = [await open_page(stack, server, "join", room=code) for _ in range(pupils)]
        numbers = [(await page.until("joined"))["number"] for page in pages]
        await asyncio.sleep(3.0)
        teacher.arrivals.clear()
        before, begun, bytes_before = server.busy(), perf_counter(), teacher.received
        typing = [type_lines(page, index, rate, seconds) for index, page in enumerate(pages)]
        lines, beside = await asyncio.gather(asyncio.gather(*typing), explore(server, rate, seconds))
        span = perf_counter() - begun
        busy, sent = (server.busy() - before) / span, (teacher.received - bytes_before) / span / 1024
        gaps = np.diff(teacher.arrivals)
        await asyncio.sleep(3.0)
        wrong = count_wrong(teacher, dict(zip(numbers, lines, strict=True)))
        answered, revealed, result = await hold_vote(teacher, pages)
        await teacher.send("end")
    print(f"{pupils} pupils, {rate:g} keys a second each, {seconds:g} s; one more types on Explore\n")
    print("| what | figure |\n|---|---|")
    print(f"| seconds between two snapshots of the wall, median / longest | {np.median(gaps):.2f} / {gaps.max():.2f} |")
    print(f"| the server keeps busy | {busy:.2f} cores |")
    print(f"| sent to the wall | {sent:.0f} kB a second |")
    print(f"| lines on the wall that differ from `lstm_viz.trace` | {wrong} of {pupils} |")
    print(f"| seconds until all answers of a vote are in, until all phones show the reveal | {answered:.2f}, {revealed:.2f} |")
    print(f"| answers, and how many were right | {result['voters']}, {result['right']} |")
    for name, waits in (("alone", alone), ("beside the class", beside)):
        p50, p95 = np.percentile(waits, [50, 95])
        print(f"| key to frame on Explore {name}, p50 / p95 ms | {p50:.0f} / {p95:.0f} |")
    in_time = float(np.median(gaps)) <= BAR_MEDIAN and float(gaps.max()) <= BAR_LONGEST
    return in_time and not wrong and result["voters"] == pupils


@click.command(help=__doc__)
@click.option("--replicas", default=1, show_default=True, help="Processes of the app; more than one stand behind HAProxy.")
@click.option("--pupils", default=30, show_default=True, help="How many pupils are in the room.")
@click.option("--rate", default=4.0, show_default=True, help="Keys a second, each.")
@click.option("--seconds", default=15.0, show_default=True, help="How long they type.")
def main(replicas: int, pupils: int, rate: float, seconds: float) -> None:
    """Play one lesson and print its figures."""
    with running_server(replicas) as server:
        sys.exit(0 if asyncio.run(lesson(server, pupils, rate, seconds)) else 1)


if __name__ == "__main__":
    main()
