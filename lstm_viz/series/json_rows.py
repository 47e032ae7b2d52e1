"""Records of JSON as lines of a table: a list of objects, one object a line, or an object of columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any


def table_lines(text: str) -> list[str] | None:
    """Return JSON's records as lines separated by tabs, the names first; None if the text is no JSON of records.

    Args:
        text: The whole text of a file.

    Returns:
        The lines, with quotes where a cell needs them; a value that is itself a list or an object is its JSON.

    Examples:
        >>> table_lines('[{"day": "2024-01-01", "level": 1.5}, {"day": "2024-01-02", "level": null}]')
        ['day\\tlevel', '2024-01-01\\t1.5', '2024-01-02\\t']
    """
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    records = _records(text)
    if not records:
        return None
    names = list(dict.fromkeys(name for record in records for name in record))
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerows([names, *([_cell(record.get(name)) for name in names] for record in records)])
    return written.getvalue().splitlines()


def _records(text: str) -> Sequence[Mapping[str, Any]]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        try:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return ()
    if isinstance(whole, Mapping) and whole and all(isinstance(column, (list, Mapping)) for column in whole.values()):
        columns = {name: list(column.values()) if isinstance(column, Mapping) else column for name, column in whole.items()}
        if len({len(column) for column in columns.values()}) == 1:
            return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return whole if isinstance(whole, list) and all(isinstance(record, Mapping) for record in whole) else ()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())
