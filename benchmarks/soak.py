"""A long lesson: people type, change pages, upload, train, leave and come back; the server must stay as small and quiet as ever.

Run it with `python -m benchmarks.soak --minutes 30`; it ends with status 1 where a bar is missed. Most people are WebSocket
clients that type and change pages, as in `benchmarks.classroom`; some sit at a real Chromium, where they also upload texts and
train. Memory is the server's with all its processes. The bars: at the end at most 1.15 times the memory after the first minutes,
no error in the server's log, and neither a process nor a folder left when the server has ended.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep

import click
import psutil
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.classroom import Server, Visitor, connect_visitor
from tests.app_server import PAINTED, TIMEOUT, RunningApp, running_app, running_chromium
from tests.browser.handles import press

BAR = 1.15
#: Minutes after which the memory counts as settled.
SETTLED = 5.0
PAGES = ("", "gradients", "memory", "units", "what_if", "sentiment", "generate", "series", "delays", "learn")
#: Seconds that a person stays before leaving, at least and at most, and the keys pressed a second.
STAY, RATE = (40.0, 120.0), 2.0
TALE = "The bear (an old one) sleeps in the wood, and the fox asks: is it spring? " * 60
#: What the server's log says about a fault, of Python or of Streamlit.
FAULT = re.compile(r"Traceback|ERROR|Error\b|Exception|does not exist anymore")
#: How many lines of the log are printed from such a line on.
CONTEXT = 60


async def live(server: Server, index: int, rate: float, end: float, counts: dict[str, int]) -> None:
    """Be one person until the end: come, type, look at pages, leave, and come back as somebody new."""
    rng = random.Random(index)
    while perf_counter() < end:
        visitor = await connect_visitor(server, index)
        readers = [asyncio.ensure_future(each) for each in (visitor.read_socket(), visitor.read_page())]
        counts["visits"] += 1
        until = min(end, perf_counter() + rng.uniform(*STAY))
        while perf_counter() < until:
            await visitor.type(rate, min(rng.uniform(3.0, 12.0) * RATE / rate, until - perf_counter()))
            await look_at_pages(visitor, rng, rate)
        counts["keys"] += visitor.typed
        for reader in readers:
            reader.cancel()
        await visitor.socket.close()
        await visitor.page.close()


async def look_at_pages(visitor: Visitor, rng: random.Random, rate: float) -> None:
    """Open two other pages by the menu and come back to Explore."""
    for name in (*rng.sample(PAGES[1:], 2), ""):
        message = BackMsg()
        message.rerun_script.page_name = name
        await visitor.page.send(message.SerializeToString())
        await asyncio.sleep(rng.uniform(1.0, 4.0) * RATE / rate)


def sit_at_a_browser(browser: Browser, app: RunningApp, end: float, counts: dict[str, int]) -> None:
    """Upload a text and explore it, train a network for a few steps, leave in the middle, and come back."""
    while perf_counter() < end:
        with browser.new_context(base_url=app.url, viewport={"width": 1280, "height": 900}) as visitor:
            visitor.set_default_timeout(TIMEOUT * 1000)
            page = visitor.new_page()
            try:
                upload(page)
                counts["uploads"] += 1
                page.get_by_role("link", name="Train").click()
                press(page, "train_start")
                page.get_by_text(re.compile(r"Step \d")).first.wait_for()
                counts["trainings"] += 1
                sleep(5)
            except PlaywrightTimeout:
                # Where the machine is too slow for a step, the visitor leaves, and the next one tries.
                counts["left without patience"] += 1


def upload(page: Page) -> None:
    """Open a text of one's own in Explore."""
    page.goto("/")
    page.locator(PAINTED).wait_for()
    page.get_by_role("button", name="Open a file").click()
    file = {"name": "bear.txt", "mimeType": "text/plain", "buffer": TALE.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Explore these").click()
    page.wait_for_function("document.querySelector('.live')?.dataset.liveLength === '300'")


def memory(app: RunningApp) -> tuple[float, list[float]]:
    """Return the memory of the server and of each of its processes, in MB; what they share counts once."""
    server = psutil.Process(app.pid)
    jobs = []
    for each in server.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            jobs.append(each.memory_full_info().pss / 1e6)
    return server.memory_full_info().pss / 1e6, jobs


def watch(app: RunningApp, end: float, samples: list[tuple[float, float]], ended: Event) -> None:
    """Note the memory every ten seconds."""
    begun = perf_counter()
    while perf_counter() < end and not ended.wait(10.0):
        try:
            server, jobs = memory(app)
        except psutil.NoSuchProcess:
            continue
        samples.append(((perf_counter() - begun) / 60, server + sum(jobs)))
        minute, total = samples[-1]
        print(f"minute {minute:.1f}: {total:.0f} MB, the server alone {server:.0f}, {len(jobs)} jobs", flush=True)


@click.command(help=__doc__)
@click.option("--minutes", default=30.0, show_default=True, help="How long they stay.")
@click.option("--people", default=30, show_default=True, help="How many are there at a time.")
@click.option("--browsers", default=2, show_default=True, help="How many of them sit at a real browser, upload and train.")
@click.option("--rate", default=RATE, show_default=True, help="Keys a second, each; with fewer, pages change more slowly too.")
def main(minutes: float, people: int, browsers: int, rate: float) -> None:
    """Print what the server took and left."""
    counts = dict.fromkeys(("visits", "keys", "uploads", "trainings", "left without patience"), 0)
    samples: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        log, temporary = Path(folder) / "log", Path(folder) / "temporary"
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        with running_app(log=log) as app:
            pids, end, ended = {app.pid}, perf_counter() + 60 * minutes, Event()
            watcher = Thread(target=watch, args=(app, end, samples, ended))
            watcher.start()
            sitting = [Thread(target=_browse, args=(app, end, counts)) for _ in range(browsers)]
            for each in sitting:
                each.start()
            try:
                asyncio.run(_type(Server(app.url, (app.pid,)), people - browsers, rate, end, counts))
            finally:
                for each in sitting:
                    each.join()
                ended.set()
                watcher.join()
            pids |= {each.pid for each in psutil.Process(app.pid).children(recursive=True)}
        lines = log.read_text("utf-8", "replace").splitlines()
        faults = [number for number, line in enumerate(lines) if FAULT.search(line)]
        # Processes notice the end of the server by themselves, within seconds.
        deadline = perf_counter() + 15
        while (alive := [pid for pid in pids if psutil.pid_exists(pid)]) and perf_counter() < deadline:
            sleep(0.2)
        folders = sorted(each.name for each in temporary.iterdir() if not each.name.startswith(("playwright", ".org.chromium")))
    settled = next((mb for minute, mb in samples if minute >= min(SETTLED, minutes / 3)), samples[-1][1])
    final = sorted(mb for minute, mb in samples if minute >= 0.9 * minutes) or [samples[-1][1]]
    ratio = final[len(final) // 2] / settled
    print(f"\n{minutes:g} minutes, {people} people: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
    print(f"memory: {settled:.0f} MB once settled, {final[len(final) // 2]:.0f} MB at the end, ratio {ratio:.2f} (bar {BAR})")
    print(f"faults in the log: {len(faults)}; processes left: {len(alive)}; folders left: {folders}")
    # A traceback is longer than the lines that give it away.
    for number, line in enumerate(lines):
        if any(-3 <= number - fault <= CONTEXT for fault in faults[:20]):
            print(f"  {line[:200]}")
    sys.exit(bool(ratio > BAR or faults or alive or folders))


async def _type(server: Server, people: int, rate: float, end: float, counts: dict[str, int]) -> None:
    await asyncio.gather(*(live(server, index, rate, end, counts) for index in range(people)))


def _browse(app: RunningApp, end: float, counts: dict[str, int]) -> None:
    with running_chromium() as browser:
        sit_at_a_browser(browser, app, end, counts)


if __name__ == "__main__":
    main()
