"""Tables and lists of texts: the rows of .csv, .tsv, .jsonl and .json, one text each."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lstm_viz.results import Result
from lstm_viz.text.files import LIMIT, UnreadableText

#: Extensions of tables and of JSON Lines.
TABLES, LISTS = (".csv", ".tsv"), (".jsonl", ".ndjson", ".json")
_SEPARATORS = ",;\t|"
#: Number of rows from which the separator and the columns are detected, and maximum number of columns offered.
_SOME, _MOST_COLUMNS = 50, 200
#: How deep in JSON a list of records is looked for.
_DEPTH = 6
#: Fields may be as long as files; Python's own limit is 128 KiB.
csv.field_size_limit(max(csv.field_size_limit(), 4 * LIMIT))


@dataclass(frozen=True, repr=False)
class Rows(Result):
    """The columns that hold texts, the longest texts first, and the rows' texts of one of them; `broken` rows were left out."""

    columns: tuple[str, ...]
    column: str
    texts: tuple[str, ...]
    broken: int = 0


def is_rows(name: str) -> bool:
    """Return True if a file's name says that it holds rows."""
    return name.lower().endswith((*TABLES, *LISTS))


def find_columns(text: str, name: str) -> tuple[str, ...]:
    """Return the columns that hold texts, the one with the longest first; () if there are no rows."""
    try:
        records = _records(text, name, _SOME)
    except UnreadableText:
        return ()
    return _by_length([record for record in records if record is not None])


def read_rows(text: str, name: str, column: str | None = None) -> Rows:
    """Read the texts in one column, or in the one with the longest texts; blank ones are left out.

    Raises UnreadableText if there is no such column or no text in it.
    """
    records = _records(text, name, None)
    whole = [record for record in records if record is not None]
    columns = _by_length(whole)
    if not columns:
        raise UnreadableText("no column with texts was found; one was wanted, with its name in the first row")
    if column is not None and column not in columns:
        raise UnreadableText(f"there is no column {column[:60]!r}; choose one of {', '.join(columns[:10])}")
    name = column or columns[0]
    texts = tuple(record[name] for record in whole if record.get(name, "").strip())
    return Rows(columns, name, texts, len(records) - len(whole))


def _records(text: str, name: str, most: int | None) -> list[dict[str, str] | None]:
    lower = name.lower()
    source = _list(text) if lower.endswith(".json") else _lines(text) if lower.endswith(LISTS) else _table(text)
    records: list[dict[str, str] | None] = []
    for record in source:
        records.append(record)
        if len(records) == most:
            break
    return records


def _list(text: str) -> Iterator[dict[str, str] | None]:
    """Yield the records of JSON: those of its longest list of objects, such as an exported chat's messages."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return
    records = max(_lists(whole, 0), key=len, default=[])
    for record in records if len(records) > 1 else ():
        yield _strings(record)


def _lists(value: Any, depth: int) -> Iterator[list[Any]]:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        yield value
    elif isinstance(value, dict) and depth < _DEPTH:
        for each in value.values():
            yield from _lists(each, depth + 1)


def _strings(record: dict[str, Any]) -> dict[str, str]:
    """Return a record's texts, also those one level deeper: `user.name`, and a list's texts as one."""
    found: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, str):
            found[str(key)] = value
        elif isinstance(value, dict):
            found |= {f"{key}.{inner}": each for inner, each in value.items() if isinstance(each, str)}
        elif isinstance(value, list):
            # A chat's text with a link in it, or the messages of a dialogue.
            pieces = [each if isinstance(each, str) else _said(each) for each in value]
            joint = "" if any(isinstance(each, str) for each in value) else "\n"
            if any(pieces):
                found[str(key)] = joint.join(filter(None, pieces))
    return found


def _said(value: Any) -> str:
    texts = (value.get(key) for key in ("text", "content", "value")) if isinstance(value, dict) else ()
    return next((text for text in texts if isinstance(text, str)), "")


def _lines(text: str) -> Iterator[dict[str, str] | None]:
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield None
            continue
        if isinstance(value, str):
            yield {"text": value}
        elif isinstance(value, dict):
            yield _strings(value)
        else:
            yield None


def _table(text: str) -> Iterator[dict[str, str] | None]:
    head = text[: 2**16].split("\n")[:_SOME]
    # The first row's separator; of several, the one with the same count in the most rows.
    counts = {each: [line.count(each) for line in head if line.strip()] for each in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda each: (counts[each][:1] > [0], Counter(counts[each]).most_common(1)[:1], each == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator if any(map(any, counts.values())) else ",")
    names: list[str] | None = None
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None
            continue
        if not any(field.strip() for field in row):
            continue
        if names is None:
            names = [field.strip() or f"column {index}" for index, field in enumerate(row[:_MOST_COLUMNS], 1)]
            continue
        yield dict(zip(names, row, strict=False))


def _by_length(records: list[dict[str, str]]) -> tuple[str, ...]:
    # By their letters, as dates and codes may be longer than what people write.
    lengths: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    for record in records[: 20 * _SOME]:
        for column, value in record.items():
            if not _is_number(value):
                lengths[column] += len(value)
                letters[column] += sum(map(str.isalpha, value))
    longest = sorted(lengths, key=lambda column: (-letters[column], -lengths[column]))
    return tuple(column for column in longest[:_MOST_COLUMNS] if lengths[column])


def _is_number(value: str) -> bool:
    try:
        float(value.replace(",", "."))
    except ValueError:
        return False
    return True
