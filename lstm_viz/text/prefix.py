"""The common prefix of two texts, as token ids."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int


def common_prefix(one: Int[np.ndarray, " time"], other: Int[np.ndarray, " time"]) -> int:
    """Return how many tokens two texts share from their beginning."""
    length = min(len(one), len(other))
    different = np.flatnonzero(one[:length] != other[:length])
    return int(different[0]) if len(different) else length
