"""What the address does in a real browser: a copied link, a reload and the way back show the same view again."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.browser.explorer import FINISHED
from tests.browser.handles import control, slider, text_box

LONG = "The river is wide, and I cannot cross over. " * 50


def asked(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query, keep_blank_values=True).items()}


def follows(page: Page, **parameters: str) -> None:
    """Wait until the address says so."""
    page.wait_for_function(
        "wanted => Object.entries(wanted).every(([name, value]) => new URLSearchParams(location.search).get(name) === value)",
        arg=parameters,
    )


def test_a_copied_link_opens_the_same_experiment(page: Page, browser: Browser, app_url: str) -> None:
    page.goto("/what_if")
    expect(page.get_by_text("No change yet")).to_be_visible()
    page.get_by_role("button", name="Forget everything", exact=True).click()
    said = page.get_by_text(re.compile("nats a letter instead of"))
    expect(said).to_be_visible()
    follows(page, change="f:all:all:0")
    with browser.new_context(base_url=app_url) as stranger:
        other = stranger.new_page()
        other.goto(page.url)
        expect(other.get_by_text(said.inner_text())).to_be_visible()
        held = other.get_by_role("slider", name=re.compile("forget gate f", re.IGNORECASE))
        expect(held).to_have_value("0")
        assert asked(other)["change"] == "f:all:all:0"


def test_a_text_too_long_for_the_link_survives_a_reload_and_a_stranger_is_told(
    page: Page, browser: Browser, app_url: str
) -> None:
    page.goto("/memory")
    text_box(page).fill(LONG)
    follows(page, long=str(len(LONG)))
    assert "text" not in asked(page)
    expect(page.get_by_text("too long for a link")).to_be_visible()
    page.reload()
    expect(text_box(page)).to_have_value(LONG)
    follows(page, long=str(len(LONG)))
    # The explorer's own box keeps it as well.
    page.goto("/?" + urlsplit(page.url).query)
    expect(text_box(page)).to_have_value(LONG)
    with browser.new_context(base_url=app_url) as stranger:
        other = stranger.new_page()
        other.goto("/memory?" + urlsplit(page.url).query)
        expect(other.get_by_text("was too long for a link")).to_be_visible()
        assert asked(other)["long"] == str(len(LONG))


def test_the_way_back_shows_a_page_as_it_was_left_and_the_menu_keeps_what_one_chose(page: Page) -> None:
    page.goto("/memory?model=counting&text=aaabbb&unit=2&memory-of=layer")
    expect(text_box(page)).to_have_value("aaabbb")
    follows(page, unit="2")
    page.get_by_role("link", name="Gradients").click()
    expect(page.get_by_role("heading", name="What does an answer depend on")).to_be_visible()
    follows(page, text="aaabbb")
    assert "memory-of" not in asked(page)
    text_box(page).fill("ab")
    follows(page, text="ab")
    page.go_back()
    expect(text_box(page)).to_have_value("aaabbb")
    follows(page, text="aaabbb", unit="2", **{"memory-of": "layer"})
    page.go_forward()
    expect(text_box(page)).to_have_value("ab")


def test_what_was_typed_a_moment_before_a_reload_is_still_there_and_no_link_is_overwritten_by_it(page: Page) -> None:
    for path in ("/?text=aab", "/memory?text=aab"):
        page.goto(path)
        expect(text_box(page)).to_have_value("aab")
        page.wait_for_function("performance.getEntriesByType('resource').some(each => each.name.endsWith('/reconnect.js'))")
        page.locator(FINISHED).wait_for()
        text_box(page).fill("typed last")
        page.reload()
        expect(text_box(page)).to_have_value("typed last")
        follows(page, text="typed last")
        text_box(page).fill("typed again")
        page.goto(path)
        expect(text_box(page)).to_have_value("aab")


def test_a_page_that_runs_again_and_again_while_it_is_drawn_shows_what_its_link_sets(page: Page) -> None:
    page.goto("/generate?temperature=1.3&seed=55&length=60&letters-by=entropy&model=shakespeare-lstm")
    page.locator("[data-testid=stApp]").wait_for()
    # Streamlit's own key, as if somebody acted each time before the page is there.
    for _ in range(40):
        page.keyboard.press("r")
        page.wait_for_timeout(40)
    page.locator(FINISHED).wait_for()
    expect(slider(page, "generate_temperature")).to_have_value("1.3")
    expect(control(page, "generate_seed").locator("input")).to_have_value("55")
    follows(page, temperature="1.3", seed="55", length="60", model="shakespeare-lstm", **{"letters-by": "entropy"})


def test_a_network_that_is_gone_is_said_and_the_address_stays_until_something_is_chosen(page: Page) -> None:
    page.goto("/?model=own-trained-lstm-1000-deadbeef&text=The+river+is+wide")
    expect(page.get_by_text("is not on this server")).to_be_visible()
    expect(text_box(page)).to_have_value("The river is wide")
    page.wait_for_function("document.querySelector('.live').dataset.liveLength === '17'")
    assert asked(page)["model"] == "own-trained-lstm-1000-deadbeef"
    text_box(page).press_sequentially("r")
    follows(page, text="The river is wider", model="python-lstm")
