"""Parse a column of dates in any common format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

import numpy as np

from lstm_viz.results import Result
from lstm_viz.series import date_words
from lstm_viz.series.date_numbers import names_dates, read_numbers
from lstm_viz.series.number_parsing import MOST, is_gap

#: Timestamps to the second, [row]; NaT if a cell holds none.
Timestamps = np.ndarray

_DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y"),
)
_MONTHS = (
    *("%Y-%m", "%Y/%m", "%Y.%m", "%m/%Y", "%m.%Y", "%m-%Y", "%YM%m", "%Ym%m"),
    *("%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y-%b", "%Y %b", "%Y%b"),
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


def read(cells: Sequence[str], name: str = "") -> Dates | None:
    """Parse a column's cells as dates if nearly all of them match one known format; None otherwise.

    Args:
        cells: The cells of a column.
        name: The column's name: some numbers are dates only in a column that is named so.
    """
    # Most columns are no dates at all: the first cells show it at little cost.
    probe = list(islice((cell.strip() for cell in cells if not is_gap(cell)), _PROBE))
    if len(probe) < 2 or not (_may_be_numbers(probe) or any(_fits(reading, probe) for reading in _READINGS.values())):
        if not any(letter.isalpha() or letter in "-/:" for cell in probe for letter in cell):
            return None
        if date_words.fiscal_years(probe) is None and _read_words(probe, name) is None:
            return None
    cells = ["" if is_gap(cell) else cell.strip() for cell in cells]
    if (years := date_words.fiscal_years(cells)) is not None:
        dates = _read(years, "year")
        return None if dates is None else Dates(dates.timestamps, "the years were read as the year in which each begins")
    if (found := _read(cells, name)) is not None:
        return found
    if (numbers := read_numbers(cells, name)) is not None:
        return Dates(numbers[0], f"the numbers of the dates were read as {numbers[1]}")
    return None if _read_words(probe, name) is None else _read_words(cells, name)


def _may_be_numbers(probe: Sequence[str]) -> bool:
    """Return True if numbers are so large that they may be dates."""
    return all(len(cell) > 3 and cell[:4].isdecimal() for cell in probe)


def _read_words(cells: Sequence[str], name: str) -> Dates | None:
    """Parse dates with words: month names of other languages, weekdays, zones; and ranges of dates."""
    simple = date_words.simplify(cells)
    if (zones := date_words.without_zones(simple)) is not None:
        found = _read(zones[0], name)
        note = "the times are in different zones and are shown in UTC" if zones[1] else ""
        return found and Dates(found.timestamps, note or found.note)
    if (begins := date_words.begins_of_ranges(simple)) is not None:
        found = _read(begins, name)
        return found and Dates(found.timestamps, found.note or "ranges of dates were read as their first day")
    return _read(simple, name) if simple != cells else None


def _read(cells: Sequence[str], name: str) -> Dates | None:
    filled = [cell for cell in cells if cell]
    probe = filled[:_PROBE]
    fits: list[tuple[str, Timestamps]] = []
    named = names_dates(name)
    for form, reading in _READINGS.items():
        if not _fits(reading, probe):
            continue
        timestamps = _parse_all(reading, cells)
        if np.count_nonzero(~np.isnat(timestamps)) < MOST * len(filled):
            continue
        if form in _PLAIN and not named and not _one_way(timestamps):
            continue
        fits.append((form, _without_future(timestamps) if "%y" in form else timestamps))
        if form.startswith(("ISO", "%Y")):  # no other order of the day's parts is possible
            break
    if not fits:
        return None
    # Of day-first and month-first, the order with monotonic and even dates is right; if both are, day-first is assumed.
    form, timestamps = max(fits, key=lambda fit: (_one_way(fit[1]), _evenness(fit[1])))
    if form == "ISO 8601" and len({_offset(cell) for cell in filled}) > 1:
        return Dates(_parse_all(_iso_in_utc, cells), "the times have different offsets and are shown in UTC")
    rivals = [rival for rival, parsed in fits if not np.array_equal(parsed, timestamps, equal_nan=True)]
    return Dates(
        timestamps, f"the dates were read as {_format_pattern(form)}, not {_format_pattern(rivals[0])}" if rivals else ""
    )


def _without_future(timestamps: Timestamps) -> Timestamps:
    """Return dates with two-digit years a century earlier where they lie decades ahead."""
    limit = np.datetime64(datetime.now() + timedelta(days=20 * 365), "s")
    months = timestamps.astype("datetime64[M]")
    earlier = (months - 1200).astype("datetime64[s]") + (timestamps - months.astype("datetime64[s]"))
    return np.where(timestamps > limit, earlier, timestamps)


def _evenness(timestamps: Timestamps) -> float:
    """Return the share of the most common step, in months or in seconds, 0..1."""
    known = timestamps[~np.isnat(timestamps)]
    if len(known) < 3:
        return 0.0
    months = known.astype("datetime64[M]")
    units = [known.astype(np.int64)]
    if (known - months.astype("datetime64[s]") == known[0] - months[0].astype("datetime64[s]")).all():
        units.append(months.astype(np.int64))
    return max(float(np.unique(np.diff(each), return_counts=True)[1].max()) / (len(known) - 1) for each in units)


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


def _year(cell: str) -> datetime | None:
    # A year, not any four digits: counts and prices reach 4,000 more often than calendars do.
    text = cell.removesuffix(".0")
    return datetime(int(text), 1, 1) if len(text) == 4 and text.isdecimal() and 1000 <= int(text) < 2200 else None


def _day_of_year(cell: str) -> datetime | None:
    return datetime.strptime(cell, "%Y-%j") if len(cell) == 8 and cell[4:5] == "-" else None


def _parse_with(form: str, cell: str) -> datetime | None:
    if form == "%Y%m%d" and len(cell) != 8:  # strptime would accept one digit for a month
        return None
    return datetime.strptime(cell, form) if cell[:1].isalnum() and len(cell) <= 40 else None


_READINGS: dict[str, Callable[[str], datetime | None]] = {
    "ISO 8601": _iso,
    **{form: partial(_parse_with, form) for form in (*_DAYS, *_MONTHS)},
    **{f"{day} {time}": partial(_parse_with, f"{day} {time}") for day in _DAYS for time in _TIMES},
    "%Y-%j": _day_of_year,
    "%Y Q": date_words.parse_quarter,
    "%Y-W%V": date_words.parse_week,
    "%Y": _year,
}


def _parse_or_none(reading: Callable[[str], datetime | None], cell: str) -> datetime | None:
    try:
        return reading(cell.strip())
    except (ValueError, OverflowError):
        return None


def _parse_all(reading: Callable[[str], datetime | None], cells: Sequence[str]) -> Timestamps:
    timestamps = np.full(len(cells), np.datetime64("NaT"), "datetime64[s]")
    parsed = {cell: _parse_or_none(reading, cell) for cell in dict.fromkeys(cells)}
    for row, cell in enumerate(cells):
        if (moment := parsed[cell]) is not None:
            timestamps[row] = moment
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
