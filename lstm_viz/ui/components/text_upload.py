"""Upload of text files, the same on every page: how each is read, and a preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz.text.decoding import Choices, TextFile, UnreadableText, read_text, read_texts
from lstm_viz.text.encodings import ENCODINGS
from lstm_viz.text.markup import FORMS, strip_markup
from lstm_viz.text.rows import find_columns, is_rows
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.state.markdown import escape_block, sanitize

#: Length of the preview of a text, and of one line in a select box, in characters.
_SHOWN, _LINES, _SNIPPET = 300, 4, 28
_GUESS = ""


@dataclass(frozen=True)
class Uploads:
    """The uploaded files, and how each is read.

    `errors` holds the messages on unreadable files; `file` is None if none is readable.
    """

    files: tuple[tuple[str, bytes], ...] = ()
    ids: tuple[str, ...] = ()
    choices: dict[str, Choices] = field(default_factory=dict)
    file: TextFile | None = None
    errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The text's name: the file's, or how many files were read."""
        if len(self.files) == 1:
            return self.files[0][0]
        readable = len(self.files) - len(self.errors)
        return f"{readable:,} of {len(self.files):,} files" if self.errors else f"{readable:,} files"


def text_upload(label: str, key: str, limit: int, types: Sequence[str] | None = None) -> Uploads | None:
    """Draw the upload and the reading options; return None before a file was uploaded.

    Files are kept when the user returns from another page, where the browser has forgotten them.

    Args:
        label: The upload's label.
        key: The prefix of the controls' keys and of what is stored in the session.
        limit: The most bytes of all files together.
        types: Allowed file extensions; all if None.
    """
    most = max(1, limit // 2**20)
    generation = st.session_state.get(f"{key}_generation", 0)
    widget = f"{key}_upload" + (f"_{generation}" if generation else "")
    uploads = st.file_uploader(
        label, key=widget, accept_multiple_files=True, max_upload_size=most, type=types, on_change=_forget, args=(key, widget)
    )
    if uploads:
        read_uploads(key, uploads, limit)
    stored: Uploads | None = st.session_state.get(f"{key}_files")
    choices = [f"{key}_{id}_{choice}" for id in stored.ids for choice in ("encoding", "alone", "column")] if stored else []
    tab_work.keep(f"{key}_files", f"{key}_examined")
    for each in choices:
        tab_work.keep(each)
    if stored is None:
        return None
    for message in stored.errors:
        st.error(f"{escape_block(message)}.", icon=":material/block:")
    st.button("Remove all files", key=f"{key}_clear", type="tertiary", icon=":material/delete:", on_click=_clear, args=(key,))
    if stored.file is not None:
        stored = _choose(key, stored, limit)
    return stored


def read_uploads(key: str, uploads: Sequence[UploadedFile], limit: int) -> None:
    """Read files once and store them in the session; keep the options chosen for earlier ones."""
    stored: Uploads | None = st.session_state.get(f"{key}_files")
    ids = tuple(upload.file_id for upload in uploads)
    if stored is not None and stored.ids == ids:
        return
    files = _deduplicate_names([(upload.name, upload.getvalue()) for upload in uploads])
    st.session_state[f"{key}_files"] = _read(Uploads(files, ids, {name: Choices(text_alone=True) for name, _ in files}), limit)


def show_excerpt(text: str) -> None:
    """Show the beginning of a text, as plain text."""
    # A few lines without a scroll bar: a box that only a mouse can scroll hides its end from keyboard users.
    begin = "\n".join(text[:_SHOWN].split("\n")[:_LINES])
    more = f" … {len(text):,} characters in all" if len(text) > len(begin) else ""
    with st.container(border=True):
        st.text(begin + more)


def _deduplicate_names(files: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    """Number files of the same name."""
    renamed: dict[str, bytes] = {}
    for name, data in files:
        unique_name, number = sanitize(name, 120), 2
        while unique_name in renamed:
            unique_name, number = f"{sanitize(name, 110)} ({number})", number + 1
        renamed[unique_name] = data
    return tuple(renamed.items())


def _read(uploads: Uploads, limit: int) -> Uploads:
    try:
        file, refused = read_texts(uploads.files, limit, uploads.choices)
    except UnreadableText:
        messages = []
        for name, data in uploads.files:
            try:
                read_text(data, limit, name=name)
            except UnreadableText as error:
                messages.append(str(error))
        return replace(uploads, file=None, errors=tuple(messages) or ("the files could not be read together; upload fewer",))
    return replace(uploads, file=file, errors=refused)


def _choose(key: str, stored: Uploads, limit: int) -> Uploads:
    """Draw the reading options of a file; return the new reading if the user changed one."""
    names = [name for name, _ in stored.files]
    name = names[0]
    if len(names) > 1:
        name = st.selectbox("How is each file read?", names, key=f"{key}_which", format_func=lambda each: sanitize(each, 60))
    data = dict(stored.files)[name]
    choice = stored.choices[name]
    text_file = _examine(key, name, data, limit)
    if text_file is None:
        return stored
    # Keys contain the file, so that a new file starts with its own guess.
    prefix = f"{key}_{stored.ids[names.index(name)]}"
    encoding = _choose_encoding(prefix, data, text_file)
    alone = True
    if text_file.form != "plain":
        alone = st.toggle(f"Leave out the marks of {FORMS[text_file.form]}", True, key=f"{prefix}_alone", persist_state="session")
    column = _choose_column(prefix, name, text_file)
    choices = Choices(encoding, alone, column)
    if choices != choice:
        stored = _read(replace(stored, choices=stored.choices | {name: choices}), limit)
        st.session_state[f"{key}_files"] = stored
        for message in stored.errors if stored.file is None else ():
            st.error(f"{escape_block(message)}.", icon=":material/block:")
    return stored


def _examine(key: str, name: str, data: bytes, limit: int) -> TextFile | None:
    """Detect a file's encoding and form, once."""
    examined: dict[str, tuple[int, TextFile | None]] = st.session_state.setdefault(f"{key}_examined", {})
    if name not in examined or examined[name][0] != hash(data):
        try:
            examined[name] = hash(data), read_text(data, limit, name=name)
        except UnreadableText:
            examined[name] = hash(data), None
    return examined[name][1]


def _choose_encoding(prefix: str, data: bytes, text_file: TextFile) -> str | None:
    found_encoding = text_file.encoding if text_file.encoding in ENCODINGS else None
    # The guess is not None: a select box that is redrawn treats None as no choice.
    options = [
        _GUESS,
        *text_file.candidates[1:],
        *(each for each in ENCODINGS if each not in (found_encoding, *text_file.candidates[1:])),
    ]
    sure = "guess" if any("guessed" in note for note in text_file.notes) else "as found"

    def describe(each: str) -> str:
        if each == _GUESS:
            return f"{ENCODINGS.get(text_file.encoding, text_file.encoding)}, {sure}{_snippet(text_file.text, text_file.form)}"
        return ENCODINGS[each] + (_snippet(_as_read(data, each), text_file.form) if each in text_file.candidates else "")

    encoding = st.selectbox("Read it as", options, key=f"{prefix}_encoding", format_func=describe, persist_state="session")
    return encoding or None


def _choose_column(prefix: str, name: str, text_file: TextFile) -> str | None:
    if not is_rows(name):
        return None
    columns = find_columns(text_file.text, name)
    if not columns:
        return None
    whole = ""
    column = st.selectbox(
        "One text a row, from the column", [*columns, whole], key=f"{prefix}_column", persist_state="session",
        format_func=lambda each: "none: the whole file as it stands" if each == whole else sanitize(each, 60),
        help="The network starts anew at each row.",
    )  # fmt: skip
    return column or None


def _as_read(data: bytes, encoding: str) -> str:
    return data[: 2**16].decode(encoding, "replace")


def _snippet(text: str, form: str) -> str:
    """Return the first words that are not plain ASCII, where encodings differ; without markup."""
    if form != "plain":
        try:
            text = strip_markup(text[: 2**16], form)
        except UnreadableText:
            # The cut beginning of a valid file can be invalid.
            return ""
    index = next((index for index, letter in enumerate(text[:100_000]) if not letter.isascii()), None)
    if index is None:
        return ""
    begin = max(text.rfind("\n", 0, index) + 1, index - _SNIPPET // 2)
    return f": {sanitize(text[begin : begin + _SNIPPET])}"


def _forget(key: str, widget: str) -> None:
    # The user removed the last file. A browser that has forgotten its files does not call this; where pages are changed quickly,
    # the upload may be gone itself.
    if not st.session_state.get(widget, True):
        st.session_state.pop(f"{key}_files", None)


def _clear(key: str) -> None:
    """Forget the files and start a new upload; this also removes rejected entries, which only the browser knows."""
    st.session_state.pop(f"{key}_files", None)
    st.session_state.pop(f"{key}_examined", None)
    st.session_state[f"{key}_generation"] = st.session_state.get(f"{key}_generation", 0) + 1
