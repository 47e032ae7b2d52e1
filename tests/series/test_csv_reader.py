"""Whatever is brought, a table comes out or a message that says what to do."""

from __future__ import annotations

import codecs
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.series import fields
from lstm_viz.series.csv_reader import read_table
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.missing_values import FillMethod
from lstm_viz.series.model import SHORTEST, select_series
from lstm_viz.series.resampling import Frequency
from tests.facts import facts, states

ROWS = [(f"2020-{month:02}-01", month * 1.5, month * 1000 + 0.25) for month in range(1, 13)]


def written(separator: str, mark: str, header: bool, dates: bool, quote: str = "") -> str:
    lines = [["day", "small", "large"]] if header else []
    lines += [[day, f"{small}".replace(".", mark), f"{large}".replace(".", mark)] for day, small, large in ROWS]
    return "\n".join(separator.join(f"{quote}{cell}{quote}" for cell in line[0 if dates else 1 :]) for line in lines)


@pytest.mark.parametrize(
    ("separator", "mark", "header", "dates", "quote"),
    [
        case
        for case in itertools.product(",;\t|", ".,", (True, False), (True, False), ("", '"'))
        if case[:2] != (",", ",") or case[4]
    ],
)
def test_separator_mark_header_dates_and_quotes_are_told_apart(
    separator: str, mark: str, header: bool, dates: bool, quote: str
) -> None:
    table = read_table(written(separator, mark, header, dates, quote).encode())
    assert (table.separator, table.decimal, table.rows) == (separator, mark, 12)
    assert [list(column.values) for column in table.columns] == [[row[1] for row in ROWS], [row[2] for row in ROWS]]
    if header:
        assert table.names == ("small", "large")
        assert table.dated == ("day" if dates else None)
    assert (table.timestamps is not None) == dates


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_keep_their_letters_in_any_encoding(encoding: str) -> None:
    text = "Monat;Größe in °C\n" + "".join(f"2020-{month:02};{month},5\r\n" for month in range(1, 13))
    assert read_table(text.encode(encoding)).names == ("Größe in °C",)


def test_a_single_column_and_decimal_commas_without_any_separator() -> None:
    assert read_table(b"1\n2\n3\n").columns[0].values.tolist() == [1, 2, 3]
    table = read_table(b"price\n1,5\n2,5\n13,25\n")
    assert (table.names, table.decimal, table.columns[0].values.tolist()) == (("price",), ",", [1.5, 2.5, 13.25])


def test_what_people_put_around_tables_is_left_out_and_told() -> None:
    text = b"# from the lab\nMy measurements\n\nyear,x\n2000,1\n2001,NA\n2002,oops\n2003,4,5\n2004\n" + b"".join(
        b"%d,%d\n" % (year, year) for year in range(2005, 2040)
    )
    table = read_table(text)
    assert (table.names, table.dated, table.rows) == (("x",), "year", 40)
    np.testing.assert_array_equal(table.columns[0].values[:5], [1, np.nan, np.nan, 4, np.nan])
    told = "\n".join(table.notes)
    assert states(told, "#", 1)
    assert states(told, "above", 1)
    assert states(told, "rows", "fields", 2)
    assert states(told, "cells", "'x'", 1, 3, "'oops'")
    assert len(table.notes) == 4


def test_columns_of_text_are_listed_and_cannot_be_chosen() -> None:
    table = read_table("name,x,x,\nähm,1,2,3\nuhm,4,5,6\n".encode())
    assert table.texts == ("name",)
    assert table.names == ("x", "x (2)", "column 4")
    with pytest.raises(UnreadableSeries, match=facts("'name'", "'x'", "'x (2)'")):
        table.column("name")
    with pytest.raises(UnreadableSeries, match=facts("'y'")):
        table.column("y")


def test_what_is_told_from_the_file_may_be_said_instead() -> None:
    table = read_table(b"1,234;5\n2,345;6\n", decimal=".", header=False)
    assert table.columns[0].values.tolist() == [1234, 2345]
    guessed = read_table(b"1,234;5\n2,345;6\n")
    assert guessed.columns[0].values.tolist() == [1.234, 2.345]
    assert states("\n".join(guessed.notes), "1,234", "1.234")
    assert read_table(b"2001,2002\n1,2\n3,4\n", header=True).names == ("2001", "2002")


def test_a_quote_that_nobody_closes_does_not_swallow_the_table() -> None:
    text = 'name,x\nthe "big,1\n' + '"huge,2\n' + "".join(f"n,{number}\n" for number in range(3, 40))
    assert read_table(text.encode()).columns[0].values.tolist() == list(range(1, 40))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n\n", "holds only blanks"),
        (b"# nothing\n# else\n", "comments only"),
        (b"x\n1\n", facts("one row", "two")),
        (b"5", "the table has one row of values"),
        (b"a,b\n", facts("one row") + "|" + facts("column", "numbers")),
        (b"a,b\nc,d\ne,f\n", facts("'column 1'", "'column 2'", "'e'")),
        (b"day,who\n2020-01-01,me\n2020-01-02,you\n", facts("column", "numbers", "dates")),
        ("日本\n語\nです\n".encode(), facts("column", "numbers")),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "plain text"),
        (b"PK\x03\x04" + bytes(200), facts("broken ZIP archive", "CSV")),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00", "damaged"),
        (b"1" * 200 + b"," + b"2" * 200_000 + b"\n1,2\n", facts("line", "100,000")),
        (b",".join([b"1"] * 501) + b"\n" + b",".join([b"2"] * 501) + b"\n", "501 columns; at most 500"),
        (b"a,b,c,d\n1\n1,2\n1,2,3\n1,2,3,4,5\n1,2,3,4,5,6\n1,2,3,4,5,6,7\n", "rows have from 1 to 7 fields|one row|no column"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableSeries, match=message) as told:
        read_table(data)
    assert len(str(told.value)) < 300


def test_nothing_beyond_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(UnreadableSeries, match=facts("huge.csv", "5 MB")):
        read_table(path)
    with pytest.raises(UnreadableSeries, match=facts("none.csv", "not there", "CSV")):
        read_table(tmp_path / "none.csv")


def test_too_many_rows_and_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"1,2\n" * 30
    monkeypatch.setattr(fields, "ROWS", 29)
    with pytest.raises(UnreadableSeries, match="more than 29 rows"):
        read_table(data)
    monkeypatch.setattr(fields, "ROWS", 30)
    monkeypatch.setattr(fields, "CELLS", 59)
    with pytest.raises(UnreadableSeries, match="60 cells; at most 59"):
        read_table(data)
    monkeypatch.setattr(fields, "CELLS", 60)
    assert read_table(data).rows == 30


BYTES = b'0123456789,;\t|.-+eE"\n\r #/:\xe4\xff\x00nNaA'
PIECES = (*(bytes([byte]) for byte in BYTES), b"2020-01-01", b"1,5", b"\n1,2", b'"a\n', b"NaN", b"1e308")


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(PIECES)).map(b"".join), st.text(max_size=200).map(str.encode)))
def test_no_bytes_whatever_raise_anything_else(data: bytes) -> None:
    try:
        table = read_table(data)
    except UnreadableSeries as refused:
        told = str(refused)
        assert 20 < len(told) < 400
        return
    for column in table.columns:
        assert len(column.values) == table.rows >= 2
        assert not np.isinf(column.values).any()


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "2020-01-05", "2020-02-30", "05.01.2020", "1999", "x"]) | st.dates().map(str),
        st.sampled_from(["", "NA", "1", "-1e99", "1e101", "7"]) | st.floats(-1e3, 1e3).map(str),
    ),
    min_size=20,
    max_size=60,
)


@settings(max_examples=100)
@given(LINES, st.sampled_from(["line", "carry", "drop"]), st.booleans(), st.sampled_from([None, "day", "week", "month", "year"]))
def test_a_series_out_of_any_table_is_whole_or_refused(
    lines: list[tuple[str, str]], how: FillMethod, dated: bool, every: Frequency
) -> None:
    try:
        table = read_table("\n".join(f"{day};{value}" for day, value in lines).encode())
        series = select_series(table, table.names[-1], how, dates=dated, every=every)
    except UnreadableSeries:
        return
    assert np.isfinite(series.values).all()
    assert len(series.values) == len(series.labels) == len(series.filled) >= SHORTEST
