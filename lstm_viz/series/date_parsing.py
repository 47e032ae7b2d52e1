"""Parse a column of dates in any common format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from lstm_viz.results import Result
from lstm_viz.series.number_parsing import MOST, is_gap

#: Timestamps to the second, [row]; NaT if a cell holds none.
Timestamps = np.ndarray

_DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y"),
)
_MONTHS = (
    *("%Y-%m", "%Y/%m", "%Y.%m", "%m/%Y", "%m.%Y", "%m-%Y", "%YM%m", "%Ym%m"),
    *("%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y-%b", "%Y %b"),
)
_TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")

#: Formats that plain numbers could match: the parsed dates must also be monotonic.
_PLAIN = ("%Y%m%d", "%Y.%m", "%Y")
_PROBE = 24


@dataclass(frozen=True, eq=False, repr=False)
class Dates(Result):
    """A column of timestamps [row]; `note` explains the choice if day/month order is ambiguous."""

    timestamps: Timestamps
    note: str = ""


def read(cells: Sequence[str]) -> Dates | None:
    """Parse a column's cells as dates if nearly all of them match one known format; None otherwise."""
    filled = [cell.strip() for cell in cells if not is_gap(cell)]
    if len(filled) < 2:
        return None
    probe = filled[:_PROBE]
    fits: list[tuple[str, Timestamps]] = []
    for name, reading in _READINGS.items():
        if not _fits(reading, probe):
            continue
        timestamps = _parse_all(reading, cells)
        if np.count_nonzero(~np.isnat(timestamps)) < MOST * len(filled) or (name in _PLAIN and not _one_way(timestamps)):
            continue
        fits.append((name, timestamps))
    if not fits:
        return None
    # Of day-first and month-first, the order with monotonic dates is right; if both or neither are, day-first is assumed.
    name, timestamps = next((fit for fit in fits if _one_way(fit[1])), fits[0])
    if name == "ISO 8601" and len({_offset(cell) for cell in filled}) > 1:
        return Dates(_parse_all(_iso_in_utc, cells), "the times have different offsets and are shown in UTC")
    rivals = [rival for rival, parsed in fits if not np.array_equal(parsed, timestamps, equal_nan=True)]
    return Dates(
        timestamps, f"the dates were read as {_format_pattern(name)}, not {_format_pattern(rivals[0])}" if rivals else ""
    )


def _fits(reading: Callable[[str], datetime | None], probe: Sequence[str]) -> bool:
    # Most formats fail at once, so wide tables are cheap.
    allowed = (1 - MOST) * len(probe)
    for cell in probe:
        allowed -= _parse_or_none(reading, cell) is None
        if allowed < 0:
            return False
    return True


def _iso(cell: str) -> datetime | None:
    if not (len(cell) > 10 and cell[:4].isdecimal() and cell[4] == "-"):
        return None
    return datetime.fromisoformat(cell).replace(tzinfo=None)


def _iso_in_utc(cell: str) -> datetime | None:
    if _iso(cell) is None:
        return None
    time = datetime.fromisoformat(cell)
    return (time if time.tzinfo is None else time.astimezone(UTC)).replace(tzinfo=None)


def _offset(cell: str) -> timedelta | None:
    """Return a time's distance from UTC; None without one."""
    try:
        return datetime.fromisoformat(cell).utcoffset()
    except ValueError:
        return None


def _quarter(cell: str) -> datetime | None:
    text = cell.upper().replace("-", "").replace(" ", "")
    year, _, quarter = text.partition("Q")
    if not (len(year) == 4 and year.isdecimal() and quarter in ("1", "2", "3", "4")):
        return None
    return datetime(int(year), 3 * int(quarter) - 2, 1)


def _year(cell: str) -> datetime | None:
    # A year, not any four digits: counts and prices reach 4,000 more often than calendars do.
    text = cell.removesuffix(".0")
    return datetime(int(text), 1, 1) if len(text) == 4 and text.isdecimal() and 1000 <= int(text) < 2200 else None


def _parse_with(form: str, cell: str) -> datetime | None:
    if form == "%Y%m%d" and len(cell) != 8:  # strptime would accept one digit for a month
        return None
    return datetime.strptime(cell, form) if cell[:1].isalnum() and len(cell) <= 40 else None


_READINGS: dict[str, Callable[[str], datetime | None]] = {
    "ISO 8601": _iso,
    **{form: partial(_parse_with, form) for form in (*_DAYS, *_MONTHS)},
    **{f"{day} {time}": partial(_parse_with, f"{day} {time}") for day in _DAYS for time in _TIMES},
    "%Y Q": _quarter,
    "%Y": _year,
}


def _parse_or_none(reading: Callable[[str], datetime | None], cell: str) -> datetime | None:
    try:
        return reading(cell.strip())
    except (ValueError, OverflowError):
        return None


def _parse_all(reading: Callable[[str], datetime | None], cells: Sequence[str]) -> Timestamps:
    timestamps = np.full(len(cells), np.datetime64("NaT"), "datetime64[s]")
    for row, cell in enumerate(cells):
        if (parsed := _parse_or_none(reading, cell)) is not None:
            timestamps[row] = np.datetime64(parsed, "s")
    return timestamps


def _one_way(timestamps: Timestamps) -> bool:
    steps = np.diff(timestamps[~np.isnat(timestamps)]).astype(np.int64)
    return bool(len(steps) and ((steps >= 0).all() or (steps <= 0).all()) and steps.any())


def _format_pattern(form: str) -> str:
    words = {"%Y": "year", "%m": "month", "%d": "day", "%y": "year", "%b": "month", "%B": "month"}
    for code, word in words.items():
        form = form.replace(code, word)
    # What differs is the order of the day's parts; the time of day is the same.
    return form.partition(" %")[0]
