"""What is kept of a long text that was read once: states at checkpoints, each unit's summary, the surprise of each symbol."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.corpus.tally import PASSAGE
from lstm_viz.gates import Kind
from lstm_viz.results import Result


@dataclass(frozen=True)
class Place:
    """A step of the text, counted from 0, and the number that it was found by."""

    step: int
    value: float


@dataclass(frozen=True, eq=False, repr=False)
class Peaks(Result):
    """Each unit's extreme values, one a passage, the most extreme first, with their steps; [unit, rank].

    There are as many ranks as were asked for, or as the text has passages.
    """

    values: Float[np.ndarray, "unit rank"]
    steps: Int[np.ndarray, "unit rank"]


@dataclass(frozen=True, eq=False, repr=False)
class Summary(Result):
    """One quantity of one layer over the whole text: extremes, mean and standard deviation of each unit, and where it peaks."""

    low: Float[np.ndarray, " unit"]
    high: Float[np.ndarray, " unit"]
    mean: Float[np.ndarray, " unit"]
    spread: Float[np.ndarray, " unit"]
    lowest: Peaks
    highest: Peaks


@dataclass(frozen=True, eq=False, repr=False)
class Scan(Result):
    """A text as one model read it from its beginning to its end.

    `surprise[t]` is −ln p of symbol t given all before it, in nats, NaN for the first. `hidden` and `cell` [checkpoint, layer,
    unit] hold the states before the steps `checkpoints` (`cell` None where there is none); all in the model's dtype.
    `summaries` are by layer and symbol. `lanes` says in how many parts the text was read side by side.
    """

    _drawn = ("surprise",)

    text: str
    kind: Kind
    surprise: Float[np.ndarray, " time"]
    checkpoints: Int[np.ndarray, " checkpoint"]
    hidden: Float[np.ndarray, "checkpoint layer unit"]
    cell: Float[np.ndarray, "checkpoint layer unit"] | None
    summaries: Mapping[tuple[int, str], Summary]
    lanes: int = 1

    @property
    def loss(self) -> float | None:
        """The mean surprise in nats; None below two symbols."""
        return float(self.surprise[1:].mean(dtype=np.float64)) if len(self.surprise) > 1 else None

    def fires(self, layer: int, unit: int, symbol: str, lowest: bool = False) -> list[Place]:
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
        return [Place(int(step), float(value)) for step, value in zip(peaks.steps[unit], peaks.values[unit], strict=True)]

    def surprising(self, count: int, least: bool = False) -> list[Place]:
        """The passages of the highest (or lowest) mean surprise, in nats a symbol; the place is where the passage begins.

        A last passage that is shorter than the others does not take part, unless it is the only one.
        """
        if len(self.surprise) < 2:
            return []
        whole = len(self.surprise) // PASSAGE * PASSAGE
        means = np.nanmean(self.surprise[:whole].reshape(-1, PASSAGE), axis=1) if whole else np.nanmean(self.surprise)[None]
        order = np.argsort(means if least else -means, kind="stable")[:count]
        return [Place(int(passage) * PASSAGE, float(means[passage])) for passage in order]

    def find(self, phrase: str, most: int | None = None) -> list[int]:
        """The steps at which a phrase begins, whatever its case, in the order of the text; at most `most` of them."""
        if not phrase:
            return []
        found = (match.start() for match in re.finditer(re.escape(phrase), self.text, re.IGNORECASE))
        return list(islice(found, most))

    def bins(self, count: int) -> tuple[Int[np.ndarray, " bin"], Float[np.ndarray, " bin"]]:
        """At most `count` stretches of nearly equal length: where each begins, and its mean surprise in nats."""
        length = len(self.surprise)
        if length < 2:
            return np.zeros(0, np.int64), np.zeros(0)
        edges = np.unique(np.linspace(0, length, min(count, length - 1) + 1).astype(np.int64))
        # Nothing was foretold of the first symbol: it takes no part, and its stretch begins with it all the same.
        known = np.nan_to_num(self.surprise.astype(np.float64))
        sizes = np.diff(edges).astype(np.float64)
        sizes[0] -= 1
        sums = np.add.reduceat(known, edges[:-1])
        return edges[:-1], np.divide(sums, sizes, out=np.full(len(sums), np.nan), where=sizes > 0)
