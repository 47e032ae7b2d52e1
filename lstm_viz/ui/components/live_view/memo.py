"""Cache of per-step arrays, so that a character typed at the end costs one step and not all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Int

from lstm_viz.growing import Growing
from lstm_viz.text.prefix import common_prefix

#: Computes the arrays [time, …] from this step on.
Compute = Callable[[int], Mapping[str, np.ndarray]]


class Memo:
    """Cached arrays of a text that is being typed, by name.

    A step's numbers depend only on the text up to it, so those of a shared prefix are reused. Keep one per `Reader`, whose
    numbers for a shared prefix are identical to the last bit.
    """

    def __init__(self) -> None:
        self._cached: dict[str, tuple[tuple[Any, ...], np.ndarray, Growing]] = {}

    def steps(self, what: str, of: tuple[Any, ...], ids: Int[np.ndarray, " time"], compute: Compute) -> dict[str, np.ndarray]:
        """Return the arrays called `what`; they are recomputed if `of`, everything else they depend on, has changed."""
        before = self._cached.get(what)
        shared = common_prefix(before[1], ids) if before is not None and before[0] == of else 0
        if before is None or not shared:
            arrays = dict(compute(0))
            self._cached[what] = of, ids, Growing(arrays)
            return arrays
        self._cached[what] = of, ids, before[2]
        return before[2].extended(shared, compute(shared))
