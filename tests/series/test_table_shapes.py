"""Tables with their dates, things or months elsewhere than in one column: each value at its own date."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lstm_viz.series import Table, UnreadableSeries, read_table, select_series
from tests.facts import facts, states

COUNT = 48
MONTHS = [date(2018 + step // 12, step % 12 + 1, 1) for step in range(COUNT)]
DAYS = [date(2021, 1, 1) + timedelta(days=step) for step in range(COUNT)]
VALUES = [round(1000 + 40 * float(np.sin(step / 3)), 2) for step in range(COUNT)]


def holds(table: Table, dates: list[date] = MONTHS, name: str = "x", values: list[float] = VALUES) -> None:
    np.testing.assert_array_equal(table.column(name).values, values)
    assert table.timestamps is not None
    np.testing.assert_array_equal(table.timestamps, np.array(dates, "datetime64[s]"))


def table_of(lines: list[str], encoding: str = "utf-8") -> Table:
    return read_table("\n".join(lines).encode(encoding))


@pytest.mark.parametrize("names", ["year,month,x", "Jahr,Monat,x", "YYYY,MM,x"])
def test_years_and_months_in_two_columns_are_dates(names: str) -> None:
    holds(table_of([names, *(f"{day.year},{day.month},{value}" for day, value in zip(MONTHS, VALUES, strict=True))]))


def test_years_months_and_days_in_three_columns_are_dates() -> None:
    rows = (f"{day.year},{day.month},{day.day},{value}" for day, value in zip(DAYS, VALUES, strict=True))
    holds(table_of(["year,month,day,x", *rows]), DAYS)


def test_an_observatory_s_columns_without_names() -> None:
    pairs = zip(MONTHS, VALUES, strict=True)
    table = table_of([f"{day.year} {day.month:2} {day.year + (day.month - 0.5) / 12:.3f} {value:8.2f}" for day, value in pairs])
    holds(table, name="column 4")
    # A year with a fraction counts the rows: it is not what is forecast unless it is chosen.
    assert table.likely == "column 4"


def test_names_of_months_beside_years_and_the_source_below() -> None:
    german = re.findall(r"\w+", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
    pairs = zip(MONTHS, VALUES, strict=True)
    rows = [f"{day.year};{german[day.month - 1]};{str(value).replace('.', ',')}" for day, value in pairs]
    table = table_of(["Preise;;", "Jahr;Monat;x", *rows, "__________;;", "Stand: 2023;;"], "cp1252")
    holds(table)
    assert states("\n".join(table.notes), "remarks", 1, "'Stand: 2023'")


@pytest.mark.parametrize("months", ["Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec", "Januar,Februar,März,April,Mai,Juni,Juli,"
                                    "August,September,Oktober,November,Dezember"])  # fmt: skip
def test_a_year_a_row_and_a_month_a_column(months: str) -> None:
    rows = [",".join(map(str, [2018 + year, *VALUES[12 * year : 12 * year + 12], 9])) for year in range(4)]
    table = table_of([f"Year,{months},Annual", *rows])
    holds(table, name="all months")
    assert states("\n".join(table.notes), "left out", "'Annual'")


def test_a_bank_of_indicators_with_a_year_a_column() -> None:
    years = [date(1980 + step, 1, 1) for step in range(COUNT)]
    header = ",".join(['"Country Name","Country Code","Indicator Name"', *(f'"{year.year}"' for year in years), ""])
    rows = [",".join([f'"{name}","{name[:3]}","GDP"', *(f'"{value + step}"' for value in VALUES), ""])
            for step, name in enumerate(("Aruba", "Chad"))]  # fmt: skip
    table = table_of(['"Data Source","Indicators",', "", '"Last Updated Date","2023-01-01",', "", header, *rows], "utf-8-sig")
    assert table.names == ("Aruba", "Chad")
    holds(table, years, "Aruba")
    holds(table, years, "Chad", [value + 1 for value in VALUES])


def test_an_office_s_dates_side_by_side_with_flags() -> None:
    cells = [f"{value} p" if step > 44 else ": " if step == 6 else f"{value} " for step, value in enumerate(VALUES)]
    table = table_of(["freq,geo\\TIME\t" + "\t".join(f"{day:%Y-%m} " for day in MONTHS), "M,DE\t" + "\t".join(cells)])
    holds(table, name="M,DE", values=[np.nan if step == 6 else value for step, value in enumerate(VALUES)])
    assert states("\n".join(table.notes), "flags", 3)


@pytest.mark.parametrize("interleaved", [False, True])
def test_several_things_below_each_other_have_a_column_each(interleaved: bool) -> None:
    rows = [(day, name, value + step) for step, name in enumerate(("DE", "FR")) for day, value in zip(DAYS, VALUES, strict=True)]
    rows = sorted(rows) if interleaved else rows
    table = table_of(["geo,day,x", *(f"{name},{day},{value}" for day, name, value in rows)])
    holds(table, DAYS, "DE")
    holds(table, DAYS, "FR", [value + 1 for value in VALUES])
    assert states("\n".join(table.notes), "2 values of 'geo'")


def test_years_of_one_country_after_another_and_numbered_shops() -> None:
    rows = [f"{name},{1950 + step},{value}" for name in ("Albania", "Benin") for step, value in enumerate(VALUES)]
    holds(table_of(["Entity,Year,x", *rows]), [date(1950 + step, 1, 1) for step in range(COUNT)], "Benin")
    shops = [f"{day},{shop},{value + shop}" for day, value in zip(DAYS, VALUES, strict=True) for shop in (1, 2)]
    holds(table_of(["date,shop,x", *shops]), DAYS, "shop 2", [value + 2 for value in VALUES])


def test_the_column_of_dates_is_the_one_that_tells_rows_apart() -> None:
    rows = [f"2023-02-01 11:00:00,DE,{day:%Y-%m},{value}" for day, value in zip(MONTHS, VALUES, strict=True)]
    table = table_of(["LAST UPDATE,geo,TIME_PERIOD,x", *rows])
    assert table.dated == "TIME_PERIOD"
    holds(table)


def test_totals_at_the_end_are_no_values() -> None:
    rows = [f"{day:%B},{value}" for day, value in zip(MONTHS, VALUES, strict=True)]
    table = table_of(["Month,x", *rows, f"Total,{sum(VALUES):.2f}", f"Mean,{sum(VALUES) / COUNT:.2f}"])
    np.testing.assert_array_equal(table.column("x").values, VALUES)
    assert states("\n".join(table.notes), "totals", 2, "'Total'")


PAIRS = [(str(day), value) for day, value in zip(DAYS, VALUES, strict=True)]
APIS = {
    "nested": {"status": "ok", "data": {"series": [{"id": 7, "observations": [{"day": day, "x": str(x)} for day, x in PAIRS]}]}},
    "columns beside words": {"units": {"x": "°C"}, "daily": {"day": [day for day, _ in PAIRS], "x": [x for _, x in PAIRS]}},
    "page first": [{"page": 1}, [{"day": day, "x": x, "country": {"id": "DE"}} for day, x in PAIRS]],
    "arrays with names": [["day", "x"], *([day, x] for day, x in PAIRS)],
    "a day a key": {"Meta": {"1": "a"}, "Daily": {day: {"x": str(x)} for day, x in reversed(PAIRS)}},
}


@pytest.mark.parametrize("form", APIS)
def test_the_answers_of_services_hold_their_records_somewhere(form: str) -> None:
    table = read_table(json.dumps(APIS[form]).encode())
    assert table.timestamps is not None
    order = np.argsort(table.timestamps)
    np.testing.assert_array_equal(table.timestamps[order], np.array(DAYS, "datetime64[s]"))
    np.testing.assert_array_equal(table.column("x").values[order], VALUES)


def test_of_several_lists_of_json_the_one_that_is_read_is_named() -> None:
    stamps = [1_609_459_200_000 + 86_400_000 * step for step in range(COUNT)]
    lists = {"prices": list(zip(stamps, VALUES, strict=True)), "caps": list(zip(stamps, stamps, strict=True))}
    table = read_table(json.dumps(lists).encode())
    holds(table, DAYS, "column 2")
    assert states("\n".join(table.notes), "'prices'", "not of 'caps'")


def test_a_data_set_s_index_is_no_value() -> None:
    index = {f"{day:%Y-%m}": step for step, day in enumerate(MONTHS)}
    stat = {"id": ["time"], "size": [COUNT], "dimension": {"time": {"category": {"index": index}}}, "value": VALUES}
    holds(read_table(json.dumps(stat).encode()), name="value")
    two = {**stat, "id": ["geo", "time"], "size": [2, COUNT], "value": VALUES * 2}
    with pytest.raises(UnreadableSeries, match=facts("JSON", "list of records")):
        read_table(json.dumps(two).encode())


@pytest.mark.parametrize("text", [str(VALUES), str(VALUES)[1:-1], str(VALUES)[1:-1].replace(", ", "; ").replace(".", ",")])
def test_numbers_side_by_side_are_one_column(text: str) -> None:
    np.testing.assert_array_equal(read_table(text.encode()).columns[0].values, VALUES)


TEXT_TABLES = {
    "Markdown": ["| day | x |", "|-----|--:|", *(f"| {day} | {x} |" for day, x in PAIRS)],
    "psql": ["    day     |   x   ", "------------+-------", *(f" {day} | {x:7.2f}" for day, x in PAIRS), "(48 rows)"],
    "reStructuredText": ["==========  =====", "day         x", "==========  =====", *(f"{day}  {x}" for day, x in PAIRS),
                         "==========  ====="],
    "fixed width": ["day            x  flag", *(f"{day}  {x:8.2f}  A" for day, x in PAIRS)],
    "HTML": ["<html><body><h1>T</h1><table><tr><th>day</th><th>x</th></tr>",
             *(f"<tr><td>{day}</td><td>{x}</td></tr>" for day, x in PAIRS), "</table></body></html>"],
    "names of R": ['"day","x"', *(f'"{row}","{day}",{x}' for row, (day, x) in enumerate(PAIRS, 1))],
}  # fmt: skip


@pytest.mark.parametrize("form", TEXT_TABLES)
def test_tables_drawn_in_text(form: str) -> None:
    table = table_of(TEXT_TABLES[form])
    series = select_series(table, "x")
    np.testing.assert_array_equal(series.values, VALUES)
    assert series.labels == tuple(map(str, DAYS))


def test_a_blank_field_of_fixed_width_moves_no_number() -> None:
    rows = [f"{day}  {'' if step == 3 else f'{x:.2f}':>8}  {step:5}" for step, (day, x) in enumerate(PAIRS)]
    table = table_of(["day             x      n", *rows])
    assert np.isnan(table.column("x").values[3])
    np.testing.assert_array_equal(table.column("n").values, range(COUNT))


def test_notes_name_their_column_and_end_without_a_point() -> None:
    table = table_of(["Größe,x", *(f"{day},({x})" for day, x in PAIRS)], "cp1252")
    assert states("\n".join(table.notes), "'x'", "negative", COUNT)
    assert any("guessed" in note for note in table.notes)
    assert not any(note.endswith(".") for note in table.notes)


def test_numbers_of_rows_and_constants_are_not_what_is_forecast_first() -> None:
    assert table_of(["id,station,x", *(f"{row},44,{x}" for row, (_, x) in enumerate(PAIRS))]).likely == "x"
    assert table_of(["id", *map(str, range(COUNT))]).likely == "id"


HOURS = [datetime(2021, 10, 30, 12, tzinfo=UTC) + timedelta(hours=step) for step in range(COUNT)]
BERLIN = [hour.astimezone(ZoneInfo("Europe/Berlin")) for hour in HOURS]
QUARTERS = [date(2010 + step // 4, step % 4 * 3 + 1, 1) for step in range(COUNT)]
WEEKS = [date(2020, 11, 30) + timedelta(weeks=step) for step in range(COUNT)]
YEARS = [date(1970 + step, 1, 1) for step in range(COUNT)]
FORMS: dict[str, tuple[list[str], list[date]]] = {
    "Q1 2019": ([f"Q{day.month // 3 + 1} {day.year}" for day in QUARTERS], QUARTERS),
    "1Q19": ([f"{day.month // 3 + 1}Q{day:%y}" for day in QUARTERS], QUARTERS),
    "1. Quartal 2019": ([f"{day.month // 3 + 1}. Quartal {day.year}" for day in QUARTERS], QUARTERS),
    "2021-W05": ([f"{day:%G-W%V}" for day in WEEKS], WEEKS),
    "KW 5/2021": ([f"KW {int(f'{day:%V}')}/{day:%G}" for day in WEEKS], WEEKS),
    "Jan 21": ([f"{day:%b %y}" for day in MONTHS], MONTHS),
    "Jan. 2021": ([f"{day:%b}. {day.year}" for day in MONTHS], MONTHS),
    "2021年1月": ([f"{day.year}年{day.month}月" for day in MONTHS], MONTHS),
    "2019/20": ([f"{day.year}/{(day.year + 1) % 100:02}" for day in YEARS], YEARS),
    "2001-02": ([f"{day.year}-{(day.year + 1) % 100:02}" for day in YEARS], YEARS),
    "FY2019": ([f"FY{day.year}" for day in YEARS], YEARS),
    "Fri, Jan 01, 2021": ([f'"{day:%a, %b %d, %Y}"' for day in DAYS], DAYS),
    "01/31/2021, months": ([f"{day:%m/%d/%Y}" for day in MONTHS], MONTHS),
    "31.01.65": ([f"{day:%d.%m.%y}" for day in YEARS], YEARS),
    "2021-032": ([f"{day:%Y-%j}" for day in DAYS], DAYS),
    "first and last day": ([f"{day} - {day + timedelta(days=6)}" for day in WEEKS], WEEKS),
}


@pytest.mark.parametrize("form", FORMS)
def test_dates_in_words_quarters_weeks_and_seasons(form: str) -> None:
    cells, dates = FORMS[form]
    holds(table_of(["period,x", *(f"{cell},{value}" for cell, value in zip(cells, VALUES, strict=True))]), dates)


@pytest.mark.parametrize("months", ["Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
                                    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
                                    "ene feb mar abr may jun jul ago sept oct nov dic"])  # fmt: skip
def test_months_in_other_languages(months: str) -> None:
    names = months.split()
    holds(table_of(["m;x", *(f"{names[day.month - 1]} {day.year};{value}" for day, value in zip(MONTHS, VALUES, strict=True))]))


@pytest.mark.parametrize(
    ("name", "cells", "dates"),
    [
        ("Date", [44197 + step for step in range(COUNT)], DAYS),
        ("timestamp", [1609459200 + 86400 * step for step in range(COUNT)], DAYS),
        ("t", [1609459200000 + 86400000 * step for step in range(COUNT)], DAYS),
        ("MESS_DATUM", [f"{day:%Y%m%d}00" for day in DAYS], DAYS),
        ("month", [f"{day:%Y%m}" for day in MONTHS], MONTHS),
        ("year", [f"{day.year + (day.month - 0.5) / 12:.4f}" for day in MONTHS], MONTHS),
    ],
)
def test_dates_that_are_numbers_are_read_and_told(name: str, cells: list[object], dates: list[date]) -> None:
    table = table_of([f"{name},x", *(f"{cell},{value}" for cell, value in zip(cells, VALUES, strict=True))])
    holds(table, dates)
    assert states("\n".join(table.notes), "numbers of the dates")


def test_numbers_in_a_column_that_is_not_named_so_are_no_dates() -> None:
    table = table_of(["price,x", *(f"{44197 + step},{value}" for step, value in enumerate(VALUES))])
    assert (table.dated, table.names) == (None, ("price", "x"))


def test_short_names_of_zones_tell_the_hours_of_a_change_apart() -> None:
    table = table_of(["time,x", *(f"{hour:%Y-%m-%d %H:%M %Z},{value}" for hour, value in zip(BERLIN, VALUES, strict=True))])
    assert table.timestamps is not None
    np.testing.assert_array_equal(table.timestamps, np.array([hour.replace(tzinfo=None) for hour in HOURS], "datetime64[s]"))
    assert "UTC" in "\n".join(table.notes)


def test_dates_that_cannot_be_read_are_told() -> None:
    table = table_of(["date,x", *(f"day {step} of the trip,{value}" for step, value in enumerate(VALUES))])
    assert states("\n".join(table.notes), "'date' was not read as dates", "order of the file")
