"""What to do where a series has no value: three ways, chosen by the person, never silently."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

How = Literal["line", "carry", "drop"]

HOW: dict[How, str] = {
    "line": "a straight line between the neighbours",
    "carry": "the last value before it again",
    "drop": "left out, as if its neighbours followed each other",
}


def fill(values: Float[np.ndarray, " time"], how: How) -> tuple[Float[np.ndarray, " time"], Bool[np.ndarray, " time"]]:
    """The series without gaps (NaN), and which of its old places [time] it keeps.

    Gaps before the first and after the last value are left out in any case: nothing is known there.
    """
    there = np.isfinite(values)
    if not there.any():
        return values[:0], there
    known = np.flatnonzero(there)
    kept = there.copy() if how == "drop" else np.zeros(len(values), bool)
    kept[known[0] : known[-1] + 1] |= how != "drop"
    places = np.arange(len(values))
    if how == "carry":
        latest = np.maximum.accumulate(np.where(there, places, 0))
        return values[latest][kept], kept
    return np.interp(places, known, values[known])[kept], kept


def longest(values: Float[np.ndarray, " time"]) -> int:
    """How many gaps follow each other at the most."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], ~np.isfinite(values), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
