"""The learn page's way to the pages that show what LSTMs are for."""

from playwright.sync_api import Page, expect

from tests.app_server import TIMEOUT

WAIT = TIMEOUT * 1000


def test_a_use_leads_to_its_page_in_the_same_session(page: Page) -> None:
    page.goto("/learn?part=all")
    expect(page.get_by_role("heading", name="Glossary")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Long-term dependencies").click(timeout=WAIT)
    expect(page.get_by_role("heading", name="How long can a network remember?")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Learn").click()
    for name in ("Sentiment of words and sentences", "Writing sentences", "Time series"):
        expect(page.get_by_role("link", name=name).last).to_be_visible(timeout=WAIT)
