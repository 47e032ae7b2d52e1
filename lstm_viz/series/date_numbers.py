"""Dates that are plain numbers: Unix time, a spreadsheet's days, 202101, years with a fraction."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

#: Column names that say that the numbers below are dates, and those that say that they are days or years.
_DATE_NAME = re.compile(
    r"(^|[^a-z])(date|datum|data|day|tag|fecha|jour|giorno|time|timestamp|ts|datetime|zeit|month|monat|mes|mois|period|epoch|unix|"
    r"year|jahr|année|annee|año|ano|anno|jaar|fy)([^a-z]|$)",
    re.IGNORECASE,
)
_DAY_NAME = re.compile(r"(^|[^a-z])(date|datum|day|tag|fecha|jour|giorno)([^a-z]|$)", re.IGNORECASE)
_YEAR_NAME = re.compile(r"(^|[^a-z])(year|jahr|année|annee|año|ano|anno|jaar|fy|date|datum|time|period)([^a-z]|$)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: The ranges of Unix seconds, 2001 to 2099, and of a spreadsheet's days, 1954 to 2119, that are taken for dates.
_SECONDS, _DAYS = (1e9, 4.1e9), (20_000, 80_000)
_SPREADSHEET = np.datetime64("1899-12-30T00:00:00", "s")


def names_dates(name: str) -> bool:
    """Return True if a column's name says that it holds dates."""
    return _DATE_NAME.search(name) is not None


def read_numbers(cells: Sequence[str], name: str) -> tuple[np.ndarray, str] | None:
    """Parse a column of numbers as dates; None if they are none.

    Args:
        cells: The cells without blanks; an empty one for a gap.
        name: The column's name, which decides where the numbers could be something else.

    Returns:
        Timestamps [row] and what the numbers were read as.
    """
    filled = [cell for cell in cells if cell]
    if len(filled) < 2 or not all(map(_NUMBER.fullmatch, filled)):
        return None
    values = np.array([float(cell) if cell else np.nan for cell in cells])
    finite = values[np.isfinite(values)]
    steps = np.diff(finite)
    one_way = bool(steps.any() and ((steps >= 0).all() or (steps <= 0).all()))
    named = names_dates(name)
    if not (one_way or named):
        return None
    low, high, whole = float(finite.min()), float(finite.max()), not (finite % 1).any()
    width = {len(cell) for cell in filled}
    if whole and width <= {10, 12, 14} and len(width) == 1 and (digits := _read_digits(cells)) is not None:
        return digits, "year, month, day and time in one number"
    if whole and named and width == {6} and (digits := _read_digits(cells)) is not None:
        return digits, "year and month in one number"
    for factor, unit in ((1, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds")):
        if _SECONDS[0] * factor <= low and high < _SECONDS[1] * factor:
            return _from_seconds(values / factor), f"Unix time in {unit}"
    if _DAY_NAME.search(name) and _DAYS[0] <= low and high < _DAYS[1]:
        return _SPREADSHEET + _from_seconds(np.round(values * 86400)).astype(np.int64), "a spreadsheet's days since 1900"
    if not whole and named and _YEAR_NAME.search(name) and low >= 1000 and high < 2200:
        return _from_years(values), "years with a fraction"
    return None


def _read_digits(cells: Sequence[str]) -> np.ndarray | None:
    timestamps = np.full(len(cells), np.datetime64("NaT"), "datetime64[s]")
    for row, cell in enumerate(cells):
        if not cell:
            continue
        parts = [cell[:4], *(cell[start : start + 2] for start in range(4, len(cell), 2))]
        day = "-".join(parts[:3])
        hours = ":".join([*parts[3:], "00", "00"][:3])
        try:
            timestamps[row] = np.datetime64(f"{day}T{hours}" if len(parts) > 3 else day, "s")
        except ValueError:
            return None
        if not 1500 <= int(parts[0]) < 2200:
            return None
    return timestamps


def _from_seconds(seconds: np.ndarray) -> np.ndarray:
    timestamps = np.full(len(seconds), np.datetime64("NaT"), "datetime64[s]")
    finite = np.isfinite(seconds)
    timestamps[finite] = np.floor(seconds[finite]).astype(np.int64).astype("datetime64[s]")
    return timestamps


def _from_years(values: np.ndarray) -> np.ndarray:
    """Return months if the fractions are those of months, of their begins or middles; days otherwise."""
    timestamps = np.full(len(values), np.datetime64("NaT"), "datetime64[s]")
    finite = np.isfinite(values)
    months = values[finite] * 12
    for middle in (0.0, 0.5):
        nearest = np.round(months - middle)
        if np.abs(months - middle - nearest).max() < 0.05:
            timestamps[finite] = (nearest.astype(np.int64) - 1970 * 12).astype("datetime64[M]").astype("datetime64[s]")
            return timestamps
    years = np.floor(values[finite]).astype(np.int64)
    begins = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    lengths = ((years - 1969).astype("datetime64[Y]").astype("datetime64[D]") - begins).astype(np.int64)
    days = np.round((values[finite] - years) * lengths).astype(np.int64)
    timestamps[finite] = (begins + days).astype("datetime64[s]")
    return timestamps
