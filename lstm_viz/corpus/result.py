"""What is kept of a long text that was read once: states at checkpoints, each unit's summary, the surprise of each symbol."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int

from lstm_viz.corpus.letters import known_letters
from lstm_viz.corpus.running_stats import PASSAGE
from lstm_viz.gates import Kind
from lstm_viz.models.language import LanguageModel
from lstm_viz.results import Result


@dataclass(frozen=True)
class Hit:
    """A step of the text, counted from 0, and the number that it was found by."""

    step: int
    value: float


@dataclass(frozen=True, eq=False, repr=False)
class TopActivations(Result):
    """Each unit's extreme values, one a passage, the most extreme first, with their steps; [unit, rank].

    There are as many ranks as were asked for, or as the text has passages.
    """

    values: Float[np.ndarray, "unit rank"]
    steps: Int[np.ndarray, "unit rank"]


@dataclass(frozen=True, eq=False, repr=False)
class Summary(Result):
    """One quantity of one layer over the whole text: extremes, mean and standard deviation of each unit, and where it peaks.

    `along` is each unit's mean over the stretches of the text that begin at the scan's `stretches`.
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
    """A text as one model read it from its beginning to its end.

    `surprise[t]` is −ln p of symbol t given all before it, in nats, NaN for the first of each part. `hidden` and `cell`
    [checkpoint, layer, unit] hold the states before the steps `checkpoints` (`cell` None where there is none); all in the
    model's dtype. `summaries` are by layer and symbol. `segments` says how much of the text was read side by side. `parts` are
    the steps at which the network began anew, `unknown` counts the letters that it does not know, `fingerprint` tells it
    from any other.
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
        """The mean surprise in nats, unknown letters included; None where nothing was predicted, as below two symbols."""
        return _mean(self.surprise, np.isfinite(self.surprise))

    @property
    def known_loss(self) -> float | None:
        """The mean surprise at the letters that the network knows, in nats; None where there is none."""
        return _mean(self.surprise, self.counted)

    @property
    def unknown_count(self) -> int:
        """How many letters of the text the network does not know."""
        return sum(self.unknown.values())

    @cached_property
    def counted(self) -> Bool[np.ndarray, " time"]:
        """True for each letter that has a surprise and is known to the network: these are ranked and averaged."""
        counted = np.isfinite(self.surprise)
        if self.unknown:
            counted &= known_letters(self.text, self.unknown)
        return counted

    def top_activations(self, layer: int, unit: int, symbol: str, lowest: bool = False) -> list[Hit]:
        """The passages where a quantity of one unit is highest (or lowest), the strongest first; the place is the peak's.

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
        """The passages of the highest (or lowest) mean surprise, in nats a symbol; the place is where the passage begins.

        Letters that the network does not know count for nothing here, as what it thinks of them is chance: a passage's mean
        is over the letters that it knows, and one of which it knows less than half takes no part. Nor does a last passage
        that is shorter than the others. Where no passage is left, all with a known letter take part.
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
        """The steps at which a phrase begins, whatever its case, in the order of the text; at most `most` of them."""
        if not phrase:
            return []
        matches = (match.start() for match in re.finditer(re.escape(phrase), self.text, re.IGNORECASE))
        return list(islice(matches, most))

    def bins(self, count: int) -> tuple[Int[np.ndarray, " bin"], Float[np.ndarray, " bin"]]:
        """At most `count` stretches of nearly equal length: where each begins, and its mean surprise in nats.

        The mean is over the letters that the network knows; NaN where there is none.
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
        """Take a scan from a file, for the model and the text that it was made of; see `corpus.load_scan`."""
        from lstm_viz.corpus.saving import load_scan

        return load_scan(path, model, text)

    def _sums(self, begins: Int[np.ndarray, " stretch"]) -> tuple[np.ndarray, np.ndarray]:
        """The surprise of stretches added up in float64, and over how many letters each."""
        if not len(self.surprise):
            return np.zeros(0), np.zeros(0)
        values = np.where(self.counted, self.surprise, self.surprise.dtype.type(0))
        return np.add.reduceat(values, begins, dtype=np.float64), np.add.reduceat(self.counted, begins, dtype=np.float64)


def _mean(values: Float[np.ndarray, " time"], where: Bool[np.ndarray, " time"]) -> float | None:
    return float(values.mean(dtype=np.float64, where=where)) if where.any() else None
