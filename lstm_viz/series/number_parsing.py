"""Parse cells as numbers in any country's notation: 1234.5, 1,234.5, 1.234,5, 1 234,5."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result
from lstm_viz.series.annotated_numbers import ANNOTATION_NOTES, Annotated, choose_unit, placeholders, split_annotation

Mark = Literal[".", ","]

#: Common notations for a missing value.
GAPS = frozenset((
    *("", "na", "n/a", "n.a.", "#n/a", "(na)", "<na>", "nan", "null", "\\n", "none", "nil", "nd", "n.d.", "missing"),
    *("k.a.", "k. a.", "n.v.", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!", "1.#ind", "-1.#ind", "1.#qnan"),
    *("-", "--", "---", "–", "—", ".", "..", "...", "…", ":", "?", "*", "/"),
))  # fmt: skip

#: Share of a column's filled cells that must be numbers for it to count as numeric.
MOST = 0.9
#: How many cells of a column show that it holds words.
_SAMPLE = 200

_SIGN = r"[+-]?"
_TAIL = r"(?:[eE][+-]?\d{1,3})?"
_PLAIN = {mark: re.compile(rf"{_SIGN}(?:\d+(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+){_TAIL}") for mark in ".,"}
_GROUPED = {
    ".": re.compile(rf"{_SIGN}\d{{1,3}}(?:([, '’])\d{{3}})(?:\1\d{{3}})*(?:\.\d*)?"),
    ",": re.compile(rf"{_SIGN}\d{{1,3}}(?:([. '’])\d{{3}})(?:\1\d{{3}})*(?:,\d*)?"),
}
#: Numbers whose mark is no separator of thousands.
_DECIMALS = re.compile(r"[+-]?\d+([.,])(?:\d{1,2}|\d{4,})")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_CURRENCIES = "$€£¥₹₽₩₺฿"
_UNITS = f"{_CURRENCIES}% "
#: A sign before a currency: -$12.
_SIGNED = re.compile(rf"([+-])\s*[{_UNITS}]+")


@dataclass(frozen=True, eq=False, repr=False)
class ParsedNumbers(Result):
    """A column's values [row], NaN if a cell holds none; `strange` are the rows whose cells hold something else.

    `notes` say what was left out beside the numbers, such as footnote marks and units, and which values count as missing.
    """

    values: Float[np.ndarray, " row"]
    strange: tuple[int, ...]
    notes: tuple[str, ...] = ()

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
    if _PLAIN[mark].fullmatch(cell):
        value = float(cell.replace(mark, "."))
        return value if np.isfinite(value) else None
    if not any(map(str.isdecimal, cell)):
        return None
    text = _SIGNED.sub(r"\1", _BLANKS.sub(" ", cell).strip(_UNITS).replace("−", "-"), count=1)
    if _PLAIN[mark].fullmatch(text):
        text = text.replace(mark, ".")
    elif grouped := _GROUPED[mark].fullmatch(text):
        text = text.replace(grouped[1], "").replace(mark, ".")
    else:
        return None
    value = float(text)
    return value if np.isfinite(value) else None


def read(cells: Sequence[str], mark: Mark = ".") -> ParsedNumbers:
    """Parse a column's cells as numbers, also those with a footnote mark, a unit, or in the brackets of a negative amount."""
    values, strange = np.full(len(cells), np.nan), []
    # Most columns of words are told by a few of their cells.
    sample = [cell for cell in cells[:: max(1, len(cells) // _SAMPLE)] if not is_gap(cell)]
    if len(cells) > 2 * _SAMPLE and 2 * sum(_is_number(cell, mark) for cell in sample) < len(sample):
        return ParsedNumbers(values, tuple(row for row, cell in enumerate(cells) if not is_gap(cell)))
    annotated: dict[int, Annotated] = {}
    for row, cell in enumerate(cells):
        if is_gap(cell):
            continue
        value = number(cell, mark)
        if value is not None:
            values[row] = value
        elif len(cell) <= 60 and (split := split_annotation(_BLANKS.sub(" ", cell).strip(), lambda text: number(text, mark))):
            annotated[row] = split
        else:
            strange.append(row)
    notes = _annotations(cells, annotated, values, strange) if annotated else []
    notes += _sign_notes(cells, values)
    if len(values) and (missing := placeholders(values)):
        values[values == missing] = np.nan
        notes.append(f"{missing:g} is far from all other values and a common mark of a missing one; it counts as a gap")
    return ParsedNumbers(values, tuple(sorted(strange)), tuple(notes))


def _annotations(
    cells: Sequence[str], annotated: dict[int, Annotated], values: Float[np.ndarray, " row"], strange: list[int]
) -> list[str]:
    """Fill in the values of annotated cells and return notes on them; cells in another unit than most are strange."""
    plain = int(np.isfinite(values).sum())
    accepted = choose_unit(annotated, plain)
    found: dict[str, list[int]] = {}
    for row, split in annotated.items():
        factor = accepted.get(split.unit)
        if factor is None:
            strange.append(row)
            continue
        values[row] = split.value if factor == 1.0 else round(split.value * factor, 6)
        found.setdefault(split.kind if factor == 1.0 or not split.unit else "scale", []).append(row)
    return [
        f"{ANNOTATION_NOTES[kind]}: {len(rows):,}, the first {cells[rows[0]].strip()!r}" for kind, rows in sorted(found.items())
    ]


def _is_number(cell: str, mark: Mark) -> bool:
    return number(cell, mark) is not None or (len(cell) <= 60 and _is_annotated(_BLANKS.sub(" ", cell).strip(), mark))


def _is_annotated(cell: str, mark: Mark) -> bool:
    return split_annotation(cell, lambda text: number(text, mark)) is not None


def _sign_notes(cells: Sequence[str], values: Float[np.ndarray, " row"]) -> list[str]:
    letters = set().union(*cells)
    signs = sorted(letters & set(_CURRENCIES))
    if len(signs) > 1:
        return [f"numbers in several currencies ({', '.join(signs)}), all read as they stand"]
    if "%" not in letters:
        return []
    percents = [row for row, cell in enumerate(cells) if "%" in cell and np.isfinite(values[row])]
    others = int(np.count_nonzero(np.nan_to_num(values))) - int(np.count_nonzero(values[percents]))
    if not percents or not others:
        return []
    return [f"numbers with a percent sign: {len(percents):,}, without: {others:,}; all are read as they stand"]


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
        if decimals := _DECIMALS.fullmatch(cell):
            votes[decimals[1]] += 1
            continue
        point, comma = number(cell, ".") is not None, number(cell, ",") is not None
        if point and comma:
            either = either or cell.strip()
        elif point or comma:
            votes["." if point else ","] += 1
        elif len(cell) <= 60 and any(letter.isdecimal() for letter in cell):
            text = _BLANKS.sub(" ", cell).strip()
            point, comma = _is_annotated(text, "."), _is_annotated(text, ",")
            if point != comma:
                votes["." if point else ","] += 1
    if votes["."] != votes[","]:
        return (".", "") if votes["."] > votes[","] else (",", "")
    return ("," if either and separator == ";" else "."), either
