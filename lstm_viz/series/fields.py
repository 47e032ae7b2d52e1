"""Lines of text cut into rows of fields: the separator, quotes, and rows that have more or fewer fields than the others."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from lstm_viz.series.errors import UnreadableSeries

#: The candidates in order of preference if two fit equally well: the first three rarely occur inside a field.
SEPARATORS = ("\t", ";", "|", ",")
#: The most rows, columns and cells of a table.
ROWS, COLUMNS, CELLS = 200_000, 500, 1_000_000

_PROBE = 200
_ONE_COMMA = re.compile(r"\s*[+-]?(\d+|\d{1,3}([\s.']\d{3})+),\d+\s*")
_WORDS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", "": "none"}


def find_separator(lines: Sequence[str]) -> str:
    """Return the separator that splits most of the first lines into the same number of fields; none for a single column."""
    probe = lines[:_PROBE]
    best, most = "", 0.5
    # A comma in every number and none in the header is a decimal comma.
    decimals = len(probe) > 1 and "," not in probe[0] and all(map(_ONE_COMMA.fullmatch, probe[1:]))
    for candidate in SEPARATORS:
        widths = Counter(map(len, _cut(probe, candidate)))
        width, count = widths.most_common(1)[0]
        if width > 1 and count / len(probe) > most and not (candidate == "," and decimals):
            best, most = candidate, count / len(probe)
    return best


def cut_rows(lines: Sequence[str], separator: str, notes: list[str]) -> list[list[str]]:
    """Return rows with the same number of fields; `notes` gets the changes that were needed."""
    rows = _cut(lines, separator)
    if len(rows) > ROWS:
        raise UnreadableSeries(f"the table has more than {ROWS:,} rows; use a part of it, or its averages")
    widest = max(map(len, rows))
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width > COLUMNS:
        raise UnreadableSeries(f"the table has {width:,} columns; at most {COLUMNS} are read, so keep only those needed")
    if width * len(rows) > CELLS:
        raise UnreadableSeries(f"the table has {width * len(rows):,} cells; at most {CELLS:,} are read, so use a part of it")
    # R leaves out the name of the rows' own names.
    if len(rows) > 2 and len(rows[0]) == width - 1 and sum(len(row) == width for row in rows) == len(rows) - 1:
        rows[0] = ["", *rows[0]]
    above = next(index for index, row in enumerate(rows) if len(row) == width)
    if above:
        notes.append(f"lines above the table, left out: {above:,}")
        rows = rows[above:]
    ragged = sum(len(row) != width for row in rows)
    if ragged > len(rows) / 2:
        raise UnreadableSeries(
            f"the rows have from {min(map(len, rows))} to {widest} fields; the same number in each row was wanted, "
            f"so check the separator ({_WORDS.get(separator, separator)} was used)"
        )
    if ragged:
        consequence = "missing fields count as gaps, additional ones are left out"
        notes.append(f"rows that do not have the {width} fields of the others: {ragged:,}; {consequence}")
        rows = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    return rows


def _cut(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Split lines into fields, at most one row more than allowed."""
    if not separator:
        return [[line.strip().strip('"')] for line in lines[: ROWS + 1]]
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, quoting=quoting, skipinitialspace=True)
        try:
            rows = [row or [""] for row in islice(reader, ROWS + 1)]
        except csv.Error:  # an unterminated field
            continue
        # An unclosed quote swallows the lines after it.
        if not any(field.count("\n") > 3 for row in rows for field in row):
            break
    return rows
