"""Going from page to page: what one has typed is still there on the way back."""

from playwright.sync_api import Page, expect

from tests.app_server import PAINTED, TIMEOUT
from tests.browser.handles import text_box

WAIT = TIMEOUT * 1000
TYPED = "My own words (quite my own)"


def test_typed_text_survives_a_visit_to_another_page(page: Page) -> None:
    page.goto("/")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    page.wait_for_function("document.querySelector('.live-shell')?._fullLayout !== undefined", timeout=WAIT)
    text_box(page).fill(TYPED)
    # Each character is a step, so that the last one shows that all of them were read.
    expect(page.locator("[data-part=step]")).to_have_attribute("max", str(len(TYPED) - 1), timeout=WAIT)

    page.get_by_role("link", name="Learn").click()
    expect(page.get_by_role("heading", name="A network with a loop")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("img", name="One box with a loop")).to_be_visible(timeout=WAIT)

    page.get_by_role("link", name="Explore").first.click()
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(text_box(page)).to_have_value(TYPED)


def test_a_section_opens_what_it_speaks_of(page: Page) -> None:
    # The browser alone knows what stands behind the #: the page finds the part that has the section.
    page.goto("/learn#cell")
    link = page.get_by_role("link", name="See a cell that holds an open bracket")
    # The last section has come, so that nothing moves any more.
    expect(page.get_by_role("heading", name="Glossary")).to_be_visible(timeout=WAIT)
    with page.context.expect_page(timeout=WAIT) as opened:
        link.click(timeout=WAIT)
    explorer = opened.value
    expect(explorer.locator(PAINTED)).to_be_visible(timeout=WAIT)
    expect(text_box(explorer)).to_have_value("The cat (who was very old) sat on a mat.")
    expect(explorer.locator("[data-part=unit]")).to_have_value("243")
