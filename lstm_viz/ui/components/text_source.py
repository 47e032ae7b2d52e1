"""A text of one's own comes to a page: the sample tale, what is typed, or a file."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.ui.components.sample_text import NAME, tale
from lstm_viz.ui.components.text_upload import Uploads, show_excerpt, text_upload
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import file_name, foreign

EXAMPLE, TYPED, FILE = "Sample tale", "My own words", "A file"
_SOURCES = (EXAMPLE, TYPED, FILE)
#: So many remarks on a file are shown.
_MOST_NOTES = 6


@dataclass(frozen=True)
class Brought:
    """A text and what it is called; `refused` says in words why it cannot be used, `notes` what else is to be said.

    `starts` has the index of each part's first character, where a network's state is reset; `part_names` their names.
    `own` is True for words of one's own, which are gone when the page is loaded again.
    """

    name: str
    text: str
    notes: tuple[str, ...] = ()
    refused: str | None = None
    starts: tuple[int, ...] = (0,)
    part_names: tuple[str, ...] = ("",)
    own: bool = False


@dataclass(frozen=True)
class Wish:
    """What a page asks for; `key` begins the keys of its controls, `limit` is the largest file in bytes."""

    key: str
    question: str
    typed: str
    placeholder: str
    file: str
    wanted: str
    limit: int


def bring(wish: Wish) -> Brought:
    """Draw the choice of the text and give it back."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = settings.choice(f"{wish.key}_source", "source", _SOURCES, EXAMPLE)
        source = st.segmented_control(wish.question, _SOURCES, required=True, width="content", **chosen.bound())
    return {EXAMPLE: _example, TYPED: _typed, FILE: _uploaded}[source](wish)


def _example(wish: Wish) -> Brought:
    show_excerpt(tale())
    return Brought(NAME, tale())


def _typed(wish: Wish) -> Brought:
    text = st.text_area(
        wish.typed, key=f"{wish.key}_typed", height=180, persist_state="session", placeholder=wish.placeholder
    )
    return Brought("my-text.txt", text or "", own=bool(text and text.strip()))


def _uploaded(wish: Wish) -> Brought:
    uploads = text_upload(wish.file, wish.key, wish.limit)
    if uploads is None:
        # A larger file never leaves the browser, so that nothing can be said of it when it was chosen.
        too_large = f"A file of more than {wish.limit // 2**20} MB turns red above and is not read: cut it first."
        return Brought("", "", refused=f"{wish.wanted} {too_large}")
    if uploads.file is None:
        return Brought(uploads.name, "", refused="Choose another file above.")
    show_excerpt(uploads.file.text)
    return brought_from(uploads)


def brought_from(uploads: Uploads) -> Brought:
    """The text of files that could be read, and what is to be said of it, for Markdown."""
    file = uploads.file
    if file is None:
        return Brought(uploads.name, "", refused=" ".join(f"{foreign(message)}." for message in uploads.refused))
    parts = f", {len(file.starts):,} parts" if len(file.starts) > 1 else ""
    read = f"{file_name(uploads.name)}, read as {foreign(file.encoding)}{parts}."
    notes = (read, *(foreign(note) for note in file.notes[:_MOST_NOTES]))
    return Brought(uploads.name, file.text, notes, starts=file.starts, part_names=file.part_names, own=True)
