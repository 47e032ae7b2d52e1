"""What lies between the rows of a dated table: their usual step, dates that are missing, and averages by the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.results import Result
from lstm_viz.series.date_parsing import Moments

Every = Literal["day", "week", "month", "year"]

EVERY: dict[Every, str] = {"day": "D", "week": "W", "month": "M", "year": "Y"}

#: Beyond this share of missing dates they are no gaps but the way of the series, as weekends are for a stock exchange.
MOST_MISSING = 0.2


@dataclass(frozen=True, eq=False, repr=False)
class Dated(Result):
    """Values with the moment of each, [row]; `notes` say what was done to them."""

    values: Float[np.ndarray, " row"]
    moments: Moments
    notes: tuple[str, ...] = ()


def in_order(values: Float[np.ndarray, " row"], moments: Moments) -> Dated:
    """Rows from the earliest to the latest: undated rows left out, rows of one date averaged."""
    notes: list[str] = []
    dated = ~np.isnat(moments)
    if not dated.all():
        notes.append(f"rows without a date, left out: {np.count_nonzero(~dated):,}")
        values, moments = values[dated], moments[dated]
    steps = np.diff(moments).astype(np.int64)
    if (steps < 0).any():
        back = bool((steps <= 0).all())
        notes.append("the rows ran back in time and were turned round" if back else "the rows were put in order of date")
        order = np.argsort(moments, kind="stable")
        values, moments = values[order], moments[order]
    different, place = np.unique(moments, return_inverse=True)
    if len(different) < len(moments):
        notes.append(f"rows that repeat a date: {len(moments) - len(different):,}; the rows of one date were averaged")
        values, moments = _means(values, place, len(different)), different
    return Dated(values, moments, tuple(notes))


def span(moments: Moments, every: Every) -> int:
    """How many days, weeks, months or years lie from the first to the last moment, both counted."""
    periods = moments.astype(f"datetime64[{EVERY[every]}]").astype(np.int64)
    return int(periods.max() - periods.min()) + 1


def average(dated: Dated, every: Every) -> Dated:
    """The mean of the values in each day, week (from Thursday, as numpy counts), month or year; NaN where there is none."""
    periods = dated.moments.astype(f"datetime64[{EVERY[every]}]").astype(np.int64)
    first = int(periods.min())
    count = span(dated.moments, every)
    values = _means(dated.values, periods - first, count)
    moments = (np.arange(count) + first).astype(f"datetime64[{EVERY[every]}]").astype("datetime64[s]")
    return Dated(values, moments, (*dated.notes, f"each {every} is the mean of its values"))


def complete(dated: Dated) -> Dated:
    """The same with a row, NaN, for every date that the usual step would have and the table has not."""
    if len(dated.moments) < 3:
        return dated
    for places, back in ((_months(dated.moments), _from_months), (_seconds(dated.moments), _from_seconds)):
        if places is None:
            continue
        steps = np.diff(places)
        kinds, counts = np.unique(steps, return_counts=True)
        usual = int(kinds[counts.argmax()])
        whole, rest = np.divmod(places - places[0], usual)
        missing = int(whole[-1]) + 1 - len(places)
        if rest.any():
            continue
        if missing == 0:
            return dated
        if missing > MOST_MISSING * (len(places) + missing):
            break
        values = np.full(int(whole[-1]) + 1, np.nan)
        values[whole] = dated.values
        moments = back(places[0] + usual * np.arange(len(values)), dated.moments)
        first = shown(moments)[int(np.setdiff1d(np.arange(len(values)), whole)[0])]
        note = f"dates that are missing and count as gaps: {missing:,}, the first {first}"
        return Dated(values, moments, (*dated.notes, note))
    note = "the dates are not evenly spaced; the values are taken one after another"
    return Dated(dated.values, dated.moments, (*dated.notes, note))


def shown(moments: Moments) -> tuple[str, ...]:
    """Moments as short as they may be written: years, months, days or minutes."""
    for unit in ("Y", "M", "D", "m"):
        coarse = moments.astype(f"datetime64[{unit}]")
        if (coarse == moments).all():
            return tuple(map(str, coarse))
    return tuple(map(str, moments))


def onward(labels: Sequence[str], steps: int) -> tuple[str, ...]:
    """The labels of the steps that follow, dates going on as the last ones went; +1, +2, … where they went unevenly."""
    coming = tuple(f"+{step}" for step in range(1, steps + 1))
    if len(labels) < 2 or not labels[-1].isascii():
        return coming
    if all(label.isdecimal() for label in labels[-2:]):
        last, by = int(labels[-1]), int(labels[-1]) - int(labels[-2])
        return tuple(str(last + by * step) for step in range(1, steps + 1))
    try:
        moments = np.array(labels[-4:], "datetime64")
        gaps = np.diff(moments)
        if (gaps == gaps[0]).all():
            return tuple(map(str, moments[-1] + gaps[0] * np.arange(1, steps + 1)))
    except ValueError:
        pass
    return coming


def _means(values: Float[np.ndarray, " row"], place: Int[np.ndarray, " row"], count: int) -> Float[np.ndarray, " place"]:
    there = np.isfinite(values)
    sums = np.bincount(place[there], values[there], count)
    counts = np.bincount(place[there], minlength=count)
    return np.divide(sums, counts, out=np.full(count, np.nan), where=counts > 0)


def _months(moments: Moments) -> Int[np.ndarray, " row"] | None:
    """Months since 1970 where all dates are the same day of their month (or its last day), None otherwise."""
    months = moments.astype("datetime64[M]")
    inside = moments - months.astype("datetime64[s]")
    to_next = (months + 1).astype("datetime64[s]") - moments
    same = (inside == inside[0]).all() or (to_next == to_next[0]).all()
    return months.astype(np.int64) if same and len(np.unique(months)) == len(months) else None


def _from_months(places: Int[np.ndarray, " row"], moments: Moments) -> Moments:
    months = moments[:1].astype("datetime64[M]")
    whole = places.astype("datetime64[M]")
    inside = moments - moments.astype("datetime64[M]").astype("datetime64[s]")
    if (inside == inside[0]).all():
        return whole.astype("datetime64[s]") + inside[0]
    to_next = (months + 1).astype("datetime64[s]") - moments[:1]
    return (whole + 1).astype("datetime64[s]") - to_next[0]


def _seconds(moments: Moments) -> Int[np.ndarray, " row"]:
    return moments.astype(np.int64)


def _from_seconds(places: Int[np.ndarray, " row"], moments: Moments) -> Moments:
    return places.astype("datetime64[s]")
