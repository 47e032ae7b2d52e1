"""A series ready for a forecaster: evenly spaced, without gaps, with a label for each value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from lstm_viz.results import Result
from lstm_viz.series import missing_values, resampling
from lstm_viz.series.csv_reader import Table
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.missing_values import FillMethod
from lstm_viz.series.resampling import Frequency, TimestampedValues

#: The minimum length for training, and the maximum: of longer series the last values are used.
SHORTEST, LONGEST = 24, 10_000
WIDEST = 100_000

#: Beyond this size, gradients leave the range of single precision; with smaller differences, their squares do.
LARGEST, CLOSEST = 1e30, 1e-100


@dataclass(frozen=True, eq=False, repr=False)
class Series(Result):
    """Values [time] without gaps; `labels` are their dates or row numbers, `filled` [time] marks former gaps.

    `name` is the column's name, `notes` say what was changed to get the series.

    Examples:
        >>> from lstm_viz import series
        >>> wave = series.of_values(np.sin(np.arange(200.0)), "a wave")
        >>> wave.values.shape, int(wave.filled.sum())
        ((200,), 0)
    """

    _drawn = ("values",)

    name: str
    values: Float[np.ndarray, " time"]
    labels: tuple[str, ...]
    filled: Bool[np.ndarray, " time"]
    notes: tuple[str, ...] = ()


def select_series(
    table: Table, column: str, how: FillMethod = "line", *, dates: bool = True, every: Frequency | None = None
) -> Series:
    """Return one column of a table as a series.

    Args:
        table: The table.
        column: The name of a numeric column.
        how: How missing values are filled, one of `lstm_viz.series.missing_values.FILL_METHODS`.
        dates: False ignores dates and takes the rows in order.
        every: The calendar period over which values are averaged first; None for no averages.

    Returns:
        The series, of the last 10,000 values at most.

    Raises:
        UnreadableSeries: There is no such column, averages or dates are impossible, or the result cannot be forecast: it is too
            short, constant, or out of range.

    Examples:
        >>> from lstm_viz.series import read_table, select_series
        >>> table = read_table("\\n".join(["level", *map(str, range(200))]).encode())
        >>> select_series(table, "level").values[:3]
        array([0., 1., 2.])
    """
    values = table.column(column).values
    if every is not None and (table.timestamps is None or not dates):
        raise UnreadableSeries(f"averages by the {every} need dates, and the table has none; take the rows as they are")
    if table.timestamps is not None and dates:
        dated = resampling.in_order(values, table.timestamps)
        if not len(dated.values):
            raise UnreadableSeries(f"no row of {column!r} has a date; take the rows as they are")
        if every is not None and (span := resampling.span(dated.timestamps, every)) > WIDEST:
            raise UnreadableSeries(
                f"the dates reach over {span:,} {every}s, at most {WIDEST:,} are read; check them, or average more"
            )
        dated = resampling.average(dated, every) if every is not None else resampling.complete(dated)
    else:
        dated = TimestampedValues(values, np.array([], "datetime64[s]"))
    labels = (
        resampling.format_labels(dated.timestamps) if len(dated.timestamps) else tuple(str(row + 1) for row in range(len(values)))
    )
    filled, retained = missing_values.fill(dated.values, how)
    notes = [*dated.notes, *_gap_notes(dated.values, labels, how)]
    labels = tuple(np.asarray(labels, object)[retained])
    was_gap = ~np.isfinite(dated.values)[retained]
    if len(filled) > LONGEST:
        notes.append(f"of {len(filled):,} values the last {LONGEST:,} are used")
        filled, labels, was_gap = filled[-LONGEST:], labels[-LONGEST:], was_gap[-LONGEST:]
    _check(filled, column)
    return Series(column, filled, labels, was_gap, tuple(notes))


def of_values(values: Float[np.ndarray, " time"], name: str = "values") -> Series:
    """Return a series from plain numbers.

    Args:
        values: The numbers [time], finite and at least 24.
        name: What to call it.

    Returns:
        The series, its labels counted from 1.

    Raises:
        UnreadableSeries: The values are too few, constant, not finite, or out of range.

    Examples:
        >>> from lstm_viz.series import of_values
        >>> of_values(np.sin(np.arange(200.0)), "a wave").labels[-1]
        '200'
    """
    values = np.asarray(values, np.float64)
    _check(values, name)
    return Series(name, values, tuple(str(step + 1) for step in range(len(values))), np.zeros(len(values), bool))


def _gap_notes(values: Float[np.ndarray, " time"], labels: tuple[str, ...], how: FillMethod) -> list[str]:
    missing = np.flatnonzero(~np.isfinite(values))
    if not len(missing):
        return []
    first = f"the first at {labels[missing[0]]}, at most {missing_values.longest(values):,} in a row"
    notes = [
        f"values that are missing: {len(missing):,} of {len(values):,}, {first}; in each place: "
        f"{missing_values.FILL_METHODS[how]}"
    ]
    if {0, len(values) - 1} & set(missing.tolist()):
        notes.append("gaps before the first and after the last value are left out")
    return notes


def _check(values: Float[np.ndarray, " time"], name: str) -> None:
    if len(values) < SHORTEST:
        raise UnreadableSeries(f"{name!r} has {len(values)} values; at least {SHORTEST} are needed to learn from and to test on")
    if not np.isfinite(values).all() or np.abs(values).max() > LARGEST:
        raise UnreadableSeries(f"{name!r} has values beyond ±{LARGEST:g}; use a larger unit")
    if np.ptp(values) == 0.0:
        raise UnreadableSeries(f"all {len(values):,} values of {name!r} are {values[0]:g}; there is nothing to forecast")
    if np.ptp(values) < CLOSEST:
        raise UnreadableSeries(f"the values of {name!r} differ by less than {CLOSEST:g}; use a smaller unit")
