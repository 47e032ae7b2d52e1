"""The time series page in Chromium: from a key on a slider to the curve redrawn.

Run it with `python -m benchmarks.series`; it ends with status 1 where the bar is missed.
"""

from __future__ import annotations

import sys

import click
import numpy as np
from playwright.sync_api import Page

from lstm_viz.ui.pages.series.page import QUESTION_TITLES
from lstm_viz.ui.pages.series.state import QuestionId
from tests.app_server import TIMEOUT, running_app, running_chromium
from tests.browser.handles import choose, slider

#: Milliseconds that 95 of 100 answers may take.
BAR = 300.0
MOVES = 24
SERIES = ("yearly-sunspots", "monthly-sunspots", "co2")
QUESTIONS: tuple[QuestionId, ...] = ("good", "gates", "hangs")
CURVE = ".js-plotly-plot"

#: Notes when the first figure of the page, the curve, has been drawn.
LISTENER = f"""
window.__drawn = 0;
document.querySelector('{CURVE}').on('plotly_afterplot', () => {{ window.__drawn = performance.now(); }});
"""


def moves(page: Page) -> np.ndarray:
    """Milliseconds from each press of an arrow key on the slider of steps until the curve is on the screen."""
    page.evaluate(LISTENER)
    slider(page, "series_steps").focus()
    times = []
    for count in range(MOVES + 4):
        page.wait_for_timeout(500)
        before = float(page.evaluate("window.__drawn = 0, performance.now()"))
        page.keyboard.press("ArrowLeft" if count % 2 == 0 else "ArrowRight")
        page.wait_for_function("window.__drawn > 0")
        times.append(float(page.evaluate("window.__drawn")) - before)
    return np.array(times[4:])


@click.command(help=__doc__)
def main() -> None:
    """Measure each series under each question and print the table."""
    print(f"{MOVES} moves of the slider of steps; bar: p95 ≤ {BAR:g} ms\n")
    print("| series | question | p50 / p95 | |\n|---|---|---|---|")
    met = True
    with running_chromium() as browser, running_app() as app:
        for series in SERIES:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(TIMEOUT * 1000)
            page.goto(f"{app.url}/series?series={series}")
            for question in QUESTIONS:
                choose(page, "series_ask", question, QUESTION_TITLES)
                page.locator(CURVE).first.wait_for()
                page.wait_for_timeout(4000)
                p50, p95 = np.percentile(moves(page), [50, 95])
                met &= bool(p95 <= BAR)
                verdict = "pass" if p95 <= BAR else "FAIL"
                print(f"| {series} | {QUESTION_TITLES[question]} | {p50:.0f} / {p95:.0f} | {verdict} |", flush=True)
            page.close()
    sys.exit(not met)


if __name__ == "__main__":
    main()
