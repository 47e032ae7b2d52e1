"""What was computed for the steps of the frame before, so that a letter typed at the end costs one step and not all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Int

from lstm_viz.growing import Growing
from lstm_viz.text.prefix import common_prefix

#: Gives the arrays [time, …] of the steps from this one on.
Compute = Callable[[int], Mapping[str, np.ndarray]]


class Memo:
    """Arrays of one text that is being written, by what they are of.

    A step's numbers depend on what was read up to it and on nothing later; so those of a beginning that two texts share are
    kept. Keep one beside each `Reader`, whose numbers for a shared beginning stay the same to the last bit.
    """

    def __init__(self) -> None:
        self._cached: dict[str, tuple[tuple[Any, ...], np.ndarray, Growing]] = {}

    def steps(self, what: str, of: tuple[Any, ...], ids: Int[np.ndarray, " time"], compute: Compute) -> dict[str, np.ndarray]:
        """The arrays called `what`; where `of`, all else that they depend on, has changed they are computed anew."""
        before = self._cached.get(what)
        shared = common_prefix(before[1], ids) if before is not None and before[0] == of else 0
        if before is None or not shared:
            arrays = dict(compute(0))
            self._cached[what] = of, ids, Growing(arrays)
            return arrays
        self._cached[what] = of, ids, before[2]
        return before[2].extended(shared, compute(shared))
