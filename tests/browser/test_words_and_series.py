"""The live view of words and of a series: a sentence with its sentiment, and a series with its forecast."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app_server import PAINTED, ROOT, TIMEOUT, running_app
from tests.browser.conftest import WINDOW
from tests.browser.wait_for_plots import at_rest

PLACE = """(step) => {
  const shell = document.querySelector('.live-shell');
  const axis = shell._fullLayout.xaxis;
  return shell.getBoundingClientRect().left + axis._offset + axis.d2p(step);
}"""
#: Answers of a page whose machine is busy are waited for as long as everything else.
WAIT = TIMEOUT * 1000
RANGE = "document.querySelector('.live-shell')._fullLayout.xaxis.range"
AXES = "document.querySelector('.live-shell')?._fullLayout !== undefined"


def settled(page: Page, steps: int) -> None:
    """Wait until so many steps are on the screen and no message is under way."""
    page.wait_for_function(f"document.querySelector('.live').dataset.liveLength === '{steps}'")
    page.wait_for_function(
        "(() => { const last = window.__liveTimes.findLast((time) => time.what === 'send');"
        " return !last || document.querySelector('.live').dataset.liveSeq === String(last.seq); })()"
    )


def opened(page: Page, url: str) -> Page:
    page.set_default_timeout(WAIT)
    page.add_init_script("window.__liveTimes = []")
    page.goto(url)
    page.locator(PAINTED).wait_for()
    page.wait_for_function(AXES)
    return page


@pytest.fixture
def sentiment(shared_page: Page) -> Page:
    """The explorer with the sentiment network and a sentence, opened once for all tests here."""
    shared_page.set_viewport_size(WINDOW)
    if shared_page.locator(PAINTED).count() == 0:
        opened(shared_page, "/?model=sst-lstm&text=A+good+film.")
    shared_page.locator(".live textarea").fill("A good film.")
    settled(shared_page, 4)
    return shared_page


def test_typed_words_are_classified_one_after_another(sentiment: Page) -> None:
    area = sentiment.locator(".live textarea")
    area.fill("")
    area.press_sequentially("This film is terrible", delay=30)
    settled(sentiment, 4)
    expect(sentiment.locator("[data-part=moment]")).to_have_text("‘terrible’ step 3")
    expect(sentiment.locator("[data-part=expect-title]")).to_have_text("The verdict after ‘terrible’")
    classes = ["very negative", "negative", "neutral", "positive", "very positive"]
    expect(sentiment.locator(".live-expect b")).to_have_text(classes)
    expect(sentiment.locator(".live-likeliest b")).to_contain_text("negative")
    expect(sentiment.locator("[data-part=surprise]")).to_contain_text("moves the verdict from")
    expect(sentiment.locator(".live label[for=live-text]")).to_contain_text("word by word")


def test_the_caret_chooses_its_word_also_while_one_types_inside_a_text(sentiment: Page) -> None:
    area = sentiment.locator(".live textarea")
    area.fill("It isn't a bad film.")
    settled(sentiment, 7)
    for _ in range(6):
        sentiment.keyboard.press("ArrowLeft")
    expect(sentiment.locator("[data-part=moment]")).to_have_text("‘bad’ step 4")
    # Two words at once, one of which the network has never seen.
    sentiment.keyboard.insert_text(", zorbly")
    settled(sentiment, 9)
    expect(sentiment.locator("[data-part=moment]")).to_have_text("‘zorbly’ step 6", timeout=WAIT)
    assert area.input_value() == "It isn't a bad, zorbly film."
    expect(sentiment.locator("[data-part=note]")).to_contain_text("‘zorbly’ is not in")
    expect(sentiment.locator("[data-part=surprise]")).to_contain_text("not in the vocabulary")


def test_a_click_on_a_word_shows_the_cell_there(sentiment: Page) -> None:
    at_rest(sentiment)
    box = sentiment.locator(".live-chart").bounding_box()
    assert box is not None
    sentiment.mouse.click(sentiment.evaluate(PLACE, 1), box["y"] + 20)
    expect(sentiment.locator("[data-part=cell-title]")).to_contain_text("‘good’")
    sentiment.wait_for_function("location.search.includes('step=1')")


def test_of_a_long_sentence_the_words_around_the_step_are_shown(sentiment: Page) -> None:
    sentiment.set_viewport_size({"width": 390, "height": 844})
    sentiment.locator(".live textarea").fill("word " * 30)
    settled(sentiment, 30)
    sentiment.wait_for_function(f"{RANGE}[1] === 29.5 && {RANGE}[0] > 19.5")
    sentiment.locator("[data-part=step]").fill("3")
    sentiment.wait_for_function(f"{RANGE}[0] <= 3 && {RANGE}[1] >= 3")
    sentiment.locator(".live textarea").press("End")
    sentiment.keyboard.type("and more")
    settled(sentiment, 32)
    sentiment.wait_for_function(f"{RANGE}[1] === 31.5")
    assert sentiment.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(scope="module")
def series_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with nothing but a stage on it."""
    folder = tmp_path_factory.mktemp("series")
    shutil.copyfile(Path(__file__).with_name("series_page.py"), folder / "app.py")
    (ROOT / "static").mkdir(exist_ok=True)
    (folder / "static").symlink_to(ROOT / "static")
    with running_app(folder / "app.py") as app:
        yield app.url


def test_a_series_is_drawn_in_the_place_of_a_text_and_its_future_is_said_to_be_one(page: Page, series_url: str) -> None:
    opened(page, series_url)
    expect(page.locator(".live textarea")).to_be_hidden()
    expect(page.locator(".live-caption b").first).to_have_text("Sunspots a year")
    page.locator("[data-part=step]").fill("20")
    settled(page, 40)
    expect(page.locator("[data-part=moment]")).to_have_text("1997: 21.5")
    expect(page.locator("[data-part=expect-title]")).to_have_text("After 1997 it expects")
    expect(page.locator(".live-expect b")).to_have_text(["read", "forecast for 1998", "observed", "off by"])
    read, forecast, came, off = (float(text) for text in page.locator(".live-expect em").all_text_contents())
    assert (read, came) == (21.5, 64.3)
    assert off == pytest.approx(abs(came - forecast), abs=0.11)
    expect(page.locator("[data-part=objective]")).to_contain_text("L, the forecast made after 1997.")

    # The first layer names what the network sees of a value.
    page.locator("[data-part=openers] button", has_text="f").click()
    expect(page.locator(".live-term.live-part").first).to_have_text("change of the square root since the value before")

    # A click on a curve chooses its place, and the future is said to be one.
    at_rest(page)
    box = page.locator(".live-chart").bounding_box()
    assert box is not None
    page.mouse.click(page.evaluate(PLACE, 35), box["y"] + 40)
    expect(page.locator("[data-part=expect-title]")).to_have_text("After +4 it expects")
    expect(page.locator(".live-expect b").first).to_have_text("fed back")
    page.get_by_text("All units", exact=True).click()
    settled(page, 40)
    assert "step" not in page.url
    page.locator("[data-part=colour]").select_option("error")
    settled(page, 40)
