"""The trees of the Stanford Sentiment Treebank (Socher et al. 2013), converted to labelled prefixes for a forward network.

A line is one tree, "(3 (2 It) (4 works))", with a label from 0 (very negative) to 4 (very positive) on every node.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int

from lstm_viz.text import ptb_tokenizer
from lstm_viz.text.vocabulary import UNKNOWN, WordVocabulary

#: The names of labels 0 to 4.
CLASSES = ("very negative", "negative", "neutral", "positive", "very positive")
NEUTRAL = 2
#: Marks a prefix without a label of its own.
NO_LABEL = -1

_PIECE = re.compile(r"\((\d)|([^()\s][^()]*)|\)")


@dataclass(frozen=True)
class Tree:
    """A sentence's leaves, and a label for each phrase: (first leaf, end, label), the whole sentence last."""

    leaves: tuple[str, ...]
    phrases: tuple[tuple[int, int, int], ...]

    @property
    def label(self) -> int:
        """Return the whole sentence's label."""
        return self.phrases[-1][2]


@dataclass(frozen=True, eq=False)
class LabelledPrefix:
    """Words from some position of a sentence on: `labels[t]` is the label of the phrase ending with word t, if it has one."""

    ids: Int[np.ndarray, " time"]
    labels: Int[np.ndarray, " time"]


def parse(line: str) -> Tree:
    """Parse one line of the treebank; ValueError if it is not a labelled tree."""
    leaves: list[str] = []
    phrases: list[tuple[int, int, int]] = []
    opened: list[tuple[int, int]] = []
    for piece in _PIECE.finditer(line):
        if piece[1]:
            opened.append((len(leaves), int(piece[1])))
        elif piece[2]:
            leaves.append(ptb_tokenizer.detokenize(piece[2].strip()))
        elif not opened:
            break
        else:
            first, label = opened.pop()
            phrases.append((first, len(leaves), label))
    whole = not opened and phrases and phrases[-1][:2] == (0, len(leaves))
    if not whole or any(first == last or label >= len(CLASSES) for first, last, label in phrases):
        raise ValueError(f"no tree with labels 0 to 4, as in (3 (2 It) (4 works)): {line.strip()[:60]!r}")
    return Tree(tuple(leaves), tuple(phrases))


def read_trees(path: Path) -> tuple[Tree, ...]:
    """Read every tree of a file; ValueError naming the first invalid line."""
    result = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            result.append(parse(line))
        except ValueError as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    return tuple(result)


def vocabulary(trees: Iterable[Tree], rarest: int, others: Collection[str]) -> WordVocabulary:
    """Return words that occur at least `rarest` times, and all of `others`; a rare compound counts as its parts."""
    counts = Counter(form for tree in trees for leaf in tree.leaves for form in ptb_tokenizer.split(leaf).normalized)
    forms = {form for form, count in counts.items() if count >= rarest or form in others}
    parts = Counter(part for form, count in counts.items() if form not in forms for part in re.split("[-/]", form) * count)
    forms |= {part for part, count in parts.items() if part and (count >= rarest or part in others)}
    return WordVocabulary.of((forms | set(others)) - {UNKNOWN})


def labelled_prefixes(tree: Tree, vocabulary: WordVocabulary) -> Iterator[LabelledPrefix]:
    """Yield, for every position where a phrase begins, the words up to the end of the longest phrase that begins there.

    All phrases with one beginning are prefixes of the longest of them, so one pass of the network classifies them all.
    """
    pieces = [vocabulary.encode(vocabulary.split(leaf).normalized) for leaf in tree.leaves]
    ends = np.cumsum([0, *map(len, pieces)])
    ids = np.concatenate(pieces)
    by_first: dict[int, list[tuple[int, int]]] = {}
    for first, last, label in tree.phrases:
        by_first.setdefault(first, []).append((int(ends[last] - ends[first]), label))
    for first, phrases in by_first.items():
        longest = max(length for length, _ in phrases)
        labels = np.full(longest, NO_LABEL)
        for length, label in phrases:
            labels[length - 1] = label
        yield LabelledPrefix(ids[ends[first] : ends[first] + longest], labels)


def read_lexicon(path: Path) -> dict[str, int]:
    """Read words with labels, from lines "word <tab> valence …" with valences from −4 to 4, as VADER's (Hutto & Gilbert 2014).

    Half the valence, rounded, is the distance from neutral. Raises ValueError naming the first invalid line.
    """
    result: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, _, rest = line.partition("\t")
        try:
            distance = round(float(rest.split("\t")[0]) / 2.0)
        except ValueError as error:
            raise ValueError(f"{path.name}, line {number}: a word, a tab and a number were expected: {line[:60]!r}") from error
        result[ptb_tokenizer.normalize(word)] = min(max(NEUTRAL + distance, 0), len(CLASSES) - 1)
    return result


def single_words(lexicon: Mapping[str, int], vocabulary: WordVocabulary, known_ids: Collection[int]) -> Iterator[LabelledPrefix]:
    """Yield a one-word reading for each lexicon entry in the vocabulary that no other reading contains."""
    for word, label in lexicon.items():
        token_id = vocabulary.index.get(word, 0)
        if token_id and token_id not in known_ids:
            yield LabelledPrefix(np.array([token_id]), np.array([label]))
