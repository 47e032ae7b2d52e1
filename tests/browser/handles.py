"""Handles on a page that hold none of its wording: controls by their keys, options by their index, messages by their facts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

from tests.facts import facts


def control(page: Page, key: str) -> Locator:
    """The element of the control (or container) with this key."""
    return page.locator(f".st-key-{key}")


def press(page: Page, key: str) -> None:
    """Press the button with this key."""
    control(page, key).get_by_role("button").click()


def choose(page: Page, key: str, option: object, options: Iterable[object]) -> None:
    """Choose one of a segmented control's options."""
    control(page, key).get_by_role("radio").nth(list(options).index(option)).click()


def slider(page: Page, key: str) -> Locator:
    """The thumb of a slider, which takes arrow keys."""
    return control(page, key).get_by_role("slider")


def move_slider(page: Page, key: str, shown: object, *pressed: str) -> None:
    """Press keys on a slider once it shows a value: a figure above it may be drawn anew before the slider is."""
    thumb = slider(page, key)
    expect(thumb).to_have_value(str(shown))
    for each in pressed:
        thumb.press(each)


def naming(page: Page | Locator, *named: object) -> Locator:
    """The innermost texts that name all of these, whatever the sentence around them."""
    pattern = re.compile(facts(*named))
    whole = page if isinstance(page, Page) else page.page
    # An element may name them all by two of its children together while one of these names them alone.
    return page.get_by_text(pattern).filter(has_not=whole.locator("*").filter(has_text=pattern))


def text_box(page: Page) -> Locator:
    """The box in which one types, of the live view or above the figures."""
    return page.locator(".live textarea, .text-box textarea")
