"""Spreadsheet files (.xlsx, .xlsm, .xlsb, .xls, .ods): one sheet as lines of cells, as a CSV file has them."""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
import struct
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lstm_viz.series import number_parsing
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.number_parsing import Mark

#: The program that reads workbooks; it is run, not imported.
_PROGRAM = Path(__file__).with_name("workbook_process.py")
#: The most seconds for reading a file, and the most bytes of its unpacked parts, as a multiple of the limit on a file's size.
_SECONDS, _UNPACKED = 60, 20
#: How many files are read at the same time, each with its limit on memory.
_AT_ONCE = threading.BoundedSemaphore(3)
#: The most parts of a workbook's archive.
_PARTS = 5000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Names of streams in old Office files: of a workbook, of documents that may hold one, and of what a password locks.
_BOOKS, _OTHERS, _LOCKED = (
    tuple(name.encode("utf-16-le") for name in names)
    for names in (("Workbook", "Book\0"), ("WordDocument", "PowerPoint Document"), ("EncryptedPackage",))
)
#: What a broken ZIP file raises.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, EOFError, OSError, ValueError, RuntimeError, LookupError),
)
#: A number that could be read in either notation, 1.234.
_AMBIGUOUS = re.compile(r"-?\d{1,3}\.\d{3}")
#: How spreadsheets begin that are XML in one file: of Excel 2003, and flat OpenDocument.
_XML = re.compile(r"\s*<\?xml.{0,2000}?(schemas-microsoft-com:office:spreadsheet|opendocument\.spreadsheet)", re.DOTALL)
_LONGEST_NAME = 40


@dataclass(frozen=True)
class WorkbookSheet:
    """A sheet's table as lines separated by tabs.

    `sheets` are the names of all sheets that can be chosen, `decimal` is the decimal mark of all numbers in the lines, and
    `doubtful` an example of a cell whose mark had to be guessed ("" for none). `reason` is what an error message has to add.
    """

    name: str
    sheets: tuple[str, ...] = field(repr=False)
    lines: list[str] = field(repr=False)
    decimal: Mark
    doubtful: str
    notes: tuple[str, ...] = field(repr=False)
    reason: str = ""


def is_workbook(data: bytes) -> bool:
    """Return True for a spreadsheet file, whole or damaged, by its content."""
    if data.startswith(_OLE):
        return _names(data, _LOCKED) or (_names(data, _BOOKS) and not _names(data, _OTHERS))
    if not data.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet")
            return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
    except _BROKEN:
        return b"xl/work" in data or data[30:90].startswith(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


def _names(data: bytes, streams: Sequence[bytes]) -> bool:
    return any(name in data for name in streams)


def is_xml_spreadsheet(text: str) -> bool:
    """Return True for the text of a spreadsheet that is one XML file; it is not read."""
    return _XML.match(text[:8000].removeprefix("\ufeff")) is not None


def read_sheet(data: bytes, sheet: str | None, decimal: Mark | None, limit: int, most: tuple[int, int, int]) -> WorkbookSheet:
    """Read one sheet of a spreadsheet file; of formulas their results, as they are stored.

    Args:
        data: The file.
        sheet: The name of the sheet; None for the first one that holds a table and is not hidden.
        decimal: The decimal mark of numbers that are stored as text; None to detect it.
        limit: Maximum size of the file, in bytes.
        most: The most rows, columns and cells of a table.

    Raises:
        UnreadableSeries: The file is damaged, locked or too large, or holds no such table.
    """
    _check_archive(data, limit)
    found = _run(data, sheet, most)
    if not found["all"]:
        raise UnreadableSeries(_DAMAGED)
    offered = tuple(found["sheets"])
    if "name" not in found:
        raise UnreadableSeries(_no_table(found, sheet), offered)
    name, unsaved = found["name"], found["unsaved"].get(found["name"], 0)
    formulas = _formulas(unsaved, found["recalculated"])
    if "cells" not in found:
        size = f"the sheet {_short(name)} has {found['rows']:,} rows and {found['columns']:,} columns with values"
        wanted = f"at most {most[0]:,} rows, {most[1]:,} columns and {most[2]:,} cells are read"
        raise UnreadableSeries(f"{size}; {wanted}, so keep only those needed", offered)
    cells: list[list[str | int | float]] = found["cells"]
    texts = (cell for row in cells for cell in row if isinstance(cell, str))
    guess, doubtful = number_parsing.decimal_mark(texts, "")
    mark = guess if decimal is None else decimal
    notes = []
    if len(offered) > 1:
        notes.append(f"the sheet {_short(name)} is read; {_listed([each for each in offered if each != name])} can be chosen too")
    if hidden := [each for each in found["hidden"] if each not in offered]:
        notes.append(f"hidden sheets, left out: {_listed(hidden)}")
    elif name in found["hidden"]:
        notes.append(f"the sheet {_short(name)}, which is read, is hidden")
    if found["merged"]:
        notes.append(f"cells merged with those below, read in each of their rows: {found['merged']:,}")
    if unsaved:
        notes.append(f"{formulas}, the first in {found['first_unsaved']}; they count as gaps: {_ADVICE}")
    reason = f" ({formulas}: {_ADVICE})" if unsaved else ""
    return WorkbookSheet(name, offered, _lines(cells, mark), mark, doubtful if decimal is None else "", tuple(notes), reason)


_ADVICE = "open the file in a spreadsheet program, save it, and choose it again"


def _formulas(count: int, recalculated: bool) -> str:
    zero = ", or are a 0 that stands for them" if recalculated else ""
    return f"formulas whose results are not in the file{zero}: {count:,}"


def _check_archive(data: bytes, limit: int) -> None:
    """Refuse a locked file, and an archive that is damaged or too large once unpacked."""
    if len(data) > limit:
        raise UnreadableSeries(f"the file is larger than {limit / 2**20:g} MB, the most that is read; use a part of it")
    if data.startswith(_OLE):
        if _names(data, _LOCKED):
            raise UnreadableSeries(_PASSWORD)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except _BROKEN as error:
        raise UnreadableSeries(_DAMAGED) from error
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableSeries(_PASSWORD)
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED * limit:
        raise UnreadableSeries(
            f"the spreadsheet holds more than {_UNPACKED * limit / 2**20:g} MB once unpacked, or more than {_PARTS:,} parts; "
            "save the sheet that is needed alone"
        )


_PASSWORD = "the file is locked with a password; save it without one"
_DAMAGED = "the spreadsheet is damaged, cut off or of an unusual kind; save or download it again, or save the sheet as CSV"


def _run(data: bytes, sheet: str | None, most: tuple[int, int, int]) -> dict[str, Any]:
    program = [sys.executable, "-I", str(_PROGRAM), *map(str, most), sheet or ""]
    try:
        with _AT_ONCE:
            result = subprocess.run(program, input=data, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableSeries(_TOO_MUCH) from error
    except ValueError as error:  # a name with a NUL
        raise UnreadableSeries(f"the sheet {_short(sheet or '')} is not in the spreadsheet; choose another") from error
    if result.returncode == 4:
        raise UnreadableSeries(_PASSWORD)
    if result.returncode == 5:
        raise UnreadableSeries("spreadsheets need the package python-calamine, which is not installed; save the sheet as CSV")
    # Ended by a signal: the limit on time, or the memory.
    if result.returncode < 0 or b"MemoryError" in result.stderr[-200:]:
        raise UnreadableSeries(_TOO_MUCH)
    if result.returncode:
        raise UnreadableSeries(_DAMAGED)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


_TOO_MUCH = (
    "the spreadsheet takes too much memory or time: its cells are too many, or too far from each other; "
    "save the table alone, or as CSV"
)


def _no_table(found: dict[str, Any], sheet: str | None) -> str:
    unsaved = sum(found["unsaved"].values())
    if sheet is not None and found["sheets"]:
        return f"the sheet {_short(sheet)} is not in the spreadsheet or holds no table; choose one of {_listed(found['sheets'])}"
    held = f"no sheet of the spreadsheet holds a table of numbers ({_listed(found['all'])})"
    if unsaved:
        return f"{held}, only {_formulas(unsaved, found['recalculated'])}; {_ADVICE}"
    return f"{held}; choose a file with a number in each row"


def _lines(cells: Sequence[Sequence[str | int | float]], mark: Mark) -> list[str]:
    """Return a line a row, with every cell in quotes; a title above the table is a line of one cell."""
    rows = [[_text(cell, mark) for cell in row] for row in cells]
    titles = 0
    while titles < len(rows) - 1 and rows[titles][0] and not any(rows[titles][1:]):
        titles += 1
    header = cells[titles] if cells else ()
    if sum(cell != "" for cell in header) < 2 or not all(isinstance(cell, str) for cell in header):
        titles = 0
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([*(row[:1] for row in rows[:titles]), *rows[titles:]])
    return written.getvalue().splitlines()


def _text(cell: str | int | float, mark: Mark) -> str:
    """Return a cell as a text that `number_parsing` reads as the same number with this decimal mark, and not with the other."""
    if isinstance(cell, str):
        return cell
    text = repr(cell)
    if _AMBIGUOUS.fullmatch(text):
        text += "0"
    return text.replace(".", mark)


def _short(name: str) -> str:
    return repr(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_short, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
