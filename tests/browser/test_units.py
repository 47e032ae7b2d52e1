"""The units page in a browser: arrow keys go through the units, but not while somebody types; the figures are drawn."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.app_server import TIMEOUT

WAIT = TIMEOUT * 1000
TEXT = "The cat (who was very old) sat on a mat."


def opened(page: Page, question: str, **link: str) -> None:
    page.goto(f"/units?ask={question}&text={TEXT}" + "".join(f"&{name}={value}" for name, value in link.items()))
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT)
    page.wait_for_function("document.querySelector('.figure-plot')?._fullLayout !== undefined", timeout=WAIT)


def test_arrow_keys_go_through_the_units_but_not_while_typing(page: Page) -> None:
    opened(page, "card", model="python-lstm", unit="243")
    unit = page.get_by_role("spinbutton", name="Unit")
    expect(unit).to_have_value("243")
    page.get_by_role("heading", name="What do single units do?").click()
    page.keyboard.press("ArrowRight")
    expect(unit).to_have_value("244", timeout=WAIT)
    page.keyboard.press("ArrowLeft")
    expect(unit).to_have_value("243", timeout=WAIT)
    page.wait_for_function("location.search.includes('unit=243')", timeout=WAIT)
    box = page.locator(".text-box textarea").first
    box.click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("x")
    page.wait_for_function(f"document.querySelector('.text-box')?.dataset.boxLength === '{len(TEXT) + 1}'", timeout=WAIT)
    expect(unit).to_have_value("243")


def test_the_marked_stretch_is_drawn_and_a_place_can_be_chosen(page: Page) -> None:
    opened(page, "match", model="python-lstm")
    page.wait_for_function("document.querySelectorAll('.passages .token-text').length >= 1", timeout=WAIT)
    page.locator(".passages .token-text span").nth(3).click()
    page.wait_for_function("!location.search.includes('step=-1')", timeout=WAIT)


def test_explore_opens_the_card_of_its_unit(page: Page) -> None:
    page.goto(f"/?model=python-lstm&text={TEXT}&unit=243&zoom=unit&colour=unit.c")
    page.get_by_role("button", name="What does this unit do?").click(timeout=WAIT)
    expect(page).to_have_title("Units · lstm_viz", timeout=WAIT)
    expect(page.get_by_role("spinbutton", name="Unit")).to_have_value("243", timeout=WAIT)
