"""The result of a scan: states at checkpoints, each unit's statistics, the surprise of each token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int

from lstm_viz.corpus.letters import PIECE, known_letters
from lstm_viz.corpus.running_stats import PASSAGE
from lstm_viz.gates import Kind
from lstm_viz.models.language import LanguageModel
from lstm_viz.results import Result


@dataclass(frozen=True)
class Hit:
    """A step of the text, counted from 0, and the value that ranks it.

    Examples:
        >>> from lstm_viz import corpus
        >>> corpus.scan(lstm_viz.load("counting"), "aabb\\n" * 100).top_activations(0, 2, "f")[0].step < 500
        True
    """

    step: int
    value: float


@dataclass(frozen=True, eq=False, repr=False)
class TopActivations(Result):
    """Each unit's extreme values, one a passage, the most extreme first, with their steps; [unit, rank].

    There are as many ranks as requested, or as the text has passages.

    Examples:
        >>> from lstm_viz import corpus
        >>> scan = corpus.scan(lstm_viz.load("counting"), "aabb\\n" * 100, top=2)
        >>> scan.summaries[0, "c"].highest.steps.shape
        (4, 2)
    """

    values: Float[np.ndarray, "unit rank"]
    steps: Int[np.ndarray, "unit rank"]


@dataclass(frozen=True, eq=False, repr=False)
class Summary(Result):
    """Statistics of one quantity of one layer over the whole text.

    `low`, `high`, `mean` and `spread` [unit] are each unit's extremes, mean and standard deviation, `lowest` and `highest` its
    peaks. `along` [stretch, unit] is each unit's mean over the stretches of the text that begin at the scan's `stretches`.

    Examples:
        >>> from lstm_viz import corpus
        >>> gate = corpus.scan(lstm_viz.load("counting"), "aabb\\n" * 100).summaries[0, "f"]
        >>> bool((gate.low <= gate.mean).all() and (gate.mean <= gate.high).all())
        True
    """

    low: Float[np.ndarray, " unit"]
    high: Float[np.ndarray, " unit"]
    mean: Float[np.ndarray, " unit"]
    spread: Float[np.ndarray, " unit"]
    lowest: TopActivations
    highest: TopActivations
    along: Float[np.ndarray, "stretch unit"]


@dataclass(frozen=True, eq=False, repr=False)
class Scan(Result):
    """A `text` as read by one model, whose cells are of this `kind`, from beginning to end.

    `surprise[t]` is −ln p of token t given all before it, in nats, NaN for the first of each part. `hidden` and `cell`
    [checkpoint, layer, unit] are the states before the steps `checkpoints` (`cell` None if there is none); all in the
    model's dtype. `summaries` are by layer and symbol, their means along the text over the `stretches` that begin at these
    steps. `segments` is the number of segments read in parallel. `parts` are the steps at which the network restarted,
    `unknown` counts the characters outside its vocabulary, `fingerprint` identifies the model.

    Examples:
        >>> from lstm_viz import corpus
        >>> scan = corpus.scan(lstm_viz.load("counting"), "aabb\\n" * 100)
        >>> round(scan.loss, 2), scan.find("bb\\na")[:2]
        (0.77, [2, 7])
    """

    _drawn = ("surprise",)

    text: str
    kind: Kind
    surprise: Float[np.ndarray, " time"]
    checkpoints: Int[np.ndarray, " checkpoint"]
    hidden: Float[np.ndarray, "checkpoint layer unit"]
    cell: Float[np.ndarray, "checkpoint layer unit"] | None
    summaries: Mapping[tuple[int, str], Summary]
    segments: int = 1
    parts: Int[np.ndarray, " part"] = field(default_factory=lambda: np.zeros(1, np.int64))
    stretches: Int[np.ndarray, " stretch"] = field(default_factory=lambda: np.zeros(0, np.int64))
    unknown: Mapping[str, int] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def loss(self) -> float | None:
        """Return the mean surprise in nats, unknown characters included; None if nothing was predicted, as below two tokens."""
        return _mean(self.surprise, np.isfinite(self.surprise))

    @property
    def known_loss(self) -> float | None:
        """Return the mean surprise of known characters, in nats; None if there are none."""
        return _mean(self.surprise, self.counted)

    @property
    def unknown_count(self) -> int:
        """Return how many characters of the text are unknown."""
        return sum(self.unknown.values())

    @cached_property
    def counted(self) -> Bool[np.ndarray, " time"]:
        """Return True for each known character with a surprise: these are ranked and averaged."""
        counted = np.isfinite(self.surprise)
        if self.unknown:
            counted &= known_letters(self.text, self.unknown)
        return counted

    def top_activations(self, layer: int, unit: int, symbol: str, lowest: bool = False) -> list[Hit]:
        """Return the passages with a unit's highest (or lowest) values, the strongest first; each step is the peak's.

        Raises KeyError for a layer or symbol that the network lacks, IndexError for a unit that it lacks.
        """
        summary = self.summaries.get((layer, symbol))
        if summary is None:
            has = ", ".join(f"{each} of layer {number}" for number, each in self.summaries)
            raise KeyError(f"there is no {symbol!r} of layer {layer}; there is {has}")
        peaks = summary.lowest if lowest else summary.highest
        if not 0 <= unit < len(peaks.values):
            raise IndexError(f"unit {unit} of layer {layer} was wanted; its units are 0 to {len(peaks.values) - 1}")
        return [Hit(int(step), float(value)) for step, value in zip(peaks.steps[unit], peaks.values[unit], strict=True)]

    def surprising(self, count: int, least: bool = False) -> list[Hit]:
        """Return the passages of the highest (or lowest) mean surprise, in nats a token; each step is the passage's first.

        Unknown characters do not count, as their probabilities are meaningless: a passage's mean is over its known characters,
        and a passage with less than half of them is left out. So is a shorter last passage. If no passage is left, all with a
        known character are ranked.
        """
        length = len(self.surprise)
        begins = np.arange(0, length, PASSAGE)
        sums, sizes = self._sums(begins)
        whole = np.minimum(begins + PASSAGE, length) - begins == PASSAGE
        fit = whole & (sizes >= PASSAGE // 2)
        if not fit.any():
            fit = sizes > 0
        passages = np.flatnonzero(fit)
        means = sums[passages] / sizes[passages]
        order = np.argsort(means if least else -means, kind="stable")[:count]
        return [Hit(int(passages[each]) * PASSAGE, float(means[each])) for each in order]

    def find(self, phrase: str, most: int | None = None) -> list[int]:
        """Return the first steps of a phrase's occurrences, ignoring case, in text order; at most `most` of them."""
        if not phrase:
            return []
        matches = (match.start() for match in re.finditer(re.escape(phrase), self.text, re.IGNORECASE))
        return list(islice(matches, most))

    def bins(self, count: int) -> tuple[Int[np.ndarray, " bin"], Float[np.ndarray, " bin"]]:
        """Split the text into at most `count` bins of nearly equal length: return their starts, and mean surprises in nats.

        The mean is over known characters; NaN if there are none.
        """
        length = len(self.surprise)
        if length < 2:
            return np.zeros(0, np.int64), np.zeros(0)
        edges = np.unique(np.linspace(0, length, min(count, length - 1) + 1).astype(np.int64))
        sums, sizes = self._sums(edges[:-1])
        return edges[:-1], np.divide(sums, sizes, out=np.full(len(sums), np.nan), where=sizes > 0)

    def save(self, path: str | Path) -> None:
        """Write all but the text to a file; see `corpus.save`."""
        from lstm_viz.corpus.saving import save

        save(self, path)

    @staticmethod
    def load(path: str | Path, model: LanguageModel, text: str) -> Scan:
        """Load a scan from a file, for its model and text; see `corpus.load_scan`."""
        from lstm_viz.corpus.saving import load_scan

        return load_scan(path, model, text)

    def _sums(self, begins: Int[np.ndarray, " stretch"]) -> tuple[np.ndarray, np.ndarray]:
        """Sum the surprise of stretches in float64, and count the characters of each."""
        length = len(self.surprise)
        sums, sizes = np.zeros((2, len(begins) if length else 0))
        ends = np.append(begins[1:], length)
        first = 0
        # Some whole stretches at a time: the temporary arrays would be several times as large as the text.
        while first < len(sums):
            last = max(first + 1, int(np.searchsorted(ends, begins[first] + PIECE, side="right")))
            piece, offsets = slice(begins[first], ends[last - 1]), begins[first:last] - begins[first]
            values = np.where(self.counted[piece], self.surprise[piece], self.surprise.dtype.type(0))
            sums[first:last] = np.add.reduceat(values, offsets, dtype=np.float64)
            sizes[first:last] = np.add.reduceat(self.counted[piece], offsets, dtype=np.float64)
            first = last
        return sums, sizes


def _mean(values: Float[np.ndarray, " time"], where: Bool[np.ndarray, " time"]) -> float | None:
    return float(values.mean(dtype=np.float64, where=where)) if where.any() else None
