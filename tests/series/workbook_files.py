"""Spreadsheet files, written by hand as their formats say: Office Open XML, OpenDocument, and the binary format of Excel 97."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
#: The number formats of a cell's style: none, a day, a day and a time, a time, hours beyond a day, percent, and one with letters.
FORMATS = ("General", "yyyy\\-mm\\-dd", "dd/mm/yyyy\\ hh:mm", "hh:mm:ss", "[h]:mm:ss", "0.0%", '#,##0.00\\ "days"')
DAY, MOMENT, TIME, HOURS, PERCENT, DAYS = range(1, len(FORMATS))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Rows = Sequence[Any]


@dataclass(frozen=True)
class Formula:
    """A formula and its stored result: None for none."""

    text: str
    result: Any = None


@dataclass(frozen=True)
class Styled:
    """A number with the number of its format."""

    value: float
    style: int


@dataclass(frozen=True)
class Error:
    """The result of a formula that failed."""

    code: str = "#N/A"


def xlsx(
    sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), merged: Mapping[str, Sequence[str]] | None = None,
    from_1904: bool = False, recalculated: bool = False, more: Mapping[str, bytes] | None = None,
    package: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
) -> bytes:  # fmt: skip
    """Return an .xlsx file; a sheet named `chart…` has a chart alone."""
    book, relations, parts = [], [], dict(more or {})
    for number, (name, rows) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        book.append(f'<sheet name={quoteattr(name)} sheetId="{number}"{state} r:id="rId{number}"/>')
        kind = "chartsheet" if name.startswith("chart") else "worksheet"
        relations.append(f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{kind}s/sheet{number}.xml"/>')
        ranges = "".join(f'<mergeCell ref="{each}"/>' for each in (merged or {}).get(name, ()))
        body = f"<sheetData>{''.join(_row(index, row) for index, row in enumerate(rows, 1))}</sheetData>" * (kind == "worksheet")
        body += f"<mergeCells>{ranges}</mergeCells>" * bool(ranges)
        parts[f"xl/{kind}s/sheet{number}.xml"] = f'<{kind} xmlns="{MAIN}">{body}</{kind}>'.encode()
    relations.append(f'<Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/>')
    calculation = '<calcPr calcId="1" fullCalcOnLoad="1"/>' if recalculated else ""
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(from_1904)}"/>'
        f"<sheets>{''.join(book)}</sheets>{calculation}</workbook>"
    ).encode()
    parts["xl/_rels/workbook.xml.rels"] = _relations(relations)
    formats = "".join(f'<numFmt numFmtId="{200 + at}" formatCode={quoteattr(each)}/>' for at, each in enumerate(FORMATS))
    uses = "".join(f'<xf numFmtId="{200 + at if at else 0}" applyNumberFormat="1"/>' for at in range(len(FORMATS)))
    styles = f"<numFmts>{formats}</numFmts><cellXfs>{uses}</cellXfs>"
    parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'.encode()
    parts["_rels/.rels"] = _relations([f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'])
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{package}"/></Types>'
    ).encode()
    return packed(parts)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def _relations(each: Sequence[str]) -> bytes:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(each)}</Relationships>'.encode()


def letters(column: int) -> str:
    """Return the letters of a column, from 0."""
    return letters(column // 26 - 1) + chr(65 + column % 26) if column > 25 else chr(65 + column)


def _row(number: int, row: Sequence[Any]) -> str:
    cells = "".join(_cell(f"{letters(place)}{number}", value) for place, value in enumerate(row) if value is not None)
    return f'<row r="{number}">{cells}</row>'


def _cell(address: str, value: Any) -> str:
    """Return a cell; the empty text is a cell with a format alone."""
    if value == "":
        return f'<c r="{address}" s="{DAY}"/>'
    if isinstance(value, Formula):
        formula = f"<f>{escape(value.text)}</f>"
        if value.result is None:
            return f'<c r="{address}">{formula}<v/></c>'
        kind = ' t="str"' if isinstance(value.result, str) else ' t="e"' if isinstance(value.result, Error) else ""
        result = value.result.code if isinstance(value.result, Error) else value.result
        return f'<c r="{address}"{kind}>{formula}<v>{result}</v></c>'
    if isinstance(value, str):
        return f'<c r="{address}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Error):
        return f'<c r="{address}" t="e"><v>{value.code}</v></c>'
    number, style = serial(value)
    return f'<c r="{address}" s="{style}"><v>{float(number)!r}</v></c>'


def serial(value: Any, begin: date = date(1899, 12, 30)) -> tuple[float, int]:
    """Return a value as a number, days since `begin` for a date, and its style."""
    if isinstance(value, Styled):
        return value.value, value.style
    if isinstance(value, datetime):
        return (value - datetime.combine(begin, time())) / timedelta(days=1), MOMENT
    if isinstance(value, date):
        return (value - begin).days, DAY
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) / timedelta(days=1), TIME
    if isinstance(value, timedelta):
        return value / timedelta(days=1), HOURS
    return value, 0


def ods(sheets: Mapping[str, Rows], rows_repeated: int = 1_048_000) -> bytes:
    """Return an .ods file; as LibreOffice does, the empty cells below and behind the table are there, repeated."""
    tables, empty = [], '<table:table-cell table:number-columns-repeated="16384"/>'
    for name, rows in sheets.items():
        lines = "".join(f"<table:table-row>{''.join(map(_open_cell, row))}</table:table-row>" for row in rows)
        rest = f'<table:table-row table:number-rows-repeated="{rows_repeated}">{empty}</table:table-row>'
        tables.append(f"<table:table table:name={quoteattr(name)}>{lines}{rest}</table:table>")
    spaces = "".join(f' xmlns:{each}="{OASIS}:{each}:1.0"' for each in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0"?><office:document-content{spaces} office:version="1.2">{body}</office:document-content>'
    manifest = f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"/>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode()})


def _open_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    return f'<table:table-cell office:value-type="float" office:value="{float(value)!r}"/>'


def xls(name: str, rows: Rows) -> bytes:
    """Return an .xls file of Excel 97 with texts, numbers and days: records of cells in a stream of an OLE file."""
    formats = [0] * 15 + [0, 14]
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(0x0042, struct.pack("<H", 1200))
    begin += b"".join(_record(0x00E0, struct.pack("<HHH", 0, each, 1) + bytes(14)) for each in formats)
    title = struct.pack("<BB", len(name), 0) + name.encode("latin-1")
    start = len(begin) + 4 + 6 + len(title) + 4
    book = begin + _record(0x0085, struct.pack("<IH", start, 0) + title) + _record(0x000A, b"")
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 0) + value.encode("latin-1")
                sheet += _record(0x0204, struct.pack("<HHH", row, column, 15) + text)
            elif value is not None:
                number, style = serial(value)
                sheet += _record(0x0203, struct.pack("<HHHd", row, column, 16 if style == DAY else 15, number))
    return ole("Workbook", book + sheet + _record(0x000A, b""))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def ole(stream: str, content: bytes) -> bytes:
    """Return an OLE file with one stream: sector 0 is the allocation table, 1 the directory, and the stream comes behind them."""
    count = max(8, -(-len(content) // 512))
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    assert len(chain) <= 128
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    header += b"\xff" * (512 - len(header))
    root = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    directory = (root + _entry(stream, 2, 2, count * 512)).ljust(512, b"\0")
    return header + table + directory + content.ljust(count * 512, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    label = (name + "\0").encode("utf-16-le")
    links = struct.pack("<HBBIII", len(label), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return label.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def xlsb(name: str, rows: Rows) -> bytes:
    """Return an .xlsb file with texts and numbers: the parts of an .xlsx file as binary records."""
    book = _binary(131) + _binary(143) + _binary(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)) + _binary(144)
    width = max(map(len, rows))
    sheet = _binary(129) + _binary(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + _binary(145)
    for number, row in enumerate(rows):
        sheet += _binary(0, struct.pack("<I", number) + bytes(13))
        for column, value in enumerate(row):
            kind, content = (6, _wide(value)) if isinstance(value, str) else (5, struct.pack("<d", serial(value)[0]))
            sheet += _binary(kind, struct.pack("<II", column, 0) + content)
    relation = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.bin"/>'
    types = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="bin" ContentType="application/vnd.ms-excel"/></Types>'
    return packed({
        "[Content_Types].xml": types.encode(), "xl/workbook.bin": book + _binary(132),
        "xl/_rels/workbook.bin.rels": _relations([relation]), "xl/worksheets/sheet1.bin": sheet + _binary(146) + _binary(130),
    })  # fmt: skip


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary(kind: int, data: bytes = b"") -> bytes:
    """Return a record: its kind and its size in groups of seven bits."""
    head = [kind] if kind < 128 else [kind & 0x7F | 0x80, kind >> 7]
    size = [len(data)] if len(data) < 128 else [len(data) & 0x7F | 0x80, len(data) >> 7]
    return bytes([*head, *size]) + data
