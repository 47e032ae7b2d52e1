"""Running statistics of one quantity, for many units and segments: extremes, mean, spread, peaks, means along a text."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float, Int

#: Tokens in a passage; each passage counts once among a unit's peaks, which would otherwise be neighbours.
PASSAGE = 64


@dataclass(eq=False)
class RunningStats:
    """Statistics of several segments, or of one without the segment axis; `peaks` and `steps` have a low and a high end.

    `squares` is the sum of squared deviations from the mean. Peaks at the low end are negated, so that larger means stronger;
    −inf means that there was no passage yet. `sums` are over stretches of the segment, `width` tokens long each.
    """

    count: Int[np.ndarray, " segment"]
    mean: Float[np.ndarray, "segment unit"]
    squares: Float[np.ndarray, "segment unit"]
    peaks: Float[np.ndarray, "segment end rank unit"]
    steps: Int[np.ndarray, "segment end rank unit"]
    sums: Float[np.ndarray, "segment stretch unit"]

    @classmethod
    def empty(cls, segments: int, units: int, ranks: int, stretches: int, dtype: np.dtype) -> RunningStats:
        """Return statistics of no values."""
        return cls(
            np.zeros(segments, np.int64), np.zeros((segments, units)), np.zeros((segments, units)),
            np.full((segments, 2, ranks, units), -np.inf, dtype), np.full((segments, 2, ranks, units), -1, np.int64),
            np.zeros((segments, stretches, units)),
        )  # fmt: skip

    def add(
        self, values: Float[np.ndarray, "time segment unit"], first: Int[np.ndarray, " segment"], offset: int, width: int
    ) -> None:
        """Add the values that follow the previous ones.

        Args:
            values: The next values of every segment.
            first: The step of the text at which each segment's values begin.
            offset: The same counted from each segment's beginning, a multiple of PASSAGE.
            width: Tokens in a stretch, a multiple of PASSAGE.
        """
        whole = len(values) // PASSAGE * PASSAGE
        if whole:
            self._add(values[:whole].reshape(-1, PASSAGE, *values.shape[1:]), first, offset, width)
        if whole < len(values):
            self._add(values[None, whole:], first + whole, offset + whole, width)

    def segment(self, index: int) -> RunningStats:
        """Return the statistics of one segment, without the segment axis."""
        return RunningStats(*(getattr(self, each.name)[index] for each in fields(self)))

    def _add(
        self, block: Float[np.ndarray, "passage step segment unit"], first: Int[np.ndarray, " segment"], offset: int, width: int
    ) -> None:
        means = block.mean(axis=1)
        self._merge_moments(block, means)
        for passage, mean in enumerate(means):
            self.sums[:, (offset + passage * PASSAGE) // width] += mean * np.float64(block.shape[1])
        self._update_top_k(1, block.max(axis=1), block, first)
        self._update_top_k(0, -block.min(axis=1), block, first)

    def _merge_moments(
        self, block: Float[np.ndarray, "passage step segment unit"], means: Float[np.ndarray, "passage segment unit"]
    ) -> None:
        """Merge two means and sums of squared deviations without cancellation (Chan, Golub & LeVeque 1979)."""
        mean = means.mean(axis=0, dtype=np.float64)
        off = block - mean.astype(block.dtype)
        before, more = self.count[:, None], block.shape[0] * block.shape[1]
        delta = mean - self.mean
        squares = np.einsum("pslu,pslu->plu", off, off).sum(axis=0, dtype=np.float64)
        self.squares += squares + delta * delta * (before * more / (before + more))
        self.mean += delta * (more / (before + more))
        self.count += more

    def _update_top_k(
        self,
        end: int,
        extremes: Float[np.ndarray, "passage segment unit"],
        block: Float[np.ndarray, "passage step segment unit"],
        first: Int[np.ndarray, " segment"],
    ) -> None:
        """Insert the passages that exceed the weakest peak so far: after the first few they are rare."""
        ranks = self.peaks.shape[2]
        segment, unit = np.nonzero(extremes.max(axis=0) > self.peaks[:, end, -1])
        if not len(segment):
            return
        new = extremes[:, segment, unit]
        values = np.concatenate((self.peaks[segment, end, :, unit].T, new))
        # Ties keep the earlier passage first, and the existing peaks are earlier.
        order = np.argsort(-values, axis=0, kind="stable")[:ranks]
        steps = np.concatenate((self.steps[segment, end, :, unit].T, np.zeros(new.shape, np.int64)))
        steps = np.take_along_axis(steps, order, axis=0)
        rank, column = np.nonzero(order >= ranks)
        passage = order[rank, column] - ranks
        within = block[passage, :, segment[column], unit[column]]
        at = within.argmax(axis=1) if end else within.argmin(axis=1)
        steps[rank, column] = first[segment[column]] + passage * PASSAGE + at
        self.peaks[segment, end, :, unit] = np.take_along_axis(values, order, axis=0).T
        self.steps[segment, end, :, unit] = steps.T
