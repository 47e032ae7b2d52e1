"""Bring dates into few forms before they are parsed: month names of several languages, weekdays, zones, quarters, weeks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Names and short forms in English, German, French, Spanish, Italian, Portuguese and Dutch, month by month.
_NAMES = (
    "jan january januar jänner jän janvier janv enero ene gennaio gen janeiro januari",
    "feb february februar feber février févr fév fevrier febrero febbraio fevereiro fev februari",
    "mar march märz mrz mär maerz mars marzo março marco maart mrt",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august août aout agosto ago augustus",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october oktober okt octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre déc diciembre dic dicembre dezembro",
)
_MONTHS = {name: english for names, english in zip(_NAMES, ENGLISH_MONTHS, strict=True) for name in names.split()}
_WEEKDAY = re.compile(
    r"(?:(?:mon|tues?|wednes|wed|thurs?|thu|fri|satur|sat|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"sonnabend|mo|di|mi|do|fr|sa|so)[.,]?,?\s+(?=.*\d)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}\.?")
_EASTERN = re.compile(r"(\d{2,4})\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日일])?")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er|\.)(?=\s+[A-Za-z])")
_SHORT_MONTH = re.compile(r"([A-Z][a-z]{2})[ '’./-]{0,2}(\d{2})")
_FISCAL = re.compile(r"(?:fy|gj)\s?'?(\d{4}|\d{2})", re.IGNORECASE)
_SPAN = re.compile(r"(\d{4})\s?[-/–]\s?(\d{4}|\d{2})")
_RANGE = re.compile(r"(\d[\d./-]{7,9})\s*(?:[-–/]|to|bis|until)\s*(\d[\d./-]{7,9})")
#: Hours ahead of UTC of the zones whose short names are not shared by several.
_ZONES = {
    **dict.fromkeys(("UTC", "GMT", "WET", "Z"), 0), **dict.fromkeys(("CET", "MEZ", "BST", "WEST"), 1),
    **dict.fromkeys(("CEST", "MESZ", "EET"), 2), "EEST": 3, **dict.fromkeys(("EDT",), -4), **dict.fromkeys(("EST", "CDT"), -5),
    "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip
_ZONE = re.compile(r"(.*\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)\s?([A-Z]{1,4})")


def simplify(cells: Sequence[str]) -> list[str]:
    """Return the cells with English short month names, without weekdays, and with ASCII digits; others are unchanged."""
    return [_simplify(cell) for cell in cells]


def _simplify(cell: str) -> str:
    text = cell.strip()
    if len(text) > 60:
        return text
    if not text.isascii():
        text = "".join(str(unicodedata.digit(each)) if each.isdecimal() and not each.isascii() else each for each in text)
        if found := _EASTERN.match(text):
            return "-".join(part.zfill(2) for part in found.groups() if part) + text[found.end() :]
    if not any(letter.isalpha() for letter in text):
        return text
    text = _WEEKDAY.sub("", text, count=1) if _WEEKDAY.match(text) else text
    text = _ORDINAL.sub(r"\1", _WORD.sub(_to_english, text)).replace(" de ", " ")
    if found := _SHORT_MONTH.fullmatch(text):
        return f"{found[1]}-{found[2]}"
    return text


def _to_english(word: re.Match[str]) -> str:
    return _MONTHS.get(word[0].rstrip(".").casefold(), word[0])


def without_zones(cells: Sequence[str]) -> tuple[list[str], bool] | None:
    """Return the cells without short names of time zones, in UTC if they have several; None if a cell has none or another.

    The second value is True if they are in UTC now.
    """
    found = [_ZONE.fullmatch(cell) for cell in cells]
    if not any(found) or any(match is None or match[2] not in _ZONES for match, cell in zip(found, cells, strict=True) if cell):
        return None
    if len({_ZONES[match[2]] for match in found if match}) == 1:
        return [match[1] if match else "" for match in found], False
    moved = []
    for match in found:
        if match is None:
            moved.append("")
            continue
        try:
            time = datetime.fromisoformat(match[1].strip())
        except ValueError:
            return None
        moved.append((time - timedelta(hours=_ZONES[match[2]])).isoformat(" "))
    return moved, True


def begins_of_ranges(cells: Sequence[str]) -> list[str] | None:
    """Return the first day of cells that are ranges of days; None if one is not."""
    found = [_RANGE.fullmatch(cell) for cell in cells if cell]
    if not found or not all(match and len(match[1]) == len(match[2]) for match in found):
        return None
    return [match[1] if cell and (match := _RANGE.fullmatch(cell)) else "" for cell in cells]


def fiscal_years(cells: Sequence[str]) -> list[str] | None:
    """Return the first year of cells such as 2019/20 or FY2019; None if one is no such year."""
    years = []
    for cell in cells:
        if not cell:
            years.append("")
        elif found := _FISCAL.fullmatch(cell):
            years.append(found[1] if len(found[1]) == 4 else f"20{found[1]}")
        elif (found := _SPAN.fullmatch(cell)) and (int(found[1]) + 1 - int(found[2])) % 100 == 0:
            years.append(found[1])
        else:
            return None
    return years


_QUARTER = re.compile(
    r"(?P<y>\d{4})[\s:/-]{0,3}(?:[QqTt]|quarter\s)(?P<q>[1-4])|(?:[QqTt]|quarter\s)(?P<q2>[1-4])[\s:/'’-]{0,3}(?P<y2>\d{4}|\d{2})|"
    r"(?P<q3>[1-4])\.?\s?(?:[QqTt]|quartal|quarter|trimestre)[\s:/'’-]{0,3}(?P<y3>\d{4}|\d{2})|(?P<y4>\d{4}):(?P<q4>[1-4])",
    re.IGNORECASE,
)
_HALF = re.compile(r"(?P<y>\d{4})[\s/-]?[HhSs](?P<h>[12])|[HhSs](?P<h2>[12])[\s/-]?(?P<y2>\d{4})")
_WEEK = re.compile(
    r"(?P<y>\d{4})[\s/-]{0,3}(?:kw|cw|w|week|woche)[\s-]?(?P<w>\d{1,2})(?:-(?P<d>[1-7]))?|"
    r"(?:kw|cw|w|week|woche)[\s-]?(?P<w2>\d{1,2})[,\s/-]{1,3}(?P<y2>\d{4})",
    re.IGNORECASE,
)


def parse_quarter(cell: str) -> datetime | None:
    """Return the first day of a quarter (Q1 2019, 2019-Q1, 1Q19) or a half-year (2019 H1)."""
    if found := _QUARTER.fullmatch(cell):
        year = next(found[name] for name in ("y", "y2", "y3", "y4") if found[name])
        quarter = next(found[name] for name in ("q", "q2", "q3", "q4") if found[name])
        return datetime(_whole_year(year), 3 * int(quarter) - 2, 1)
    if found := _HALF.fullmatch(cell):
        return datetime(int(found["y"] or found["y2"]), 6 * int(found["h"] or found["h2"]) - 5, 1)
    return None


def parse_week(cell: str) -> datetime | None:
    """Return the Monday of an ISO week (2021-W05, KW 5/2021), or the day of 2021-W05-3."""
    found = _WEEK.fullmatch(cell)
    if found is None:
        return None
    return datetime.fromisocalendar(int(found["y"] or found["y2"]), int(found["w"] or found["w2"]), int(found["d"] or 1))


def _whole_year(year: str) -> int:
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)
