"""Data augmentation: sentences of a treebank with some words replaced by words of similar use.

They have no label, but a teacher gives them soft labels, which transfers what it knows of words that the treebank lacks
(after Tang et al. 2019, "Distilling task-specific knowledge from BERT into simple neural networks", section 3.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.training.data.treebank import NO_LABEL, LabelledPrefix

#: Number of nearest neighbours from which a replacement is drawn.
NEAREST = 8


def augment(
    prefixes: Sequence[LabelledPrefix], vectors: Float[np.ndarray, "symbol dimension"], count: int, seed: int,
    swapped: float = 0.2,
    shortest: int = 8,
) -> Iterator[LabelledPrefix]:  # fmt: skip
    """Yield `count` variants of each reading of at least `shortest` words; each word is `swapped` with that probability."""
    long = [reading.ids for reading in prefixes if len(reading.ids) >= shortest]
    near = neighbours(vectors, np.unique(np.concatenate(long))) if long else {}
    draw = np.random.default_rng(seed)
    for ids in long:
        for _ in range(count):
            swap = draw.random(len(ids)) < swapped
            words = [draw.choice(near[word]) if swap[t] and word in near else word for t, word in enumerate(ids.tolist())]
            yield LabelledPrefix(np.array(words, np.int64), np.full(len(ids), NO_LABEL))


def neighbours(
    vectors: Float[np.ndarray, "symbol dimension"], word_ids: Int[np.ndarray, " symbol"], block: int = 512
) -> dict[int, Int[np.ndarray, " nearest"]]:
    """Return the NEAREST neighbours by cosine similarity for each requested token that has a vector."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    word_ids = word_ids[lengths[word_ids, 0] > 0]
    nearest: dict[int, Int[np.ndarray, " nearest"]] = {}
    for start in range(0, len(word_ids), block):
        rows = word_ids[start : start + block]
        alike = unit[rows] @ unit.T
        # Words without a vector have no similarity to others.
        alike[:, lengths[:, 0] == 0] = -np.inf
        alike[np.arange(len(rows)), rows] = -np.inf
        nearest |= dict(zip(rows.tolist(), np.argpartition(-alike, NEAREST, axis=1)[:, :NEAREST], strict=True))
    return nearest
