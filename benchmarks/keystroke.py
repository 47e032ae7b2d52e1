"""Keystroke to painted in the running app: Chromium types into the default view, slowly and fast.

Run it with `python -m benchmarks.keystroke`; it ends with status 1 where a bar is missed. Every painted frame holds the
gates, the states and the gradients of the whole text. What a keystroke waits for is split into

- send: from the key to the message's departure, waiting for the answer to an earlier one included,
- server: from there until the frame arrives; of it, `capture` and `pack` are timed alone, outside of any server,
  and the rest is transfer: websocket, Streamlit's script run, and the browser's own handling of the message,
- draw: from the frame's arrival until the browser has painted it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks.app_in_browser import PAINTED, PATIENCE, RunningApp, running_app, running_chromium

KEYS = 60
WARM_UP = 8
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
class Pace:
    """One way of typing and the milliseconds allowed for it; None where nothing is promised."""

    name: str
    gap: float
    p50: float | None
    p95: float


PACES = (Pace("4 keys a second", 0.250, 90, 150), Pace("10 keys a second", 0.100, None, 300))


def open_explorer(browser: Browser, app: RunningApp) -> Page:
    """Open the default view as a new visitor, with the caret at the end of its sentence."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(LISTENER)
    page.goto(app.url)
    page.wait_for_selector(PAINTED, timeout=PATIENCE * 1000)
    page.locator(".live textarea").click()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(1500)
    return page


def type_at(page: Page, text: str, gap: float) -> tuple[int, list[dict[str, Any]]]:
    """Type with `gap` seconds from key to key; returns the length before and all that the listener noted."""
    before = len(page.locator(".live textarea").input_value())
    page.evaluate("window.__liveTimes.length = 0")
    started = perf_counter()
    for count, key in enumerate(text):
        page.wait_for_timeout(max(0.0, (started + count * gap - perf_counter()) * 1000))
        page.keyboard.type(key)
    page.wait_for_function(f"window.__liveTimes.some((time) => time.length === {before + len(text)} && time.what === 'seen')")
    noted: list[dict[str, Any]] = page.evaluate("window.__liveTimes")
    return before, noted


def split(before: int, noted: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Milliseconds for each key from press to paint, and for those answered by a frame of their own, where they went."""
    keys = [time["at"] for time in noted if time["what"] == "key"]
    seen = [(time["at"], time["length"]) for time in noted if time["what"] == "seen"]
    sent = {time["length"]: time["at"] for time in noted if time["what"] == "send"}
    came = [time["at"] for time in noted if time["what"] == "receive"]
    rows: dict[str, list[float]] = {"whole": [], "send": [], "server": [], "draw": []}
    for count, pressed in enumerate(keys, start=1):
        painted = min(at for at, length in seen if length >= before + count)
        rows["whole"].append(painted - pressed)
        departed = sent.get(before + count)
        arrivals = [at for at in came if departed is not None and departed < at <= painted]
        if departed is not None and arrivals:
            rows["send"].append(departed - pressed)
            rows["server"].append(arrivals[0] - departed)
            rows["draw"].append(painted - arrivals[0])
    return {name: np.array(values) for name, values in rows.items()}


def time_server_alone(text: str) -> dict[str, float]:
    """Median milliseconds of capture and of packing while the last characters of a text are typed, outside of any server."""
    from streamlit.logger import set_log_level

    from lstm_viz.ui.explore.frames import frame
    from lstm_viz.ui.explore.text import compose
    from lstm_viz.ui.live.frame import pack
    from lstm_viz.ui.view import session

    # Streamlit warns at every look into a session that there is none.
    set_log_level("ERROR")
    start = session.current()
    captured, packed = [], []
    for end in range(len(text) - KEYS, len(text) + 1):
        begun = perf_counter()
        view = type(start)(text[:end], start.model)
        scene = compose(view, session.reader(view.model))
        between = perf_counter()
        pack(*frame(scene))
        captured.append(between - begun)
        packed.append(perf_counter() - between)
    return {"capture": 1000 * float(np.median(captured)), "pack": 1000 * float(np.median(packed))}


def report(pace: Pace, times: dict[str, np.ndarray], alone: dict[str, float]) -> bool:
    """Print one pace's row; returns whether its bars hold."""
    p50, p95 = np.percentile(times["whole"], [50, 95])
    send, server, draw = (float(np.median(times[name])) for name in ("send", "server", "draw"))
    transfer = server - alone["capture"] - alone["pack"]
    held = bool(p95 <= pace.p95 and (pace.p50 is None or p50 <= pace.p50))
    bar = f"{pace.p50:g} / {pace.p95:g}" if pace.p50 else f"– / {pace.p95:g}"
    parts = f"{send:.0f} | {alone['capture']:.1f} | {alone['pack']:.1f} | {transfer:.0f} | {draw:.0f}"
    print(f"| {pace.name} | {p50:.0f} / {p95:.0f} | {bar} | {parts} | {'pass' if held else 'FAIL'} |")
    return held


def main() -> None:
    """Type at both paces and print the table."""
    with running_chromium() as browser, running_app() as app:
        results = []
        for pace in PACES:
            page = open_explorer(browser, app)
            type_at(page, TYPED[:WARM_UP], 0.3)
            before, noted = type_at(page, TYPED[WARM_UP : WARM_UP + KEYS], pace.gap)
            text = page.locator(".live textarea").input_value()
            results.append((pace, before, split(before, noted), noted))
            page.close()
    alone = time_server_alone(text)
    print(f"{KEYS} keys at each pace, text of {results[0][1]} characters at the start; medians in ms\n")
    print("| typing | painted p50 / p95 | bar | send | capture | pack | transfer | draw | |")
    print("|---|---|---|---|---|---|---|---|---|")
    held = [report(pace, times, alone) for pace, _, times, _ in results]
    sizes = [time["bytes"] for time in results[0][3] if time["what"] == "receive"]
    print(f"\nA frame: {np.median(sizes) / 1024:.0f} KiB")
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
