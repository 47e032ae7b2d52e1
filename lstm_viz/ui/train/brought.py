"""The text that is to be learned: an example that is there already, one's own words, or a file."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz.text.decoding import UnreadableText, read_text
from lstm_viz.training.material import LARGEST, LEAST, Material, UnfitText, prepare_text
from lstm_viz.ui.train.tale import NAME, tale

EXAMPLE, TYPED, FILE = "A tale that is here already", "My own words", "A file"
_SOURCES = (EXAMPLE, TYPED, FILE)
#: The largest file that is read, in bytes.
_LIMIT = 2 * 2**20
#: So much of a text is shown where it cannot be edited.
_SHOWN = 700
_KEPT, _MATERIAL = "train_file", "train_material"


@dataclass(frozen=True)
class Brought:
    """A text and what it is called; `refused` says in words why it cannot be learned, `notes` what else is to be said."""

    name: str
    text: str
    notes: tuple[str, ...] = ()
    refused: str | None = None


def bring() -> tuple[Brought, Material | None]:
    """Draw the choice of the text; gives it back with what can be learned from it (None where nothing can)."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        source = st.segmented_control(
            "What shall it learn from?", _SOURCES, key="train_source", default=EXAMPLE, required=True, width="content",
            persist_state="session",
        )  # fmt: skip
    brought = {EXAMPLE: _example, TYPED: _typed, FILE: _uploaded}[source]()
    material, refused = (None, brought.refused) if brought.refused else _material(brought.text)
    brought = Brought(brought.name, brought.text, brought.notes, refused)
    if refused:
        st.info(refused, icon=":material/info:")
    for note in (*brought.notes, *([material.note] if material is not None and material.note else [])):
        st.caption(note)
    return brought, material


def _example() -> Brought:
    _excerpt(tale())
    return Brought(NAME, tale())


def _typed() -> Brought:
    text = st.text_area(
        f"Paste or write at least {LEAST} characters, then click outside the box", key="train_typed", height=180,
        persist_state="session", placeholder="A poem, a chapter, a recipe book, your own letters, source code …",
    )  # fmt: skip
    return Brought("my-text.txt", text or "")


def _uploaded() -> Brought:
    upload = st.file_uploader("A text file in any common encoding", key="train_upload", max_upload_size=_LIMIT // 2**20)
    if upload is not None:
        _take(upload)
    kept: tuple[str, Brought] | None = st.session_state.get(_KEPT)
    if kept is None:
        return Brought("", "", refused=f"Choose a file: plain text of {LEAST} to {LARGEST:,} characters. It is kept nowhere.")
    if not kept[1].refused:
        _excerpt(kept[1].text)
    return kept[1]


def _take(upload: UploadedFile) -> None:
    """Read a file once; it stays when one comes back from another page, where the browser has forgotten it."""
    kept: tuple[str, Brought] | None = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == upload.file_id:
        return
    try:
        file = read_text(upload.getvalue(), limit=_LIMIT)
        found = Brought(upload.name, file.text, (f"{upload.name}, read as {file.encoding}.", *file.notes))
    except UnreadableText as error:
        found = Brought(upload.name, "", refused=f"{upload.name}: {error}.")
    st.session_state[_KEPT] = (upload.file_id, found)


def _excerpt(text: str) -> None:
    more = f" … {len(text):,} characters in all" if len(text) > _SHOWN else ""
    with st.container(height=120):
        st.text(text[:_SHOWN] + more)


def _material(text: str) -> tuple[Material | None, str | None]:
    """What can be learned from a text, found out once; or the words that say why nothing can."""
    kept: tuple[str, tuple[Material | None, str | None]] | None = st.session_state.get(_MATERIAL)
    if kept is None or kept[0] != text:
        try:
            found: tuple[Material | None, str | None] = prepare_text(text), None
        except UnfitText as error:
            found = None, str(error)
        kept = (text, found)
        st.session_state[_MATERIAL] = kept
    return kept[1]
