"""Every page in light and dark: axe-core finds nothing serious, keys reach everything, nothing is wider than the window."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.app_server import PAINTED
from tests.browser.test_page_layout import NAMES, settled

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
#: Streamlit's own parts, which the app cannot change: its toolbar, its file upload, and what it fades while a run of the script
#: replaces it.
STREAMLIT_S_OWN = [
    "[data-testid=stToolbar]", "[data-testid=stStatusWidget]", "[data-testid=stFileUploaderDropzone]", "[data-stale=true]"
]
FOUND = """async ([exclude, rules]) => {
  // What fades has its colours only at the end.
  const fading = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < 5000);
  await Promise.all(fading.map(({ finished }) => finished.catch(() => {})));
  const { violations } = await axe.run({ exclude: exclude.map((selector) => [selector]) }, {
    resultTypes: ["violations"], ...(rules.length ? { runOnly: rules } : {}),
  });
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}"""
WIDEST = "Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')].map(each => each.scrollWidth))"
#: The parts of Explore that one must reach; a group of choices counts as one.
REACHED = (
    ".stApp [data-testid=stTopNavLink]", ".st-key-glossary button", ".st-key-share button", "[data-part=present]",
    "[data-part=keys]", "[data-part=again]", ".st-key-choose_model input", ".st-key-choose_layer button",
    ".st-key-scroll_row_examples button",
    ".live-write textarea", "[name=live-zoom]", "[data-part=unit]", "[data-part=colour]", "[data-part=play]", "[data-part=step]",
    "[data-part=chart]", ".live-caption", ".live-legend button", ".live-zooming button", ".live-openers button",
    ".st-key-choose_aim input", ".st-key-explore_unit_card button", ".st-key-take_along_explore button",
)  # fmt: skip


def ready(page: Page, title: str) -> None:
    expect(page).to_have_title(f"{title} · lstm_viz")
    settled(page)


def test_no_page_has_a_serious_fault_in_light_or_dark(page: Page, app_url: str) -> None:
    if not AXE.exists() and os.environ.get("LSTM_VIZ_REQUIRE_BROWSER") != "1":
        pytest.skip("axe-core is not here; install it with: npm ci")
    page.emulate_media(reduced_motion="reduce")
    # Wide enough for the menu to show every page. At 200% zoom a window of 1920 pixels is half as wide.
    page.set_viewport_size({"width": 1920, "height": 900})
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto("/")
    page.evaluate(AXE.read_text("utf-8"))
    found = {}
    for place, title in enumerate(NAMES.values()):
        # By the menu: a page that is loaded costs more than what is looked for.
        if place:
            page.get_by_role("link", name=title, exact=True).first.click()
        ready(page, title)
        # The theme changes colours alone. The next page begins with the one that is there.
        for rules, scheme in zip(([], ["color-contrast"]), ("dark", "light")[:: 1 if place % 2 else -1], strict=True):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_function(
                "wanted => getComputedStyle(document.querySelector('.stApp')).colorScheme === wanted", arg=scheme
            )
            faults = page.evaluate(FOUND, [STREAMLIT_S_OWN, rules])
            if faults:
                # What fades in on a busy machine is faint for a while; a fault stays.
                settled(page)
                faults = page.evaluate(FOUND, [STREAMLIT_S_OWN, rules])
            if faults:
                found[f"{title}, {scheme}"] = faults
    assert found == {}
    # No page asks another server for anything.
    assert asked - {""} == {urlsplit(app_url).netloc}


def test_at_twice_the_zoom_no_page_is_wider_than_the_window(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 900})
    page.goto("/units")
    for path in ("units", "series", "train"):
        if path != "units":
            page.get_by_role("link", name=NAMES[path], exact=True).first.click()
        ready(page, NAMES[path])
        page.set_viewport_size({"width": 720, "height": 450})
        page.wait_for_function(f"{WIDEST} <= 720")
        page.set_viewport_size({"width": 1920, "height": 900})


def test_the_tab_key_reaches_everything_on_explore(page: Page) -> None:
    page.goto("/?model=shakespeare-gru&zoom=unit&text=O+gentle")
    page.locator(PAINTED).wait_for()
    page.wait_for_function("document.querySelectorAll('.live-caption').length > 2")
    ready(page, "Explore")
    reached: set[str] = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached |= set(page.evaluate("all => all.filter((each) => document.activeElement?.matches(each))", list(REACHED)))
        if len(reached) == len(REACHED):
            break
    assert set(REACHED) - reached == set()
    # What has the focus is seen to have it.
    page.locator("[data-part=keys]").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
