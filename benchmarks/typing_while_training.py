"""Typing while somebody else trains: keystroke to painted in the explorer alone, and beside one and two running trainings.

Run it with `python -m benchmarks.typing_while_training`; it ends with status 1 where a bar is missed. Trainings are started on
the train page in visits of their own, whose tabs are then closed; each runs in a process of its own for as long as its
session waits for the visitor to come back. The browser, the server and the trainings share the cores.
"""

from __future__ import annotations

import re
import sys

import click
import numpy as np
import psutil
from playwright.sync_api import Browser

from benchmarks.keystroke import TYPED, WARM_UP, Case, open_explorer, split, type_at
from lstm_viz.ui.pages.train.hyperparameters import STEPS
from tests.app_server import TIMEOUT, RunningApp, running_app, running_chromium
from tests.browser.handles import press

KEYS, GAP = 40, 0.25
#: Milliseconds that 95 of 100 keystrokes may take, however many train beside them.
BAR = 300.0


def begin_training(browser: Browser, app: RunningApp) -> None:
    """Start the longest training that the page offers for its own text, and leave."""
    before = busy(app)
    with browser.new_context(viewport={"width": 1280, "height": 900}) as visitor:
        page = visitor.new_page()
        page.set_default_timeout(TIMEOUT * 1000)
        page.goto(f"{app.url}/train?steps={STEPS[-1]}")
        press(page, "train_start")
        page.get_by_text(re.compile(r"Step \d")).wait_for()
    if busy(app) <= before:
        raise RuntimeError("the training does not run")


def busy(app: RunningApp) -> int:
    """How many processes of the server have worked through the last half second."""
    children = psutil.Process(app.pid).children(recursive=True)
    for child in children:
        child.cpu_percent()
    psutil.cpu_percent(0.5)
    return sum(child.is_running() and child.cpu_percent() > 2 for child in children)


def measure(browser: Browser, app: RunningApp) -> np.ndarray:
    """Milliseconds of each keystroke until it is painted."""
    page = open_explorer(browser, app, Case(60, gap=GAP))
    type_at(page, TYPED[:WARM_UP], GAP)
    times = split(*type_at(page, TYPED[WARM_UP : WARM_UP + KEYS], GAP))["whole"]
    page.close()
    return times


@click.command(help=__doc__)
def main() -> None:
    """Measure and print the table."""
    print(f"{KEYS} keys at {1 / GAP:.0f} a second; bar: p95 ≤ {BAR:g} ms\n")
    print("| trainings beside | painted p50 / p95, ms | ratio to alone, p50 | |\n|---|---|---|---|")
    met, alone = True, np.zeros(0)
    with running_chromium() as browser, running_app() as app:
        for count in range(3):
            if count:
                begin_training(browser, app)
            times = measure(browser, app)
            alone = times if not count else alone
            if busy(app) < count:
                raise RuntimeError("a training ended while keys were timed")
            p50, p95 = np.percentile(times, [50, 95])
            met &= p95 <= BAR
            verdict = "pass" if p95 <= BAR else "FAIL"
            print(f"| {count} | {p50:.0f} / {p95:.0f} | {p50 / np.median(alone):.2f} | {verdict} |", flush=True)
    sys.exit(not met)


if __name__ == "__main__":
    main()
