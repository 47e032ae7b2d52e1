"""Texts with several parts: the network restarts from the zero state at each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from lstm_viz.cells import State


def check_parts(parts: Sequence[int] | np.ndarray, length: int) -> Int[np.ndarray, " part"]:
    """Return the starts of a text's parts as an array; ValueError unless they begin at 0 and rise within the text."""
    starts = np.asarray(parts)
    if starts.ndim != 1 or not len(starts) or starts.dtype.kind not in "iu":
        raise ValueError(f"the parts are {parts!r}; the steps at which they begin were wanted, such as (0, 120)")
    starts = starts.astype(np.int64)
    if starts[0] != 0 or (np.diff(starts) <= 0).any() or starts[-1] >= length:
        raise ValueError(f"parts of a text of {length:,} letters begin at 0, then further on, and within it; these do not")
    return starts


def resets(
    parts: Int[np.ndarray, " part"], starts: Int[np.ndarray, " segment"], steps: int
) -> list[tuple[int, int, Int[np.ndarray, " anew"]]]:
    """Split some steps of several segments wherever a part begins in one of them.

    Returns:
        Start and end of each piece, counted from `starts`, and which segments restart there.
    """
    low, high = np.searchsorted(parts, starts), np.searchsorted(parts, starts + steps)
    segments = np.repeat(np.arange(len(starts)), high - low)
    if not len(segments):
        return [(0, steps, segments)]
    offsets = np.concatenate([parts[a:b] - start for a, b, start in zip(low, high, starts, strict=True)])
    begins = np.union1d(offsets, [0])
    ends = [*begins[1:].tolist(), steps]
    return [(begin, end, segments[offsets == begin]) for begin, end in zip(begins.tolist(), ends, strict=True)]


def zero_restarting(states: State, segments: Int[np.ndarray, " anew"]) -> State:
    """Return states [segment, unit] with the restarting segments set to zero."""
    if not len(segments):
        return states
    states = states.copy()
    states[segments] = 0
    return states
