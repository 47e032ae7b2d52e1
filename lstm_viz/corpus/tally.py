"""Running summaries of one quantity, for many units and lanes at once: extremes, mean, spread, and where the peaks are."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float, Int

#: So many symbols make a passage; each passage counts once among a unit's peaks, which would all be neighbours otherwise.
PASSAGE = 64


@dataclass(eq=False)
class Tally:
    """Counts of several lanes, or of one without the axis of lanes; `peaks` and `steps` have a low and a high end.

    `squares` is the sum of squared deviations from the mean. Peaks at the low end are negated, so that larger means stronger;
    −inf stands where there has been no passage yet.
    """

    count: Int[np.ndarray, " lane"]
    mean: Float[np.ndarray, "lane unit"]
    squares: Float[np.ndarray, "lane unit"]
    peaks: Float[np.ndarray, "lane end rank unit"]
    steps: Int[np.ndarray, "lane end rank unit"]

    @classmethod
    def empty(cls, lanes: int, units: int, ranks: int, dtype: np.dtype) -> Tally:
        """Nothing counted yet."""
        return cls(
            np.zeros(lanes, np.int64), np.zeros((lanes, units)), np.zeros((lanes, units)),
            np.full((lanes, 2, ranks, units), -np.inf, dtype), np.full((lanes, 2, ranks, units), -1, np.int64),
        )  # fmt: skip

    def add(self, values: Float[np.ndarray, "time lane unit"], first: Int[np.ndarray, " lane"]) -> None:
        """Count values that go on where the last ones ended; `first` are the lanes' steps, each the beginning of a passage."""
        for offset in range(0, len(values), PASSAGE):
            passage = values[offset : offset + PASSAGE]
            self._mix(passage)
            self._rank(1, passage.max(axis=0), passage, first + offset)
            self._rank(0, -passage.min(axis=0), passage, first + offset)

    def lane(self, number: int) -> Tally:
        """One lane's own counts, without the axis of lanes."""
        return Tally(*(getattr(self, each.name)[number] for each in fields(self)))

    def _mix(self, passage: Float[np.ndarray, "time lane unit"]) -> None:
        """Chan, Golub & LeVeque 1979: two means and sums of squared deviations become one, without cancellation."""
        mean = passage.mean(axis=0)
        off = passage - mean
        before, more = self.count[:, None], len(passage)
        delta = mean - self.mean
        self.squares += np.einsum("tlu,tlu->lu", off, off) + delta * delta * (before * more / (before + more))
        self.mean += delta * (more / (before + more))
        self.count += more

    def _rank(
        self, end: int, extremes: Float[np.ndarray, "lane unit"], passage: Float[np.ndarray, "time lane unit"],
        first: Int[np.ndarray, " lane"],
    ) -> None:  # fmt: skip
        """Let those passages in that go further than the weakest peak so far: after the first few they are rare."""
        lane, unit = np.nonzero(extremes > self.peaks[:, end, -1])
        if not len(lane):
            return
        columns = lane * extremes.shape[1] + unit
        within = passage.reshape(len(passage), -1).take(columns, axis=1)
        value = extremes.ravel()[columns]
        step = first[lane] + (within.argmax(axis=0) if end else within.argmin(axis=0))
        # Each newcomer climbs over the weaker ones; of two alike the earlier stays in front.
        for rank in reversed(range(self.peaks.shape[2])):
            above = self.peaks[lane, end, rank - 1, unit] if rank else np.full_like(value, np.inf)
            climbs = value > above
            self.peaks[lane, end, rank, unit] = np.where(climbs, above, value)
            self.steps[lane, end, rank, unit] = np.where(climbs, self.steps[lane, end, rank - 1, unit], step)
            value, step, lane, unit = value[climbs], step[climbs], lane[climbs], unit[climbs]
            if not len(lane):
                return
