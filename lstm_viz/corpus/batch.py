"""Segments of a text read in parallel: their positions, and the results so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Int

from lstm_viz.cells import State
from lstm_viz.corpus.result import Summary, TopActivations
from lstm_viz.corpus.running_stats import RunningStats
from lstm_viz.results import Result

#: Two states match if they differ by at most this many units in the last place: different kernels round differently.
STATE_TOLERANCE_ULP = 100.0
#: Each layer's h and c (None if there is none), [segment, unit].
States = list[tuple[State, State | None]]


@dataclass(eq=False, repr=False)
class Batch(Result):
    """One segment for each of `starts`, `length` tokens long, of which `offset` are read; [segment, …] everywhere."""

    starts: Int[np.ndarray, " segment"]
    length: int
    first: States
    states: States
    tallies: dict[tuple[int, str], RunningStats]
    offset: int = 0

    def segments(self) -> list[Segment]:
        """Return the segments one by one."""
        first, last = rows(self.first), rows(self.states)
        return [
            Segment(
                int(self.starts[segment]), self.length, [each[segment] for each in first], [each[segment] for each in last],
                {key: tally.segment(segment) for key, tally in self.tallies.items()},
            )
            for segment in range(len(self.starts))
        ]  # fmt: skip

    def arrays(self, index: int) -> dict[str, np.ndarray]:
        """Return all that `restore` needs, by name; the names begin with the batch's index."""
        arrays = {"starts": self.starts, "place": np.array([self.length, self.offset])}
        for name, states in (("first", self.first), ("states", self.states)):
            arrays |= {f"{name}.{row}": values for row, values in enumerate(rows(states))}
        for (layer, symbol), tally in self.tallies.items():
            arrays |= {f"tally.{layer}.{symbol}.{each.name}": getattr(tally, each.name) for each in fields(tally)}
        return {f"{index}.{name}": values for name, values in arrays.items()}

    @classmethod
    def restore(
        cls, arrays: Mapping[str, np.ndarray], index: int, layers: int, keys: Sequence[tuple[int, str]], has_cell: bool
    ) -> Batch:
        """Restore a batch from these arrays, for a model with these layers and quantities; KeyError if one is missing."""

        def of(name: str) -> np.ndarray:
            return aligned_copy(arrays[f"{index}.{name}"])

        def states(name: str) -> States:
            if has_cell:
                return [(of(f"{name}.{2 * layer}"), of(f"{name}.{2 * layer + 1}")) for layer in range(layers)]
            return [(of(f"{name}.{layer}"), None) for layer in range(layers)]

        tallies = {
            (layer, symbol): RunningStats(*(of(f"tally.{layer}.{symbol}.{each.name}") for each in fields(RunningStats)))
            for layer, symbol in keys
        }
        length, offset = of("place").tolist()
        return cls(of("starts"), length, states("first"), states("states"), tallies, offset)


@dataclass(frozen=True, eq=False, repr=False)
class Segment(Result):
    """A segment that was read: its initial and final states, [unit] each, and its results."""

    start: int
    length: int
    first: list[np.ndarray]
    last: list[np.ndarray]
    tallies: Mapping[tuple[int, str], RunningStats]

    def after(self, has_cell: bool) -> States:
        """Return the final states as those of a batch of one segment."""
        if has_cell:
            return [(h[None], c[None]) for h, c in zip(self.last[::2], self.last[1::2], strict=True)]
        return [(h[None], None) for h in self.last]

    def stretches(self, width: int) -> Int[np.ndarray, " stretch"]:
        """Return the starts of its stretches of `width` tokens."""
        return np.arange(self.start, self.start + self.length, width)


def aligned_copy(values: np.ndarray) -> np.ndarray:
    """Copy an array to PyTorch's own alignment: some kernels round differently with the memory address."""
    return torch.from_numpy(np.array(values)).clone().numpy()


def rows(states: States) -> list[np.ndarray]:
    """Return every array of the states, [segment, unit] each, in one list."""
    return [each for layer in states for each in layer if each is not None]


def concatenate_states(segments: Sequence[States]) -> States:
    """Concatenate the states of several segments."""
    joined: States = []
    for layer in zip(*segments, strict=True):
        cells = [c for _, c in layer if c is not None]
        joined.append((np.concatenate([h for h, _ in layer]), np.concatenate(cells) if cells else None))
    return joined


def states_match(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> bool:
    """Return True if two states are equal up to rounding, each array relative to its largest value."""
    return all(
        np.abs(a - b).max() <= STATE_TOLERANCE_ULP * float(np.finfo(a.dtype).eps) * max(1.0, float(np.abs(b).max()))
        for a, b in zip(one, other, strict=True)
    )


def summary(segments: Sequence[Segment], key: tuple[int, str], width: int, dtype: np.dtype) -> Summary:
    """Merge the segments' statistics of one quantity; ties between peaks are broken by position in the text."""
    tallies = [segment.tallies[key] for segment in segments]
    counts = np.array([int(tally.count) for tally in tallies], dtype=np.float64)[:, None]
    means = np.stack([tally.mean for tally in tallies])
    mean = (counts * means).sum(axis=0) / counts.sum()
    squares = sum(tally.squares for tally in tallies) + (counts * (means - mean) ** 2).sum(axis=0)
    peaks = np.concatenate([tally.peaks for tally in tallies], axis=1)
    steps = np.concatenate([tally.steps for tally in tallies], axis=1)
    ranks = min(tallies[0].peaks.shape[1], int(np.isfinite(peaks[0, :, 0]).sum()))
    order = np.argsort(-peaks, axis=1, kind="stable")[:, :ranks]
    values, at = np.take_along_axis(peaks, order, axis=1), np.take_along_axis(steps, order, axis=1)
    along = []
    for segment, tally in zip(segments, tallies, strict=True):
        begins = segment.stretches(width)
        sizes = np.minimum(begins + width, segment.start + segment.length) - begins
        along.append((tally.sums[: len(begins)] / sizes[:, None]).astype(dtype))
    return Summary(
        low=-values[0, 0], high=values[1, 0], mean=mean.astype(dtype), spread=np.sqrt(squares / counts.sum()).astype(dtype),
        lowest=TopActivations(-values[0].T, at[0].T), highest=TopActivations(values[1].T, at[1].T), along=np.concatenate(along),
    )  # fmt: skip
