"""A person's own text: choose a file, explore a window of it, and download the trace."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request

import numpy as np
import pytest
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


def ranges(page: Page) -> list[list[float]]:
    """Download the figure, and return the first steps that its x axes show."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Figure (.html)").click()
    with open(download.value.path(), encoding="utf-8") as file:
        _, _, call = file.read().rpartition("Plotly.newPlot(")
    data = call.index("[")
    _, size = json.JSONDecoder().raw_decode(call[data:])
    layout, _ = json.JSONDecoder().raw_decode(call[call.index("{", data + size) :])
    return [axis["range"] for name, axis in layout.items() if name.startswith("xaxis") and "range" in axis]


def test_the_figure_opens_with_the_steps_that_are_looked_at(page: Page) -> None:
    page.set_default_timeout(TIMEOUT * 1000)
    page.goto("/")
    page.locator(PAINTED).wait_for()
    page.locator(".live textarea").fill("one two three four five six seven eight")
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '39'")
    for _ in range(2):
        page.get_by_role("button", name="Show fewer steps").click()
    found = ranges(page)
    assert len(found) > 5
    first, last = found[0]
    # Half of half of forty columns, around the last step.
    assert last - first == pytest.approx(10, abs=0.5)
    assert last == pytest.approx(38.5, abs=0.5)
    assert all(each == found[0] for each in found)
    page.get_by_role("button", name="All steps").click()
    assert ranges(page) == []


@pytest.mark.parametrize("origin", [None, "http://elsewhere.example"])
def test_an_upload_without_the_token_of_a_page_is_refused(app_url: str, origin: str | None) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"} | ({} if origin is None else {"Origin": origin})
    request = urllib.request.Request(f"{app_url}/_stcore/upload_file/session/file", b"--x--", headers, method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 403
    refusal.value.close()
