"""One's own network, as a person makes it: train, stop, go on, look back, take it to the explorer, keep and load it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from lstm_viz.ui.components.text_source import SOURCES, TYPED
from tests.app_server import PAINTED, TIMEOUT
from tests.browser.handles import choose, control, naming, press, slider, text_box
from tests.facts import facts

WAIT = TIMEOUT * 1000
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT
#: What stands there once the time was measured; an estimate says in brackets that it is one.
MEASURED = re.compile(r"It will take about [^(]+\.$")
TEXT = "one fish, two fish, red fish, blue fish.\n" * 40


def drawn(page: Page, alt: str) -> None:
    """Wait until a picture is really drawn."""
    expect(page.locator(f"[aria-label='{alt}'] .main-svg").first).to_be_visible(timeout=WAIT)


def test_a_sentence_below_a_picture_is_spelled_in_full_where_it_has_room(page: Page) -> None:
    page.goto("/train")
    sentence = "The river is wide and the river is green."
    film = page.locator("[aria-label='A row for each moment of training.']")
    letters = film.locator(".xaxislayer-above .xtick text")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        expect(letters).to_have_text([letter.replace(" ", "␣") for letter in sentence], timeout=WAIT)
    # Far too narrow for all: some are left out again, evenly.
    page.set_viewport_size({"width": 240, "height": 900})
    expect(letters).not_to_have_count(len(sentence), timeout=WAIT)


def test_train_stop_resume_explore_keep_and_load(page: Page, tmp_path: Path) -> None:
    page.set_default_timeout(WAIT)
    page.goto("/train?units=24")
    expect(page.get_by_text(MEASURED)).to_be_visible(timeout=WAIT)
    choose(page, "train_source", TYPED, SOURCES)
    box = control(page, "train_typed").locator("textarea")
    box.fill(TEXT)
    box.blur()
    expect(page.get_by_text(MEASURED)).to_be_visible(timeout=WAIT)

    press(page, "train_start")
    press(page, "train_stop")
    press(page, "train_resume")
    # Another page and back: it goes on, and the text is still there.
    page.get_by_role("link", name="Learn").click()
    expect(page.get_by_role("heading", name="A network with a loop")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Train", exact=True).click()
    expect(box).to_have_value(TEXT, timeout=WAIT)
    expect(naming(page, "all", "1,000 steps").first).to_be_visible(timeout=WORKED)
    drawn(page, "The loss by step of training.")
    drawn(page, "A row for each moment of training.")

    moment = slider(page, "train_at")
    for key, written_after in (("Home", "0 steps"), ("ArrowRight", "1 step"), ("End", "1,000 steps")):
        moment.press(key)
        heading = page.locator("strong").filter(has_text=re.compile(facts("wrote", written_after)))
        expect(heading).to_be_visible(timeout=WAIT)
    with page.expect_download(timeout=WAIT) as download:
        press(page, "train_download")
    kept = tmp_path / download.value.suggested_filename
    download.value.save_as(kept)
    assert kept.name == "lstm_viz-lstm-step-1000.safetensors"

    press(page, "train_open")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(text_box(page)).to_have_value("one fish, two fish, red fish, blue fish.", timeout=WAIT)

    page.get_by_role("link", name="Train", exact=True).click()
    press(page, "train_load")
    page.wait_for_url("**/your_network*")
    page.locator("input[type=file]").set_input_files(kept)
    # The facts are folded up.
    expect(naming(page, "1,000 of 1,000")).to_be_attached(timeout=WORKED)
    press(page, "network_open")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
