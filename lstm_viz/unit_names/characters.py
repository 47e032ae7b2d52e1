"""A text as arrays over its characters, from which features are computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int

Flags = Bool[np.ndarray, " character"]
Counts = Int[np.ndarray, " character"]


class Characters:
    """The characters of a text; each array is computed when it is first needed.

    A word is a run of letters, digits and underscores. A line includes the newline that ends it.

    Examples:
        >>> from lstm_viz.unit_names import Characters
        >>> np.flatnonzero(Characters("Two words").word_start).tolist()
        [0, 4]
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def letter(self) -> Flags:
        """Return True for each letter."""
        return self.where(str.isalpha)

    @cached_property
    def capital(self) -> Flags:
        """Return True for each capital letter."""
        return self.where(str.isupper)

    @cached_property
    def blank(self) -> Flags:
        """Return True for each white-space character, newlines included."""
        return self.where(str.isspace)

    @cached_property
    def newline(self) -> Flags:
        """Return True for each newline."""
        return self.among("\n")

    @cached_property
    def word(self) -> Flags:
        """Return True for each character of a word."""
        return self.where(lambda symbol: symbol.isalnum() or symbol == "_")

    @cached_property
    def word_start(self) -> Flags:
        """Return True for the first character of each word."""
        return self.word & ~before(self.word)

    @cached_property
    def line_start(self) -> Flags:
        """Return True for the first character of each line."""
        return before(self.newline, first=True)

    @cached_property
    def blank_line(self) -> Flags:
        """Return True for each newline that ends a line of nothing but white space."""
        last_mark = last(~self.blank)
        return self.newline & (last_mark < last(self.line_start))

    @cached_property
    def paragraph_start(self) -> Flags:
        """Return True for the text's first character and for each character after a blank line's end."""
        return before(self.blank_line, first=True)

    @cached_property
    def sentence_start(self) -> Flags:
        """Return True for the white space that ends a sentence, after . ! ? and closing quotes, and where a paragraph begins."""
        ended = self.matches(r"[.!?…。！？][\"'”’)\]]*\s", last_only=True)
        return ended | self.paragraph_start

    def where(self, holds: Callable[[str], bool]) -> Flags:
        """Return for each character whether a function of the character holds."""
        kinds, inverse = self._alphabet
        return np.array([holds(chr(code)) for code in kinds.tolist()], bool)[inverse]

    def among(self, symbols: str) -> Flags:
        """Return True for each character that is one of `symbols`."""
        return self.where(lambda symbol: symbol in symbols)

    def matches(self, pattern: str | re.Pattern[str], group: str | int = 0, last_only: bool = False) -> Flags:
        """Return True for the characters in a group of a pattern's matches, or for the last character of each only."""
        spans = [match.span(group) for match in re.finditer(pattern, self.text)]
        if last_only:
            spans = [(end - 1, end) for start, end in spans if end > start]
        return within(spans, len(self))

    @cached_property
    def _alphabet(self) -> tuple[np.ndarray, np.ndarray]:
        kinds, inverse = np.unique(self.codes, return_inverse=True)
        return kinds, inverse


def before(flags: Flags, first: bool = False) -> Flags:
    """Return each character's flag of the character before it; `first` for the first character."""
    shifted = np.empty_like(flags)
    shifted[:1], shifted[1:] = first, flags[:-1]
    return shifted


def last(event: Flags) -> Counts:
    """Return for each character the index of the last event up to it; -1 if there was none."""
    return np.maximum.accumulate(np.where(event, np.arange(len(event)), -1))


def since(event: Flags) -> Counts:
    """Return the number of characters since the last event, 0 at an event; before the first, since the text's beginning."""
    return np.arange(len(event)) - np.maximum(last(event), 0)


def count_since(flags: Flags, event: Flags) -> Counts:
    """Count the flags from the last event (included) up to each character; before the first event from the beginning."""
    total = np.cumsum(flags)
    start = np.maximum(last(event), 0)
    return total - (total[start] - flags[start]) if len(flags) else total


def nesting(opens: Flags, closes: Flags, restart: Flags) -> Counts:
    """Return the number of open brackets after each character; a closing one too many is ignored, `restart` closes all."""
    if not len(opens):
        return np.zeros(0, np.int64)
    step = opens.astype(np.int64) - closes
    level = np.cumsum(step)
    base = np.where(restart, level - step, 0)
    # Each stretch between restarts is lowered below all before it, so that a running minimum stays within the stretch.
    stretch = np.cumsum(restart) * (2 * len(opens) + 1)
    floor = np.minimum.accumulate(np.minimum(level, np.where(restart, base, level)) - stretch) + stretch
    if not restart[0]:
        floor = np.where(np.cumsum(restart) == 0, np.minimum(floor, 0), floor)
    return level - floor


def within(spans: Iterable[tuple[int, int]], length: int) -> Flags:
    """Return True for each character within one of the spans (start, end exclusive)."""
    edges = np.array(list(spans), np.int64).reshape(-1, 2)
    rise = np.zeros(length + 1, np.int64)
    np.add.at(rise, edges[:, 0], 1)
    np.add.at(rise, edges[:, 1], -1)
    return np.cumsum(rise[:-1]) > 0
