"""A reload of the tab keeps what was uploaded, typed or started; another tab finds nothing of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from lstm_viz.ui.components.text_source import FILE, SOURCES, TYPED
from lstm_viz.ui.pages.long_text.page import QUESTION_TITLES
from tests.app_server import TIMEOUT
from tests.browser.handles import choose, control, naming, press, slider

WAIT = TIMEOUT * 1000
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT
#: Where the tab keeps the secrets by which it finds its work.
CLAIM = "sessionStorage.getItem('lstm_viz claim')"
BOOK = "It was the best of times, it was the worst of times.\n" * 1500


@pytest.fixture
def visitor(page: Page) -> Page:
    """A visitor who reloads although the browser asks."""
    page.set_default_timeout(WAIT)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def reload(page: Page) -> None:
    """Reload the page once the tab has heard that there is work to be found again: a moment after it is drawn."""
    page.wait_for_function(CLAIM)
    page.reload()


def test_a_book_is_still_there_while_it_is_scanned_and_afterwards_and_not_in_a_copied_tab(
    visitor: Page, tmp_path: Path
) -> None:
    book = tmp_path / "book.txt"
    book.write_text(BOOK)
    visitor.goto("/your_text")
    choose(visitor, "your_text_source", FILE, SOURCES)
    visitor.locator("input[type=file]").first.set_input_files(book)
    press(visitor, "your_text_bench_start")
    expect(control(visitor, "your_text_bench_stop")).to_be_visible()
    expect(visitor).to_have_url(re.compile("source="))
    reload(visitor)
    expect(naming(visitor, "book.txt").first).to_be_visible()
    answer = control(visitor, "your_text_ask").get_by_text(next(iter(QUESTION_TITLES.values())))
    expect(answer).to_be_visible(timeout=WORKED)
    reload(visitor)
    expect(answer).to_be_visible()
    expect(naming(visitor, "book.txt").first).to_be_visible()
    # A tab that was copied has the secret too, and the first one is still open.
    claim = visitor.evaluate(CLAIM)
    copy = visitor.context.new_page()
    copy.add_init_script(f"sessionStorage.setItem('lstm_viz claim', '{claim}')")
    copy.goto(visitor.url)
    expect(copy.locator("input[type=file]").first).to_be_attached()
    copy.wait_for_timeout(5000)
    expect(naming(copy, "book.txt")).to_have_count(0)
    copy.close()
    expect(answer).to_be_visible()


def test_a_network_of_one_s_own_and_what_was_typed_are_still_there(visitor: Page) -> None:
    visitor.goto("/your_network")
    visitor.get_by_role("button", name="One of 4 units that counts").click()
    press(visitor, "network_open")
    expect(visitor.locator(".live[data-live-seq]")).to_be_visible()
    own = visitor.get_by_label("Network", exact=True).input_value()
    visitor.wait_for_function(CLAIM)
    first = visitor.evaluate(CLAIM)
    # It is on offer on every page, not where its link opens it alone.
    visitor.goto("/your_text?source=my-own-words")
    typed = control(visitor, "your_text_typed").locator("textarea")
    typed.fill("a text that nobody has saved")
    typed.blur()
    expect(control(visitor, "your_text_bench_start")).to_be_visible()
    # The new page has taken over what the first one did, and tells the tab where to find both.
    visitor.wait_for_function(f"first => {CLAIM} !== first", arg=first)
    reload(visitor)
    expect(typed).to_have_value("a text that nobody has saved")
    visitor.get_by_role("link", name="Explore").click()
    # The menu of a page that is still being drawn closes again.
    expect(visitor.locator(".live[data-live-seq]")).to_be_visible()
    visitor.get_by_label("Network", exact=True).click()
    expect(visitor.get_by_role("option", name=own, exact=True)).to_be_visible()
    visitor.keyboard.press("Escape")
    visitor.goto("/your_network")
    expect(control(visitor, "network_open")).to_be_visible()


def test_a_page_reloaded_before_the_work_of_the_load_before_has_come_loses_nothing_of_either(visitor: Page) -> None:
    visitor.goto("/your_text?source=my-own-words")
    typed = control(visitor, "your_text_typed").locator("textarea")
    typed.fill("a text that nobody has saved")
    typed.blur()
    visitor.wait_for_function(CLAIM)
    secret: bytes = visitor.evaluate(CLAIM).encode()
    reloading = [True]

    def withhold(page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        withheld = b"x" * len(secret)
        page.on_message(
            lambda message: server.send(
                message.replace(secret, withheld) if isinstance(message, bytes) and reloading else message
            )
        )

    # What the second load asks for does not come before it is reloaded, however fast the server is.
    visitor.route_web_socket(re.compile("/_stcore/stream"), withhold)
    visitor.goto("/series?series=own")
    pasted = control(visitor, "series_paste").locator("textarea")
    numbers = "\n".join(str(value % 7) for value in range(60))
    pasted.fill(numbers)
    pasted.blur()
    visitor.wait_for_function(f"{CLAIM}.split(' ').length === 2")
    reloading.clear()
    visitor.reload()
    expect(naming(visitor, 60, "rows")).to_be_visible()
    expect(pasted).to_have_value(numbers)
    visitor.wait_for_function(f"{CLAIM}.split(' ').length === 1")
    visitor.goto("/your_text?source=my-own-words")
    expect(typed).to_have_value("a text that nobody has saved")


def test_a_running_job_goes_on_and_pasted_numbers_are_still_there(visitor: Page) -> None:
    visitor.goto("/series?series=own")
    pasted = control(visitor, "series_paste").locator("textarea")
    numbers = "\n".join(str(value % 7) for value in range(60))
    pasted.fill(numbers)
    pasted.blur()
    expect(naming(visitor, 60, "rows")).to_be_visible()
    reload(visitor)
    expect(naming(visitor, 60, "rows")).to_be_visible()
    expect(pasted).to_have_value(numbers)
    visitor.goto("/delays?units=96&longest=200")
    press(visitor, "delays_run_copy_start")
    expect(naming(visitor, "LSTM", "at step").first).to_be_visible(timeout=WORKED)
    reload(visitor)
    expect(control(visitor, "delays_shipped")).to_be_visible()
    press(visitor, "delays_run_copy_stop")
    expect(control(visitor, "delays_run_copy_start")).to_be_visible(timeout=WORKED)


def test_the_window_of_a_file_in_the_explorer_is_still_there(visitor: Page, tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text(BOOK)
    visitor.goto("/")
    opened = visitor.get_by_role("button", name="Open a file")
    opened.click()
    visitor.locator("input[type=file]").first.set_input_files(book)
    begin, size = visitor.locator("[class*=st-key-explore_window_start] input"), slider(visitor, "explore_window_size")
    begin.fill("1041")
    begin.press("Enter")
    for _ in range(3):
        size.press("ArrowRight")
    expect(size).to_have_value("450")
    # Another page and back, then a reload.
    visitor.keyboard.press("Escape")
    visitor.get_by_role("link", name="Learn").click()
    expect(visitor.get_by_role("link", name="Learn")).to_have_attribute("aria-current", "page")
    visitor.get_by_role("link", name="Explore").click()
    opened.click()
    expect(begin).to_have_value("1041")
    reload(visitor)
    opened.click()
    expect(begin).to_have_value("1041")
    expect(size).to_have_value("450")


def test_a_text_whose_box_was_not_left_is_still_in_it(visitor: Page) -> None:
    visitor.goto("/your_text?source=my-own-words")
    typed = control(visitor, "your_text_typed").locator("textarea")
    typed.fill("sent before")
    typed.blur()
    expect(control(visitor, "your_text_bench_start")).to_be_visible()
    typed.press("Control+End")
    typed.press_sequentially(", and typed after")
    typed.press("Home")
    reload(visitor)
    expect(typed).to_have_value("sent before, and typed after")
    expect(typed).to_be_focused()
    # The caret is where it was; what is typed on is one text with what was there.
    typed.press("End")
    for _ in range(len("after")):
        typed.press("Backspace")
    typed.press_sequentially("then")
    typed.blur()
    expect(control(visitor, "your_text_bench_start")).to_contain_text("27")
    # Starting over drops it.
    typed.press_sequentially("x")
    visitor.locator(".page-tools [data-part=again]").click()
    choose(visitor, "your_text_source", TYPED, SOURCES)
    visitor.wait_for_timeout(2000)
    expect(typed).to_have_value("")


def test_starting_over_begins_without_it(visitor: Page) -> None:
    visitor.goto("/your_text")
    choose(visitor, "your_text_source", TYPED, SOURCES)
    typed = control(visitor, "your_text_typed").locator("textarea")
    typed.fill("a text that nobody wants")
    typed.blur()
    expect(control(visitor, "your_text_bench_start")).to_be_visible()
    visitor.locator(".page-tools [data-part=again]").click()
    choose(visitor, "your_text_source", TYPED, SOURCES)
    visitor.wait_for_timeout(5000)
    expect(typed).to_have_value("")


def test_a_scan_of_units_goes_on(visitor: Page) -> None:
    visitor.goto("/what_if?ask=ablation")
    press(visitor, "what_if_start")
    expect(control(visitor, "what_if_stop")).to_be_visible()
    reload(visitor)
    # It runs, or has ended meanwhile; only a page without a scan draws no figure and offers the first one.
    ranked = visitor.locator("[aria-label^='The units this text needs most']")
    expect(control(visitor, "what_if_stop").or_(ranked).first).to_be_visible()


def test_a_text_that_was_written_again_from_a_letter_is_still_there(visitor: Page) -> None:
    # The seed alone would bring back the first text, not this one.
    visitor.goto("/generate?pace=0")
    texts = visitor.locator(".generated-text")
    is_still = """epoch => {
        const texts = document.querySelector(".generated-texts");
        return texts?.dataset.going === "false" && texts.dataset.epoch !== epoch;
    }"""
    visitor.wait_for_function(is_still, arg=None)
    first = texts.first.inner_text()
    epoch = visitor.locator(".generated-texts").get_attribute("data-epoch")
    texts.first.locator(".generated-letters span").nth(11).click()
    visitor.get_by_role("button", name="Write again from here").click()
    visitor.wait_for_function(is_still, arg=epoch)
    again = texts.first.inner_text()
    assert again != first
    reload(visitor)
    expect(texts.first).to_have_text(again, use_inner_text=True)
