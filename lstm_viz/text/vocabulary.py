"""The symbols a model knows, code points or words, and one more for everything it never saw."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from jaxtyping import Int

from lstm_viz.results import Result
from lstm_viz.text import ptb_tokenizer
from lstm_viz.text.tokens import Tokens, of_characters

#: Stands for every symbol that training never showed; it is always symbol 0.
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, repr=False)
class Vocabulary(Result):
    """An ordered set of symbols of one code point each, `symbols[0]` being the unknown one."""

    symbols: tuple[str, ...]
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fit = all(isinstance(symbol, str) and self._fits(symbol) for symbol in self.symbols)
        if not fit or self.symbols[:1] != (UNKNOWN,) or len(set(self.symbols)) != len(self.symbols):
            raise ValueError(f"a vocabulary holds different single symbols, {UNKNOWN!r} first; got {self.symbols[:5]!r} …")
        object.__setattr__(self, "index", {symbol: number for number, symbol in enumerate(self.symbols)})

    @staticmethod
    def _fits(symbol: str) -> bool:
        return len(symbol) == 1

    @classmethod
    def of(cls, symbols: Iterable[str]) -> Self:
        """The vocabulary of everything in `symbols`, sorted, with the unknown symbol in front."""
        return cls((UNKNOWN, *sorted(set(symbols) - {UNKNOWN})))

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol != UNKNOWN and symbol in self.index

    def split(self, text: str) -> Tokens:
        """Cut a text into this vocabulary's kind of symbols."""
        return of_characters(text)

    def encode(self, text: Iterable[str]) -> Int[np.ndarray, " time"]:
        """The number of each symbol, int64 [time]; 0 where it is not known."""
        return np.fromiter((self.index.get(symbol, 0) for symbol in text), dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """The text that these numbers stand for."""
        return "".join(self.symbols[number] for number in ids)


@dataclass(frozen=True, repr=False)
class WordVocabulary(Vocabulary):
    """An ordered set of words in lower case, `symbols[0]` being the unknown one.

    A word that is not in it is looked for once more without accents and with drawn-out letters drawn in (sooo), then cut at
    its hyphens and slashes; only what is still not found is unknown.
    """

    @staticmethod
    def _fits(symbol: str) -> bool:
        return symbol != ""

    def split(self, text: str) -> Tokens:
        """Cut a text into words and look each up; `forms` are the symbols found, or the word itself where there is none."""
        pieces = ptb_tokenizer.split(text)
        found = [
            (start + first, start + last, form)
            for word, form, start in zip(pieces.written, pieces.forms, pieces.spans[:, 0].tolist(), strict=True)
            for first, last, form in self._parts(word, form)
        ]
        return Tokens(
            written=tuple(text[start:end] for start, end, _ in found),
            forms=tuple(form for _, _, form in found),
            spans=np.array([(start, end) for start, end, _ in found], dtype=np.int64).reshape(-1, 2),
        )

    def _parts(self, word: str, form: str) -> list[tuple[int, int, str]]:
        """A word as a whole where it is known or cannot be cut, else its parts: each one's place in the word, and its form."""
        found = self._found(form)
        cut = [] if found in self.index else [part.span() for part in _PARTS.finditer(word)]
        if len(cut) < 2:
            return [(0, len(word), found)]
        return [(first, last, self._found(ptb_tokenizer.form(word[first:last]))) for first, last in cut]

    def _found(self, form: str) -> str:
        return next((variant for variant in ptb_tokenizer.variants(form) if variant in self.index), form)

    def encode(self, text: Iterable[str]) -> Int[np.ndarray, " time"]:
        """The number of each word of a text, or of each word given, int64 [time]; 0 where it is not known."""
        return super().encode(self.split(text).forms if isinstance(text, str) else text)

    def decode(self, ids: Iterable[int]) -> str:
        """The words that these numbers stand for, with blanks between."""
        return " ".join(self.symbols[number] for number in ids)


#: What hyphens and slashes part.
_PARTS = re.compile(r"[^-/]+")
