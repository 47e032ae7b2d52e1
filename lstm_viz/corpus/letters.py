"""Character ids of a long text, in pieces, so that no array of all its characters is ever made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Bool, Int

from lstm_viz.text.vocabulary import Vocabulary

#: Number of characters converted at once.
PIECE = 1 << 16


class CharacterIds:
    """Character ids as `Vocabulary.encode` gives them, looked up for many characters at once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take a vocabulary of single characters; ValueError for one of words."""
        if any(len(token) != 1 for token in vocabulary.tokens[1:]):
            raise ValueError("this network reads words; long texts are scanned character by character")
        known = np.array([ord(token) for token in vocabulary.tokens[1:]], np.uint32)
        order = np.argsort(known)
        self._known, self._numbers = known[order], order + 1

    def of(self, codes: Int[np.ndarray, "*letters"]) -> Int[np.ndarray, "*letters"]:
        """Return the ids of characters given by their code points; 0 for an unknown one."""
        if not len(self._known):
            return np.zeros(codes.shape, np.int64)
        index = np.minimum(np.searchsorted(self._known, codes), len(self._known) - 1)
        return np.where(self._known[index] == codes, self._numbers[index], 0)

    def at(self, text: str, starts: Int[np.ndarray, " segment"], steps: int) -> Int[np.ndarray, "time segment"]:
        """Return the ids of `steps` characters from each of `starts` on; beyond the text's end they are arbitrary."""
        pieces = "".join(text[start : start + steps].ljust(steps) for start in starts.tolist())
        return np.ascontiguousarray(self.of(_codes(pieces)).reshape(len(starts), steps).T)


def count_unknown(vocabulary: Vocabulary, text: str) -> dict[str, int]:
    """Count the characters of a text that a vocabulary lacks, the most frequent first.

    Args:
        vocabulary: A vocabulary of single characters.
        text: Any text.

    Returns:
        The number of occurrences of each character that is not in the vocabulary.

    Raises:
        ValueError: The vocabulary is one of words.

    Examples:
        >>> from lstm_viz.corpus import count_unknown
        >>> count_unknown(lstm_viz.load("counting").vocabulary, "a–b–ç")
        {'–': 2, 'ç': 1}
    """
    numbers, counts = CharacterIds(vocabulary), dict[int, int]()
    for _, codes in _pieces(text):
        letters, times = np.unique(codes[numbers.of(codes) == 0], return_counts=True)
        for letter, many in zip(letters.tolist(), times.tolist(), strict=True):
            counts[letter] = counts.get(letter, 0) + many
    return {chr(letter): many for letter, many in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def known_letters(text: str, unknown: Mapping[str, int]) -> Bool[np.ndarray, " time"]:
    """Return True for each character of a text [time] that is not among the `unknown` ones."""
    known = np.ones(len(text), bool)
    lacking = np.array(sorted(ord(letter) for letter in unknown), np.uint32)
    if len(lacking):
        for begin, codes in _pieces(text):
            known[begin : begin + len(codes)] = ~np.isin(codes, lacking)
    return known


def _pieces(text: str) -> Iterator[tuple[int, np.ndarray]]:
    for begin in range(0, len(text), PIECE):
        yield begin, _codes(text[begin : begin + PIECE])


def _codes(text: str) -> Int[np.ndarray, " letter"]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
