"""Records of JSON as lines of a table: a list of objects, one object a line, an object of columns, or one of these inside."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lstm_viz.series import date_parsing

#: How deep records are looked for.
_DEPTH = 8
#: The most fields of a record that is a list.
_WIDEST = 50
#: How many values of a list are searched for records.
_LISTS = 200

Record = Mapping[str, Any]


@dataclass(frozen=True)
class JsonTable:
    """Lines separated by tabs, the names first; where in the JSON they were, and where else there are as many records."""

    lines: list[str]
    place: str = ""
    others: tuple[str, ...] = ()


def read_json(text: str) -> JsonTable | None:
    """Return the longest list of records in JSON as a table; None if the text is no JSON, or has no records.

    Args:
        text: The whole text of a file.

    Returns:
        The table, with quotes where a cell needs them; a value that is itself a list is its JSON, one that is an object gives a
        column for each of its fields.

    Examples:
        >>> read_json('[{"day": "2024-01-01", "level": 1.5}, {"day": "2024-01-02", "level": null}]').lines
        ['day\\tlevel', '2024-01-01\\t1.5', '2024-01-02\\t']
    """
    whole = _parse(text)
    found = [] if whole is None else list(_candidates(whole, "", 0))
    if not found:
        return None
    most = max(len(records) for _, records in found)
    (place, records), *others = [each for each in found if len(each[1]) == most]
    flat = [_flatten(record) for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerows([names, *([_cell(record.get(name)) for name in names] for record in flat)])
    return JsonTable(written.getvalue().splitlines(), place, tuple(other for other, _ in others))


def is_json(text: str) -> bool:
    """Return True if a text is JSON that holds other values."""
    return _parse(text) is not None


def _parse(text: str) -> Any:
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return None


def _candidates(value: Any, place: str, depth: int) -> Iterator[tuple[str, Sequence[Record]]]:
    """Yield every list of records in a value with its place, such as `data.observations`."""
    if depth > _DEPTH:
        return
    records = _records(value)
    if records:
        yield place, records
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping) and not _is_json_stat(value):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value[:_LISTS])
    for name, each in inner if len(records) < 2 or depth == 0 else ():
        if isinstance(each, (list, Mapping)):
            yield from _candidates(each, f"{place}.{name}" if place else str(name), depth + 1)


def _records(value: Any) -> Sequence[Record]:
    if isinstance(value, list):
        return _records_of_list(value)
    if not isinstance(value, Mapping) or not value:
        return ()
    if _is_json_stat(value):
        return _json_stat(value)
    dated = len(value) > 1 and date_parsing.read(list(map(str, value))) is not None
    if dated and all(isinstance(each, Mapping) for each in value.values()):
        return [{"date": key, **each} for key, each in value.items()]
    if dated and not any(isinstance(each, (list, Mapping)) for each in value.values()):
        return [{"date": key, "value": each} for key, each in value.items()]
    if all(isinstance(each, Mapping) for each in value.values()):
        return _records_of_columns({name: list(each.values()) for name, each in value.items()}, list(next(iter(value.values()))))
    return _records_of_columns({name: each for name, each in value.items() if isinstance(each, list)}, [])


def _records_of_list(value: list[Any]) -> Sequence[Record]:
    if all(isinstance(each, Mapping) for each in value):
        return value
    if len(value) > 1 and all(each is None or (isinstance(each, (int, float)) and not isinstance(each, bool)) for each in value):
        return [{"value": each} for each in value]
    if len(value) > 1 and all(isinstance(each, list) and 1 < len(each) == len(value[0]) <= _WIDEST for each in value):
        if any(isinstance(cell, (list, Mapping)) for row in value for cell in row):
            return ()
        named = all(isinstance(cell, str) for cell in value[0]) and not all(isinstance(cell, str) for cell in value[1])
        names = value[0] if named else [f"column {index}" for index in range(1, len(value[0]) + 1)]
        return [dict(zip(names, row, strict=True)) for row in value[int(named) :]]
    return ()


def _records_of_columns(columns: Mapping[str, list[Any]], keys: Sequence[str]) -> Sequence[Record]:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        return ()
    if any(isinstance(cell, (list, Mapping)) for each in columns.values() for cell in each):
        return ()
    if len(keys) > 1 and date_parsing.read(keys) is not None:
        columns = {"date": list(keys), **columns}
    elif lengths == {1} or (len(columns) < 2 and not keys):
        return ()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _is_json_stat(value: Record) -> bool:
    return {"dimension", "value", "size"} <= value.keys()


def _json_stat(value: Record) -> Sequence[Record]:
    """Return the records of a JSON-stat data set with one dimension of more than one place."""
    try:
        long = [name for name, size in zip(value["id"], value["size"], strict=True) if size > 1]
        if len(long) != 1:
            return ()
        index, values = value["dimension"][long[0]]["category"]["index"], value["value"]
        places = index if isinstance(index, list) else sorted(index, key=index.get)
        cells = values if isinstance(values, list) else [values.get(str(place)) for place in range(len(places))]
        return [{long[0]: place, "value": cell} for place, cell in zip(places, cells, strict=True)]
    except (KeyError, TypeError, ValueError, AttributeError):
        return ()


def _flatten(record: Record) -> dict[str, Any]:
    """Return a record whose objects are replaced by their fields, named `object.field`."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping) and value:
            for inner, each in value.items():
                flat[f"{name}.{inner}"] = each
        else:
            flat[str(name)] = value
    return flat


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())
