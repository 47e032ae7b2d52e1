"""The current page's address: which parameters a link set, and which of them are invalid.

A visit begins when a session opens a page: by a link, by the menu, or with the browser's back button. Parameters in the address
take precedence over the session's state; an address without parameters, as the menu opens it, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lstm_viz.ui.state.markdown import escape_block

_VISIT = "address_visit"
#: How many characters of an invalid value are quoted.
_MAX_QUOTED = 40


@dataclass(eq=False)
class Visit:
    """One stay on a page.

    `requested` holds the parameters of the address at the start, `pending` those not yet consumed. `stale` is true until the
    page's saved state has been replaced by an address that has parameters. `notes` describes by parameter what is invalid and
    what is shown instead; `shown` holds the keys of the controls set during this visit; `placeholder` is where the notes are
    drawn.
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
    """Return the visit that this script run belongs to."""
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
    """Shorten and escape a value from a link, for use in a note."""
    return escape_block(value[:_MAX_QUOTED] + "…" * (len(value) > _MAX_QUOTED)) or "nothing"


def add_note(name: str, text: str) -> None:
    """Note that the value of parameter `name` is unavailable and what is shown instead; `text` is Markdown."""
    now = visit()
    now.notes[name] = text
    if now.placeholder is not None:
        _render_notes(now)


def refuse(name: str, value: str, possible: str) -> None:
    """Note that a link's value is invalid, and list the valid ones."""
    text = f"This link says {name} = {quote_value(value)}. Possible: {possible}. The default is shown instead."
    add_note(name, text)


def clear_note(name: str) -> None:
    """Remove the note on `name`: the user has chosen a value since."""
    visit().notes.pop(name, None)


def show_notes() -> None:
    """Draw the notes on invalid parameters. Call it once, at the top of a page."""
    now = visit()
    now.placeholder = st.empty()
    _render_notes(now)


def _render_notes(now: Visit) -> None:
    if now.notes:
        now.placeholder.warning("  \n".join(now.notes.values()), icon=":material/link_off:")
