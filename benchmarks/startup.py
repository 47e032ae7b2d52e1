"""How long until the first view is painted: after a cold start of the server, for a new visitor, and at a reload.

Run it with `python -m benchmarks.startup`; it ends with status 1 where a bar is missed.
"""

from __future__ import annotations

import sys
from statistics import median
from time import perf_counter

from playwright.sync_api import Browser

from benchmarks.app_in_browser import PAINTED, PATIENCE, running_app, running_chromium

ROUNDS = 5
SETTLE = 2.0

#: What is measured, and the seconds allowed for it.
BARS = {"cold start of the server": 6.0, "new visitor, server warm": 2.0, "reload": 2.0}


def time_round(browser: Browser) -> tuple[float, ...]:
    """Seconds to the painted view, in the order of BARS: from the server's start, from an arrival, from a reload."""
    started = perf_counter()
    seconds = []
    with running_app() as app:
        for _ in ("cold", "warm"):
            # A context of its own is a visitor of its own: nothing is cached from the one before.
            with browser.new_context() as visitor:
                page = visitor.new_page()
                page.goto(app.url)
                page.wait_for_selector(PAINTED, timeout=PATIENCE * 1000)
                seconds.append(perf_counter() - started)
                # The view is there before Plotly is; what comes next shall not wait for the last visitor's rest.
                page.wait_for_timeout(SETTLE * 1000)
                started = perf_counter()
                page.reload()
                page.wait_for_selector(PAINTED, timeout=PATIENCE * 1000)
                reload = perf_counter() - started
                page.wait_for_timeout(SETTLE * 1000)
            started = perf_counter()
    return *seconds, reload


def main() -> None:
    """Print the medians beside their bars."""
    with running_chromium() as browser:
        rounds = [time_round(browser) for _ in range(ROUNDS)]
    print(f"Medians of {ROUNDS} rounds, headless Chromium on the same machine\n")
    print("| first view painted | median s | worst s | bar s |\n|---|---|---|---|")
    medians = []
    for (what, bar), times in zip(BARS.items(), zip(*rounds, strict=True), strict=True):
        medians.append(median(times) <= bar)
        print(f"| {what} | {median(times):.2f} | {max(times):.2f} | {bar:g} |")
    sys.exit(not all(medians))


if __name__ == "__main__":
    main()
