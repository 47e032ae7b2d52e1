"""How much memory the server holds: after the first visitor has typed a line, and with ten visitors at once.

Run it with `python -m benchmarks.memory`.
"""

from __future__ import annotations

import psutil
from playwright.sync_api import Browser, Page

from tests.app_server import PAINTED, TIMEOUT, RunningApp, running_app, running_chromium

LINE = "and so the long day ended where it had begun"
VISITORS = 10


def visit(browser: Browser, app: RunningApp) -> Page:
    """Open the explorer as a new visitor and type a line."""
    page = browser.new_page()
    page.goto(app.url)
    page.wait_for_selector(PAINTED, timeout=TIMEOUT * 1000)
    page.locator("textarea").first.press_sequentially(LINE, delay=50)
    # Typing rests before the frame of the last character is asked for and drawn.
    page.wait_for_timeout(1000)
    return page


def resident(app: RunningApp) -> float:
    """The server's resident memory in MB, shared libraries included."""
    return float(psutil.Process(app.pid).memory_info().rss) / 2**20


def main() -> None:
    """Print the server's resident memory with one visitor and with more."""
    with running_chromium() as browser, running_app() as app:
        print("| the server holds | MB |\n|---|---|")
        print(f"| before anyone came | {resident(app):.0f} |")
        pages = [visit(browser, app)]
        first = resident(app)
        print(f"| after the first visitor typed a line | {first:.0f} |")
        pages += [visit(browser, app) for _ in range(VISITORS - 1)]
        each = (resident(app) - first) / (VISITORS - 1)
        print(f"| with {len(pages)} visitors | {resident(app):.0f} ({each:+.1f} each) |")


if __name__ == "__main__":
    main()
