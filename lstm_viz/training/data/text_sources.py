"""Texts to train on: one file, or the source code of the running Python's own standard library."""

from __future__ import annotations

import random
import sysconfig
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from lstm_viz.text.vocabulary import UNKNOWN, Vocabulary


@dataclass(frozen=True)
class Corpus:
    """A text in its two parts: what a model learns from, and what it never sees."""

    train: str
    held_out: str

    def vocabulary(self, rarest: int = 1, most: int | None = None) -> Vocabulary:
        """Every character that occurs at least `rarest` times in the training part; of these the `most` frequent.

        Of equally frequent ones the first in Unicode's order is taken.
        """
        counts = Counter(self.train)
        frequent = sorted(counts, key=lambda symbol: (-counts[symbol], symbol))
        return Vocabulary.of([symbol for symbol in frequent if counts[symbol] >= rarest and symbol != UNKNOWN][:most])


def split(text: str, share: float = 0.9, most: int | None = None) -> Corpus:
    """The first `share` of a text to learn from, the rest held out: of that at most the last `most` characters."""
    border = int(len(text) * share)
    border = border if most is None else max(border, len(text) - most)
    return Corpus(text[:border], text[border:])


def standard_library(seed: int, characters: int, share: float = 0.9) -> Corpus:
    """Source files of the running Python's standard library (tests and generated tables left out), in random order.

    Whole files are held out, never parts of one; `characters` bounds the sum of all files.
    """
    root = Path(sysconfig.get_paths()["stdlib"])
    skipped = {"test", "tests", "idlelib", "lib2to3", "encodings", "pydoc_data", "site-packages", "__pycache__", "turtledemo"}
    paths = [path for path in sorted(root.rglob("*.py")) if not skipped & set(path.relative_to(root).parts)]
    random.Random(seed).shuffle(paths)
    parts, total = [], 0
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        if total + len(text) <= characters:
            parts.append(text)
            total += len(text)
    border = int(len(parts) * share)
    return Corpus("\n".join(parts[:border]), "\n".join(parts[border:]))
