"""Read a table from any CSV file: the result is a Table or an UnreadableSeries error."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result
from lstm_viz.series import date_parsing, number_parsing
from lstm_viz.series.number_parsing import Mark
from lstm_viz.text.decoding import LIMIT, UnreadableText, read_text

#: The candidates in order of preference if two fit equally well: the first three rarely occur inside a field.
SEPARATORS = ("\t", ";", "|", ",")
ROWS, COLUMNS, CELLS = 200_000, 500, 1_000_000
LINE = 100_000

_PROBE = 200
_ONE_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")
_WORDS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", "": "none"}


class UnreadableSeries(ValueError):
    """The input is not a readable series; the message says what came, what was wanted and what to do.

    Examples:
        >>> from lstm_viz import series
        >>> try:
        ...     series.of_values([1.0, 2.0], "level")
        ... except series.UnreadableSeries as error:
        ...     print(error)
        'level' has 2 values; at least 24 are needed to learn from and to test on
    """


@dataclass(frozen=True, eq=False, repr=False)
class Column(Result):
    """A numeric column, [row] float64, NaN where a cell held no number."""

    name: str
    values: Float[np.ndarray, " row"]


@dataclass(frozen=True, eq=False, repr=False)
class Table(Result):
    """The content of a file: numeric columns, the timestamp of each row if one column has dates, and notes for the user.

    `rows` counts the rows. `texts` are the names of the columns that are neither numeric nor dates, `timestamps` [row]
    datetime64[s] those of the column `dated`. `separator`, `decimal` mark and `encoding` are those of the file.

    Examples:
        >>> from lstm_viz import series
        >>> table = series.read_table("day;level\\n2024-01-01;1,5\\n2024-01-02;2,5\\n".encode())
        >>> table.names, table.separator, table.decimal, table.dated
        (('level',), ';', ',', 'day')
    """

    columns: tuple[Column, ...]
    timestamps: date_parsing.Timestamps | None
    dated: str | None
    texts: tuple[str, ...]
    rows: int
    separator: str
    decimal: Mark
    encoding: str
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the numeric columns."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a numeric column by its name; UnreadableSeries listing the available ones otherwise."""
        for column in self.columns:
            if column.name == name:
                return column
        text = "holds dates or text" if name in (*self.texts, self.dated) else "is not in the table"
        raise UnreadableSeries(f"the column {name!r} {text}; choose a numeric one: {', '.join(map(repr, self.names))}")


def read_table(
    source: bytes | str | os.PathLike[str], *, separator: str | None = None, decimal: Mark | None = None,
    header: bool | None = None, limit: int = LIMIT,
) -> Table:  # fmt: skip
    """Read a table from bytes or a path; options that are None are inferred from the file.

    Args:
        source: The bytes, or the path of a file.
        separator: What separates the fields; "" for one column.
        decimal: The decimal mark, "." or ",".
        header: Whether the first row holds the names of the columns.
        limit: At most so many bytes are read into memory.

    Returns:
        The table: its numeric columns, the rows' timestamps if one column has dates, and notes on what was inferred.

    Raises:
        UnreadableSeries: The file cannot be read, or holds nothing to forecast.

    Examples:
        >>> from lstm_viz.series import read_table
        >>> table = read_table("\\n".join(["level", *map(str, range(200))]).encode())
        >>> table.column("level").values[:3]
        array([0., 1., 2.])
    """
    try:
        file = read_text(source, limit)
    except UnreadableText as error:
        raise UnreadableSeries(f"{error} (a table of numbers as CSV was wanted)") from error
    lines = [line for line in file.text.split("\n") if line.strip()]
    comments = sum(line.startswith("#") for line in lines)
    lines = [line for line in lines if not line.startswith("#")]
    if not lines:
        raise UnreadableSeries("the file holds comments only; a table with a number in each row was wanted")
    if max(map(len, lines)) > LINE:
        raise UnreadableSeries(f"a line has more than {LINE:,} characters; a table as CSV with one row a line was wanted")
    separator = _separator(lines) if separator is None else separator
    rows, notes = _rows(lines, separator)
    cells = list(zip(*rows, strict=True))
    note, doubtful = number_parsing.decimal_mark((cell for row in rows for cell in row), separator)
    mark: Mark = note if decimal is None else decimal
    if header is None:
        header = _has_header(cells, mark)
    names = _names([column[0] for column in cells] if header else [""] * len(cells))
    if header:
        cells = [column[1:] for column in cells]
    if comments:
        notes.append(f"lines that begin with #, left out: {comments:,}")
    if doubtful and decimal is None:
        value = number_parsing.number(doubtful, mark)
        notes.append(f"{doubtful} was read as {value:.12g}; choose the other decimal mark if that is wrong")
    return _columns(names, cells, mark, separator, file.encoding, [*file.notes, *notes])


def _columns(
    names: Sequence[str], cells: Sequence[Sequence[str]], mark: Mark, separator: str, encoding: str, notes: list[str]
) -> Table:
    rows = len(cells[0]) if cells else 0
    if rows < 2:
        raise UnreadableSeries(f"the table has {'one row' if rows else 'no row'} of values; a series needs at least two rows")
    columns: list[Column] = []
    texts: list[str] = []
    dated: str | None = None
    timestamps = None
    for name, column in zip(names, cells, strict=True):
        numbers = number_parsing.read(column, mark)
        when = date_parsing.read(column) if dated is None else None
        # A year is a number too: a single numeric column is the series itself, not its dates.
        if when is not None and (not numbers.numeric or len(cells) > 1):
            dated, timestamps = name, when.timestamps
            notes += [when.note] if when.note else []
        elif numbers.numeric:
            columns.append(Column(name, numbers.values))
            if numbers.strange:
                first = numbers.strange[0]
                notes.append(
                    f"cells of {name!r} that are not numbers and count as gaps: {len(numbers.strange):,}, "
                    f"the first in row {first + 1:,}: {_short(column[first])!r}"
                )
        else:
            texts.append(name)
    if not columns:
        expected = "a column of numbers was wanted" + (", beside the dates" if dated else "")
        # The last one, as the first may be a date column that was not recognised.
        others = (column for name, column in zip(names, cells, strict=True) if name != dated)
        last = next((cell for column in others for cell in reversed(column) if cell), "")
        expected = f"{_short(last)!r} is not a number; {expected}" if last else expected
        advice = "name the separator and the decimals, or use another table"
        raise UnreadableSeries(
            f"no column holds numbers ({_listed([*texts, *([dated] if dated else [])])}); {expected}; {advice}"
        )
    return Table(tuple(columns), timestamps, dated, tuple(texts), rows, separator, mark, encoding, tuple(notes))


def _separator(lines: Sequence[str]) -> str:
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


def _rows(lines: Sequence[str], separator: str) -> tuple[list[list[str]], list[str]]:
    """Return rows with the same number of fields, and notes on the changes that were needed."""
    rows = _cut(lines, separator)
    if len(rows) > ROWS:
        raise UnreadableSeries(f"the table has more than {ROWS:,} rows; use a part of it, or its averages")
    widest = max(map(len, rows))
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width > COLUMNS:
        raise UnreadableSeries(f"the table has {width:,} columns; at most {COLUMNS} are read, so keep only those needed")
    if width * len(rows) > CELLS:
        raise UnreadableSeries(f"the table has {width * len(rows):,} cells; at most {CELLS:,} are read, so use a part of it")
    notes: list[str] = []
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
    return rows, notes


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


def _has_header(cells: Sequence[Sequence[str]], mark: Mark) -> bool:
    """Return True if a column of numbers or dates starts with something else."""
    for column in cells:
        first, rest = column[0], column[1:]
        if number_parsing.is_gap(first) or number_parsing.number(first, mark) is not None:
            continue
        if number_parsing.read(rest[:_PROBE], mark).numeric:
            return True
        if date_parsing.read(rest[:_PROBE]) is not None and date_parsing.read([first, first]) is None:
            return True
    return False


def _names(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for index, cell in enumerate(header):
        name = plain = _short(re.sub(r"\s+", " ", "".join(c for c in cell if c.isprintable() or c.isspace())).strip()) or (
            f"column {index + 1}"
        )
        count = 1
        while name in names:
            count += 1
            name = f"{plain} ({count})"
        names.append(name)
    return names


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
