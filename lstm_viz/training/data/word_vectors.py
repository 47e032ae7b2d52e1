"""Pretrained word vectors: GloVe's text files, or a folder with the same as NumPy and Parquet files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result


@dataclass(frozen=True, eq=False, repr=False)
class WordVectors(Result):
    """Words, the most frequent first, and a vector for each; `name` is the file's."""

    name: str
    words: tuple[str, ...]
    vectors: Float[np.ndarray, "word dimension"]

    def of(self, words: Iterable[str]) -> Float[np.ndarray, "wanted dimension"]:
        """Return the vectors of some words, float32; zeros for a word without one."""
        rows = {word: row for row, word in enumerate(self.words)}
        rows_of = [rows.get(word, -1) for word in words]
        picked = np.asarray(self.vectors[rows_of], dtype=np.float32)
        picked[[row < 0 for row in rows_of]] = 0.0
        return picked

    def plain(self, count: int) -> tuple[str, ...]:
        """Return the `count` most frequent words that consist of letters only."""
        return tuple(islice((word for word in self.words if word.isalpha()), count))


def read_vectors(path: Path) -> WordVectors:
    """Read GloVe's text format ("the 0.418 0.24968 …", a word a line), or a folder with one .npy and one .parquet file.

    Raises ValueError if the path holds neither, or lines of inconsistent length.
    """
    return _folder(path) if path.is_dir() else _text(path)


def _text(path: Path) -> WordVectors:
    words: list[str] = []
    rows: list[np.ndarray] = []
    for number, word, numbers in _lines(path):
        try:
            row = np.array(numbers, dtype=np.float32)
        except ValueError:
            row = np.zeros(0, np.float32)
        if not row.size or (rows and len(row) != len(rows[0])):
            raise ValueError(f"{path.name}, line {number}: a word and as many numbers as in line 1 were expected")
        words.append(word)
        rows.append(row)
    if not rows:
        raise ValueError(f"{path.name} is empty; word vectors were expected, a word and its numbers a line")
    return WordVectors(path.name, tuple(words), np.stack(rows))


def _lines(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            word, *numbers = line.rstrip("\n").split(" ")
            yield number, word, numbers


def _folder(path: Path) -> WordVectors:
    arrays, tables = sorted(path.glob("*.npy")), sorted(path.glob("*.parquet"))
    if len(arrays) != 1 or len(tables) != 1:
        raise ValueError(f"{path.name} holds {len(arrays)} .npy and {len(tables)} .parquet files; one of each was expected")
    # Only training reads Parquet.
    from pyarrow.parquet import read_table  # type: ignore[import-untyped]

    words = tuple(read_table(tables[0]).column(0).to_pylist())
    vectors = np.load(arrays[0], mmap_mode="r", allow_pickle=False)
    if vectors.ndim != 2 or len(vectors) != len(words):
        raise ValueError(f"{arrays[0].name} is {vectors.shape}; a row for each of the {len(words)} words beside it was expected")
    return WordVectors(arrays[0].stem, words, vectors)
