"""Dates as people write them, and numbers that are none."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from lstm_viz.series.date_parsing import read
from tests.facts import states

DAYS = [date(2019, 12, 28) + timedelta(days=step) for step in range(40)]
WAYS = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d %b %Y", "%B %d, %Y", "%d.%m.%y", "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y %I:%M %p",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_days_come_back(way: str) -> None:
    found = read([day.strftime(way) for day in DAYS])
    assert found is not None
    np.testing.assert_array_equal(found.timestamps, np.array(DAYS, "datetime64[s]"))


@pytest.mark.parametrize("way", ["%Y-%m", "%m/%Y", "%b %Y", "%Y/%m", "%YM%m", "%b-%y"])
def test_months_come_back(way: str) -> None:
    months = [date(2018 + step // 12, step % 12 + 1, 1) for step in range(30)]
    found = read([month.strftime(way) for month in months])
    assert found is not None
    np.testing.assert_array_equal(found.timestamps, np.array(months, "datetime64[s]"))


def test_quarters_and_years_come_back() -> None:
    quarters = read(["2019Q4", "2020 Q1", "2020-Q2"])
    assert quarters is not None
    assert [str(moment)[:7] for moment in quarters.timestamps] == ["2019-10", "2020-01", "2020-04"]
    years = read(["1999", "2000", "2001"])
    assert years is not None
    assert [str(moment)[:10] for moment in years.timestamps] == ["1999-01-01", "2000-01-01", "2001-01-01"]


def test_a_doubt_between_day_and_month_is_told_and_order_settles_it() -> None:
    ordered = read(["01/02/2020", "02/02/2020", "03/02/2020"])
    assert ordered is not None
    assert states(ordered.note, "day/month/year", "not month/day/year")
    months_first = read(["01/05/2020", "01/06/2020", "02/01/2020", "02/02/2020"])
    assert months_first is not None
    assert "month/day/year, not day" in months_first.note
    certain = read(["12/31/2020", "01/01/2021"])
    assert certain is not None
    assert certain.note == ""


NONE = ("1.5 2.5", "3000 1200 2000", "195811 195812", "5 6", "2020 2020", "a b", "NA NA", "2020")


@pytest.mark.parametrize("cells", NONE)
def test_what_is_no_column_of_dates_is_not_taken_for_one(cells: str) -> None:
    assert read(cells.split()) is None


def test_a_cell_without_a_date_is_left_blank() -> None:
    found = read(["2020-01-01", "", *(f"2020-01-{day:02}" for day in range(3, 20)), "later"])
    assert found is not None
    assert np.flatnonzero(np.isnat(found.timestamps)).tolist() == [1, 19]
