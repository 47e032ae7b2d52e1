"""Letters of a long text as numbers, a piece at a time, so that no list of all its letters is ever made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Bool, Int

from lstm_viz.text.vocabulary import Vocabulary

#: So many letters are looked at at once.
PIECE = 1 << 16


def encode(vocabulary: Vocabulary, text: str) -> Int[np.ndarray, " time"]:
    """Number each letter of a text as `vocabulary.encode` does, in the smallest unsigned type that holds the vocabulary.

    Args:
        vocabulary: One of single letters.
        text: Any text.

    Returns:
        The numbers [time]; 0 where a letter is not known.
    """
    known = np.array([ord(symbol) for symbol in vocabulary.symbols[1:]], np.uint32)
    order = np.argsort(known)
    ordered, numbers = known[order], (order + 1).astype(np.min_scalar_type(len(vocabulary)))
    found = np.zeros(len(text), numbers.dtype)
    if not len(known):
        return found
    for begin, codes in _pieces(text):
        place = np.minimum(np.searchsorted(ordered, codes), len(ordered) - 1)
        found[begin : begin + len(codes)] = np.where(ordered[place] == codes, numbers[place], 0)
    return found


def count_unknown(vocabulary: Vocabulary, text: str) -> dict[str, int]:
    """Count the letters of a text that a vocabulary lacks, the most frequent first.

        count_unknown(Vocabulary.of("ab"), "a–b–ç")      # {"–": 2, "ç": 1}
    """
    ids, counts = encode(vocabulary, text), dict[int, int]()
    for begin, codes in _pieces(text):
        letters, times = np.unique(codes[ids[begin : begin + len(codes)] == 0], return_counts=True)
        for letter, many in zip(letters.tolist(), times.tolist(), strict=True):
            counts[letter] = counts.get(letter, 0) + many
    return {chr(letter): many for letter, many in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def known_letters(text: str, unknown: Mapping[str, int]) -> Bool[np.ndarray, " time"]:
    """Tell which letters of a text [time] are not among the `unknown` ones."""
    known = np.ones(len(text), bool)
    lacking = np.array(sorted(ord(letter) for letter in unknown), np.uint32)
    if len(lacking):
        for begin, codes in _pieces(text):
            known[begin : begin + len(codes)] = ~np.isin(codes, lacking)
    return known


def _pieces(text: str) -> Iterator[tuple[int, np.ndarray]]:
    for begin in range(0, len(text), PIECE):
        yield begin, np.frombuffer(text[begin : begin + PIECE].encode("utf-32-le", "surrogatepass"), "<u4")
