"""What a person does in the explorer, and waiting until it is on the screen."""

from __future__ import annotations

from playwright.sync_api import Page

from lstm_viz.ui.state.models import TITLES
from tests.app_server import PAINTED
from tests.browser.conftest import WINDOW

#: A page whose script has ended.
FINISHED = "[data-testid=stApp][data-test-script-state=notRunning]"
MODEL = "new URLSearchParams(location.search).get('model')"
LENGTH = "document.querySelector('.live').dataset.liveLength"
ANSWERED = """(() => {
  const last = window.__liveTimes.findLast((time) => time.what === "send");
  return !last || document.querySelector(".live").dataset.liveSeq === String(last.seq);
})()"""


def open_explorer(page: Page, url: str) -> None:
    """Open a link to the explorer; its first view is painted and Plotly's axes are in place."""
    page.add_init_script("window.__liveTimes = []")
    page.goto(url)
    page.locator(PAINTED).wait_for()
    page.wait_for_function("document.querySelector('.live-shell')?._fullLayout !== undefined")


def return_to_explorer(page: Page, model: str = "python-lstm") -> None:
    """Open the explorer unless the page shows it; restore what a new text does not: window, colours, network and zoom."""
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="light")
    if page.locator(PAINTED).count() == 0:
        open_explorer(page, f"/?model={model}")
    page.locator(FINISHED).wait_for()
    if page.evaluate(MODEL) != model:
        choose_network(page, model)
    show(page, "overview")


def show(page: Page, zoom: str) -> None:
    """Show overview, all units or one unit, and wait until what that needs has come."""
    page.locator(f"label:has(> input[name=live-zoom][value={zoom}])").click()
    page.wait_for_function(ANSWERED)


def choose_network(page: Page, model: str) -> None:
    """Choose a network and wait until its name is in the link, as it is once its first frame is drawn."""
    page.get_by_role("combobox", name="Network").click()
    page.get_by_role("option", name=TITLES[model], exact=True).click()
    page.wait_for_function(f"model => {MODEL} === model", arg=model)
    page.locator(FINISHED).wait_for()


def write(page: Page, text: str) -> None:
    """Replace the text as a person would, and wait until it is painted."""
    page.locator(".live textarea").fill(text)
    settled(page, len(text))


def settled(page: Page, length: int) -> None:
    """Wait until a text of this length is on the screen and no message is under way."""
    page.wait_for_function(f"{LENGTH} === '{length}'")
    page.wait_for_function(ANSWERED)
