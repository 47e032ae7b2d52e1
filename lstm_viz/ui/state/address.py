"""The address of the page that a person is on: what a link asked for, and what of it could not be had.

A visit begins when a session opens a page, by a link, by the menu, or by going back in the browser. What the address said then
counts for more than what the session remembers; an address without parameters, as the menu opens it, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lstm_viz.ui.state.markdown import escape_block

_VISIT = "address_visit"
#: How much of a value that makes no sense is repeated.
_MAX_QUOTED = 40


@dataclass(eq=False)
class Visit:
    """One stay on a page: `requested` is what its address said at first, `pending` what nobody has taken from it yet.

    `stale` is true as long as what the session remembers of this page has not yet given way to an address that says something.
    `show_notes` says by parameter what could not be had and what is shown instead; `shown` holds the keys of
    the controls that were set in this visit; `placeholder` is where these notes stand on the page.
    """

    page: str
    requested: dict[str, str]
    first: bool
    pending: dict[str, str]
    stale: bool
    notes: dict[str, str] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    placeholder: Any = None


def visit() -> Visit:
    """The visit that this run belongs to."""
    context = get_script_run_ctx()
    page = "" if context is None else context.page_script_hash
    now: Visit | None = st.session_state.get(_VISIT)
    if now is None or now.page != page:
        requested = st.query_params.to_dict()
        first = now is None
        now = st.session_state[_VISIT] = Visit(
            page, requested, first, pending=dict(requested), stale=bool(requested) and not first
        )
    return now


def quote_value(value: str) -> str:
    """What somebody's link said, short enough for a note and harmless in it."""
    return escape_block(value[:_MAX_QUOTED] + "…" * (len(value) > _MAX_QUOTED)) or "nothing"


def add_note(name: str, text: str) -> None:
    """Say that what a link asked for under `name` cannot be had, and what is shown instead; `told` is Markdown."""
    now = visit()
    now.notes[name] = text
    if now.placeholder is not None:
        _render_notes(now)


def refuse(name: str, value: str, possible: str) -> None:
    """Say that a link asks for something that makes no sense, and what would."""
    text = f"This link says {name} = {quote_value(value)}. Possible: {possible}. What is shown is not what the link was made of."
    add_note(name, text)


def clear_note(name: str) -> None:
    """Take back what was said of `name`: somebody has chosen since."""
    visit().notes.pop(name, None)


def show_notes() -> None:
    """Draw what could not be had; call it once at the top of a page."""
    now = visit()
    now.placeholder = st.empty()
    _render_notes(now)


def _render_notes(now: Visit) -> None:
    if now.notes:
        now.placeholder.warning("  \n".join(now.notes.values()), icon=":material/link_off:")
