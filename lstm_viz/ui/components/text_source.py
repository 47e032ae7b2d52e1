"""Choose a text: the sample story, typed text, or a file."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.containers import icon_on_phone
from lstm_viz.ui.components.sample_text import NAME, sample_text
from lstm_viz.ui.components.text_upload import Uploads, show_excerpt, text_upload
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_block, escape_file_name

EXAMPLE, TYPED, FILE = "Sample tale", "My own words", "A file"
SOURCES = (EXAMPLE, TYPED, FILE)
#: How many notes on a file are shown.
_MAX_NOTES = 6


@dataclass(frozen=True)
class LoadedText:
    """A text and its name; `error` says why it cannot be used, `notes` are further remarks.

    `starts` holds the index of each part's first character, where the network's state is reset; `part_names` their names.
    `own` is True for typed text, which is lost when the tab is closed.
    """

    name: str
    text: str
    notes: tuple[str, ...] = ()
    error: str | None = None
    starts: tuple[int, ...] = (0,)
    part_names: tuple[str, ...] = ("",)
    own: bool = False


@dataclass(frozen=True)
class TextSourceOptions:
    """Options of a page; `key` is the prefix of its controls' keys, `limit` the largest file in bytes."""

    key: str
    question: str
    typed: str
    placeholder: str
    file: str
    file_prompt: str
    limit: int


def text_source(options: TextSourceOptions) -> LoadedText:
    """Draw the choice of the text and return it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = settings.choice(f"{options.key}_source", "source", SOURCES, EXAMPLE)
        source = st.segmented_control(options.question, SOURCES, required=True, width="content", **chosen.widget_args())
        if source == EXAMPLE:
            # Its beginning in a popover, so that the answer below is in the first screen.
            with icon_on_phone(f"{options.key}_excerpt"), st.popover("See it", icon=":material/visibility:"):
                show_excerpt(sample_text())
    return {EXAMPLE: _example, TYPED: _typed, FILE: _uploaded}[source](options)


def _example(options: TextSourceOptions) -> LoadedText:
    return LoadedText(NAME, sample_text())


def _typed(options: TextSourceOptions) -> LoadedText:
    text = st.text_area(
        options.typed, key=f"{options.key}_typed", height=180, persist_state="session", placeholder=options.placeholder
    )
    tab_work.keep(f"{options.key}_typed")
    return LoadedText("my-text.txt", text or "", own=bool(text and text.strip()))


def _uploaded(options: TextSourceOptions) -> LoadedText:
    uploads = text_upload(options.file, options.key, options.limit)
    if uploads is None:
        # The browser rejects a larger file before upload, so the server cannot report on it.
        too_large = f"A file of more than {options.limit // 2**20} MB turns red above and is not read: split it first."
        return LoadedText("", "", error=f"{options.file_prompt} {too_large}")
    if uploads.file is None:
        return LoadedText(uploads.name, "", error="Choose another file above.")
    show_excerpt(uploads.file.text)
    return loaded_text_from(uploads)


def loaded_text_from(uploads: Uploads) -> LoadedText:
    """Return the text of the readable files, and notes on it, in Markdown."""
    file = uploads.file
    if file is None:
        return LoadedText(uploads.name, "", error=" ".join(f"{escape_block(message)}." for message in uploads.errors))
    parts = f", {len(file.starts):,} parts" if len(file.starts) > 1 else ""
    description = f"{escape_file_name(uploads.name)}, read as {escape_block(file.encoding)}{parts}."
    notes = (description, *(escape_block(note) for note in file.notes[:_MAX_NOTES]))
    return LoadedText(uploads.name, file.text, notes, starts=file.starts, part_names=file.part_names, own=True)
