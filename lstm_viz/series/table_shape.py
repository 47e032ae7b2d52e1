"""Tables of other shapes as one row a date: dates in several columns or in the names, one row for each of several things."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lstm_viz.series import date_parsing, date_words, number_parsing

#: The fewest dates in a row of names that make a table of dates side by side.
_FEWEST = 8
#: The most rows above those dates, and the most rows that become columns.
_ABOVE, MOST_SERIES = 12, 500
#: The most things that a column tells apart, and how much larger the table may be with a column for each.
_MOST_KEYS, _SPARSE = 200, 3

#: The fewest letters of a remark below a table.
_REMARK = 5
_TIME = re.compile(r"\d{1,2}(:\d\d){1,2}|\d{1,2}\.\d\d\.\d\d")
_YEAR = re.compile(r"1\d{3}|2[01]\d\d")
_TOTAL = re.compile(
    r"(grand |sub)?total\b.*|sum|summe|gesamt.*|insgesamt|average|mean|mittel(wert)?|durchschnitt|totale|totaux|moyenne|"
    r"promedio|media|median|max(imum)?|min(imum)?|std\.?( dev.*)?",
    re.IGNORECASE,
)
_NAMES = {
    "year": re.compile(r"#?\s*(year|yr|yyyy|jahr|année|annee|año|ano|anno|jaar)", re.IGNORECASE),
    "month": re.compile(r"(month|mon|mm|mo|monat|mois|mes|mese|mês|maand)", re.IGNORECASE),
    "day": re.compile(r"(day|dd|dy|tag|jour|día|dia|giorno|dag)", re.IGNORECASE),
    "hour": re.compile(r"(hour|hr|hh|stunde|heure|hora|ora|uur)", re.IGNORECASE),
    "quarter": re.compile(r"(quarter|qtr|q|quartal|trimestre)", re.IGNORECASE),
    "week": re.compile(r"(week|wk|woche|kw|semaine|semana)", re.IGNORECASE),
}
_LIMITS = {"month": (1, 12), "day": (1, 31), "hour": (0, 23), "quarter": (1, 4), "week": (1, 53)}


@dataclass
class Shape:
    """A table's names and columns of cells, and notes on what was changed."""

    names: list[str]
    cells: list[Sequence[str]]
    notes: list[str] = field(default_factory=list)


def dates_in_names(rows: Sequence[Sequence[str]]) -> list[list[str]] | None:
    """Return a table with its dates side by side in one row (1990, 1991, …) as one with a row a date; None for another table.

    The first row of the result are the names: each row's cells that tell it apart from the others.
    """
    for above, header in enumerate(rows[:_ABOVE]):
        places = [place for place, cell in enumerate(header) if cell.strip()]
        while places and date_parsing.read([header[places[0]], header[places[-1]]], "date") is None:
            places = places[1:]
        dates = [header[place].strip() for place in places]
        if len(dates) < _FEWEST or len(rows) > MOST_SERIES + _ABOVE:
            continue
        data = [row for row in rows[above + 1 :] if any(row[place].strip() for place in places)]
        if not data or len(data) > MOST_SERIES:
            continue
        found = date_parsing.read(dates)
        if found is None or not (np.diff(found.timestamps).astype(np.int64) != 0).all() or len(dates) <= len(places) - 1:
            continue
        # A row of values that could be years: its neighbours could be as well.
        if all(map(_YEAR.fullmatch, dates)) and not set(np.diff([int(date) for date in dates]).tolist()) <= {1, -1, 5, 10}:
            continue
        if not any(not cell.strip() or not cell.strip()[0].isdecimal() for cell in header[: places[0]]) and places[0]:
            continue
        texts = [[row[place].strip() for row in data] for place in range(len(header)) if place not in places]
        telling = [column for column in texts if len(set(column)) > 1] or [column for column in texts if any(column)]
        whole = next((column for column in telling if len(set(column)) == len(data)), None)
        names = whole or [", ".join(filter(None, cells)) for cells in zip(*telling, strict=True)] or [""] * len(data)
        if not texts and len(data) == 1:
            names = ["value"]
        columns = [[row[place] for place in places] for row in data]
        return [["date", *names], *([date, *cells] for date, *cells in zip(dates, *columns, strict=True))]
    return None


def leave_out_totals(shape: Shape) -> None:
    """Leave out the last rows that are totals or means of those above, or remarks such as the source."""
    kept = len(shape.cells[0])
    while kept > 2 and _is_below([column[kept - 1] for column in shape.cells]):
        kept -= 1
    left = len(shape.cells[0]) - kept
    if left:
        row = [column[kept] for column in shape.cells]
        label = next(cell.strip() for cell in row if cell.strip())
        shape.notes.append(f"rows at the end that are totals, means or remarks, left out: {left:,}, the first {label[:40]!r}")
        shape.cells = [column[:kept] for column in shape.cells]


def _is_below(row: Sequence[str]) -> bool:
    """Return True for a row of totals or means, and for one with words in its first cell alone."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled:
        return False
    remark = len(row) > 1 and filled == [row[0].strip()] and sum(map(str.isalpha, filled[0])) >= _REMARK
    return remark or _TOTAL.fullmatch(filled[0].rstrip(":")) is not None


def join_times(shape: Shape) -> None:
    """Join a column of days and the column of times of day behind it, as loggers write them."""
    cells = shape.cells
    for place in range(len(cells) - 1 if len(cells) > 2 else 0):
        times = [cell.strip() for cell in cells[place + 1]]
        filled = [cell for cell in times if not number_parsing.is_gap(cell)]
        if len(filled) < 2 or not all(map(_TIME.fullmatch, filled)) or date_parsing.read(cells[place]) is None:
            continue
        days = [cell.strip() for cell in cells[place]]
        if any(":" in day for day in days):
            continue
        joined = [f"{day} {time.replace('.', ':')}".strip() for day, time in zip(days, times, strict=True)]
        if date_parsing.read(joined) is not None:
            _replace(shape, place, 2, joined)
            return


def join_dates(shape: Shape) -> None:
    """Join a column of years and the columns of months, days and hours behind it, or of quarters or weeks."""
    for place in range(len(shape.cells) - 1 if len(shape.cells) > 2 else 0):
        years = [cell.strip() for cell in shape.cells[place]]
        named = _NAMES["year"].fullmatch(shape.names[place].strip()) is not None
        if not (named or shape.names[place] == f"column {place + 1}") or not all(_YEAR.fullmatch(year) for year in years if year):
            continue
        if len({year for year in years if year}) == len(years):
            continue
        parts = _parts(shape, place, named)
        if not parts:
            continue
        joined = _joined(years, parts)
        found = date_parsing.read(joined)
        if found is None or (not named and not (np.diff(found.timestamps).astype(np.int64) > 0).all()):
            continue
        _replace(shape, place, 1 + len(parts), joined)
        return


def _parts(shape: Shape, place: int, named: bool) -> dict[str, list[int]]:
    """Return the numbers of the columns behind a column of years: of the months, days, hours, quarters or weeks."""
    parts: dict[str, list[int]] = {}
    for behind, column in enumerate(shape.cells[place + 1 : place + 4]):
        name = shape.names[place + 1 + behind].strip()
        offered = ("month", "quarter", "week") if not parts else ("day",) if [*parts] == ["month"] else ("hour",)
        kind = next((each for each in offered if _NAMES[each].fullmatch(name)), "" if named else offered[0])
        cells = [cell.strip() for cell in column]
        if kind == "month" or (not kind and not parts):
            cells = [str(_MONTH_NUMBERS.get(word, cell)) for word, cell in zip(date_words.simplify(cells), cells, strict=True)]
            kind = kind or ("month" if cells != [cell.strip() for cell in column] else "")
        if not kind or (behind and [*parts] not in (["month"], ["month", "day"])):
            break
        low, high = _LIMITS[kind]
        filled = [cell.removesuffix(".0") for cell in cells]
        if not all(cell.isdecimal() and len(cell) <= 2 and low <= int(cell) <= high for cell in filled):
            break
        # A third column without a name may hold small counts: days come each month anew.
        if not named and kind != "month" and len(set(filled)) < 20:
            break
        parts[kind] = [int(cell) for cell in filled]
    return parts


_MONTH_NUMBERS = {name: number for number, name in enumerate(date_words.ENGLISH_MONTHS, 1)}


def _joined(years: Sequence[str], parts: dict[str, list[int]]) -> list[str]:
    if "quarter" in parts:
        return [f"{year}-Q{quarter}" for year, quarter in zip(years, parts["quarter"], strict=True)]
    if "week" in parts:
        return [f"{year}-W{week:02}" for year, week in zip(years, parts["week"], strict=True)]
    joined = [f"{year}-{month:02}" for year, month in zip(years, parts["month"], strict=True)]
    if "day" in parts:
        joined = [f"{month}-{day:02}" for month, day in zip(joined, parts["day"], strict=True)]
    if "hour" in parts:
        joined = [f"{day} {hour:02}:00" for day, hour in zip(joined, parts["hour"], strict=True)]
    return joined


def _replace(shape: Shape, place: int, count: int, joined: list[str]) -> None:
    """Put one column of dates in the place of several."""
    names = shape.names[place : place + count]
    shape.notes.append(f"the columns {', '.join(map(repr, names[:-1]))} and {names[-1]!r} are read as one of dates")
    shape.names = [*shape.names[:place], " ".join(names), *shape.names[place + count :]]
    shape.cells = [*shape.cells[:place], joined, *shape.cells[place + count :]]


def months_in_names(shape: Shape) -> None:
    """Put the months of tables with a year a row and a month a column below each other."""
    numbers = {_MONTH_NUMBERS.get(word): place for place, word in enumerate(date_words.simplify(shape.names))}
    places = [numbers.get(month) for month in range(1, 13)]
    unnamed = len(shape.names) == 13 and all(name == f"column {place}" for place, name in enumerate(shape.names, 1))
    if unnamed:
        places = [*range(1, 13)]
    year = next((place for place, column in enumerate(shape.cells) if _are_years(column)), None)
    if year is None or None in places or year in places or (unnamed and not _follow_each_other(shape.cells[year])):
        return
    rest = [place for place in range(len(shape.cells)) if place != year and place not in places]
    texts = [
        place
        for place in rest
        if any(map(str.strip, shape.cells[place])) and not number_parsing.read(shape.cells[place]).numeric
    ]
    rows = range(len(shape.cells[year]))
    guess = "; its columns have no names, so this is a guess" if unnamed else ""
    shape.notes.append(f"the twelve columns of months are read one below the other as 'all months'{guess}")
    if left := [shape.names[place] for place in rest if place not in texts]:
        shape.notes.append(f"columns beside the months, left out: {', '.join(map(repr, left[:5]))}")
    dates = [f"{shape.cells[year][row].strip()}-{month:02}" for row in rows for month in range(1, 13)]
    values = [shape.cells[place][row] for row in rows for place in places if place is not None]
    keys = [[shape.cells[place][row] for row in rows for _ in range(12)] for place in texts]
    shape.names = ["month", *(shape.names[place] for place in texts), "all months"]
    shape.cells = [dates, *keys, values]


def _are_years(column: Sequence[str]) -> bool:
    return len(column) > 1 and all(_YEAR.fullmatch(cell.strip()) for cell in column)


def _follow_each_other(column: Sequence[str]) -> bool:
    return set(np.diff([int(cell) for cell in column]).tolist()) == {1}


def split_by_key(
    shape: Shape, dated: int, timestamps: date_parsing.Timestamps, numeric: Sequence[int]
) -> date_parsing.Timestamps | None:
    """Give each of several things, such as countries one below the other, a column of its own.

    Args:
        shape: The table, changed in place: its first column becomes the dates.
        dated: The number of the column of dates.
        timestamps: The timestamp of each row.
        numeric: The numbers of the columns with numbers.

    Returns:
        The timestamps of the new rows; None if no column tells rows of the same date apart, and nothing was changed.
    """
    known = ~np.isnat(timestamps)
    rows = np.flatnonzero(known)
    days, position = np.unique(timestamps[known], return_inverse=True)
    if len(days) == len(rows):
        return None
    columns = [[cell.strip() for cell in column] for column in shape.cells]
    texts = [place for place in range(len(columns)) if place not in numeric and place != dated and _tells(columns[place])]
    codes = [place for place in numeric if _tells(columns[place]) and all(cell.isdecimal() for cell in columns[place])]
    for places in (*((place,) for place in texts), *([tuple(texts)] if len(texts) > 1 else ()), *((place,) for place in codes)):
        labels = [", ".join(columns[place][row] for place in places) for row in rows]
        keys = list(dict.fromkeys(labels))
        values = [place for place in numeric if place not in places]
        if not values or len(set(zip(labels, position.tolist(), strict=True))) < len(rows):
            continue
        if len(keys) * len(days) > _SPARSE * len(rows) or len(keys) * len(values) > MOST_SERIES:
            continue
        cells = {(key, place): [""] * len(days) for key in keys for place in values}
        for row, label, day in zip(rows.tolist(), labels, position.tolist(), strict=True):
            for place in values:
                cells[label, place][day] = shape.cells[place][row]
        told = ", ".join(repr(shape.names[place]) for place in places)
        shape.notes.append(f"the table has several rows of one date; each of the {len(keys):,} values of {told} has a column")
        prefixes = [f"{shape.names[place]} " if place in codes else "" for place in places[:1]]
        shape.names = [
            shape.names[dated],
            *(f"{prefixes[0]}{key}" + (f": {shape.names[place]}" if len(values) > 1 else "") for key, place in cells),
        ]
        shape.cells = [list(map(str, days)), *cells.values()]
        return days
    return None


def _tells(column: Sequence[str]) -> bool:
    return 1 < len(set(column)) <= _MOST_KEYS and all(column)
