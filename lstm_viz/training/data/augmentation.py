"""Sentences that nobody wrote: those of a treebank with some words swapped for words that are used alike.

They have no label, but a tutor has an opinion of them, and so tells what it knows of words that the treebank never shows
(after Tang et al. 2019, "Distilling task-specific knowledge from BERT into simple neural networks", section 3.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.training.data.treebank import NO_LABEL, LabelledPrefix

#: A word is swapped for one of so many.
NEAREST = 8


def augment(
    prefixes: Sequence[LabelledPrefix], vectors: Float[np.ndarray, "symbol dimension"], count: int, seed: int,
    swapped: float = 0.2,
    shortest: int = 8,
) -> Iterator[LabelledPrefix]:  # fmt: skip
    """`count` variants of each reading of at least `shortest` words, each word `swapped` with that chance."""
    long = [reading.ids for reading in prefixes if len(reading.ids) >= shortest]
    near = neighbours(vectors, np.unique(np.concatenate(long))) if long else {}
    draw = np.random.default_rng(seed)
    for ids in long:
        for _ in range(count):
            swap = draw.random(len(ids)) < swapped
            other = [draw.choice(near[number]) if swap[t] and number in near else number for t, number in enumerate(ids.tolist())]
            yield LabelledPrefix(np.array(other, np.int64), np.full(len(ids), NO_LABEL))


def neighbours(
    vectors: Float[np.ndarray, "symbol dimension"], word_ids: Int[np.ndarray, " symbol"], block: int = 512
) -> dict[int, Int[np.ndarray, " nearest"]]:
    """For each wanted symbol that has a vector, the NEAREST others by the cosine of their vectors."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    word_ids = word_ids[lengths[word_ids, 0] > 0]
    nearest: dict[int, Int[np.ndarray, " nearest"]] = {}
    for start in range(0, len(word_ids), block):
        rows = word_ids[start : start + block]
        alike = unit[rows] @ unit.T
        # Words without a vector are like nothing.
        alike[:, lengths[:, 0] == 0] = -np.inf
        alike[np.arange(len(rows)), rows] = -np.inf
        nearest |= dict(zip(rows.tolist(), np.argpartition(-alike, NEAREST, axis=1)[:, :NEAREST], strict=True))
    return nearest
