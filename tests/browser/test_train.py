"""One's own network, as a person makes it: train, stop, go on, look back, take it to the explorer, keep and load it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.app_server import PAINTED, TIMEOUT

WAIT = TIMEOUT * 1000
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT
#: What stands there once the time was measured; an estimate says in brackets that it is one.
MEASURED = re.compile(r"It will take about [^(]+\.$")
TEXT = "one fish, two fish, red fish, blue fish.\n" * 40


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click(timeout=WAIT)


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
    page.get_by_text("My own words").click()
    box = page.get_by_label("Paste or write at least 400 characters")
    box.fill(TEXT)
    box.blur()
    expect(page.get_by_text("It will take about")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text(MEASURED)).to_be_visible(timeout=WAIT)

    press(page, "Train")
    press(page, "Stop")
    expect(page.get_by_text("It can be resumed without loss.")).to_be_visible(timeout=WAIT)
    press(page, "Resume")
    # Another page and back: it goes on, and the text is still there.
    page.get_by_role("link", name="Learn").click()
    expect(page.get_by_role("heading", name="A network with a loop")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Train", exact=True).click()
    expect(box).to_have_value(TEXT, timeout=WAIT)
    expect(page.get_by_text("Trained for all 1,000 steps")).to_be_visible(timeout=WORKED)
    drawn(page, "The loss by step of training.")
    drawn(page, "A row for each moment of training.")

    slider = page.get_by_role("slider", name="After this many training steps")
    slider.press("Home")
    expect(page.get_by_text("What it wrote after 0 steps")).to_be_visible(timeout=WAIT)
    slider.press("ArrowRight")
    expect(page.get_by_text("What it wrote after 1 step")).to_be_visible(timeout=WAIT)
    slider.press("End")
    expect(page.get_by_text("What it wrote after 1,000 steps")).to_be_visible(timeout=WAIT)
    with page.expect_download(timeout=WAIT) as download:
        press(page, "Download it (.safetensors)")
    kept = tmp_path / download.value.suggested_filename
    download.value.save_as(kept)
    assert kept.name == "lstm_viz-lstm-step-1000.safetensors"

    press(page, "Open it in Explore")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(page.get_by_label("Type here.")).to_have_value("one fish, two fish, red fish, blue fish.", timeout=WAIT)

    page.get_by_role("link", name="Train", exact=True).click()
    page.get_by_role("button", name="Load a saved network").click()
    expect(page.get_by_role("heading", name="What does my own network do?")).to_be_visible(timeout=WAIT)
    page.locator("input[type=file]").set_input_files(kept)
    # The facts are folded up.
    expect(page.get_by_text("1,000 of 1,000")).to_be_attached(timeout=WORKED)
    page.get_by_role("button", name="Open it in Explore").last.click()
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
