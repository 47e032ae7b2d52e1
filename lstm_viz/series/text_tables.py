"""Tables whose columns are set apart by blanks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lstm_viz.series import date_parsing, number_parsing

_PROBE = 200
#: Blanks between columns, but for the one between a day and its time; the same where columns are two blanks apart.
_BLANKS = re.compile(r"\s+(?!\d{1,2}:\d\d)")
#: Share of the lines that must have the same number of fields if some of them are words.
_SAME = 0.9


@dataclass(frozen=True)
class SplitLines:
    """Lines of columns separated by tabs, and notes on what was left out."""

    lines: list[str]
    notes: tuple[str, ...] = ()


def split_at_blanks(lines: Sequence[str]) -> SplitLines | None:
    """Return lines of several columns set apart by blanks as lines separated by tabs; None if they are no such columns.

    A time of day stays with the date before it. Where lines have fewer fields than the others, the places of the fields in the
    line decide to which column each belongs; where they do not tell, the line counts as gaps.
    """
    # A number may have blanks between its thousands.
    if any(number_parsing.read(lines[1 : _PROBE + 1], mark).numeric for mark in (".", ",")):
        return None
    split = [_BLANKS.split(line.strip()) for line in lines]
    width, count = Counter(map(len, split[-_PROBE:])).most_common(1)[0]
    probe = [row for row in split[-_PROBE:] if len(row) == width]
    if width < 2 or 2 * count <= len(split[-_PROBE:]) or not _are_columns(probe, count / len(split[-_PROBE:])):
        return None
    ragged = [row for row in range(1, len(split)) if len(split[row]) < width]
    places = _places(lines) if ragged else []
    if len(places) == width:
        split[1:] = [[line[start:end].strip() for start, end in places] for line in lines[1:]]
        return SplitLines(["\t".join(row) for row in split])
    for row in ragged:
        split[row] = [split[row][0], *[""] * (width - 1)]
    note = "lines with fewer fields than the others, whose columns cannot be told, count as gaps"
    return SplitLines(["\t".join(row) for row in split], (f"{note}: {len(ragged):,}",) if ragged else ())


def _are_columns(rows: Sequence[Sequence[str]], share: float) -> bool:
    """Return True if the fields are numbers; or if nearly all lines have as many, and a column holds numbers or dates."""
    if all(cell.lstrip("+-−.,")[:1].isdecimal() or number_parsing.is_gap(cell) for cell in rows[-1]):
        return True
    if share < _SAME or len(rows) < 3:
        return False
    columns = [column[1:] for column in zip(*rows, strict=True)]
    numeric = [any(number_parsing.read(column, mark).numeric for mark in (".", ",")) for column in columns]
    # A number and its unit are no two columns.
    return sum(numeric) > 1 or (any(numeric) and any(date_parsing.read(column) is not None for column in columns))


def _places(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return where each column begins and ends, by the places that are blank in all lines below the first."""
    longest = max(map(len, lines[1:]))
    filled = [False] * longest
    for line in lines[1:]:
        for place, letter in enumerate(line):
            filled[place] = filled[place] or not letter.isspace()
    edges = [place for place in range(longest + 1) if (place < longest and filled[place]) != (place > 0 and filled[place - 1])]
    return list(zip(edges[::2], edges[1::2], strict=True))
