"""Running summaries of one quantity, for many units and lanes at once: extremes, mean, spread, peaks, means along a text."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float, Int

#: So many symbols make a passage; each passage counts once among a unit's peaks, which would all be neighbours otherwise.
PASSAGE = 64


@dataclass(eq=False)
class RunningStats:
    """Counts of several lanes, or of one without the axis of lanes; `peaks` and `steps` have a low and a high end.

    `squares` is the sum of squared deviations from the mean. Peaks at the low end are negated, so that larger means stronger;
    −inf stands where there has been no passage yet. `sums` are over stretches of the lane, `width` symbols long each.
    """

    count: Int[np.ndarray, " lane"]
    mean: Float[np.ndarray, "lane unit"]
    squares: Float[np.ndarray, "lane unit"]
    peaks: Float[np.ndarray, "lane end rank unit"]
    steps: Int[np.ndarray, "lane end rank unit"]
    sums: Float[np.ndarray, "lane stretch unit"]

    @classmethod
    def empty(cls, segments: int, units: int, ranks: int, stretches: int, dtype: np.dtype) -> RunningStats:
        """Nothing counted yet."""
        return cls(
            np.zeros(segments, np.int64), np.zeros((segments, units)), np.zeros((segments, units)),
            np.full((segments, 2, ranks, units), -np.inf, dtype), np.full((segments, 2, ranks, units), -1, np.int64),
            np.zeros((segments, stretches, units)),
        )  # fmt: skip

    def add(self, values: Float[np.ndarray, "time lane unit"], first: Int[np.ndarray, " lane"], offset: int, width: int) -> None:
        """Count values that go on where the last ones ended.

        Args:
            values: What comes next of every lane.
            first: The step of the text at which each lane's values begin.
            offset: The same counted from each lane's beginning, a multiple of PASSAGE.
            width: How many symbols make a stretch, a multiple of PASSAGE.
        """
        whole = len(values) // PASSAGE * PASSAGE
        if whole:
            self._add(values[:whole].reshape(-1, PASSAGE, *values.shape[1:]), first, offset, width)
        if whole < len(values):
            self._add(values[None, whole:], first + whole, offset + whole, width)

    def segment(self, index: int) -> RunningStats:
        """One lane's own counts, without the axis of lanes."""
        return RunningStats(*(getattr(self, each.name)[index] for each in fields(self)))

    def _add(
        self, block: Float[np.ndarray, "passage step lane unit"], first: Int[np.ndarray, " lane"], offset: int, width: int
    ) -> None:
        means = block.mean(axis=1)
        self._merge_moments(block, means)
        for passage, mean in enumerate(means):
            self.sums[:, (offset + passage * PASSAGE) // width] += mean * np.float64(block.shape[1])
        self._update_top_k(1, block.max(axis=1), block, first)
        self._update_top_k(0, -block.min(axis=1), block, first)

    def _merge_moments(
        self, block: Float[np.ndarray, "passage step lane unit"], means: Float[np.ndarray, "passage lane unit"]
    ) -> None:
        """Chan, Golub & LeVeque 1979: two means and sums of squared deviations become one, without cancellation."""
        mean = means.mean(axis=0, dtype=np.float64)
        off = block - mean.astype(block.dtype)
        before, more = self.count[:, None], block.shape[0] * block.shape[1]
        delta = mean - self.mean
        squares = np.einsum("pslu,pslu->plu", off, off).sum(axis=0, dtype=np.float64)
        self.squares += squares + delta * delta * (before * more / (before + more))
        self.mean += delta * (more / (before + more))
        self.count += more

    def _update_top_k(
        self, end: int, extremes: Float[np.ndarray, "passage lane unit"], block: Float[np.ndarray, "passage step lane unit"],
        first: Int[np.ndarray, " lane"],
    ) -> None:  # fmt: skip
        """Let those passages in that go further than the weakest peak so far: after the first few they are rare."""
        ranks = self.peaks.shape[2]
        lane, unit = np.nonzero(extremes.max(axis=0) > self.peaks[:, end, -1])
        if not len(lane):
            return
        new = extremes[:, lane, unit]
        values = np.concatenate((self.peaks[lane, end, :, unit].T, new))
        # Of two alike the earlier stays in front, and what was there before is the earlier.
        order = np.argsort(-values, axis=0, kind="stable")[:ranks]
        steps = np.concatenate((self.steps[lane, end, :, unit].T, np.zeros(new.shape, np.int64)))
        steps = np.take_along_axis(steps, order, axis=0)
        rank, column = np.nonzero(order >= ranks)
        passage = order[rank, column] - ranks
        within = block[passage, :, lane[column], unit[column]]
        at = within.argmax(axis=1) if end else within.argmin(axis=1)
        steps[rank, column] = first[lane[column]] + passage * PASSAGE + at
        self.peaks[lane, end, :, unit] = np.take_along_axis(values, order, axis=0).T
        self.steps[lane, end, :, unit] = steps.T
