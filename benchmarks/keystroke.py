"""Keystroke to painted in the running app: Chromium types into texts of several lengths, slowly and fast.

Run it with `python -m benchmarks.keystroke`, or with some lengths (60, 300 and 960 letters unless told); it ends with status 1
where a bar is missed. While the keys are typed the text has, in their middle, the named number of letters. It is shown in both
zooms, the overview and All units. Every painted frame holds the gates, the states and the gradients of the whole text. What a
keystroke waits for is split into `send`, from the key to the message's departure, waiting for the answer to an earlier one
included, `server`, from there until the frame arrives (of it, `capture` and `pack` are timed alone, outside of any server, and
the rest is `transfer`: websocket, Streamlit's script run, and the browser's own handling of the message), and `draw`, from the
frame's arrival until the browser has painted it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import click
import numpy as np
from playwright.sync_api import Browser, Page

from tests.app_server import PAINTED, TIMEOUT, RunningApp, running_app, running_chromium

LENGTHS = (60, 300, 960)
ZOOMS = {"overview": "overview", "units": "All units"}
KEYS = 48
WARM_UP = 6
TYPED = "and by a sleep to say we end the heartache and the thousand natural shocks that flesh is heir to "

#: Notes every key, and every painted text once the browser has really put it on the screen.
LISTENER = """
window.__liveTimes = [];
addEventListener("keydown", (event) => {
  if (event.key.length === 1) window.__liveTimes.push({ what: "key", at: performance.now() });
}, true);
window.__livePainted = (length, seq, run, box = "box") => box === "box" && requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => window.__liveTimes.push({ what: "seen", length, at: performance.now() });
  channel.port2.postMessage(0);
});
"""


@dataclass(frozen=True)
class Case:
    """A text's length, how it is shown, and the seconds from key to key."""

    letters: int
    zoom: str = "overview"
    gap: float = 0.25

    @property
    def bars(self) -> tuple[float | None, float | None]:
        """The milliseconds allowed at p50 and p95; None where nothing is promised."""
        if self.gap < 0.25:
            return None, 300
        return (20, None) if self.letters <= 60 else (None, 45) if self.letters <= 300 else (None, 80)


def open_explorer(browser: Browser, app: RunningApp, case: Case) -> Page:
    """Open a text that is so long once half the keys are typed, as a new visitor, with the caret at its end."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(LISTENER)
    text = (TYPED * (case.letters // len(TYPED) + 1))[: max(1, case.letters - KEYS // 2 - WARM_UP)]
    page.goto(f"{app.url}/?{urlencode({'text': text, 'zoom': case.zoom})}")
    page.wait_for_selector(PAINTED, timeout=TIMEOUT * 1000)
    page.locator(".live textarea").click()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(1500)
    return page


def type_at(page: Page, text: str, gap: float) -> tuple[int, list[dict[str, Any]]]:
    """Type into the explorer with `gap` seconds from key to key; returns the length before and all that the listener noted."""
    before = len(page.locator(".live textarea").input_value())
    return before, type_keys(page, text, gap, before)


def type_keys(page: Page, keys: str, gap: float, before: int) -> list[dict[str, Any]]:
    """Type with `gap` seconds from key to key into a text of `before` steps, until all is painted; returns what was noted."""
    page.evaluate("window.__liveTimes.length = 0")
    started = perf_counter()
    for count, key in enumerate(keys):
        page.wait_for_timeout(max(0.0, (started + count * gap - perf_counter()) * 1000))
        page.keyboard.type(key)
    page.wait_for_function(f"window.__liveTimes.some((time) => time.length === {before + len(keys)} && time.what === 'seen')")
    noted: list[dict[str, Any]] = page.evaluate("window.__liveTimes")
    return noted


def split(before: int, noted: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Milliseconds for each key from press to paint, and for those answered by a frame of their own, where they went."""
    keys = [time["at"] for time in noted if time["what"] == "key"]
    paints = [(time["at"], time["length"]) for time in noted if time["what"] == "seen"]
    sent = {time["length"]: time["at"] for time in noted if time["what"] == "send"}
    received = [time["at"] for time in noted if time["what"] == "receive"]
    rows: dict[str, list[float]] = {"whole": [], "send": [], "server": [], "draw": []}
    for count, pressed in enumerate(keys, start=1):
        painted = min(at for at, length in paints if length >= before + count)
        rows["whole"].append(painted - pressed)
        departed = sent.get(before + count)
        arrivals = [at for at in received if departed is not None and departed < at <= painted]
        if departed is not None and arrivals:
            rows["send"].append(departed - pressed)
            rows["server"].append(arrivals[0] - departed)
            rows["draw"].append(painted - arrivals[0])
    return {name: np.array(values) for name, values in rows.items()}


def time_server_alone(text: str, case: Case) -> dict[str, float]:
    """Median milliseconds of capture and of packing while the last characters of a text are typed, outside of any server."""
    from streamlit.logger import set_log_level

    from lstm_viz.reader import Reader
    from lstm_viz.ui.components.live_view.from_text import scene_from_text
    from lstm_viz.ui.components.live_view.memo import Memo
    from lstm_viz.ui.components.live_view.payload import build_payload
    from lstm_viz.ui.frontend.delta import Sender
    from lstm_viz.ui.state.models import available_models, get_model
    from lstm_viz.ui.state.view import View

    # Streamlit warns at every look into a session that there is none.
    set_log_level("ERROR")
    name = available_models()[0]
    reader, memo, sender = Reader(get_model(name).model), Memo(), Sender()
    captured, packed = [], []
    for end in range(len(text) - KEYS, len(text) + 1):
        begun = perf_counter()
        scene = scene_from_text(View(text[:end], name).with_query({"zoom": case.zoom}), reader)
        between = perf_counter()
        sender.pack(*build_payload(scene, memo))
        captured.append(between - begun)
        packed.append(perf_counter() - between)
    return {"capture": 1000 * float(np.median(captured)), "pack": 1000 * float(np.median(packed))}


def report(case: Case, noted: list[dict[str, Any]], times: dict[str, np.ndarray], alone: dict[str, float]) -> bool:
    """Print one case's row; returns whether its bars hold."""
    reached = np.percentile(times["whole"], [50, 95])
    send, server, draw = (float(np.median(times[name])) if len(times[name]) else np.nan for name in ("send", "server", "draw"))
    transfer = server - alone["capture"] - alone["pack"]
    met = all(bar is None or value <= bar for value, bar in zip(reached, case.bars, strict=True))
    bars = " / ".join("–" if bar is None else f"{bar:g}" for bar in case.bars)
    size = np.median([time["bytes"] for time in noted if time["what"] == "receive"]) / 1024
    parts = f"{send:.0f} | {alone['capture']:.1f} | {alone['pack']:.1f} | {transfer:.0f} | {draw:.0f} | {size:.0f}"
    what = f"{case.letters} | {ZOOMS[case.zoom]} | {1 / case.gap:g}"
    print(f"| {what} | {reached[0]:.0f} / {reached[1]:.0f} | {bars} | {parts} | {'pass' if met else 'FAIL'} |", flush=True)
    return met


@click.command(help=__doc__)
@click.argument("lengths", type=click.IntRange(min=1), nargs=-1)
def main(lengths: tuple[int, ...]) -> None:
    """Type into every text and print the table."""
    cases = [Case(letters, zoom) for letters in lengths or LENGTHS for zoom in ZOOMS]
    if not lengths:
        cases.append(Case(LENGTHS[0], gap=0.1))
    print(f"{KEYS} keys each; medians in ms, the size of a frame in KiB\n")
    print("| letters | zoom | keys a second | painted p50 / p95 | bar | send | capture | pack | transfer | draw | frame | |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    met = []
    with running_chromium() as browser, running_app() as app:
        for case in cases:
            page = open_explorer(browser, app, case)
            type_at(page, TYPED[:WARM_UP], 0.25)
            before, noted = type_at(page, TYPED[WARM_UP : WARM_UP + KEYS], case.gap)
            text = page.locator(".live textarea").input_value()
            page.close()
            met.append(report(case, noted, split(before, noted), time_server_alone(text, case)))
    sys.exit(not all(met))


if __name__ == "__main__":
    main()
