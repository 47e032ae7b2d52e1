"""Keystroke and slider to painted on the pages of pictures: each page, each question that it answers, in Chromium.

Run it with `python -m benchmarks.pages`, or with the names of some pages; it ends with status 1 where a bar is missed.
A keystroke counts as answered once the letters and every picture of the chosen question show the text with that key in it, a
slider once every picture has been drawn from what it says now. `send` is from the key to the message's departure, `server`
from there until the answer arrives, `draw` from there until the last picture is on the screen; medians in milliseconds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks.keystroke import LISTENER, TYPED, split, type_keys
from tests.app_server import TIMEOUT, RunningApp, running_app, running_chromium

PAGES = ("gradients", "memory", "what_if", "sentiment")
KEYS, GAP = 30, 0.25
MOVES = 12
PARTS = ("send", "server", "draw")
#: Milliseconds that 95 of 100 answers may take.
BAR = 300.0
BOX = ".text-box textarea"
#: The row of questions: its key ends so on every page.
QUESTIONS = "[class*='_ask'] button"
SLIDERS = "[data-testid=stSlider] input"


@dataclass(frozen=True)
class Text:
    """What is read when typing starts, how many steps that is, and the keys, each of which is one step more."""

    start: str
    steps: int
    keys: str


#: With the keys it grows from 40 to 70 characters; where words are read, from 20 to 50 words and marks.
LETTERS = Text("The cat (who was very old) sat on a mat.", 40, TYPED)
WORDS = Text("I went in with low hopes, but then its last half hour turned into one of the loveliest", 19, ",;" * 20)


def text_of(name: str) -> Text:
    """What is typed on a page."""
    return WORDS if name == "sentiment" else LETTERS


@dataclass(frozen=True)
class Answer:
    """What was done on which page, and how long each answer took in milliseconds, whole and in parts."""

    page: str
    question: str
    action: str
    times: dict[str, np.ndarray]

    def row(self) -> str:
        """One line of the table."""
        p50, p95 = np.percentile(self.times["whole"], [50, 95])
        # Messages are told apart by their letters: where a step is a word, the parts are not known.
        known = (name in self.times and self.times[name].size > 0 for name in PARTS)
        parts = (f"{np.median(self.times[name]):.0f}" if there else "–" for name, there in zip(PARTS, known, strict=True))
        verdict = "pass" if self.holds() else "FAIL"
        return f"| {self.page} | {self.question} | {self.action} | {p50:.0f} / {p95:.0f} | {' | '.join(parts)} | {verdict} |"

    def holds(self) -> bool:
        """Whether the bar is met."""
        return bool(np.percentile(self.times["whole"], 95) <= BAR)


def open_page(browser: Browser, app: RunningApp, name: str) -> Page:
    """Open a page as a new visitor with the first model and the first text."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(TIMEOUT * 1000)
    page.add_init_script(LISTENER)
    text = text_of(name)
    page.goto(f"{app.url}/{name}?text={text.start}")
    wait_for_length(page, text.steps)
    return page


def wait_for_length(page: Page, length: int) -> None:
    """Wait until every picture shows a text of this length."""
    page.wait_for_function(f"document.querySelector('.text-box')?.dataset.boxLength === '{length}'")


def answers(page: Page, name: str) -> Iterator[Answer]:
    """Choose each question in turn; type, and move the sliders that it has."""
    text = text_of(name)
    for number in range(max(page.locator(QUESTIONS).count(), 1)):
        question = "–"
        if page.locator(QUESTIONS).count():
            button = page.locator(QUESTIONS).nth(number)
            question = button.inner_text().strip()
            button.click()
        # All that a question needs once, such as other networks, is loaded before the clock runs.
        page.wait_for_timeout(4000)
        page.locator(BOX).first.fill(text.start)
        wait_for_length(page, text.steps)
        type_on(page, text.keys[:6])
        yield Answer(name, question, "key", split(*type_on(page, text.keys[6 : 6 + KEYS])))
        for position in range(page.locator(SLIDERS).count()):
            slider = page.locator(SLIDERS).nth(position)
            if slider.is_visible() and slider.is_enabled() and redraws(page, position):
                yield Answer(name, question, slider.get_attribute("aria-label") or "slider", {"whole": move(page, position)})


def type_on(page: Page, keys: str) -> tuple[int, list[dict[str, Any]]]:
    """Type some keys at the end of the text; returns the steps before and all that the listener noted."""
    box = page.locator(BOX).first
    box.click()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(500)
    before = int(page.evaluate("document.querySelector('.text-box').dataset.boxLength"))
    return before, type_keys(page, keys, GAP, before)


def redraws(page: Page, index: int) -> bool:
    """Whether a slider changes a picture at once; one that only sets up work to be started has no answer to wait for."""
    page.locator(SLIDERS).nth(index).focus()
    page.evaluate("window.__liveTimes.length = 0")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(3000)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1000)
    return bool(page.evaluate("window.__liveTimes.some((time) => time.what === 'seen')"))


def move(page: Page, index: int) -> np.ndarray:
    """Milliseconds from each press of an arrow key on a slider until the next run is wholly on the screen."""
    slider = page.locator(SLIDERS).nth(index)
    slider.focus()
    times = []
    for count in range(MOVES + 2):
        page.wait_for_timeout(400)
        page.evaluate("window.__liveTimes.length = 0")
        before = int(page.evaluate("performance.now()"))
        # Back and forth, so that a slider which stands at its end moves too.
        page.keyboard.press("ArrowLeft" if count % 2 == 0 else "ArrowRight")
        page.wait_for_function("window.__liveTimes.some((time) => time.what === 'seen')")
        page.wait_for_timeout(300)
        painted = page.evaluate("window.__liveTimes.findLast((time) => time.what === 'seen').at")
        times.append(painted - before)
    return np.array(times[2:])


@click.command(help=__doc__)
@click.argument("names", metavar="[PAGE]...", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Measure the pages that are asked for and print the table."""
    print(
        f"{KEYS} keys at 4 a second, {LETTERS.steps} characters at the start, or {WORDS.steps} words; {MOVES} moves of each "
        f"slider; bar: p95 ≤ {BAR:g} ms\n"
    )
    print("| page | question | action | p50 / p95 | send | server | draw | |\n|---|---|---|---|---|---|---|---|")
    met = True
    with running_chromium() as browser, running_app() as app:
        for name in names or PAGES:
            page = open_page(browser, app, name)
            for answer in answers(page, name):
                print(answer.row(), flush=True)
                met &= answer.holds()
            page.close()
    sys.exit(not met)


if __name__ == "__main__":
    main()
