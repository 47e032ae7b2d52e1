"""Controls whose values are in the link: restored by a link, a reload, or on return from another page.

A `Setting` ties a Streamlit control to a parameter of the address:

    SCALE = settings.number("fade_scale", "weights", 0.2, 3.0, 1.0)
    times = st.slider("Recurrent weights, times", 0.2, 3.0, step=0.05, **SCALE.widget_args())

`SCALE.value()` is known before the control is drawn. Values from a link are validated: an invalid one gives the default and a
note at the top of the page. Pages with a text box update the address by themselves; other pages, and a fragment that is redrawn
without the box, call `address_bar.follow()` at their end.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from lstm_viz.ui.state import address

Value = TypeVar("Value")
_USED = "settings_used"
#: What the key of a saved value ends with.
SAVED = "_saved"
#: Parameters of the view itself; no setting may use such a name.
RESERVED = frozenset(
    {"model", "layer", "unit", "step", "zoom", "colour", "aim", "symbol", "text", "long"}
    | {"embed", "embed_options", "hide", "present"}
)
#: A number as written in a link; Python's float() would also accept “nan”, “1_000” and digits of other scripts.
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{0,12})?(e-?[0-9]{1,2})?")
#: Longest value that is written into a link, in characters.
MAX_LINK_VALUE = 2000


class InvalidSetting(ValueError):
    """A link's value is not valid; the message lists the valid ones."""


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """A value shown by the control `key` and stored in the address as `name`, unless it is the `default`.

    `read` parses a link's value or raises InvalidSetting, `write` is its inverse; `fit` adjusts a saved value to the options
    offered now. `without_view` is for a page that shows no view: its settings may have the names of the view's parameters.
    """

    key: str
    name: str
    default: Value
    read: Callable[[str], Value]
    write: Callable[[Value], str] = str
    fit: Callable[[Value], Value] = lambda value: value
    without_view: bool = False

    def __post_init__(self) -> None:
        if self.name in RESERVED and not self.without_view:
            raise ValueError(f"{self.name!r} is the view's own parameter; give the setting {self.key!r} another name")

    def value(self) -> Value:
        """Return the current value: the link's when the page was opened by one, else the last choice, else the default."""
        now = address.visit()
        page_settings = _page_settings(now.page)
        page_settings[self.name] = self
        if now.stale:
            now.stale = False
            for setting in page_settings.values():
                setting.forget()
        if self.name in now.pending:
            requested = now.pending.pop(self.name)
            try:
                st.session_state[self._saved_key] = self.read(requested)
            except InvalidSetting as refused:
                self.forget()
                address.refuse(self.name, requested, str(refused))
        # A page may also set the control itself, by its key, before it is first drawn.
        saved: Value = st.session_state.get(self._saved_key, st.session_state.get(self.key, self.default))
        return self.fit(saved)

    def save(self, value: Value) -> None:
        """Save a value as if the user had chosen it."""
        address.visit().pending.pop(self.name, None)
        address.clear_note(self.name)
        st.session_state[self._saved_key] = value

    def forget(self) -> None:
        """Reset to the default."""
        for key in (self._saved_key, self.key):
            st.session_state.pop(key, None)

    def widget_args(self, then: Callable[[], None] | None = None) -> dict[str, Any]:
        """Return the keyword arguments that bind a control to this setting; `then` is called after a change.

        The control must not set a default of its own.
        """
        show(self.key, self.value())

        def save(chosen: Value) -> None:
            self.save(chosen)
            if then is not None:
                then()

        return control_args(self.key, save)

    @property
    def _saved_key(self) -> str:
        return f"{self.key}{SAVED}"


def choice(
    key: str, name: str, options: Sequence[Value], default: Value, names: Mapping[Value, str] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> Setting[Value]:  # fmt: skip
    """Define a setting with several options; `names` are their names in a link (default: printed form), `renamed` those of older
    links.
    """
    called = {option: names[option] if names else slug(option) for option in options}

    def read(requested: str) -> Value:
        requested = (renamed or {}).get(requested, requested)
        for option, link_name in called.items():
            if link_name == requested:
                return option
        raise InvalidSetting(" or ".join(list(called.values())[:12]))

    return Setting(
        key, name, default, read,
        write=lambda value: called.get(value, ""), fit=lambda value: value if value in called else default,
    )  # fmt: skip


def number(
    key: str, name: str, low: float, high: float, default: float, without_view: bool = False
) -> Setting[float]:  # fmt: skip
    """Define a number within bounds; an integer if both bounds and the default are. See `Setting` for `without_view`."""
    whole = all(isinstance(each, int) for each in (low, high, default))

    def read(requested: str) -> float:
        value = float(requested) if _NUMBER.fullmatch(requested) else math.nan
        if not low <= value <= high or (whole and value != int(value)):
            raise InvalidSetting(f"a {'whole ' * whole}number from {low:g} to {high:g}")
        return int(value) if whole else value

    def fit(value: float) -> float:
        return min(max(value, low), high)

    return Setting(key, name, default, read, write=lambda value: f"{value:.10g}", fit=fit, without_view=without_view)


def switch(key: str, name: str, default: bool = False) -> Setting[bool]:
    """Define an on/off setting."""
    return choice(key, name, [True, False], default, {True: "on", False: "off"})


def text(key: str, name: str, default: str = "", longest: int = 300) -> Setting[str]:
    """Define a short text, such as a search term."""

    def read(requested: str) -> str:
        if len(requested) > longest:
            raise InvalidSetting(f"at most {longest} characters")
        return requested.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    return Setting(key, name, default, read)


def span(key: str, name: str, last: int, default: tuple[int, int]) -> Setting[tuple[int, int]]:
    """Define the first and last step of a stretch of a text, from 0 to `last`; in a link they are joined by a dot."""

    def read(requested: str) -> tuple[int, int]:
        match = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,9})", requested)
        if not match or not int(match[1]) <= int(match[2]) <= last:
            raise InvalidSetting(f"two steps from 0 to {last}, such as 0.{last}")
        return int(match[1]), int(match[2])

    def fit(value: tuple[int, int]) -> tuple[int, int]:
        first, end = (min(max(int(each), 0), last) for each in value)
        return min(first, end), max(first, end)

    return Setting(key, name, default, read, write=lambda value: f"{value[0]}.{value[1]}", fit=fit)


def show(key: str, value: object) -> None:
    """Make the control with this key show a value. Call it before the control is drawn.

    A value that is already shown is not set again: the browser would treat it as newer than a choice made meanwhile, and a quick
    second press of an arrow key would be lost. On a newly opened page it is always set: the control is new there and would start
    with its first option.
    """
    now = address.visit()
    if key not in now.shown or key not in st.session_state or st.session_state[key] != value:
        now.shown.add(key)
        st.session_state[key] = value


def control_args(key: str, save: Callable[[Any], None], optional: bool = False) -> dict[str, Any]:
    """Return the keyword arguments of a control whose value the page sets by its key; see `show` and `saver`."""
    return {"key": key, "on_change": saver(key, save, optional)}


def saver(key: str, save: Callable[[Any], None], optional: bool = False) -> Callable[[], None]:
    """Return the callback of the control with this key: it passes the control's value to `save`, None only if it is `optional`.

    Nothing is called where the control is gone. When pages are changed quickly the browser may still report a control of the page
    that was left; Streamlit then takes it for changed and calls back, and an exception would stand in place of the new page. A
    choice that must not be empty is then reported as None, and so is one whose value has not reached the browser, because the run
    that sent it was interrupted.
    """

    def on_change() -> None:
        if key in st.session_state and (optional or st.session_state[key] is not None):
            save(st.session_state[key])

    return on_change


def slug(option: object) -> str:
    """Format an option for the address: `reading-pace`, `0.95`."""
    printed = f"{option:g}" if isinstance(option, float) else str(option)
    return re.sub(r"[^a-z0-9.]+", "-", printed.lower()).strip("-")


def link_parameters() -> dict[str, str | None]:
    """Return the page's settings as address parameters; None for those at their default."""
    now = address.visit()
    pairs: dict[str, str | None] = {}
    for name, setting in _page_settings(now.page).items():
        value = setting.value()
        text = setting.write(value)
        pairs[name] = None if value == setting.default or len(text) > MAX_LINK_VALUE else text
    return pairs


def saved_keys_of_page() -> set[str]:
    """Return the keys under which the settings of the present page are saved."""
    return {f"{setting.key}{SAVED}" for setting in _page_settings(address.visit().page).values()}


def _page_settings(page: str) -> dict[str, Setting[Any]]:
    """Return every setting that this session has used on a page, by its name in the address."""
    pages: dict[str, dict[str, Setting[Any]]] = st.session_state.setdefault(_USED, {})
    return pages.setdefault(page, {})
