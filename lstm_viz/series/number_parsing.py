"""Cells of a table as numbers, however their country writes them: 1234.5, 1,234.5, 1.234,5, 1 234,5."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result

Mark = Literal[".", ","]

#: What people write where there is no value.
GAPS = frozenset((
    *("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing"),
    *("-", "--", "–", "—", ".", "..", "...", "?", "*"),
))  # fmt: skip

#: So many of a column's filled cells must be numbers for it to count as numeric.
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
class Numbers(Result):
    """A column's values [row], NaN where a cell holds none; `strange` are the rows whose cells hold something else."""

    values: Float[np.ndarray, " row"]
    strange: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many cells hold a number."""
        return int(np.isfinite(self.values).sum())

    @property
    def numeric(self) -> bool:
        """True where nearly all filled cells are numbers."""
        return self.count > 0 and self.count >= MOST * (self.count + len(self.strange))


def is_gap(cell: str) -> bool:
    """True where a cell says that there is no value."""
    return cell.strip().lower() in GAPS


def number(cell: str, mark: Mark = ".") -> float | None:
    """A cell as a finite number, its decimals behind `mark`; None where it is none."""
    text = _BLANKS.sub(" ", cell).strip(_UNITS).replace("−", "-")
    if _PLAIN[mark].fullmatch(text):
        text = text.replace(mark, ".")
    elif grouped := _GROUPED[mark].fullmatch(text):
        text = text.replace(grouped[1], "").replace(mark, ".")
    else:
        return None
    value = float(text)
    return value if np.isfinite(value) else None


def read(cells: Sequence[str], mark: Mark = ".") -> Numbers:
    """A column's cells as numbers."""
    values, strange = np.full(len(cells), np.nan), []
    for row, cell in enumerate(cells):
        if is_gap(cell):
            continue
        value = number(cell, mark)
        if value is None:
            strange.append(row)
        else:
            values[row] = value
    return Numbers(values, tuple(strange))


def decimal_mark(cells: Iterable[str], separator: str) -> tuple[Mark, str]:
    """Which mark stands before decimals in these cells, and a cell to show where that had to be guessed ("" where not).

    Each cell that only one of the two readings makes sense of votes. Where all could be either (1,234), a point stands
    before decimals and a comma between thousands, but in a table parted by semicolons, as countries with commas have it.
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
