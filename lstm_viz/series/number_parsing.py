"""Parse cells as numbers in any country's notation: 1234.5, 1,234.5, 1.234,5, 1 234,5."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result

Mark = Literal[".", ","]

#: Common notations for a missing value.
GAPS = frozenset((
    *("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing"),
    *("-", "--", "–", "—", ".", "..", "...", "?", "*"),
))  # fmt: skip

#: Share of a column's filled cells that must be numbers for it to count as numeric.
MOST = 0.9

_SIGN = r"[+-]?"
_TAIL = r"(?:[eE][+-]?\d{1,3})?"
_PLAIN = {mark: re.compile(rf"{_SIGN}(?:\d+(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+){_TAIL}") for mark in ".,"}
_GROUPED = {
    ".": re.compile(rf"{_SIGN}\d{{1,3}}(?:([, '’])\d{{3}})(?:\1\d{{3}})*(?:\.\d*)?"),
    ",": re.compile(rf"{_SIGN}\d{{1,3}}(?:([. '’])\d{{3}})(?:\1\d{{3}})*(?:,\d*)?"),
}
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_UNITS = "$€£¥% "


@dataclass(frozen=True, eq=False, repr=False)
class ParsedNumbers(Result):
    """A column's values [row], NaN if a cell holds none; `strange` are the rows whose cells hold something else."""

    values: Float[np.ndarray, " row"]
    strange: tuple[int, ...]

    @property
    def count(self) -> int:
        """Return how many cells hold a number."""
        return int(np.isfinite(self.values).sum())

    @property
    def numeric(self) -> bool:
        """Return True if nearly all filled cells are numbers."""
        return self.count > 0 and self.count >= MOST * (self.count + len(self.strange))


def is_gap(cell: str) -> bool:
    """Return True if a cell marks a missing value."""
    return cell.strip().lower() in GAPS


def number(cell: str, mark: Mark = ".") -> float | None:
    """Parse a cell as a finite number with this decimal `mark`; None if it is not one."""
    text = _BLANKS.sub(" ", cell).strip(_UNITS).replace("−", "-")
    if _PLAIN[mark].fullmatch(text):
        text = text.replace(mark, ".")
    elif grouped := _GROUPED[mark].fullmatch(text):
        text = text.replace(grouped[1], "").replace(mark, ".")
    else:
        return None
    value = float(text)
    return value if np.isfinite(value) else None


def read(cells: Sequence[str], mark: Mark = ".") -> ParsedNumbers:
    """Parse a column's cells as numbers."""
    values, strange = np.full(len(cells), np.nan), []
    for row, cell in enumerate(cells):
        if is_gap(cell):
            continue
        value = number(cell, mark)
        if value is None:
            strange.append(row)
        else:
            values[row] = value
    return ParsedNumbers(values, tuple(strange))


def decimal_mark(cells: Iterable[str], separator: str) -> tuple[Mark, str]:
    """Return the decimal mark of these cells, and an example cell if it had to be guessed ("" otherwise).

    Each cell that is valid in only one of the two notations votes. If all are ambiguous (1,234), the point is the decimal mark
    and the comma separates thousands, except in a table separated by semicolons, which is common with decimal commas.
    """
    votes = {".": 0, ",": 0}
    either = ""
    for cell in cells:
        if "." not in cell and "," not in cell:
            continue
        point, comma = number(cell, ".") is not None, number(cell, ",") is not None
        if point and comma:
            either = either or cell.strip()
        elif point or comma:
            votes["." if point else ","] += 1
    if votes["."] != votes[","]:
        return (".", "") if votes["."] > votes[","] else (",", "")
    return ("," if either and separator == ";" else "."), either
