"""Read text from files of any encoding and packing; other files are refused with a message that says why."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from lstm_viz.text.archives import is_packed, unpack
from lstm_viz.text.byte_decoding import decode
from lstm_viz.text.file_signatures import name_binary
from lstm_viz.text.files import LIMIT, TextFile, UnreadableText
from lstm_viz.text.markup import FORMS, detect_markup, strip_markup
from lstm_viz.text.rows import read_rows

__all__ = ["LIMIT", "Choices", "TextFile", "UnreadableText", "join_texts", "read_text", "read_texts"]

#: Maximum length of a file name in messages.
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Choices:
    """The user's choices for a file: its encoding, whether to strip markup, and which column of its rows to read.

    Examples:
        >>> from lstm_viz.text.decoding import Choices, read_texts
        >>> read_texts([("a.txt", "Жуки".encode("cp866"))], choices={"a.txt": Choices("cp866")})[0].text
        'Жуки'
    """

    encoding: str | None = None
    text_alone: bool = False
    column: str | None = None


def read_text(
    source: bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryIO,
    limit: int = LIMIT,
    *,
    name: str | None = None,
    encoding: str | None = None,
    text_alone: bool = False,
    column: str | None = None,
) -> TextFile:
    """Read a text from bytes, from an open file or from the file at a path.

    Archives (.gz, .bz2, .xz, .zip, .tar) are unpacked, and each file in them is a part; of .epub, .docx and .odt the text is
    read.
    Characters are kept without Unicode normalisation; only line ends become \\n, and the notes say so.

    Args:
        source: The bytes, an open binary file, or a path.
        limit: Maximum number of bytes, packed and unpacked.
        name: The name used in messages, whose extension tells rows; None for a path's own name.
        encoding: One of `lstm_viz.text.encodings.ENCODINGS`; None to detect it.
        text_alone: Strip the markup of HTML, RTF and XML, and what e-mails and notebooks hold beside their text.
        column: Read a .csv, .tsv, .jsonl or .json row by row; each row's text in this column is a part.

    Returns:
        The text with its parts, its encoding and notes on both.

    Raises:
        UnreadableText: An empty, binary, damaged, oversized or missing file; the message says what to do.

    Examples:
        >>> read_text("Grüße".encode("utf-16")).text
        'Grüße'
    """
    file_name, data = load_bytes(source, limit)
    label = _shorten(name or file_name)
    if len(data) > limit:
        raise UnreadableText(f"{label} is larger than {_megabytes(limit)}, the most that is read; use a part of it")
    if not data:
        raise UnreadableText(f"{label} is empty; choose a file with text in it")
    choices = Choices(encoding, text_alone, column)
    if is_packed(data):
        return _read_packed(data, label, name or file_name, limit, choices)
    return _read_one(data, label, name or file_name, choices)


def read_texts(
    files: Sequence[tuple[str, bytes]], limit: int = LIMIT, choices: Mapping[str, Choices] | None = None
) -> tuple[TextFile, tuple[str, ...]]:
    """Read several files as one text; its parts are the files, or their own parts.

    Args:
        files: Names and bytes.
        limit: Maximum number of bytes of all files together.
        choices: The choices for each file, by its name.

    Returns:
        The text, and the messages on files that could not be read.

    Raises:
        UnreadableText: None of them could be read; the message is the first file's.

    Examples:
        >>> from lstm_viz.text.decoding import read_texts
        >>> joined, problems = read_texts([("one.txt", b"one"), ("two.txt", "zwei, größer".encode("utf-16"))])
        >>> joined.text, problems
        ('one\\nzwei, größer', ())
    """
    texts: list[tuple[str, TextFile]] = []
    refused: list[str] = []
    room = limit
    for name, data in files:
        choice = (choices or {}).get(name, Choices())
        if not room:
            most = _megabytes(limit)
            refused.append(f"{_shorten(name)} was not read: the files before it have all {most} that are read at once")
            continue
        try:
            file = read_text(data, room, name=name, encoding=choice.encoding, text_alone=choice.text_alone, column=choice.column)
        except UnreadableText as error:
            refused.append(str(error))
            continue
        room = max(0, room - max(len(data), len(file.text)))
        texts.append((name, file))
    if not texts:
        raise UnreadableText(refused[0] if refused else "no file came; choose one with text in it")
    return join_texts(texts), tuple(refused)


def join_texts(texts: Sequence[tuple[str, TextFile]]) -> TextFile:
    """Join independent texts; each part but the last ends with a newline.

    Notes start with the names of their files, and equal notes are merged.

    Args:
        texts: The texts with their files' names.

    Returns:
        One text; its parts are the texts, or their own parts.

    Examples:
        >>> from lstm_viz.text.decoding import join_texts
        >>> join_texts([("one.txt", lstm_viz.read_text(b"one")), ("two.txt", lstm_viz.read_text(b"two"))]).parts
        ('one\\n', 'two')
    """
    if len(texts) == 1:
        return texts[0][1]
    pieces: list[str] = []
    starts: list[int] = []
    names: list[str] = []
    notes: dict[str, list[str]] = {}
    size = 0
    for index, (name, file) in enumerate(texts):
        for part_name, part in zip(file.part_names, file.parts, strict=True):
            starts.append(size)
            names.append(f"{name}: {part_name}" if part_name else name)
            pieces.append(part)
            size += len(part)
        if index < len(texts) - 1 and not file.text.endswith("\n"):
            pieces.append("\n")
            size += 1
        for note in file.notes:
            notes.setdefault(note, []).append(_shorten(name))
    merged_notes = tuple(f"{_count_names(of, len(texts))}: {note}" for note, of in notes.items())
    first = texts[0][1]
    encodings = dict.fromkeys(file.encoding for _, file in texts)
    form = next((file.form for _, file in texts if file.form != "plain"), "plain")
    return TextFile(
        "".join(pieces),
        first.encoding if len(encodings) == 1 else ", ".join(encodings),
        merged_notes,
        tuple(starts),
        tuple(names),
        (),
        form,
    )


def _count_names(names: Sequence[str], all_of: int) -> str:
    if len(names) == all_of:
        return "All files"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"


def load_bytes(source: bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryIO, limit: int) -> tuple[str, bytes]:
    """Return the name and the bytes of a file, of a larger one at most one byte more than `limit`.

    Raises:
        UnreadableText: There is no such file, or it cannot be opened.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        if len(source) > limit:
            return "the file", bytes(memoryview(source).cast("B")[: limit + 1])
        return "the file", bytes(source)
    if not isinstance(source, (str, os.PathLike)):
        return _load_open(source, limit)
    # Devices and pipes have no end, and one byte beyond the limit shows that a file is too large.
    try:
        path = Path(source)
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "is not there"
            raise UnreadableText(f"{_shorten(path.name or str(path))} {what}; a text file was wanted")
        with path.open("rb") as file:
            return path.name, file.read(limit + 1)
    except UnreadableText:
        raise
    except OSError as error:
        raise UnreadableText(f"{_shorten(path.name)} could not be opened: {error.strerror}; a text file was wanted") from error
    except (ValueError, TypeError) as error:
        raise UnreadableText("the path is not one that a file can have; a text file was wanted") from error


def _load_open(source: BinaryIO, limit: int) -> tuple[str, bytes]:
    read = getattr(source, "read", None)
    if read is None:
        raise UnreadableText(f"a {type(source).__name__} came; bytes, a path or an open binary file was wanted")
    data = read(limit + 1)
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if not isinstance(data, bytes):
        raise UnreadableText(f"the open file gave a {type(data).__name__}; bytes were wanted: open it with mode 'rb'")
    return Path(str(getattr(source, "name", "the file"))).name, data


def _read_packed(data: bytes, label: str, name: str, limit: int, choices: Choices) -> TextFile:
    members, notes = unpack(data, label, limit)
    texts: list[tuple[str, TextFile]] = []
    refused: list[str] = []
    for member in members:
        if isinstance(member.content, str):
            texts.append((member.name, _finish(member.content, "utf-8", (), (), "plain", label)))
            continue
        # A packed table has its own name within the archive's: reviews.csv.gz.
        title = member.name or name.rpartition(".")[0]
        try:
            texts.append((member.name, _read_one(member.content, _shorten(member.name or label), title, choices)))
        except UnreadableText:
            if len(members) == 1:
                raise
            refused.append(_shorten(member.name))
    if not texts:
        raise UnreadableText(f"no file in {label} is a text; pack texts into it")
    joined = join_texts(texts)
    if refused:
        notes += (f"{len(refused):,} of {len(members):,} files in it are not texts and were left out: {_list(refused)}.",)
    return replace(joined, notes=notes + joined.notes)


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _read_one(data: bytes, label: str, name: str, choices: Choices) -> TextFile:
    if not data:
        raise UnreadableText(f"{label} is empty; choose a file with text in it")
    if kind := name_binary(data):
        raise UnreadableText(f"{label} looks like {kind}; plain text was wanted, so save it as a text file (UTF-8)")
    decoded = decode(data, label, choices.encoding)
    form = detect_markup(decoded.text, name)
    text, notes = decoded.text, decoded.notes
    if form != "plain" and choices.text_alone:
        try:
            text = strip_markup(text, form)
        except UnreadableText as error:
            raise UnreadableText(f"{label}: {error}") from error
        notes += (f"It is written in {FORMS[form]}; the text alone is read.",)
    elif form != "plain":
        notes += (f"It is written in {FORMS[form]}, whose marks are read as letters too.",)
    if choices.column is not None:
        return _read_column(text, decoded.encoding, notes, decoded.candidates, label, name, choices.column)
    return _finish(text, decoded.encoding, notes, decoded.candidates, form, label)


def _read_column(
    text: str, encoding: str, notes: tuple[str, ...], candidates: tuple[str, ...], label: str, name: str, column: str
) -> TextFile:
    try:
        rows = read_rows(text, name, column)
    except UnreadableText as error:
        raise UnreadableText(f"{label}: {error}") from error
    if not rows.texts:
        raise UnreadableText(f"{label}: no row has a text in {_shorten(column)}; choose another column")
    if rows.broken:
        notes += (f"{rows.broken:,} broken rows were left out.",)
    starts, pieces, size = [], [], 0
    for each in rows.texts:
        row = each.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
        starts.append(size)
        pieces.append(row)
        size += len(row)
    names = tuple(f"row {number:,}" for number in range(1, len(starts) + 1))
    return TextFile("".join(pieces), encoding, notes, tuple(starts), names, candidates)


def _finish(text: str, encoding: str, notes: tuple[str, ...], candidates: tuple[str, ...], form: str, label: str) -> TextFile:
    if not text.strip():
        raise UnreadableText(f"{label} holds only blanks; choose a file with text in it")
    text, more = _mend_line_ends(text)
    return TextFile(text, encoding, notes + more, candidates=candidates, form=form)


def _mend_line_ends(text: str) -> tuple[str, tuple[str, ...]]:
    windows = text.count("\r\n")
    old_mac = text.count("\r") - windows
    if not windows and not old_mac:
        return text, ()
    kinds = " and ".join(kind for kind, count in (("CR LF", windows), ("CR", old_mac)) if count)
    return (
        text.replace("\r\n", "\n").replace("\r", "\n"),
        (f"{windows + old_mac:,} line ends ({kinds}) are read as one newline each.",),
    )


def _shorten(name: str) -> str:
    name = name if len(name) <= _LONGEST_NAME else f"{name[:50]}…{name[-25:]}"
    return "".join(letter if letter.isprintable() else " " for letter in name) or "the file"


def _megabytes(size: int) -> str:
    return f"{size / 2**20:g} MB" if size >= 2**20 else f"{size:,} bytes"
