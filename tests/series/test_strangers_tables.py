"""Tables as banks, loggers, spreadsheets and programs write them: the values and dates that were written."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from lstm_viz.series import Table, UnreadableSeries, read_table, select_series
from tests.facts import facts, states

COUNT = 40
DAYS = [date(2023, 1, 1) + timedelta(days=number) for number in range(COUNT)]
VALUES = [round(1000 + 40 * float(np.sin(number / 3)), 2) for number in range(COUNT)]


def german(value: float) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def holds(table: Table, name: str = "x", dated: str | None = "day") -> None:
    assert table.rows == COUNT
    np.testing.assert_array_equal(table.column(name).values, VALUES)
    assert table.dated == dated
    if dated is not None:
        assert table.timestamps is not None
        np.testing.assert_array_equal(table.timestamps.astype("datetime64[D]"), np.array(DAYS, "datetime64[D]"))


def test_a_bank_s_lines_above_the_names_with_as_many_fields() -> None:
    rows = [f"{day:%d.%m.%Y};{day:%d.%m.%y};{german(value)}" for day, value in zip(DAYS, VALUES, strict=True)]
    table = read_table("\n".join(["Kontoauszug;;", "Zeitraum: 2023;;", "", "day;valued;x", *rows]).encode("cp1252"))
    holds(table)
    assert states("\n".join(table.notes), "rows above the numbers", 2)


def test_several_rows_of_names_give_the_one_that_tells_columns_apart() -> None:
    rows = [f"{day};{value};{number}" for number, (day, value) in enumerate(zip(DAYS, VALUES, strict=True))]
    table = read_table("\n".join(["Station;A;A", "day;x;y", "unit;°C;hPa", *rows]).encode())
    holds(table)
    assert table.names == ("x", "y")


def test_a_first_value_that_is_strange_is_no_second_row_of_names() -> None:
    table = read_table("\n".join(["day,x", f"{DAYS[0]},oops", *(f"{day},1" for day in DAYS[1:])]).encode())
    assert (table.rows, table.names) == (COUNT, ("x",))
    assert np.isnan(table.column("x").values[0])


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_excel_s_line_of_the_separator(line: str) -> None:
    rows = [f"{day};{value}" for day, value in zip(DAYS, VALUES, strict=True)]
    holds(read_table("\r\n".join([line, "day;x", *rows]).encode("utf-8-sig")))


RECORDS = [{"day": str(day), "x": value, "more": {"a": [1]}} for day, value in zip(DAYS, VALUES, strict=True)]
FORMS = {
    "lines": "\n".join(map(json.dumps, RECORDS)),
    "list": json.dumps(RECORDS, indent=1),
    "columns": json.dumps({name: [record[name] for record in RECORDS] for name in ("day", "x")}),
    "pandas": json.dumps({name: {str(row): record[name] for row, record in enumerate(RECORDS)} for name in ("day", "x")}),
}


@pytest.mark.parametrize("form", FORMS)
def test_records_of_json_are_rows(form: str) -> None:
    table = read_table(FORMS[form].encode())
    holds(table)
    assert "JSON" in "\n".join(table.notes)


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', "[{}]", "[" * 9000, '[{"a": 1}]', '[{"a": "x"}, {"a": "y"}]'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSeries):
        read_table(text.encode())


def test_columns_set_apart_by_blanks() -> None:
    pairs = list(zip(DAYS, VALUES, strict=True))
    holds(read_table("\n".join(f"  {day}   {value:9.2f}  7" for day, value in pairs).encode()), "column 2", "column 1")
    rows = [f"{day} {number:02}:00   {value:9.2f}" for number, (day, value) in enumerate(pairs[:24])]
    timed = read_table("\n".join(rows).encode())
    assert timed.timestamps is not None
    assert timed.timestamps[5] == np.datetime64("2023-01-06T05:00:00")
    np.testing.assert_array_equal(timed.column("column 2").values, VALUES[:24])
    # One column of numbers with blanks between thousands stays one column.
    assert read_table("\n".join(["x", *(f"{number} 234,5" for number in range(1, 9))]).encode()).columns[0].values[1] == 2234.5


@pytest.mark.parametrize("mark", [":", "."])
def test_days_and_times_in_two_columns_are_one_of_dates(mark: str) -> None:
    hours = [datetime(2004, 3, 28, 18) + timedelta(hours=number) for number in range(COUNT)]
    rows = [f"{hour:%d/%m/%Y};{hour:%H{mark}%M{mark}%S};{german(value)}" for hour, value in zip(hours, VALUES, strict=True)]
    table = read_table("\n".join(["Date;Time;CO", *rows]).encode())
    assert table.dated == "Date Time"
    assert table.timestamps is not None
    np.testing.assert_array_equal(table.timestamps, np.array(hours, "datetime64[s]"))
    np.testing.assert_array_equal(select_series(table, "CO", "line").values, VALUES)


def test_hours_around_a_change_of_the_clocks_are_told_apart() -> None:
    start = datetime(2023, 10, 28, 12, tzinfo=UTC)
    hours = [start + timedelta(hours=number) for number in range(COUNT)]
    change = datetime(2023, 10, 29, 1, tzinfo=UTC)
    local = [hour.astimezone(timezone(timedelta(hours=2 if hour < change else 1))) for hour in hours]
    rows = [f"{hour.isoformat()},{value}" for hour, value in zip(local, VALUES, strict=True)]
    table = read_table("\n".join(["day,x", *rows]).encode())
    assert table.timestamps is not None
    np.testing.assert_array_equal(table.timestamps, np.array([hour.replace(tzinfo=None) for hour in hours], "datetime64[s]"))
    assert "UTC" in "\n".join(table.notes)
    assert len(select_series(table, "x", "line").values) == COUNT


def test_the_cell_that_is_no_number_is_named() -> None:
    rows = [f"{day},{'<' if number % 3 else ''}{number}" for number, day in enumerate(DAYS)]
    with pytest.raises(UnreadableSeries, match=facts("'<38' is not a number")):
        read_table("\n".join(["day,x", *rows]).encode())


def test_a_doubt_about_the_order_of_a_day_is_told_in_words() -> None:
    hours = [datetime(2023, 2, 1) + timedelta(hours=number) for number in range(30)]
    rows = [f"{hour:%m/%d/%Y %I:%M %p},{number}" for number, hour in enumerate(hours)]
    assert not any("%" in note for note in read_table("\n".join(["day,x", *rows]).encode()).notes)
