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
    """An ordered set of symbols of one code point each, `tokens[0]` being the unknown one."""

    tokens: tuple[str, ...]
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fit = all(isinstance(token, str) and self._fits(token) for token in self.tokens)
        if not fit or self.tokens[:1] != (UNKNOWN,) or len(set(self.tokens)) != len(self.tokens):
            raise ValueError(f"a vocabulary holds different single symbols, {UNKNOWN!r} first; got {self.tokens[:5]!r} …")
        object.__setattr__(self, "index", {token: token_id for token_id, token in enumerate(self.tokens)})

    @staticmethod
    def _fits(token: str) -> bool:
        return len(token) == 1

    @classmethod
    def of(cls, tokens: Iterable[str]) -> Self:
        """The vocabulary of everything in `tokens`, sorted, with the unknown symbol in front."""
        return cls((UNKNOWN, *sorted(set(tokens) - {UNKNOWN})))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token != UNKNOWN and token in self.index

    def split(self, text: str) -> Tokens:
        """Cut a text into this vocabulary's kind of symbols."""
        return of_characters(text)

    def encode(self, text: Iterable[str]) -> Int[np.ndarray, " time"]:
        """The number of each symbol, int64 [time]; 0 where it is not known."""
        return np.fromiter((self.index.get(token, 0) for token in text), dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """The text that these numbers stand for."""
        return "".join(self.tokens[token_id] for token_id in ids)


@dataclass(frozen=True, repr=False)
class WordVocabulary(Vocabulary):
    """An ordered set of words in lower case, `tokens[0]` being the unknown one.

    A word that is not in it is looked for once more without accents and with drawn-out letters drawn in (sooo), then cut at
    its hyphens and slashes; only what is still not found is unknown.
    """

    @staticmethod
    def _fits(token: str) -> bool:
        return token != ""

    def split(self, text: str) -> Tokens:
        """Cut a text into words and look each up; `normalized` are the symbols found, or the word itself where there is none."""
        pieces = ptb_tokenizer.split(text)
        entries = [
            (start + first, start + last, form)
            for word, form, start in zip(pieces.surface, pieces.normalized, pieces.spans[:, 0].tolist(), strict=True)
            for first, last, form in self._parts(word, form)
        ]
        return Tokens(
            surface=tuple(text[start:end] for start, end, _ in entries),
            normalized=tuple(form for _, _, form in entries),
            spans=np.array([(start, end) for start, end, _ in entries], dtype=np.int64).reshape(-1, 2),
        )

    def _parts(self, word: str, form: str) -> list[tuple[int, int, str]]:
        """A word as a whole where it is known or cannot be cut, else its parts: each one's place in the word, and its form."""
        entries = self._known_form(form)
        cut = [] if entries in self.index else [part.span() for part in _PARTS.finditer(word)]
        if len(cut) < 2:
            return [(0, len(word), entries)]
        return [(first, last, self._known_form(ptb_tokenizer.normalize(word[first:last]))) for first, last in cut]

    def _known_form(self, form: str) -> str:
        return next((variant for variant in ptb_tokenizer.fallbacks(form) if variant in self.index), form)

    def encode(self, text: Iterable[str]) -> Int[np.ndarray, " time"]:
        """The number of each word of a text, or of each word given, int64 [time]; 0 where it is not known."""
        return super().encode(self.split(text).normalized if isinstance(text, str) else text)

    def decode(self, ids: Iterable[int]) -> str:
        """The words that these numbers stand for, with blanks between."""
        return " ".join(self.tokens[token_id] for token_id in ids)


#: What hyphens and slashes part.
_PARTS = re.compile(r"[^-/]+")
