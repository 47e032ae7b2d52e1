"""Spreadsheet files as other programs write them: the values that were written, or a message that says what to do."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstm_viz.series import Table, UnreadableSeries, csv_reader, read_table, select_series, workbooks
from tests.facts import facts, states
from tests.series.workbook_files import DAYS, OLE, PERCENT, Error, Formula, Styled, ods, ole, packed, xls, xlsb, xlsx

COUNT = 40
DATES = [date(2019 + month // 12, month % 12 + 1, 1) for month in range(COUNT)]
VALUES = [round(20 + 5 * float(np.sin(number / 3)), 3) for number in range(COUNT)]
TABLE: list[list[Any]] = [["month", "x"], *map(list, zip(DATES, VALUES, strict=True))]


def holds(table: Table, name: str = "x", values: Sequence[float] = VALUES, dated: str = "month") -> None:
    np.testing.assert_array_equal(table.column(name).values, values)
    assert (table.dated, table.encoding) == (dated, "")
    np.testing.assert_array_equal(table.timestamps.astype("datetime64[D]"), np.array(DATES, "datetime64[D]"))


def told(table: Table) -> str:
    return "\n".join(table.notes)


@pytest.mark.parametrize("data", [xlsx({"Lake": TABLE}), ods({"Lake": TABLE}), xls("Lake", TABLE)], ids=["xlsx", "ods", "xls"])
def test_every_kind_of_file_gives_the_values_that_were_written(data: bytes) -> None:
    table = read_table(data)
    holds(table)
    assert (table.sheet, table.sheets, table.notes, table.texts) == ("Lake", ("Lake",), (), ())
    np.testing.assert_array_equal(select_series(table, "x").values, VALUES)


def test_a_binary_workbook_gives_the_values_that_were_written() -> None:
    table = read_table(xlsb("Lake", [["n", "x"], *([number, value] for number, value in enumerate(VALUES))]))
    assert (table.names, table.sheet, table.notes) == (("n", "x"), "Lake", ())
    np.testing.assert_array_equal(table.column("x").values, VALUES)


@pytest.mark.parametrize("kind", range(3))
def test_no_damage_whatever_raises_anything_else(kind: int) -> None:
    whole = (xlsx({"Lake": TABLE}), ods({"Lake": TABLE}, 10), xls("Lake", TABLE))[kind]
    generator = np.random.default_rng(kind)
    for changes in (1, 1, 2, 5, 20, 50):
        data = bytearray(whole)
        for place in generator.integers(8, len(data), changes).tolist():
            data[place] = int(generator.integers(256))
        try:
            said = read_table(bytes(data)).notes
        except UnreadableSeries as refused:
            said = (str(refused),)
        assert all(0 < len(each) < 400 for each in said)


def test_a_workbook_with_macros_is_read_for_its_values() -> None:
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    holds(read_table(xlsx({"Lake": TABLE}, package=kind, more={"xl/vbaProject.bin": OLE + bytes(600)})))


def test_titles_empty_rows_footnotes_and_totals_are_no_rows_of_the_table() -> None:
    rows: list[list[Any]] = [["Visitors of the lake"], ["source: town hall"], [], [None, *TABLE[0]]]
    rows[:2] = [[None, *row] for row in rows[:2]]
    rows += [[None, *row] for row in TABLE[1:]]
    rows += [[None, "Total", sum(VALUES)], [], [None, "* provisional figures"], *([["", "", ""]] * 3000)]
    table = read_table(xlsx({"Lake": rows}, merged={"Lake": ["B1:C1"]}))
    holds(table)
    assert (table.rows, table.texts) == (COUNT, ())
    assert states(told(table), "above the table", 2)
    assert states(told(table), "rows at the end", 2, "'Total'")


def test_numbers_are_exact_whatever_their_format() -> None:
    exact = [0.1 + 0.2, 1e-7, 1234567.125, 12.345, 1e300, -0.5, 123456789012345.0, 2**53 + 2.0]
    rows: list[list[Any]] = [["n", "plain", "percent", "days"]]
    rows += [[number, value, Styled(value, PERCENT), Styled(value, DAYS)] for number, value in enumerate(exact * 5)]
    table = read_table(xlsx({"s": rows}))
    for name in ("plain", "percent", "days"):
        np.testing.assert_array_equal(table.column(name).values, exact * 5)
    assert table.notes == ()


@pytest.mark.parametrize("mark", [None, ".", ","])
def test_numbers_stay_what_they_are_beside_texts_with_any_decimal_mark(mark: Any) -> None:
    numbers = [number + 0.345 for number in range(COUNT)]
    texts = [f"{number + 1}.200,5" if mark != "." else f"{number + 1},200.5" for number in range(COUNT)]
    table = read_table(xlsx({"s": [["x", "price"], *map(list, zip(numbers, texts, strict=True))]}), decimal=mark)
    np.testing.assert_array_equal(table.column("x").values, numbers)
    np.testing.assert_array_equal(table.column("price").values, [1000.0 * number + 1200.5 for number in range(COUNT)])


def test_a_column_of_numbers_and_texts_in_the_other_notation_has_no_number_a_thousand_times_too_large() -> None:
    cells = [12.345 if number % 2 else f"{number + 1}.234,5" for number in range(COUNT)]
    points = [f"{number}.5" for number in range(COUNT)]
    table = read_table(xlsx({"s": [["x", "y"], *map(list, zip(cells, points, strict=True))]}))
    assert (table.names, table.texts) == (("y",), ("x",))


def test_a_text_that_could_be_two_numbers_is_told_and_can_be_decided() -> None:
    rows: list[list[Any]] = [["x", "price"], *([number + 0.5, f"{number + 1},234"] for number in range(COUNT))]
    table = read_table(xlsx({"s": rows}))
    assert states(told(table), "1,234", 1234)
    other = read_table(xlsx({"s": rows}), decimal=",")
    np.testing.assert_allclose(other.column("price").values, table.column("price").values / 1000)
    np.testing.assert_array_equal(other.column("x").values, table.column("x").values)


def test_the_calendar_from_1904_and_hours_to_the_second() -> None:
    moments = [datetime(2024, 1, 1) + timedelta(hours=number) for number in range(COUNT)]
    days_1904 = [(moment - datetime(1904, 1, 1)) / timedelta(days=1) for moment in moments]
    rows: list[list[Any]] = [["time", "x"], *([Styled(day, 2), value] for day, value in zip(days_1904, VALUES, strict=True))]
    table = read_table(xlsx({"s": rows}, from_1904=True))
    np.testing.assert_array_equal(table.timestamps, np.array(moments, "datetime64[s]"))
    same = read_table(xlsx({"s": [["time", "x"], *map(list, zip(moments, VALUES, strict=True))]}))
    np.testing.assert_array_equal(same.timestamps, table.timestamps)


def test_days_and_times_of_day_in_two_columns_are_one() -> None:
    rows: list[list[Any]] = [["day", "time", "x"]]
    rows += [[date(2024, 3, 1 + at // 24), time(at % 24), value] for at, value in enumerate(VALUES)]
    table = read_table(xlsx({"s": rows}))
    assert table.timestamps[25] == np.datetime64("2024-03-02T01:00:00")
    assert table.names == ("x",)


def test_errors_empty_cells_and_truth_are_no_numbers() -> None:
    cells: list[Any] = list(VALUES)
    cells[3], cells[4], cells[5] = Error(), Formula("1/0", Error("#DIV/0!")), None
    rows: list[list[Any]] = [["#", "x", "open"], *([number, cell, number % 2 == 0] for number, cell in enumerate(cells))]
    table = read_table(xlsx({"s": rows}))
    assert (table.names, table.texts) == (("#", "x"), ("open",))
    expected = [np.nan if number in (3, 4, 5) else value for number, value in enumerate(VALUES)]
    np.testing.assert_array_equal(table.column("x").values, expected)


@pytest.mark.parametrize("result", [None, 0])
def test_formulas_without_results_are_gaps_and_told(result: int | None) -> None:
    """Who leaves the calculation to the next program writes no result, or 0 for every formula."""
    rows: list[list[Any]] = [["x", "twice"], *([value, Formula(f"A{at}*2", result)] for at, value in enumerate(VALUES, 2))]
    table = read_table(xlsx({"s": rows}, recalculated=result == 0))
    assert (table.names, table.texts) == (("x",), ("twice",))
    assert states(told(table), "formulas", COUNT, "B2")
    with pytest.raises(UnreadableSeries, match=facts("formulas", COUNT)):
        read_table(xlsx({"s": [row[1:] for row in rows]}, recalculated=result == 0))


def test_a_computed_zero_is_a_number_unless_the_next_program_shall_compute() -> None:
    values = [0.0, *VALUES[1:]]
    rows = [["x"], *([Formula("B1", value)] for value in values)]
    np.testing.assert_array_equal(read_table(xlsx({"s": rows})).column("x").values, values)
    table = read_table(xlsx({"s": rows}, recalculated=True))
    np.testing.assert_array_equal(table.column("x").values, [np.nan, *VALUES[1:]])
    assert states(told(table), "formulas", 0, 1, "A2")


def test_empty_cells_between_the_numbers_of_one_column_are_missing_values() -> None:
    cells: list[Any] = [["Level of the lake"], [], ["x"], *([value] for value in VALUES), [], ["source: harbour"]]
    cells[10], cells[20], cells[21] = [], [Error()], [None, ""]
    for data in (xlsx({"s": cells}), ods({"s": [row if row and row[0] != Error() else [None] for row in cells]})):
        table = read_table(data)
        expected = [np.nan if place in (7, 17, 18) else value for place, value in enumerate(VALUES)]
        np.testing.assert_array_equal(table.columns[0].values[: len(expected)], expected)
        assert table.rows - len(expected) <= 1, "the footnote alone"


def test_results_of_formulas_are_read_as_they_are_stored() -> None:
    rows: list[list[Any]] = [["x", "note"], *([Formula("B1", value), Formula("A1", "")] for value in VALUES)]
    table = read_table(xlsx({"s": rows}))
    np.testing.assert_array_equal(table.column("x").values, VALUES)
    assert table.notes == ()


def test_of_several_sheets_the_first_with_a_table_is_read_and_any_can_be_chosen() -> None:
    other = [["month", "x"], *([day, -value] for day, value in zip(DATES, VALUES, strict=True))]
    about = [["Lake"], ["version", 3], ["year", 2024]]
    sheets: dict[str, Any] = {"About": about, "chart": [], "A": TABLE, "B": other, "Raw": other}
    data = xlsx(sheets, hidden=["Raw"])
    table = read_table(data)
    holds(table)
    assert (table.sheet, table.sheets) == ("A", ("A", "B"))
    assert states(told(table), "'A'", "'B'")
    assert states(told(table), "hidden", "'Raw'")
    holds(read_table(data, sheet="B"), values=[-value for value in VALUES])
    for name in ("Raw", "About", "chart", "C", "", "\0"):
        if name:
            with pytest.raises(UnreadableSeries, match=facts("sheet")):
                read_table(data, sheet=name)
    hidden = read_table(xlsx({"About": [["Lake"]], "Raw": other}, hidden=["Raw"]))
    assert (hidden.sheet, states(told(hidden), "'Raw'", "hidden")) == ("Raw", True)


def test_a_table_that_fails_leaves_the_choice_of_another() -> None:
    words = [["a"], *([number] for number in range(30)), *(["word"] for _ in range(30))]
    data = xlsx({"Words": words, "Lake": TABLE})
    with pytest.raises(UnreadableSeries, match=facts("no column holds numbers", "another sheet")) as refused:
        read_table(data)
    assert refused.value.sheets == ("Words", "Lake")
    holds(read_table(data, sheet="Lake"))


def test_merged_years_belong_to_each_of_their_months() -> None:
    rows: list[list[Any]] = [["year", "month", "x"]]
    rows += [[2019 + at // 12 if at % 12 == 0 else None, at % 12 + 1, value] for at, value in enumerate(VALUES[:36])]
    table = read_table(xlsx({"s": rows}, merged={"s": ["A2:A13", "A14:A25", "A26:A37"]}))
    np.testing.assert_array_equal(table.timestamps.astype("datetime64[D]"), np.array(DATES[:36], "datetime64[D]"))
    assert states(told(table), "merged", 3)


def test_dates_side_by_side_and_a_table_far_from_the_first_cell() -> None:
    wide = read_table(xlsx({"s": [["country", *range(1990, 2020)], ["AT", *range(30)], ["CH", *range(30, 60)]]}))
    assert (wide.names, wide.rows) == (("AT", "CH"), 30)
    np.testing.assert_array_equal(wide.column("CH").values, range(30, 60))
    rows: list[list[Any]] = [[], [], [], *([None, None, None, each[0], None, each[1]] for each in TABLE)]
    holds(read_table(xlsx({"s": rows})))


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "really.csv").write_bytes(xlsx({"Lake": TABLE}))
    holds(read_table(tmp_path / "really.csv"))
    (tmp_path / "really.xlsx").write_text("x\n" + "\n".join(map(str, VALUES)))
    np.testing.assert_array_equal(read_table(tmp_path / "really.xlsx").column("x").values, VALUES)


def far() -> bytes:
    """Two cells at opposite corners: a table of 17 billion."""
    data = xlsx({"s": [[1]]})
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</row>", b'</row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    return packed(parts)


def damaged() -> bytes:
    """A sheet of which one stored byte is another."""
    data = bytearray(xlsx({"s": TABLE}))
    data[data.index(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    return bytes(data)


REFUSED = {
    "far": (far(), ("memory", "cells")),
    "cut": (xlsx({"s": TABLE})[:1500], ("damaged", "save")),
    "damaged": (damaged(), ("damaged", "save")),
    "no zip": (b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml" + bytes(99), ("damaged", "save")),
    "no records": (ole("Workbook", bytes(5000)), ("damaged", "save")),
    "locked": (ole("EncryptedPackage", bytes(5000)), ("password",)),
    "bomb": (xlsx({"s": TABLE}, more={"xl/extra.xml": bytes(120 * 2**20)}), ("100 MB", "unpacked")),
    "parts": (xlsx({"s": TABLE}, more={f"{number}.xml": b"" for number in range(5001)}), ("5,000", "parts")),
    "charts": (xlsx({"chart 1": []}), ("no sheet", "'chart 1'", "numbers")),
    "words": (xlsx({"Names": [["a"], ["b"]], "More": []}), ("no sheet", "'Names'", "'More'")),
    "one row": (xlsx({"s": [["a", "b"], [1, 2]]}), ("no sheet", "'s'")),
    "2003": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        b"<Worksheet><Table><Row><Cell><Data>1</Data></Cell></Row></Table></Worksheet></Workbook>",
        ("XML", ".xlsx"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_are_refused_in_one_short_message(name: str) -> None:
    data, wanted = REFUSED[name]
    with pytest.raises(UnreadableSeries, match=facts(*wanted)) as refused:
        read_table(data)
    assert len(str(refused.value)) < 260


def test_a_document_is_no_spreadsheet() -> None:
    document = packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
    # A letter with a table in it has both streams.
    letter = ole("WordDocument", b"") + "Workbook".encode("utf-16-le")
    others = (document, ole("WordDocument", b""), letter, b"PK\x05\x06" + bytes(18), b"a,b\n1,2\n", b"")
    assert not any(map(workbooks.is_workbook, others))


def test_the_size_of_a_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = xlsx({"s": [["a", "b"], *[[number, 2 * number] for number in range(29)]]})
    for limit, most in (("ROWS", 29), ("COLUMNS", 1), ("CELLS", 59)):
        with monkeypatch.context() as patch:
            patch.setattr(csv_reader, limit, most)
            with pytest.raises(UnreadableSeries, match=facts("30 rows", "2 columns", most)):
                read_table(data)
    assert read_table(data).rows == 29
    with pytest.raises(UnreadableSeries, match=facts("larger")):
        read_table(data, limit=len(data) - 1)


def test_values_repeated_in_an_ods_file_are_there_as_often_as_it_says() -> None:
    with zipfile.ZipFile(BytesIO(ods({"s": TABLE}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    first = b"<table:table-row><table:table-cell office:value-type=\"date\""
    content = parts["content.xml"].replace(first, first.replace(b"row>", b'row table:number-rows-repeated="3">'), 1)
    values = read_table(packed({**parts, "content.xml": content})).column("x").values
    np.testing.assert_array_equal(values, [VALUES[0], VALUES[0], *VALUES])


def test_a_missing_library_is_no_damaged_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    source = Path(workbooks.__file__).with_name("workbook_process.py").read_text()
    program.write_text(source.replace("import python_calamine", "import a_library_that_is_not_there", 1))
    monkeypatch.setattr(workbooks, "_PROGRAM", program)
    with pytest.raises(UnreadableSeries, match=facts("python-calamine", "CSV")):
        read_table(xlsx({"Lake": TABLE}))


def test_the_library_is_loaded_by_the_process_that_reads_alone() -> None:
    program = "import sys, lstm_viz.series; print([name for name in sys.modules if 'calamine' in name])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
