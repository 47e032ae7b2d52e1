"""From a table to one series: order, missing dates, gaps, averages, and what cannot be forecast."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstm_viz.series.csv_reader import read_table
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.missing_values import FillMethod, fill, longest
from lstm_viz.series.model import LONGEST, Series, of_values, select_series
from lstm_viz.series.resampling import extend_labels
from tests.facts import facts, states

GAP = np.nan
MONTHS = [f"{2018 + month // 12}-{month % 12 + 1:02}" for month in range(36)]


def series(lines: list[str], how: FillMethod = "line", **options: object) -> Series:
    table = read_table("\n".join(["when,x", *lines]).encode())
    return select_series(table, "x", how, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "values", "kept"),
    [
        ("line", [1, 2, 3, 4, 8, 6], [0, 1, 1, 1, 1, 1, 1, 0]),
        ("carry", [1, 1, 1, 4, 8, 6], [0, 1, 1, 1, 1, 1, 1, 0]),
        ("drop", [1, 4, 8, 6], [0, 1, 0, 0, 1, 1, 1, 0]),
    ],
)
def test_gaps_by_hand(how: FillMethod, values: list[float], kept: list[int]) -> None:
    found, where = fill(np.array([GAP, 1, GAP, GAP, 4, 8, 6, GAP]), how)
    np.testing.assert_array_equal(found, values)
    np.testing.assert_array_equal(where, np.array(kept, bool))


def test_nothing_but_gaps_leaves_nothing() -> None:
    assert len(fill(np.full(3, GAP), "line")[0]) == 0
    assert [longest(np.array(row, float)) for row in ([1, 2], [GAP, GAP, 1, GAP], [])] == [0, 2, 0]


def test_gaps_are_counted_marked_and_told() -> None:
    cells = [str(float(month)) for month in range(36)]
    cells[5] = cells[6] = cells[20] = "NA"
    found = series([f"{month},{cell}" for month, cell in zip(MONTHS, cells, strict=True)])
    np.testing.assert_allclose(found.values, np.arange(36.0))
    assert np.flatnonzero(found.filled).tolist() == [5, 6, 20]
    assert found.labels == tuple(MONTHS)
    told = "values that are missing: 3 of 36, the first at 2018-06, at most 2 in a row; in each place: a straight line"
    assert any(note.startswith(told) for note in found.notes)


def test_missing_months_are_gaps_and_months_of_unequal_length_are_even() -> None:
    found = series([f"{month},{step}" for step, month in enumerate(MONTHS) if step not in (3, 30)])
    np.testing.assert_allclose(found.values, np.arange(36.0))
    assert found.labels == tuple(MONTHS)
    assert states("\n".join(found.notes), "missing", 2, "2018-04")


def test_the_ends_of_months_are_even_too() -> None:
    ends = np.array(MONTHS, "datetime64[M]") + 1
    days = (ends.astype("datetime64[D]") - 1).astype(str)
    found = series([f"{day},{step}" for step, day in enumerate(days) if step != 7])
    assert found.labels == tuple(days)
    assert len(found.values) == 36


def test_weekends_are_no_gaps() -> None:
    days = [day for day in np.arange("2020-01-06", "2020-03-30", dtype="datetime64[D]") if np.is_busday(day)]
    found = series([f"{day},{step * step}" for step, day in enumerate(days)])
    np.testing.assert_array_equal(found.values, np.arange(len(days)) ** 2)
    assert any("not evenly spaced" in note for note in found.notes)


def test_rows_are_put_in_order_and_rows_of_one_date_averaged() -> None:
    lines = [f"{month},{step}" for step, month in enumerate(MONTHS)]
    back = series(lines[::-1])
    np.testing.assert_array_equal(back.values, np.arange(36))
    assert any("reversed" in note for note in back.notes)
    mixed = series([*lines[9:], f"{MONTHS[9]},11", *lines[:9]])
    np.testing.assert_array_equal(mixed.values[8:11], [8, 10, 10])
    assert any(states(note, "repeat", 1) for note in mixed.notes)
    undated = series([*lines, "NA,99"])
    assert any(states(note, "without a date", 1) for note in undated.notes)
    plain = series(lines[::-1], dates=False)
    np.testing.assert_array_equal(plain.values, np.arange(36)[::-1])
    assert plain.labels[:2] == ("1", "2")


def test_averages_by_month_leave_out_what_is_missing() -> None:
    days = np.arange("2000-01-01", "2003-01-01", dtype="datetime64[D]")
    months = days.astype("datetime64[M]")
    values = np.sin(np.arange(len(days)) / 50)
    cells = [f"{day},{value}" for day, value in zip(days, values, strict=True) if str(day)[:7] != "2001-05"]
    cells[3] = "2000-01-04,"
    found = series(cells, every="month")
    assert len(found.values) == 36
    wanted = [values[months == month].mean() for month in np.unique(months)]
    wanted[0] = np.delete(values[:31], 3).mean()
    np.testing.assert_allclose(np.delete(found.values, 16), np.delete(wanted, 16))
    assert found.values[16] == pytest.approx((wanted[15] + wanted[17]) / 2)
    assert np.flatnonzero(found.filled).tolist() == [16]
    assert found.labels[16] == "2001-05"


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        ([f"{month},5" for month in MONTHS], {}, facts(36, "'x'", 5)),
        ([f"{month},{month[:4]}" for month in MONTHS[:5]], {}, "'x' has 5 values; at least 24 are needed"),
        ([f"{month}," for month in MONTHS[:35]] + ["2021-01,1"], {}, "'x' has 1 values"),
        ([f"{month},{step}e120" for step, month in enumerate(MONTHS)], {}, "'x' has values beyond ±1e\\+30"),
        ([f"{month}th,{step}" for step, month in enumerate(MONTHS)], {"every": "month"}, facts("dates", "none")),
        (["0001-01-01,1", "9999-01-01,2"], {"every": "day"}, "reach over 3,651,695 days"),
    ],
)
def test_what_cannot_be_forecast_is_refused(lines: list[str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableSeries, match=message):
        series(lines, **options)


def test_a_long_series_keeps_its_end() -> None:
    found = series([f"row {row},{row % 7}" for row in range(LONGEST + 3)])
    assert (len(found.values), found.labels[0], found.labels[-1]) == (LONGEST, "4", f"{LONGEST + 3}")
    assert f"of {LONGEST + 3:,} values the last {LONGEST:,} are used" in found.notes


def test_plain_numbers_are_a_series() -> None:
    assert of_values(np.arange(30)).labels[-1] == "30"
    with pytest.raises(UnreadableSeries, match="nothing to forecast"):
        of_values(np.ones(30))


@pytest.mark.parametrize(
    ("labels", "coming"),
    [
        (("2007", "2008"), ("2009", "2010", "2011")),
        (("1998", "2000"), ("2002", "2004", "2006")),
        (("998", "999"), ("1000", "1001", "1002")),
        (("2001-10", "2001-11", "2001-12"), ("2002-01", "2002-02", "2002-03")),
        (("2024-02-20", "2024-02-27"), ("2024-03-05", "2024-03-12", "2024-03-19")),
        (("2024-02-28T22:00", "2024-02-28T23:00"), ("2024-02-29T00:00", "2024-02-29T01:00", "2024-02-29T02:00")),
        (("2024-02-28", "2024-03-05", "2024-03-06"), ("+1", "+2", "+3")),
        (("a", "b"), ("+1", "+2", "+3")),
        (("2008",), ("+1", "+2", "+3")),
    ],
)
def test_labels_go_on_as_the_last_ones_went(labels: tuple[str, ...], coming: tuple[str, ...]) -> None:
    assert extend_labels(labels, 3) == coming
