"""Which of the uploaded files is which: weights, a vocabulary, a text, or numbers. The content decides, not the name.

No Streamlit, so that it can run in a job.
"""

from __future__ import annotations

import csv
import json
import re
from ast import literal_eval
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from zipfile import BadZipFile, ZipFile

import numpy as np
from torch import Tensor

from lstm_viz.models.importing import UnsafeCheckpoint
from lstm_viz.models.importing.safe_reader import nested, read_plain
from lstm_viz.models.serialization import UnreadableModel
from lstm_viz.series.workbooks import is_workbook
from lstm_viz.text.decoding import UnreadableText, read_text

Role = Literal["weights", "vocabulary", "text", "numbers", "unused"]
#: The largest pickle that is looked into for a vocabulary, and the largest text, in bytes.
_LARGEST_PICKLE, _LARGEST_TEXT = 8 * 2**20, 8 * 2**20
#: Up to this many bytes a file is read in a moment, whatever is in it; and the most entries of such an archive.
_QUICK, _ENTRIES = 2**20, 2000
#: The longest text that is read as a list or dictionary, in characters: of JSON, and of Python.
_LONGEST, _LONGEST_PYTHON = 5_000_000, 200_000
#: How files of weights begin: HDF5, a zip archive, a NumPy array.
_HDF5, _ZIP, _NUMPY = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"\x93NUMPY"
#: How pickles of the oldest protocol begin, which are text.
_OLD_PICKLES = (b"(dp", b"(lp", b"(dq", b"(lq", b"ccopy_reg", b"c__main__", b"cnumpy", b"ccollections", b"}q", b"]q", b"(i")
_SEPARATORS = (",", "\t", ";", " ")


@dataclass(frozen=True, eq=False)
class FileWithRole:
    """A file and what it is.

    Attributes:
        name: Its name.
        data: Its bytes.
        role: What it is used as.
        note: How it was read, or why it is not used.
        entries: A vocabulary's list or dictionary.
        text: The text of a file that is one; it may also be a vocabulary with one token a line.
    """

    name: str
    data: bytes
    role: Role
    note: str = ""
    entries: Any = None
    text: str | None = None


def find_roles(files: Sequence[tuple[str, bytes]]) -> tuple[FileWithRole, ...]:
    """Return each file with its role; at most one is the weights, and one a vocabulary by its form. Texts may be several."""
    roles = [find_role(name, data) for name, data in files]
    used_roles: set[Role] = set()
    for index, file in enumerate(roles):
        if file.role in used_roles and file.role in ("weights", "vocabulary"):
            roles[index] = replace(file, role="unused", note=f"not used: another file is the {file.role} already")
        used_roles.add(file.role)
    return tuple(roles)


def find_role(name: str, data: bytes) -> FileWithRole:
    """Return what one file is."""
    if not data.strip():
        return FileWithRole(name, data, "unused", "empty")
    if data.startswith(_HDF5) or _is_safetensors(data):
        return FileWithRole(name, data, "weights")
    if data.startswith((b"\x80", _NUMPY, *_OLD_PICKLES)):
        return _pickled(name, data)
    if is_workbook(data):
        return FileWithRole(name, data, "numbers", "a spreadsheet")
    try:
        file = read_text(data, _LARGEST_TEXT, name=name, text_alone=True)
    except UnreadableText:
        # Whatever it is, the reader of weights describes what is wrong with it.
        return FileWithRole(name, data, "weights")
    if data.startswith(_ZIP) and not _holds_texts(data):
        return FileWithRole(name, data, "weights")
    entries = structure_of(file.text)
    if entries is not None:
        if not any(True for _ in _rows(entries)):
            return FileWithRole(name, data, "unused", "not used: it holds no list of tokens")
        return FileWithRole(name, data, "vocabulary", entries=entries)
    numbered = numbered_rows(file.text)
    if numbered is not None:
        return FileWithRole(name, data, "vocabulary", "a token and its id in each row", entries=numbered)
    return FileWithRole(name, data, "text", f"read as {file.encoding}", text=file.text)


def is_quick(data: bytes) -> bool:
    """Return True if reading a file takes a moment only: it is small, or large because of arrays, which are not interpreted."""
    # HDF5 is read by another process in any case.
    if len(data) <= _QUICK or _is_safetensors(data) or data.startswith(_HDF5):
        return True
    if not data.startswith(_ZIP):
        return False
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError, OSError):
        return True
    programs = sum(entry.file_size for entry in entries if entry.filename.endswith((".pkl", ".py", ".json")))
    return len(entries) <= _ENTRIES and programs <= _QUICK and not any(entry.compress_type for entry in entries)


def _is_safetensors(data: bytes) -> bool:
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data) - 8


def _holds_texts(data: bytes) -> bool:
    """Return True if a zip archive holds a document or texts, not arrays."""
    return not any(mark in data for mark in (b"data.pkl", b".npy", b"config.json", b".weights.h5", b"/version"))


def _pickled(name: str, data: bytes) -> FileWithRole:
    """Tell a pickled vocabulary from pickled weights."""
    if len(data) > _LARGEST_PICKLE:
        return FileWithRole(name, data, "weights")
    try:
        value = plain_value(name, data)
    except UnsafeCheckpoint:
        return FileWithRole(name, data, "weights")
    except UnreadableModel:
        # A text may begin like an old pickle.
        try:
            text = read_text(data, _LARGEST_TEXT, name=name).text if data[:1].isascii() and data[:1] != b"\x80" else None
        except UnreadableText:
            text = None
        return FileWithRole(name, data, "weights" if text is None else "text", text=text)
    if _holds_weights(value) or not any(True for _ in _rows(value)):
        return FileWithRole(name, data, "weights")
    return FileWithRole(name, data, "vocabulary", "a pickle, read as data", entries=value)


def plain_value(name: str, data: bytes) -> Any:
    """Return a pickled value as plain data. Raises UnreadableModel."""
    with TemporaryDirectory(prefix="lstm_viz-") as folder:
        path = Path(folder) / "values"
        path.write_bytes(data)
        return read_plain(path, name)


def _holds_weights(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_weights, value[:16]))
    if isinstance(value, Mapping):
        return any(_is_tensor(each) for _, values in nested(value) for each in values.values())
    return _is_tensor(value)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc")


def structure_of(text: str) -> Sequence[Any] | Mapping[Any, Any] | None:
    """Parse a JSON or Python list or dictionary; return None if the text is neither."""
    stripped = text.strip()
    if stripped[:1] not in ("[", "{", "(", '"') or len(stripped) > _LONGEST:
        return None
    for parse, longest in ((json.loads, _LONGEST), (literal_eval, _LONGEST_PYTHON)):
        if len(stripped) > longest:
            continue
        try:
            entries = parse(stripped)
            # Keras writes a tokenizer as JSON within JSON.
            if isinstance(entries, str) and entries[:1] == "{":
                entries = json.loads(entries)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError, SystemError):
            continue
        if isinstance(entries, (list, tuple, dict)):
            return _parse_nested_json(entries) if isinstance(entries, dict) else entries
    return None


def _parse_nested_json(entries: dict[Any, Any]) -> dict[Any, Any]:
    """Parse the dictionaries that are written as JSON within a dictionary's `config`."""
    config = entries.get("config")
    if isinstance(config, dict):
        for key, value in config.items():
            if isinstance(value, str) and value[:1] == "{":
                try:
                    config[key] = json.loads(value)
                except (ValueError, RecursionError):
                    continue
    return entries


def numbered_rows(text: str) -> dict[str, int] | None:
    """Read a table of tokens and their ids, in either order; return None if the text is none."""
    if len(text) > _LONGEST:
        return None
    for separator in _SEPARATORS:
        try:
            rows = list(csv.reader(text.splitlines(keepends=True), delimiter=separator, skipinitialspace=False))
        except csv.Error:
            continue
        rows = [row for row in rows if row]
        if len(rows) < 2 or any(len(row) != 2 for row in rows):
            continue
        if not any(map(_is_id, rows[0])):
            rows = rows[1:]  # a header
        for token, number in ((0, 1), (1, 0)):
            if not all(_is_id(row[number]) for row in rows):
                continue
            ids = [int(row[number]) for row in rows]
            if len(rows) > 1 and sorted(ids) in (list(range(len(ids))), list(range(1, len(ids) + 1))):
                return {row[token]: position for row, position in zip(rows, ids, strict=True)}
    return None


def _is_id(cell: str) -> bool:
    return re.fullmatch(r"\s*[0-9]{1,7}\s*", cell) is not None


def tokens_in(text: str, count: int) -> tuple[list[str], str] | None:
    """Read a text as a vocabulary of `count` tokens: one a line, or one string of characters.

    Args:
        text: The text.
        count: How many tokens the network has.

    Returns:
        The tokens in the order of their ids, with how they were read; None if the text is no such vocabulary.

    Examples:
        >>> tokens_in("the\\ncat\\nsat\\n", 3)
        (['the', 'cat', 'sat'], 'one token a line')
        >>> tokens_in("abc", 3)
        (['a', 'b', 'c'], 'the characters in the order of their ids')
        >>> tokens_in("a cat sat", 3) is None
        True
    """
    for lines in _lines(text):
        if len(lines) == count == len(set(lines)) and all(len(line) == 1 or not re.search(r"\s", line) for line in lines):
            return lines, "one token a line"
    for characters in (text, text.removesuffix("\n")):
        if len(characters) == count == len(set(characters)):
            return list(characters), "the characters in the order of their ids"
    return None


def _lines(text: str) -> Iterator[list[str]]:
    """Yield the ways to read a text's lines as tokens."""
    lines = text.removesuffix("\n").split("\n")
    escapes = {"\\n": "\n", "\\t": "\t", "\\r": "\r"}
    lines = [escapes.get(line, line) for line in lines]
    if "" not in lines:
        yield lines
    # A newline that is a token of its own leaves two empty lines; an empty token (padding) leaves one.
    doubled = next((position for position, pair in enumerate(pairwise(lines)) if pair == ("", "")), None)
    if doubled is not None:
        yield [*lines[:doubled], "\n", *lines[doubled + 2 :]]


def _rows(entries: Any) -> Iterator[Any]:
    """Yield the lists and dictionaries that may be a vocabulary: the value itself, or what is in it."""
    if isinstance(entries, np.ndarray) and entries.dtype.kind in "UOS":
        entries = entries.tolist()
    if _is_row(entries):
        yield entries
        return
    if isinstance(entries, Mapping):
        yield from (value for _, values in nested(entries) for value in values.values() if _is_row(value))
    elif isinstance(entries, (list, tuple)) and len(entries) <= 16:
        for each in entries:
            yield from _rows(each)


def _is_row(value: Any) -> bool:
    """Return True for a list of texts, a text of several characters, or a dictionary between texts and ids."""
    if isinstance(value, Mapping):
        pairs = list(value.items())
        plain = all(type(number) is int and isinstance(token, str) for token, number in pairs)
        by_id = all(isinstance(token, str) and (type(number) is int or _is_id(str(number))) for number, token in pairs)
        return len(pairs) > 1 and (plain or by_id)
    return isinstance(value, (list, tuple)) and len(value) > 1 and all(isinstance(each, str) for each in value)


def vocabulary_rows(entries: Any) -> list[Any]:
    """Return what may be the vocabulary in a file's entries, the likeliest first."""
    return list(_rows(entries))[:20]
