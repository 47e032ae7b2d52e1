"""A person's own text: choose a file, explore a window of it, and download the trace."""

from __future__ import annotations

import io
import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import lstm_viz
from tests.app_server import PAINTED, TIMEOUT

WORDS = "Der Bär (ein alter) schläft im Wald. "


def open_dialogue(page: Page) -> None:
    page.set_default_timeout(TIMEOUT * 1000)
    page.goto("/")
    page.locator(PAINTED).wait_for()
    page.get_by_role("button", name="Open a file").click()


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})


def test_a_file_that_is_no_text_is_refused_and_the_text_stays(page: Page) -> None:
    open_dialogue(page)
    before = page.locator(".live textarea").input_value()
    choose(page, "picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(200))
    expect(page.get_by_role("alert")).to_contain_text("picture.txt")
    assert page.locator(".live textarea").input_value() == before


def exploration(page: Page) -> str:
    """Download the exploration; return the file's path."""
    page.get_by_role("button", name="Take along").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Exploration (.html)").click()
    page.keyboard.press("Escape")
    return str(download.value.path())


def ranges(page: Page) -> list[list[float]]:
    """Return the first steps that the x axes of the downloaded exploration show."""
    written = Path(exploration(page)).read_text("utf-8")
    data, _ = json.JSONDecoder().raw_decode(written.rpartition('id="exploration">')[2])
    layout = data["layers"][0]["figures"]["overview"]["layout"]
    return [axis["range"] for name, axis in layout.items() if name.startswith("xaxis") and "range" in axis]


def show_steps(page: Page, button: str) -> None:
    """Press a button that changes what steps are in view, and wait until the server knows it."""
    before = page.locator(".live").get_attribute("data-live-seq")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".live")).not_to_have_attribute("data-live-seq", before or "")


def test_the_exploration_lives_without_a_connection(page: Page, browser: Browser, tmp_path: Path) -> None:
    page.goto("/?model=shakespeare-lstm&text=To%20be%20or%3C/script%3E&unit=7&step=3&zoom=unit")
    page.locator(PAINTED).wait_for()
    path = tmp_path / "exploration.html"
    path.write_bytes(Path(exploration(page)).read_bytes())
    text, model = "To be or</script>", lstm_viz.load("shakespeare-lstm")
    read = lstm_viz.trace(model, text)
    with browser.new_context(offline=True) as alone:
        saved, asked = alone.new_page(), []
        saved.on("request", lambda request: asked.append(request.url) if request.url.startswith(("http", "ws")) else None)
        saved.goto(path.as_uri())
        saved.locator("#figure .main-svg").first.wait_for()

        def values() -> list[float]:
            titles = saved.locator("#values dd").evaluate_all("(all) => all.map((each) => Number(each.title))")
            return [float(np.float32(title)) for title in titles]

        def expected(layer: int, unit: int, step: int) -> list[float]:
            return [float(read.layers[layer].values[symbol][step, 0, unit]) for symbol in "ifgoch"]

        assert values() == expected(0, 7, 3)
        # The slider moves the step, the numbers and the marks.
        saved.locator("#step").press("ArrowRight")
        assert values() == expected(0, 7, 4)
        saved.wait_for_function("document.querySelector('#figure').layout.shapes.every((shape) => shape.x0 === 4)")
        saved.locator("#layer").select_option(label="2 of 2")
        saved.locator("#unit").fill("11")
        assert values() == expected(1, 11, 4)
        curve = "document.querySelector('#figure').data.find(({name}) => name === 'cell state c of unit 11')"
        saved.wait_for_function(f"Boolean({curve})")
        drawn = np.float32(saved.evaluate(f"Array.from({curve}.y)"))
        np.testing.assert_array_equal(drawn, read.layers[1].c[:, 0, 11])
        # Hovering says the exact value.
        saved.locator("#zoom").select_option("units")
        saved.wait_for_function(
            "document.querySelector('#figure').data.some(({type, name}) => type === 'heatmap' && name !== 'text')"
        )
        box = saved.locator("#figure .subplot.x2y2").bounding_box()
        assert box
        saved.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(saved.locator(".hoverlayer")).to_contain_text("unit")
        assert "".join(saved.locator("#text button").all_inner_texts()) == text.replace(" ", "␣")
        assert asked == []


def test_the_link_is_copied_or_shown_selected(page: Page) -> None:
    page.goto("/?model=counting&text=aab")
    page.locator(PAINTED).wait_for()
    # The whole view is in the address a moment later.
    expect(page).to_have_url(re.compile("aim=next"))
    field, said = page.get_by_label("The link"), page.locator(".take-along [role=status]")
    for lets in (True, False):
        # As on a page over http: no clipboard; and the old command may be refused too.
        page.evaluate(
            """(lets) => {
              Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
              document.execCommand = () =>
                lets && (window.copiedText = getSelection().toString() || document.activeElement.value);
            }""",
            lets,
        )
        page.get_by_role("button", name="Take along").click()
        page.get_by_role("button", name="Copy the link").click()
        if lets:
            expect(said).to_contain_text("Copied")
            expect(field).to_be_hidden()
            copied = page.evaluate("window.copiedText")
        else:
            expect(field).to_be_focused()
            expect(said).to_contain_text("Ctrl+C")
            copied = field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)")
        assert copied == page.url
        assert "text=aab" in copied
        page.keyboard.press("Escape")


def test_downloads_hold_what_was_typed_last_and_is_looked_at_and_a_window_of_ones_own_file_is_explored(page: Page) -> None:
    page.set_default_timeout(TIMEOUT * 1000)
    page.goto("/")
    page.locator(PAINTED).wait_for()
    page.locator(".live textarea").fill("take (me) away")
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '14'")
    page.get_by_role("button", name="Take along").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything (.npz)").click()
    with open(download.value.path(), "rb") as file:
        arrays = np.load(io.BytesIO(file.read()), allow_pickle=False)
    assert "".join(arrays["tokens"]) == "take (me) away"
    assert arrays["layer1.f"].shape[0] == 14
    page.keyboard.press("Escape")
    # The figure opens with the steps that are looked at.
    page.locator(".live textarea").fill("one two three four five six seven eight")
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '39'")
    for _ in range(2):
        show_steps(page, "Show fewer steps")
    found = ranges(page)
    assert len(found) > 5
    first, last = found[0]
    # Half of half of forty columns, around the last step.
    assert last - first == pytest.approx(10, abs=0.5)
    assert last == pytest.approx(38.5, abs=0.5)
    assert all(each == found[0] for each in found)
    show_steps(page, "All steps")
    assert ranges(page) == []
    # A window of one's own file is explored like typed text.
    page.get_by_role("button", name="Open a file").click()
    choose(page, "bear.txt", (WORDS * 40).encode("cp1252"))
    page.get_by_role("button", name="Explore these").click()
    box = page.locator(".live textarea")
    expect(box).to_have_value((WORDS * 40)[:300])
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '300'")


@pytest.mark.parametrize("origin", [None, "http://elsewhere.example"])
def test_an_upload_without_the_token_of_a_page_is_refused(app_url: str, origin: str | None) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"} | ({} if origin is None else {"Origin": origin})
    request = urllib.request.Request(f"{app_url}/_stcore/upload_file/session/file", b"--x--", headers, method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 403
    refusal.value.close()
