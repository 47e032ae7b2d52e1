"""How long until the first view is painted: after a cold start of the server, for a new visitor, and at a reload.

The browser itself says when it had shown the view. Somebody who asks it from outside may hear of it a second later, as it is
busy taking in Plotly then.

Run it with `python -m benchmarks.startup`; it ends with status 1 where a bar is missed.
"""

from __future__ import annotations

import sys
from statistics import median
from time import time

import click
from playwright.sync_api import Browser, Page

from tests.app_server import TIMEOUT, running_app, running_chromium

ROUNDS = 5
SETTLE = 2.0

#: What is measured, and the seconds allowed for it.
BARS = {"cold start of the server": 6.0, "new visitor, server warm": 2.0, "reload": 2.0}

#: The second frame after a view was painted is begun when the first has been shown.
SHOWN = """window.__livePainted = () => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.__shownAt ??= performance.timeOrigin + performance.now();
}))"""


def time_of_first_view(page: Page) -> float:
    """When the page's first view had been shown, in seconds as `time` counts them."""
    page.wait_for_function("window.__shownAt", timeout=TIMEOUT * 1000)
    return float(page.evaluate("window.__shownAt")) / 1000


def time_round(browser: Browser) -> tuple[float, ...]:
    """Seconds to the painted view, in the order of BARS: from the server's start, from an arrival, from a reload."""
    started = time()
    seconds = []
    with running_app() as app:
        for _ in ("cold", "warm"):
            # A context of its own is a visitor of its own: nothing is cached from the one before.
            with browser.new_context() as visitor:
                page = visitor.new_page()
                page.add_init_script(SHOWN)
                page.goto(app.url)
                seconds.append(time_of_first_view(page) - started)
                # The view is there before Plotly is; what comes next shall not wait for the last visitor's rest.
                page.wait_for_timeout(SETTLE * 1000)
                started = time()
                page.reload()
                reload = time_of_first_view(page) - started
                page.wait_for_timeout(SETTLE * 1000)
            started = time()
    return *seconds, reload


@click.command(help=__doc__)
def main() -> None:
    """Print the medians beside their bars."""
    with running_chromium() as browser:
        rounds = [time_round(browser) for _ in range(ROUNDS)]
    print(f"Medians of {ROUNDS} rounds, headless Chromium on the same machine\n")
    print("| first view painted | median s | worst s | bar s |\n|---|---|---|---|")
    met = []
    for (what, bar), times in zip(BARS.items(), zip(*rounds, strict=True), strict=True):
        met.append(median(times) <= bar)
        print(f"| {what} | {median(times):.2f} | {max(times):.2f} | {bar:g} |")
    sys.exit(not all(met))


if __name__ == "__main__":
    main()
