"""Vocabularies: a model's tokens, code points or words, and an unknown token for all others."""

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

#: The unknown token; its id is always 0.
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, repr=False)
class Vocabulary(Result):
    """An ordered set of tokens of one code point each; `tokens[0]` is the unknown token."""

    tokens: tuple[str, ...]
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fit = all(isinstance(token, str) and self._fits(token) for token in self.tokens)
        if not fit or self.tokens[:1] != (UNKNOWN,) or len(set(self.tokens)) != len(self.tokens):
            raise ValueError(f"a vocabulary holds different single tokens, {UNKNOWN!r} first; got {self.tokens[:5]!r} …")
        object.__setattr__(self, "index", {token: token_id for token_id, token in enumerate(self.tokens)})

    @staticmethod
    def _fits(token: str) -> bool:
        return len(token) == 1

    @classmethod
    def of(cls, tokens: Iterable[str]) -> Self:
        """Return the vocabulary of everything in `tokens`, sorted, after the unknown token."""
        return cls((UNKNOWN, *sorted(set(tokens) - {UNKNOWN})))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token != UNKNOWN and token in self.index

    def split(self, text: str) -> Tokens:
        """Split a text into this vocabulary's kind of tokens."""
        return of_characters(text)

    def encode(self, text: Iterable[str]) -> Int[np.ndarray, " time"]:
        """Return the id of each token, int64 [time]; 0 for an unknown one."""
        return np.fromiter((self.index.get(token, 0) for token in text), dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of these ids."""
        return "".join(self.tokens[token_id] for token_id in ids)


@dataclass(frozen=True, repr=False)
class WordVocabulary(Vocabulary):
    """An ordered set of words in lower case; `tokens[0]` is the unknown token.

    A word that is not in it is looked up again without accents and with repeated letters reduced (sooo), then split at its
    hyphens and slashes; only what is still not found is unknown.
    """

    @staticmethod
    def _fits(token: str) -> bool:
        return token != ""

    def split(self, text: str) -> Tokens:
        """Split a text into words and look each up; `normalized` are the tokens found, or the word itself if there is none."""
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
        """Return a word as a whole if it is known or cannot be split, else its parts: position in the word, and form of each."""
        entries = self._known_form(form)
        cut = [] if entries in self.index else [part.span() for part in _PARTS.finditer(word)]
        if len(cut) < 2:
            return [(0, len(word), entries)]
        return [(first, last, self._known_form(ptb_tokenizer.normalize(word[first:last]))) for first, last in cut]

    def _known_form(self, form: str) -> str:
        return next((variant for variant in ptb_tokenizer.fallbacks(form) if variant in self.index), form)

    def encode(self, text: Iterable[str]) -> Int[np.ndarray, " time"]:
        """Return the id of each word of a text, or of each given word, int64 [time]; 0 for an unknown one."""
        return super().encode(self.split(text).normalized if isinstance(text, str) else text)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the words of these ids, separated by blanks."""
        return " ".join(self.tokens[token_id] for token_id in ids)


#: Hyphens and slashes split words.
_PARTS = re.compile(r"[^-/]+")
