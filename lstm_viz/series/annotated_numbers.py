"""Numbers with something beside them: footnote marks, units, signs of accounts; and values that stand for missing ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

#: What each kind of annotation is called in a note.
ANNOTATION_NOTES = {
    "mark": "marks beside numbers, left out",
    "letter": "letters after numbers, read as flags and left out",
    "negative": "numbers in brackets or with a minus behind them, read as negative",
    "about": "numbers that are said to be approximate, read as they stand",
    "unit": "units beside numbers, left out",
    "scale": "numbers in thousands, millions or billions, multiplied",
}

#: Short forms of powers of ten. One alone may be a unit (5 K), so they count if a column has several, or plain numbers too.
_SCALES = {
    **dict.fromkeys(("K", "k", "Tsd.", "Tsd"), 1e3), **dict.fromkeys(("M", "Mio.", "Mio", "mn", "mln"), 1e6),
    **dict.fromkeys(("B", "bn", "Mrd.", "Mrd"), 1e9), "T": 1e12,
}  # fmt: skip
_CURRENCIES = (
    r"USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|BRL|MXN|ZAR|AUD|CAD|NZD|KRW|HKD|SGD|ILS|"
    r"US\$|A\$|C\$|R\$|HK\$|NZ\$|Rs\.?|kr\.?|Fr\.?|zł|Kč"
)
_BEFORE = re.compile(rf"([+−-]?)\s?({_CURRENCIES})\s?([\d.,+−-].*)")
_MARK = re.compile(r"(.*?\d[.,]?)\s?(?:[*†‡§¶#]{1,3}|[¹²³⁰⁴-⁹ᵃ-ᶻ]{1,3}|\[\w{1,3}\]|\([A-Za-z]{1,2}\)|\(\d\))")
#: The flags of official statistics, alone or in pairs: break, estimated, provisional, revised and so on.
_FLAG = re.compile(r"(.*?\d[.,]?)\s?([bcdefinprsuvz]{1,2})")
_NEGATIVE = re.compile(r"\(\s?([^()+−-]*)\)\s?%?|([^()+−-]*\d[.,]?)\s?[-−]")
_ABOUT = re.compile(r"(?:[~≈∼]|ca\.?|approx\.?)\s?(.+)")
_UNIT = re.compile(r"(.*?\d[.,]?)\s?([^\W\d_]{1,3}\.?|°[CF]?|‰|[^\W\d_]{1,8}\.?(?:/[^\W\d_]{1,8})?[²³]?)")

#: Numbers that stand for a missing value in files of weather services and others.
_PLACEHOLDERS = (-99.9, -99.99, -999.0, -999.9, -999.99, -9999.0, -9999.9, -99999.0, 999.9, 999.99, 9999.0, 9999.9, 99999.0)
#: A placeholder is this many times the other values' range away from them.
_FAR = 3.0


@dataclass(frozen=True)
class Annotated:
    """A number, the kind of what stands beside it, and its unit ("" for none)."""

    value: float
    kind: str
    unit: str = ""


def split_annotation(cell: str, parse: Callable[[str], float | None]) -> Annotated | None:
    """Split a cell into a number and what stands beside it; None if it is no such cell.

    Args:
        cell: The cell, which is no plain number.
        parse: Returns the value of a plain number, None for anything else.

    Examples:
        >>> split_annotation("12.3 (r)", lambda text: float(text) if text.replace(".", "").isdecimal() else None)
        Annotated(value=12.3, kind='mark', unit='')
    """
    if not any(letter.isdecimal() for letter in cell):
        return None
    for pattern, kind in ((_MARK, "mark"), (_ABOUT, "about"), (_FLAG, "letter")):
        if (found := pattern.fullmatch(cell)) and (value := parse(found[1])) is not None:
            return Annotated(value, kind, found[2] if kind == "letter" else "")
    if (found := _NEGATIVE.fullmatch(cell.strip("$€£¥ "))) and (value := parse(found[1] or found[2])) is not None:
        return Annotated(-value, "negative")
    if (found := _BEFORE.fullmatch(cell)) and (value := parse(found[1] + found[3])) is not None:
        return Annotated(value, "unit", found[2])
    if (found := _UNIT.fullmatch(cell)) and (value := parse(found[1])) is not None:
        return Annotated(value, "unit", found[2])
    return None


def choose_unit(annotated: Mapping[int, Annotated], plain: int) -> dict[str, float]:
    """Return the accepted units of a column with the factor of each: one unit, or several short forms of powers of ten.

    Args:
        annotated: The annotated cells by row.
        plain: The number of plain numbers in the column.
    """
    accepted = {"": 1.0}
    units = Counter(each.unit for each in annotated.values() if each.kind == "unit")
    letters = {each.unit for each in annotated.values() if each.kind == "letter"}
    if units and all(unit in _SCALES for unit in units) and not letters and (len(units) > 1 or plain):
        return accepted | {unit: _SCALES[unit] for unit in units}
    if units:
        # A letter may be a flag or a unit (12 s, 3 m): beside another unit it is in doubt.
        return accepted | {units.most_common(1)[0][0]: 1.0}
    return accepted | dict.fromkeys(letters, 1.0)


def placeholders(values: Float[np.ndarray, " row"]) -> float | None:
    """Return the number that stands for missing values in a column; None if there is none."""
    finite = values[np.isfinite(values)]
    for each in _PLACEHOLDERS:
        others = finite[finite != each]
        if len(others) < 3 or len(others) == len(finite) or 2 * len(others) < len(finite):
            continue
        low, high = float(others.min()), float(others.max())
        if max(low - each, each - high) > _FAR * (high - low) > 0:
            return each
    return None
