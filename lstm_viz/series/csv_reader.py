"""Read a table from any CSV, JSON or spreadsheet file: the result is a Table or an UnreadableSeries error."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result
from lstm_viz.series import date_parsing, number_parsing, table_shape
from lstm_viz.series.date_numbers import names_dates
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.fields import CELLS, COLUMNS, ROWS, cut_rows, find_separator
from lstm_viz.series.json_rows import is_json, read_json
from lstm_viz.series.number_parsing import Mark
from lstm_viz.series.table_shape import Shape
from lstm_viz.series.text_tables import split_at_blanks
from lstm_viz.series.workbooks import is_workbook, is_xml_spreadsheet, read_sheet
from lstm_viz.text.decoding import LIMIT, UnreadableText, load_bytes, read_text

LINE = 100_000

_PROBE = 200
#: The most rows above the numbers.
_HEADERS = 12
MARKS: tuple[Mark, ...] = (".", ",")
#: Excel's first line, which says the separator.
_SAID = re.compile(r"(?i)\ufeff?\"?sep=([;,|\t])\"?\s*")
#: Lines of text tables that only draw.
_BORDER = re.compile(r"(?=.*(?:----|====|____|-:?\s?[|+]))(?=.*--|.*==|.*__)[-=+|:_;,\s]{5,}")


@dataclass(frozen=True, eq=False, repr=False)
class Column(Result):
    """A numeric column, [row] float64, NaN where a cell held no number."""

    name: str
    values: Float[np.ndarray, " row"]


@dataclass(frozen=True, eq=False, repr=False)
class Table(Result):
    """The content of a file: numeric columns, the timestamp of each row if one column has dates, and notes for the user.

    `rows` counts the rows. `texts` are the names of the columns that are neither numeric nor dates, `timestamps` [row]
    datetime64[s] those of the column `dated`. `separator`, `decimal` mark and `encoding` are those of the file. Of a spreadsheet
    file, `sheet` is the sheet that was read, `sheets` are all that hold a table, and `encoding` is empty.

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
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    @property
    def likely(self) -> str:
        """Return the name of the first column that is no count of the rows and not constant; of the first if there is none."""
        return next((column.name for column in self.columns if not _is_count(column.values)), self.columns[0].name)

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
    header: bool | None = None, sheet: str | None = None, limit: int = LIMIT,
) -> Table:  # fmt: skip
    """Read a table from bytes or a path; options that are None are inferred from the file.

    Args:
        source: The bytes, or the path of a file: CSV, JSON, or a spreadsheet (.xlsx, .xlsm, .xlsb, .xls, .ods).
        separator: What separates the fields; "" for one column. A spreadsheet has none.
        decimal: The decimal mark, "." or ","; in a spreadsheet, of the numbers that are stored as text.
        header: Whether the first row holds the names of the columns.
        sheet: The sheet of a spreadsheet; None for the first one that holds a table.
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
        name, data = load_bytes(source, limit)
        if not is_workbook(data):
            return _read_text_table(data, name, separator, decimal, header, limit)
    except UnreadableText as error:
        raise UnreadableSeries(f"{error} (a table of numbers as CSV, JSON or a spreadsheet was wanted)") from error
    found = read_sheet(data, sheet, decimal, limit, (ROWS, COLUMNS, CELLS))
    try:
        table = _table_of(found.lines, "\t", "", list(found.notes), header, (found.decimal, found.doubtful))
    except UnreadableSeries as error:
        raise UnreadableSeries(f"{error}{found.reason}", found.sheets) from error
    return replace(table, sheet=found.name, sheets=found.sheets)


def _read_text_table(
    data: bytes, name: str, separator: str | None, decimal: Mark | None, header: bool | None, limit: int
) -> Table:
    file = read_text(data, limit, name=name)
    if file.form == "html":
        file = read_text(data, limit, name=name, text_alone=True)
    if is_xml_spreadsheet(file.text):
        raise UnreadableSeries("the file is a spreadsheet in XML, which is not read; save it as .xlsx, .ods or CSV")
    json_table = read_json(file.text)
    if json_table is None and is_json(file.text):
        raise UnreadableSeries("the JSON holds no list of records or numbers; one with a date and a value in each was wanted")
    lines = [line for line in (json_table.lines if json_table else file.text.split("\n")) if line.strip()]
    comments = sum(line.startswith("#") for line in lines)
    lines = [line for line in lines if not line.startswith("#") and not _BORDER.fullmatch(line)]
    if not lines:
        raise UnreadableSeries("the file holds comments only; a table with a number in each row was wanted")
    if max(map(len, lines)) > LINE:
        raise UnreadableSeries(f"a line has more than {LINE:,} characters; a table as CSV with one row a line was wanted")
    notes = [note.removesuffix(".") for note in file.notes]
    if json_table:
        separator, decimal, header = "\t", ".", True
        place = _json_place(json_table.place, json_table.others)
        notes.append(f"the file is JSON; the fields of its records are read as columns{place}")
    if comments:
        notes.append(f"lines that begin with #, left out: {comments:,}")
    if separator is None and (said := _SAID.fullmatch(lines[0])) and len(lines) > 1:
        separator, lines = said[1], lines[1:]
    if separator is None:
        separator = find_separator(lines)
        if not separator and (blanks := split_at_blanks(lines)):
            lines, separator = blanks.lines, "\t"
            notes += blanks.notes
    if separator == "|":
        lines = [line.strip().removeprefix("|").removesuffix("|") for line in lines]
    return _table_of(lines, separator, file.encoding, notes, header, None if decimal is None else (decimal, ""))


def _table_of(
    lines: Sequence[str], separator: str, encoding: str, notes: list[str], header: bool | None, decimal: tuple[Mark, str] | None
) -> Table:  # fmt: skip
    """Return the table in lines; `decimal` is the decimal mark with an example if it is a guess, None to detect it."""
    rows = cut_rows(lines, separator, notes)
    if header is None and (turned := table_shape.dates_in_names(rows)):
        rows, header = turned, True
        notes.append("the dates are side by side in the table; each of its rows is read as a column")
    elif len(rows) == 1 and len(side_by_side := [cell.strip(" []()") for cell in rows[0] if cell.strip(" []()")]) > 2:
        rows = [[cell] for cell in side_by_side]
        notes.append("the numbers are side by side in one row; they are read as one column")
    cells: list[Sequence[str]] = list(zip(*rows, strict=True))
    mark, doubtful = decimal or number_parsing.decimal_mark((cell for row in rows for cell in row), separator)
    depth = _header_rows(cells, mark) if header is None else int(header)
    named = max(range(depth), key=lambda row: len({column[row].strip() for column in cells} - {""}), default=0)
    names = _names([column[named] for column in cells] if depth else [""] * len(cells))
    if depth > 1:
        notes.append(f"rows above the numbers that are not read as names, left out: {depth - 1:,}")
    shape = Shape(names, [column[depth:] for column in cells], notes)
    if len(shape.cells[0]) > 1:
        table_shape.leave_out_totals(shape)
        table_shape.join_times(shape)
        table_shape.join_dates(shape)
        table_shape.months_in_names(shape)
    if doubtful:
        value = number_parsing.number(doubtful, mark)
        notes.append(f"{doubtful} was read as {value:.12g}; choose the other decimal mark if that is wrong")
    return _columns(shape, mark, separator, encoding)


def _json_place(place: str, others: Sequence[str]) -> str:
    if not place:
        return ""
    return f"; they are those of {_short(place)!r}" + (f", not of {_listed([*map(_short, others)])}" if others else "")


def _columns(shape: Shape, mark: Mark, separator: str, encoding: str) -> Table:
    rows = len(shape.cells[0]) if shape.cells else 0
    if rows < 2:
        raise UnreadableSeries(f"the table has {'one row' if rows else 'no row'} of values; a series needs at least two rows")
    numbers = [_numbers(column, mark) for column in shape.cells]
    dated, timestamps = _choose_dates(shape, numbers)
    if dated is not None and timestamps is not None:
        numeric = [place for place, column in enumerate(numbers) if column.numeric and place != dated]
        split = table_shape.split_by_key(shape, dated, timestamps, numeric)
        if split is not None:
            dated, timestamps, rows = 0, split, len(split)
            numbers = [_numbers(column, mark) for column in shape.cells]
    columns: list[Column] = []
    texts: list[str] = []
    for place, (name, column, found) in enumerate(zip(shape.names, shape.cells, numbers, strict=True)):
        if place == dated:
            continue
        if not found.numeric:
            texts.append(name)
            continue
        columns.append(Column(name, found.values))
        shape.notes += [f"in {name!r}, {note}" for note in found.notes]
        if found.strange:
            first = found.strange[0]
            shape.notes.append(
                f"cells of {name!r} that are not numbers and count as gaps: {len(found.strange):,}, "
                f"the first in row {first + 1:,}: {_short(column[first])!r}"
            )
    dates = None if dated is None else shape.names[dated]
    if not columns:
        # A spreadsheet has no encoding, and no separator that could be another.
        advice = "name the separator and the decimals, or use another table" if encoding else "choose another sheet or table"
        raise UnreadableSeries(f"{_no_numbers(shape, texts, dates, mark)}; {advice}")
    if timestamps is None:
        shape.notes += _unread_dates(shape, texts)
    return Table(tuple(columns), timestamps, dates, tuple(texts), rows, separator, mark, encoding, tuple(shape.notes))


def _numbers(column: Sequence[str], mark: Mark) -> number_parsing.ParsedNumbers:
    """Parse a column, with the other decimal mark if it fits where the table's does not."""
    found = number_parsing.read(column, mark)
    if found.numeric:
        return found
    other: Mark = "," if mark == "." else "."
    instead = number_parsing.read(column, other)
    if not instead.numeric or instead.strange:
        return found
    return replace(instead, notes=(*instead.notes, f"the decimal mark is {other!r}, unlike in the other columns"))


def _choose_dates(
    shape: Shape, numbers: Sequence[number_parsing.ParsedNumbers]
) -> tuple[int | None, date_parsing.Timestamps | None]:
    """Return the column of dates, the first that tells most rows apart, and the rows' timestamps."""
    found = []
    for place, (name, column) in enumerate(zip(shape.names, shape.cells, strict=True)):
        when = date_parsing.read(column, name)
        # A year is a number too: a single numeric column is the series itself, not its dates.
        if when is not None and (not numbers[place].numeric or len(shape.cells) > 1):
            found.append((place, when, len(np.unique(when.timestamps))))
    if not found:
        return None, None
    most = max(count for *_, count in found)
    place, when, _ = next(each for each in found if each[2] >= 0.9 * most)
    shape.notes += [when.note] if when.note else []
    return place, when.timestamps


def _no_numbers(shape: Shape, texts: Sequence[str], dated: str | None, mark: Mark) -> str:
    """Return what is wrong with a table without a column of numbers."""
    expected = "a column of numbers was wanted" + (", beside the dates" if dated else "")
    # The last one, as the first may be a date column that was not recognised.
    others = (column for name, column in zip(shape.names, shape.cells, strict=True) if name != dated)
    strange = (cell for column in others for cell in reversed(column) if number_parsing.number(cell, mark) is None)
    last = next((cell for cell in strange if not number_parsing.is_gap(cell)), "")
    expected = f"{_short(last)!r} is not a number; {expected}" if last else expected
    return f"no column holds numbers ({_listed([*texts, *([dated] if dated else [])])}); {expected}"


def _unread_dates(shape: Shape, texts: Sequence[str]) -> list[str]:
    """Return a note if a column looks like dates that cannot be read, as the rows' order may be another."""
    for name, column in zip(shape.names, shape.cells, strict=True):
        filled = [cell.strip() for cell in column if not number_parsing.is_gap(cell)]
        if name in texts and filled and (names_dates(name) or all(sum(map(str.isdecimal, cell)) > 3 for cell in filled[:_PROBE])):
            return [f"{name!r} was not read as dates ({_short(filled[0])!r}); the rows are taken in the order of the file"]
    return []


def _header_rows(cells: Sequence[Sequence[str]], mark: Mark) -> int:
    """Return how many rows are above the numbers: the first, if a column of numbers or dates starts with something else there,
    and those behind it in which all such columns do."""
    depth = 0
    while depth < _HEADERS and depth < len(cells[0]) - 2:
        starts = [start for column in cells if (start := _starts_otherwise(column[depth:], mark)) is not None]
        if not any(starts) or (depth and not all(starts)):
            break
        depth += 1
    return depth or int(any(_starts_otherwise(column, mark) for column in cells))


def _starts_otherwise(column: Sequence[str], mark: Mark) -> bool | None:
    """Return True if a column of numbers or dates starts with something else, False if with one; None for another column."""
    first, rest = column[0], column[1:]
    if number_parsing.is_gap(first):
        return None
    if number_parsing.read(rest[:_PROBE], mark).numeric:
        return number_parsing.number(first, mark) is None
    if date_parsing.read(rest[:_PROBE]) is not None:
        return number_parsing.number(first, mark) is None and date_parsing.read([first, first]) is None
    return None


def _is_count(values: Float[np.ndarray, " row"]) -> bool:
    """Return True if values are constant, or rise by about the same at each row, as numbers of rows and decimal years do."""
    steps = np.diff(values)
    return bool(np.isfinite(steps).all() and steps.min() >= 0 and steps.max() <= 1.1 * steps.min()) if len(steps) else True


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
