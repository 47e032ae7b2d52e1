"""Two small formal languages that need memory: aⁿbⁿ (counting) and nested brackets (a stack).
Learning aⁿbⁿ by an LSTM goes back to Gers & Schmidhuber 2001, "LSTM recurrent networks learn simple context-free
and context-sensitive languages".
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

PAIRS = {"(": ")", "[": "]"}
END = "\n"


class Language(Protocol):
    """A language whose possible next symbols are known: `longest` bounds the length of a string, without END."""

    @property
    def longest(self) -> int:
        """Return the length of the longest string, in symbols."""

    def string(self, draw: random.Random) -> str:
        """Draw a random string of the language, with its END."""

    def allowed(self, string: str) -> Iterator[set[str]]:
        """Yield the symbols that may follow each symbol of `string` (without its END)."""

    def tokens(self) -> str:
        """Return every symbol of the language."""


@dataclass(frozen=True)
class Counting:
    """aⁿbⁿ with n from `shortest` to `longest`/2: as many b as a, then the end."""

    longest: int
    shortest: int = 2

    def string(self, draw: random.Random) -> str:
        """Draw a string with uniform n."""
        count = draw.randint(self.shortest // 2, self.longest // 2)
        return "a" * count + "b" * count + END

    def allowed(self, string: str) -> Iterator[set[str]]:
        """Yield both symbols while reading a; from the first b on only one is possible."""
        open_count = 0
        for symbol in string.rstrip(END):
            open_count += 1 if symbol == "a" else -1
            yield {"a", "b"} if symbol == "a" else {"b"} if open_count else {END}

    def tokens(self) -> str:
        """Return a, b and the end."""
        return "ab" + END


@dataclass(frozen=True)
class Brackets:
    """Nested round and square brackets, at most `depth` open at once; each is closed by its own kind."""

    longest: int
    shortest: int = 2
    depth: int = 3

    def string(self, draw: random.Random) -> str:
        """Draw a string of uniform length: a random walk over the depth that can still be closed in time."""
        length = 2 * draw.randint(self.shortest // 2, self.longest // 2)
        text, open_ones = "", ""
        while len(text) < length:
            can_open = len(open_ones) < min(self.depth, length - len(text) - 1)
            if can_open and (not open_ones or draw.random() < 0.5):
                open_ones += draw.choice("([")
                text += open_ones[-1]
            else:
                text += PAIRS[open_ones[-1]]
                open_ones = open_ones[:-1]
        return text + END

    def allowed(self, string: str) -> Iterator[set[str]]:
        """Yield the opening brackets unless `depth` are open, and the matching closing one, or the end if none is open."""
        open_ones = ""
        for symbol in string.rstrip(END):
            open_ones = open_ones + symbol if symbol in PAIRS else open_ones[:-1]
            closing = {PAIRS[open_ones[-1]]} if open_ones else {END}
            yield closing | (set(PAIRS) if len(open_ones) < self.depth else set())

    def tokens(self) -> str:
        """Return both kinds of brackets and the end."""
        return "([])" + END
