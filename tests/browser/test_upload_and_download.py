"""A person's own text: choose a file, explore a window of it, and download the trace."""

from __future__ import annotations

import io

import numpy as np
from playwright.sync_api import Page, expect

from tests.app_server import PAINTED, TIMEOUT

WORDS = "Der Bär (ein alter) schläft im Wald. "


def open_dialogue(page: Page) -> None:
    page.set_default_timeout(TIMEOUT * 1000)
    page.goto("/")
    page.locator(PAINTED).wait_for()
    page.get_by_role("button", name="Open a file").click()


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})


def test_a_window_of_ones_own_file_is_explored_like_typed_text(page: Page) -> None:
    open_dialogue(page)
    choose(page, "bear.txt", (WORDS * 40).encode("cp1252"))
    page.get_by_role("button", name="Explore these").click()
    box = page.locator(".live textarea")
    expect(box).to_have_value((WORDS * 40)[:300])
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '300'")


def test_a_file_that_is_no_text_is_refused_and_the_text_stays(page: Page) -> None:
    open_dialogue(page)
    before = page.locator(".live textarea").input_value()
    choose(page, "picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(200))
    expect(page.get_by_role("alert")).to_contain_text("picture.txt")
    assert page.locator(".live textarea").input_value() == before


def test_the_download_holds_what_was_typed_last(page: Page) -> None:
    page.set_default_timeout(TIMEOUT * 1000)
    page.goto("/")
    page.locator(PAINTED).wait_for()
    page.locator(".live textarea").fill("take (me) away")
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '14'")
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything (.npz)").click()
    with open(download.value.path(), "rb") as file:
        arrays = np.load(io.BytesIO(file.read()), allow_pickle=False)
    assert "".join(arrays["tokens"]) == "take (me) away"
    assert arrays["layer1.f"].shape[0] == 14
