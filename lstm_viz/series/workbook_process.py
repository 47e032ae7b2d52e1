"""Copy one sheet of a spreadsheet file into JSON; run as a program of its own, never imported by the app.

A small file can claim billions of cells, for which the library's memory runs out and its process ends. So it runs in this
process, with limits on memory and time. Values are read, of formulas the results that are stored; no formula or macro is run.

Usage: python -I workbook_process.py ROWS COLUMNS CELLS SHEET < FILE
writes a JSON object to standard output; an empty SHEET is the first one with a table. A table beyond ROWS, COLUMNS or CELLS is
described without its cells. The exit status is 4 for a file with a password, 5 without the library.
"""

import contextlib
import io
import json
import math
import posixpath
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

#: Limits: bytes of memory, seconds of processor time, and characters of a cell that are kept.
MEMORY = 2 * 2**30
SECONDS = 20
LONGEST = 200
#: A sheet with so many numbers has a table; of sheets with fewer, those with numbers in so many rows.
MANY, FEW = 24, 2
#: A text that may be a number.
_NUMBER = re.compile(r"[^\w:]{0,3}\d[\d.,'’\s]{0,30}[^\w:]{0,3}")
#: A cell of an .xlsx sheet with what is in it.
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s>])([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
_ZERO = re.compile(rb"\s*0(?:\.0+)?\s*")
_EMPTY_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_ADDRESS = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_RECALCULATED = re.compile(rb"<(?:\w+:)?calcPr\b[^>]*\bfullCalcOnLoad\s*=\s*[\"'](?:1|true)[\"']")


class Scan:
    """What a sheet holds: numbers, rows and columns that are not empty, and rows with a number.

    An empty cell between the numbers of a sheet's only column is a value that is missing, so its row counts too.
    """

    def __init__(self, sheet: Any, unsaved: set[tuple[int, int]]) -> None:
        self.sheet, self.unsaved = sheet, unsaved
        self.rows = self.numbers = self.rows_with_numbers = 0
        self.columns: set[int] = set()
        #: The columns of dates in which some have a time of day.
        self.timed: set[int] = set()
        first = last = above = below = 0
        for number, row in self.filled():
            self.rows += 1
            before = self.numbers
            for place, cell in enumerate(row):
                if cell == "":
                    continue
                self.columns.add(place)
                self.numbers += _may_be_number(cell)
                if isinstance(cell, datetime) and _to_seconds(cell).time() != time():
                    self.timed.add(place)
            if self.numbers > before:
                self.rows_with_numbers += 1
                first, above = (first, above) if before else (number, self.rows)
                last, below = number, self.rows
        #: Where empty rows count: from the first number to the last.
        self.between = range(first, last) if len(self.columns) == 1 else range(0)
        self.rows += (last - first) - (below - above) if self.between else 0

    def filled(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the rows that are not empty with their numbers in the sheet, from 0."""
        above, left = self.sheet.start or (0, 0)
        blank: dict[int, list[int]] = {}
        for row, column in self.unsaved:
            blank.setdefault(row - above, []).append(column - left)
        for number, row in enumerate(self.sheet.iter_rows()):
            for column in blank.get(number, ()):
                if 0 <= column < len(row):
                    row[column] = ""
            if number in blank or any(cell != "" for cell in row):
                yield number + above, row

    def cells(self) -> tuple[list[list[Any]], int]:
        """Return the cells of the columns that are not empty, and how many merged ranges were repeated in each of their rows."""
        places = sorted(self.columns)
        merged = self._merged()
        copied: dict[tuple[int, int], Any] = {}
        used: set[int] = set()
        result: list[list[Any]] = []
        left = (self.sheet.start or (0, 0))[1]
        previous = 0
        for number, row in self.filled():
            if previous in self.between:
                result += [[""] for _ in range(number - previous - 1)]
            previous = number
            for column, (first, index) in merged.get(number, {}).items():
                place = column - left
                if not 0 <= place < len(row):
                    continue
                if number == first:
                    copied[first, column] = row[place]
                elif row[place] == "" and copied.get((first, column), "") != "":
                    row[place] = copied[first, column]
                    used.add(index)
            result.append([_plain(row[place], place in self.timed) for place in places])
        return result, len(used)

    def _merged(self) -> dict[int, dict[int, tuple[int, int]]]:
        """Return the ranges of merged cells that are one column wide, by row and column."""
        found: dict[int, dict[int, tuple[int, int]]] = {}
        left = 2_000_000
        end = (self.sheet.end or (0, 0))[0]
        for index, ((first, column), (last, last_column)) in enumerate(self.sheet.merged_cell_ranges or ()):
            last = min(last, end)
            left -= max(0, last - first)
            if column != last_column or left < 0:
                continue
            for row in range(first, last + 1):
                found.setdefault(row, {})[column] = (first, index)
        return found


def main(rows: str, columns: str, cells: str, chosen: str) -> int:
    """Write the sheet `chosen`; return the exit status."""
    _limit()
    try:
        import python_calamine
    except ImportError:
        return 5
    data = sys.stdin.buffer.read()
    formulas = Formulas(data)
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(data))
        result = _read(workbook, formulas, (int(rows), int(columns), int(cells)), chosen)
    except python_calamine.PasswordError:
        return 4
    sys.stdout.write(json.dumps(result))
    return 0


def _read(workbook: Any, formulas: "Formulas", limits: tuple[int, int, int], chosen: str) -> dict[str, Any]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    hidden = {sheet.name for sheet in workbook.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible}
    sizes: dict[str, tuple[int, int]] = {}
    scan: tuple[Scan, str] | None = None
    for name in names:
        found = Scan(workbook.get_sheet_by_name(name), formulas.unsaved(name))
        sizes[name] = found.numbers, found.rows_with_numbers
        # Only one sheet is held in memory.
        if name == chosen or (not chosen and name not in hidden and scan is None and found.numbers >= MANY):
            scan = found, name
    tables = [name for name in names if sizes[name][0] >= MANY] or [name for name in names if sizes[name][1] >= FEW]
    visible = [name for name in tables if name not in hidden]
    offered = visible or tables
    result: dict[str, Any] = {
        "sheets": offered, "all": [sheet.name for sheet in workbook.sheets_metadata],
        "hidden": [name for name in tables if name in hidden],
        "recalculated": formulas.recalculated,
        "unsaved": {name: count for name in names if (count := len(formulas.unsaved(name)))},
    }  # fmt: skip
    name = chosen if chosen in offered else "" if chosen else next(iter(offered), "")
    if not name:
        return result
    found = scan[0] if scan is not None and scan[1] == name else Scan(workbook.get_sheet_by_name(name), formulas.unsaved(name))
    width = len(found.columns)
    result |= {"name": name, "rows": found.rows, "columns": width, "first_unsaved": formulas.first(name)}
    if found.rows <= limits[0] and width <= limits[1] and found.rows * width <= limits[2]:
        result["cells"], result["merged"] = found.cells()
    return result


class Formulas:
    """The formulas of an .xlsx file whose results are not stored in it, by sheet; those of other formats always are."""

    def __init__(self, data: bytes) -> None:
        self._archive: zipfile.ZipFile | None = None
        #: True if the next program shall compute everything: its writer may have stored 0 for every result.
        self.recalculated = False
        self._parts: dict[str, str] = {}
        self._found: dict[str, set[tuple[int, int]]] = {}
        if not data.startswith(b"PK"):
            return
        archive = zipfile.ZipFile(io.BytesIO(data))
        # A part that is larger than the archive says, or damaged, has another checksum.
        if archive.testzip() is not None:
            raise zipfile.BadZipFile("a part is damaged")
        if "xl/workbook.xml" not in archive.namelist():
            return
        self._archive = archive
        book = archive.read("xl/workbook.xml")
        self.recalculated = _RECALCULATED.search(book) is not None
        targets = {
            each.get("Id"): posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
            for each in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        for each in ElementTree.fromstring(book).iter():
            if each.tag.rpartition("}")[2] == "sheet":
                identifier = next((value for key, value in each.items() if key.endswith("}id")), "")
                self._parts[each.get("name", "")] = targets.get(identifier, "")

    def unsaved(self, name: str) -> set[tuple[int, int]]:
        """Return the rows and columns, from 0, of a sheet's formulas without results."""
        if name not in self._found:
            self._found[name] = self._search(self._parts.get(name, ""))
        return self._found[name]

    def first(self, name: str) -> str:
        """Return the address of a sheet's first formula without a result; empty if there is none."""
        if not (cells := self.unsaved(name)):
            return ""
        row, column = min(cells)
        letters = ""
        while column >= 0:
            letters, column = chr(65 + column % 26) + letters, column // 26 - 1
        return f"{letters}{row + 1}"

    def _search(self, part: str) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        if self._archive is None or part not in self._archive.namelist():
            return found
        content = self._archive.read(part)
        if not _FORMULA.search(content):
            return found
        for cell in _CELL.finditer(content):
            if not _FORMULA.search(cell[2]):
                continue
            value = _VALUE.search(cell[2])
            address = _ADDRESS.search(cell[1])
            # A result that is an empty text is stored as such.
            missing = value is None and not _EMPTY_TEXT.search(cell[1])
            if address and (missing or (self.recalculated and value is not None and _ZERO.fullmatch(value[1]))):
                column = 0
                for letter in address[1]:
                    column = 26 * column + letter - 64
                found.add((int(address[2]) - 1, column - 1))
        return found


def _may_be_number(cell: Any) -> bool:
    if isinstance(cell, str):
        return len(cell) <= 40 and _NUMBER.fullmatch(cell.strip()) is not None
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _plain(cell: Any, timed: bool) -> str | int | float:
    """Return a cell as JSON can hold it: numbers as such, everything else as a text."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime):
        moment = _to_seconds(cell)
        return moment.isoformat(" ") if timed else moment.date().isoformat()
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00:00" if timed else cell.isoformat()
    if isinstance(cell, time):
        return (_to_seconds(datetime.combine(date(2000, 1, 1), cell))).time().isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{'-' * (seconds < 0)}{abs(seconds) // 3600}:{abs(seconds) // 60 % 60:02}:{abs(seconds) % 60:02}"
    return " ".join(str(cell)[: 4 * LONGEST].split())[:LONGEST]


def _to_seconds(moment: datetime) -> datetime:
    """Return a time rounded to seconds, as days are stored as fractions that are not exact."""
    near = moment.replace(microsecond=0)
    return near + timedelta(seconds=1) if moment.microsecond >= 500_000 and near < datetime.max - timedelta(seconds=2) else near


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
