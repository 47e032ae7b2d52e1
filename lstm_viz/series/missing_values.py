"""Missing values: three ways to fill them, chosen by the user, never silently."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

FillMethod = Literal["line", "carry", "drop"]

FILL_METHODS: dict[FillMethod, str] = {
    "line": "a straight line between the neighbours",
    "carry": "the last value before it again",
    "drop": "left out, as if its neighbours followed each other",
}


def fill(values: Float[np.ndarray, " time"], how: FillMethod) -> tuple[Float[np.ndarray, " time"], Bool[np.ndarray, " time"]]:
    """Return the series without gaps (NaN), and which of its old positions [time] are kept.

    Gaps before the first and after the last value are always left out, as they cannot be filled.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return values[:0], finite
    observed = np.flatnonzero(finite)
    retained = finite.copy() if how == "drop" else np.zeros(len(values), bool)
    retained[observed[0] : observed[-1] + 1] |= how != "drop"
    positions = np.arange(len(values))
    if how == "carry":
        latest = np.maximum.accumulate(np.where(finite, positions, 0))
        return values[latest][retained], retained
    return np.interp(positions, observed, values[observed])[retained], retained


def longest(values: Float[np.ndarray, " time"]) -> int:
    """Return the length of the longest gap."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], ~np.isfinite(values), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
