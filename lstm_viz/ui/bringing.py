"""A text of one's own comes to a page: the tale that is here already, what is typed, or a file."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz.text.decoding import UnreadableText, read_text
from lstm_viz.ui.train.tale import NAME, tale
from lstm_viz.ui.view.wording import escaped

EXAMPLE, TYPED, FILE = "A tale that is here already", "My own words", "A file"
_SOURCES = (EXAMPLE, TYPED, FILE)
#: So much of a text is shown where it cannot be edited.
_SHOWN = 700


@dataclass(frozen=True)
class Brought:
    """A text and what it is called; `refused` says in words why it cannot be used, `notes` what else is to be said."""

    name: str
    text: str
    notes: tuple[str, ...] = ()
    refused: str | None = None


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
        source = st.segmented_control(
            wish.question, _SOURCES, key=f"{wish.key}_source", default=EXAMPLE, required=True, width="content",
            persist_state="session",
        )  # fmt: skip
    return {EXAMPLE: _example, TYPED: _typed, FILE: _uploaded}[source](wish)


def take(key: str, upload: UploadedFile, limit: int) -> None:
    """Read a file once; it stays when one comes back from another page, where the browser has forgotten it."""
    kept: tuple[str, Brought] | None = st.session_state.get(f"{key}_file")
    if kept is not None and kept[0] == upload.file_id:
        return
    try:
        file = read_text(upload.getvalue(), limit=limit)
        found = Brought(upload.name, file.text, (f"{escaped(upload.name)}, read as {file.encoding}.", *file.notes))
    except UnreadableText as error:
        found = Brought(upload.name, "", refused=f"{escaped(upload.name)}: {error}.")
    st.session_state[f"{key}_file"] = (upload.file_id, found)


def _example(wish: Wish) -> Brought:
    _excerpt(tale())
    return Brought(NAME, tale())


def _typed(wish: Wish) -> Brought:
    text = st.text_area(
        wish.typed, key=f"{wish.key}_typed", height=180, persist_state="session", placeholder=wish.placeholder
    )
    return Brought("my-text.txt", text or "")


def _uploaded(wish: Wish) -> Brought:
    most = wish.limit // 2**20
    upload = st.file_uploader(wish.file, key=f"{wish.key}_upload", max_upload_size=most)
    if upload is not None:
        take(wish.key, upload, wish.limit)
    kept: tuple[str, Brought] | None = st.session_state.get(f"{wish.key}_file")
    if kept is None:
        # A larger file never leaves the browser, so that nothing can be said of it when it was chosen.
        too_large = f"A file of more than {most} MB turns red above and is not read: cut it first."
        return Brought("", "", refused=f"{wish.wanted} {too_large}")
    if not kept[1].refused:
        _excerpt(kept[1].text)
    return kept[1]


def _excerpt(text: str) -> None:
    more = f" … {len(text):,} characters in all" if len(text) > _SHOWN else ""
    with st.container(height=120):
        st.text(text[:_SHOWN] + more)
