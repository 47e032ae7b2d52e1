"""Resampling of timestamped tables: their usual interval, missing dates, and averages over calendar periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.results import Result
from lstm_viz.series.date_parsing import Timestamps

Frequency = Literal["day", "week", "month", "year"]

FREQUENCIES: dict[Frequency, str] = {"day": "D", "week": "W", "month": "M", "year": "Y"}

#: Above this share, missing dates are regular, such as a stock exchange's weekends, and not gaps.
MOST_MISSING = 0.2


@dataclass(frozen=True, eq=False, repr=False)
class TimestampedValues(Result):
    """Values with the timestamp of each, [row]; `notes` list the changes made to them."""

    values: Float[np.ndarray, " row"]
    timestamps: Timestamps
    notes: tuple[str, ...] = ()


def in_order(values: Float[np.ndarray, " row"], timestamps: Timestamps) -> TimestampedValues:
    """Sort rows by date; rows without a date are left out, rows of one date averaged."""
    notes: list[str] = []
    dated = ~np.isnat(timestamps)
    if not dated.all():
        notes.append(f"rows without a date, left out: {np.count_nonzero(~dated):,}")
        values, timestamps = values[dated], timestamps[dated]
    steps = np.diff(timestamps).astype(np.int64)
    if (steps < 0).any():
        back = bool((steps <= 0).all())
        notes.append("the rows ran back in time and were reversed" if back else "the rows were sorted by date")
        order = np.argsort(timestamps, kind="stable")
        values, timestamps = values[order], timestamps[order]
    different, index = np.unique(timestamps, return_inverse=True)
    if len(different) < len(timestamps):
        notes.append(f"rows that repeat a date: {len(timestamps) - len(different):,}; the rows of one date were averaged")
        values, timestamps = _means(values, index, len(different)), different
    return TimestampedValues(values, timestamps, tuple(notes))


def span(timestamps: Timestamps, every: Frequency) -> int:
    """Return how many days, weeks, months or years there are from the first to the last timestamp, inclusive."""
    periods = timestamps.astype(f"datetime64[{FREQUENCIES[every]}]").astype(np.int64)
    return int(periods.max() - periods.min()) + 1


def average(dated: TimestampedValues, every: Frequency) -> TimestampedValues:
    """Average the values of each day, week (from Thursday, as in numpy), month or year; NaN if there are none."""
    periods = dated.timestamps.astype(f"datetime64[{FREQUENCIES[every]}]").astype(np.int64)
    first = int(periods.min())
    count = span(dated.timestamps, every)
    values = _means(dated.values, periods - first, count)
    timestamps = (np.arange(count) + first).astype(f"datetime64[{FREQUENCIES[every]}]").astype("datetime64[s]")
    return TimestampedValues(values, timestamps, (*dated.notes, f"each {every} is the mean of its values"))


def complete(dated: TimestampedValues) -> TimestampedValues:
    """Insert a row, NaN, for every date that the usual interval implies and the table lacks."""
    if len(dated.timestamps) < 3:
        return dated
    for positions, back in ((_months(dated.timestamps), _from_months), (_seconds(dated.timestamps), _from_seconds)):
        if positions is None:
            continue
        steps = np.diff(positions)
        kinds, counts = np.unique(steps, return_counts=True)
        usual = int(kinds[counts.argmax()])
        whole, rest = np.divmod(positions - positions[0], usual)
        missing = int(whole[-1]) + 1 - len(positions)
        if rest.any():
            continue
        if missing == 0:
            return dated
        if missing > MOST_MISSING * (len(positions) + missing):
            break
        values = np.full(int(whole[-1]) + 1, np.nan)
        values[whole] = dated.values
        timestamps = back(positions[0] + usual * np.arange(len(values)), dated.timestamps)
        first = format_labels(timestamps)[int(np.setdiff1d(np.arange(len(values)), whole)[0])]
        note = f"dates that are missing and count as gaps: {missing:,}, the first {first}"
        return TimestampedValues(values, timestamps, (*dated.notes, note))
    note = "the dates are not evenly spaced; the values are taken one after another"
    return TimestampedValues(dated.values, dated.timestamps, (*dated.notes, note))


def format_labels(timestamps: Timestamps) -> tuple[str, ...]:
    """Format timestamps as short as possible: years, months, days or minutes."""
    for unit in ("Y", "M", "D", "m"):
        coarse = timestamps.astype(f"datetime64[{unit}]")
        if (coarse == timestamps).all():
            return tuple(map(str, coarse))
    return tuple(map(str, timestamps))


def extend_labels(labels: Sequence[str], steps: int) -> tuple[str, ...]:
    """Return labels for the following steps: dates continue at the last interval; +1, +2, … if it was irregular."""
    coming = tuple(f"+{step}" for step in range(1, steps + 1))
    if len(labels) < 2 or not labels[-1].isascii():
        return coming
    if all(label.isdecimal() for label in labels[-2:]):
        last, by = int(labels[-1]), int(labels[-1]) - int(labels[-2])
        return tuple(str(last + by * step) for step in range(1, steps + 1))
    try:
        timestamps = np.array(labels[-4:], "datetime64")
        gaps = np.diff(timestamps)
        if (gaps == gaps[0]).all():
            return tuple(map(str, timestamps[-1] + gaps[0] * np.arange(1, steps + 1)))
    except ValueError:
        pass
    return coming


def _means(values: Float[np.ndarray, " row"], index: Int[np.ndarray, " row"], count: int) -> Float[np.ndarray, " place"]:
    finite = np.isfinite(values)
    sums = np.bincount(index[finite], values[finite], count)
    counts = np.bincount(index[finite], minlength=count)
    return np.divide(sums, counts, out=np.full(count, np.nan), where=counts > 0)


def _months(timestamps: Timestamps) -> Int[np.ndarray, " row"] | None:
    """Return months since 1970 if all dates are the same day of their month (or its last day), None otherwise."""
    months = timestamps.astype("datetime64[M]")
    inside = timestamps - months.astype("datetime64[s]")
    to_next = (months + 1).astype("datetime64[s]") - timestamps
    same = (inside == inside[0]).all() or (to_next == to_next[0]).all()
    return months.astype(np.int64) if same and len(np.unique(months)) == len(months) else None


def _from_months(positions: Int[np.ndarray, " row"], timestamps: Timestamps) -> Timestamps:
    months = timestamps[:1].astype("datetime64[M]")
    whole = positions.astype("datetime64[M]")
    inside = timestamps - timestamps.astype("datetime64[M]").astype("datetime64[s]")
    if (inside == inside[0]).all():
        return whole.astype("datetime64[s]") + inside[0]
    to_next = (months + 1).astype("datetime64[s]") - timestamps[:1]
    return (whole + 1).astype("datetime64[s]") - to_next[0]


def _seconds(timestamps: Timestamps) -> Int[np.ndarray, " row"]:
    return timestamps.astype(np.int64)


def _from_seconds(positions: Int[np.ndarray, " row"], timestamps: Timestamps) -> Timestamps:
    return positions.astype("datetime64[s]")
