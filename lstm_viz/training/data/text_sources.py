"""Texts to train on: one file, or the source code of Python's standard library."""

from __future__ import annotations

import random
import sysconfig
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from lstm_viz.text.vocabulary import UNKNOWN, Vocabulary


@dataclass(frozen=True)
class Corpus:
    """A text split into a training part and a held-out part."""

    train: str
    held_out: str

    def vocabulary(self, rarest: int = 1, most: int | None = None) -> Vocabulary:
        """Return every character that occurs at least `rarest` times in the training part; of these the `most` frequent.

        Ties are broken by Unicode order.
        """
        counts = Counter(self.train)
        frequent = sorted(counts, key=lambda symbol: (-counts[symbol], symbol))
        return Vocabulary.of([symbol for symbol in frequent if counts[symbol] >= rarest and symbol != UNKNOWN][:most])


def split(text: str, share: float = 0.9, most: int | None = None) -> Corpus:
    """Split off the first `share` of a text for training; at most the last `most` characters of the rest are held out."""
    border = int(len(text) * share)
    border = border if most is None else max(border, len(text) - most)
    return Corpus(text[:border], text[border:])


def standard_library(seed: int, characters: int, share: float = 0.9) -> Corpus:
    """Read Python's standard library source files (without tests and generated tables), in random order.

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
