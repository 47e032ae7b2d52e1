"""Controls whose values are in the link: they come back with it, after a reload, and on the way back from another page.

A `Setting` ties a Streamlit control to a parameter of the address:

    SCALE = settings.number("fade_scale", "weights", 0.2, 3.0, 1.0)
    times = st.slider("Recurrent weights, times", 0.2, 3.0, step=0.05, **SCALE.bound())

`SCALE.value()` is known before the control is drawn. What a link asks for is checked: what makes no sense gives the default and a
note at the top of the page. On pages with a box (`board.write`) the address follows by itself; the others, and a fragment that is
drawn again without the box, call `board.follow()` at their end.
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
#: What the view itself writes into the address: no setting may have such a name.
RESERVED = frozenset(
    {"model", "layer", "unit", "step", "zoom", "colour", "aim", "symbol", "text", "long", "embed", "embed_options"}
)
#: A number as a link has it; Python's float would also take “nan”, “1_000” and other scripts' digits.
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{0,12})?(e-?[0-9]{1,2})?")
#: The longest value that is written into a link, in characters.
MAX_LINK_VALUE = 2000


class InvalidSetting(ValueError):
    """A link asks for something that cannot be had; the message says what can."""


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """A value that a control of this `key` shows and the address has under `name`, unless it is the `default`.

    `read` makes a value of what a link says or raises Refused, `write` is its reverse; `fit` moves a remembered value to what is
    offered now.
    """

    key: str
    name: str
    default: Value
    read: Callable[[str], Value]
    write: Callable[[Value], str] = str
    fit: Callable[[Value], Value] = lambda value: value

    def __post_init__(self) -> None:
        if self.name in RESERVED:
            raise ValueError(f"{self.name!r} is the view's own parameter; give the setting {self.key!r} another name")

    def value(self) -> Value:
        """The value now: what a link asked for when the page was opened, else what was chosen last, else the default."""
        now = address.visit()
        used = _page_settings(now.page)
        used[self.name] = self
        if now.stale:
            now.stale = False
            for setting in used.values():
                setting.forget()
        if self.name in now.pending:
            requested = now.pending.pop(self.name)
            try:
                st.session_state[self._saved_key] = self.read(requested)
            except InvalidSetting as refused:
                self.forget()
                address.refuse(self.name, requested, str(refused))
        # A page may also set the control itself, by its key, before it is drawn for the first time.
        saved: Value = st.session_state.get(self._saved_key, st.session_state.get(self.key, self.default))
        return self.fit(saved)

    def save(self, value: Value) -> None:
        """Remember a value, as if it had been chosen."""
        address.visit().pending.pop(self.name, None)
        address.clear_note(self.name)
        st.session_state[self._saved_key] = value

    def forget(self) -> None:
        """Go back to the default."""
        for key in (self._saved_key, self.key):
            st.session_state.pop(key, None)

    def widget_args(self, then: Callable[[], None] | None = None) -> dict[str, Any]:
        """What a control is given to show this setting and change it: its key and `on_change`; `then` is called after a change.

        The control must not have a default of its own.
        """
        show(self.key, self.value())

        def on_change() -> None:
            chosen = st.session_state[self.key]
            self.save(self.default if chosen is None else chosen)
            if then is not None:
                then()

        return {"key": self.key, "on_change": on_change}

    @property
    def _saved_key(self) -> str:
        return f"{self.key}_kept"


def choice(
    key: str, name: str, options: Sequence[Value], default: Value, names: Mapping[Value, str] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> Setting[Value]:  # fmt: skip
    """One of several options; `names` says how the link calls them, else what they print as; `renamed` what older links say."""
    called = {option: names[option] if names else slug(option) for option in options}

    def read(requested: str) -> Value:
        requested = (renamed or {}).get(requested, requested)
        for option, written in called.items():
            if written == requested:
                return option
        raise InvalidSetting(" or ".join(list(called.values())[:12]))

    return Setting(
        key, name, default, read,
        write=lambda value: called.get(value, ""), fit=lambda value: value if value in called else default,
    )  # fmt: skip


def number(key: str, name: str, low: float, high: float, default: float) -> Setting[float]:
    """A number within bounds; whole where both bounds and the default are."""
    whole = all(isinstance(each, int) for each in (low, high, default))

    def read(requested: str) -> float:
        value = float(requested) if _NUMBER.fullmatch(requested) else math.nan
        if not low <= value <= high or (whole and value != int(value)):
            raise InvalidSetting(f"a {'whole ' * whole}number from {low:g} to {high:g}")
        return int(value) if whole else value

    def fit(value: float) -> float:
        return min(max(value, low), high)

    return Setting(key, name, default, read, write=lambda value: f"{value:.10g}", fit=fit)


def switch(key: str, name: str, default: bool = False) -> Setting[bool]:
    """On or off."""
    return choice(key, name, [True, False], default, {True: "on", False: "off"})


def text(key: str, name: str, default: str = "", longest: int = 300) -> Setting[str]:
    """A short text, such as what is searched for."""

    def read(requested: str) -> str:
        if len(requested) > longest:
            raise InvalidSetting(f"at most {longest} characters")
        return requested.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    return Setting(key, name, default, read)


def show(key: str, value: object) -> None:
    """Make the control of this key show a value; call it before the control is drawn.

    What it shows already is not set again: the browser would take it for newer than what somebody chose there in the meantime,
    and a quick second press of an arrow key would be lost. On a page that was just turned to it is always set: there the control
    is a new one, which begins with its first option else.
    """
    now = address.visit()
    if key not in now.shown or key not in st.session_state or st.session_state[key] != value:
        now.shown.add(key)
        st.session_state[key] = value


def slug(option: object) -> str:
    """An option as the address has it: `reading-pace`, `0.95`."""
    written = f"{option:g}" if isinstance(option, float) else str(option)
    return re.sub(r"[^a-z0-9.]+", "-", written.lower()).strip("-")


def link_parameters() -> dict[str, str | None]:
    """The page's settings as its address has them; None for those that are at their default and need not be there."""
    now = address.visit()
    pairs: dict[str, str | None] = {}
    for name, setting in _page_settings(now.page).items():
        value = setting.value()
        written = setting.write(value)
        pairs[name] = None if value == setting.default or len(written) > MAX_LINK_VALUE else written
    return pairs


def _page_settings(page: str) -> dict[str, Setting[Any]]:
    """Every setting that this session has seen on a page, by its name in the address."""
    pages: dict[str, dict[str, Setting[Any]]] = st.session_state.setdefault(_USED, {})
    return pages.setdefault(page, {})
