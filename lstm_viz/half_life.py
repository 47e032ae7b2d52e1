"""The half-life of a unit's memory: how long what it wrote lasts on one text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.cell_decomposition import LinearRecurrence
from lstm_viz.results import Result
from lstm_viz.thumbnail import curve
from lstm_viz.trace import LayerTrace


@dataclass(frozen=True, eq=False, repr=False)
class HalfLife(Result):
    """How long what each unit writes lasts on one text.

    `left[k]` [unit] is the share that is left k steps after the writing, 1 at k = 0. `steps` [unit] is where it falls to a
    half: infinite where it never does within the text, NaN for a unit that wrote nothing or a text of one step.
    """

    steps: Float[np.ndarray, " unit"]
    left: Float[np.ndarray, "lag unit"]

    @property
    def longest(self) -> int:
        """The longest time, in steps, over which anything could be seen."""
        return len(self.left) - 1

    def ranked(self) -> Int[np.ndarray, " unit"]:
        """Unit numbers, the longest memory first; units that outlast the text by what is left at its end, NaN last."""
        return np.lexsort((-self.left[-1], -self.steps))

    def _picture(self) -> str:
        return curve(self.left.mean(axis=1), "the share that is left so many steps after the writing, mean over units")


def half_life(layer: LayerTrace, batch: int = 0) -> HalfLife:
    """How many steps after its writing half of what a unit wrote is left, on this text.

    Each step's part, i_t g_t (the GRU's (1 − z_t) n_t), counts by its magnitude. From one lag to the next the share left is
    multiplied by what the forget gates f (z) kept of all parts whose later steps the text still shows: the product-limit
    estimator of Kaplan & Meier 1958, as the parts written near the end are only seen for a while. Between two lags the
    share falls geometrically, so that a gate that is always f gives ln 2 / −ln f.

    Args:
        layer: A layer of an LSTM or a GRU.
        batch: The entry of the batch.

    Returns:
        `steps` [unit], the half-life in steps, infinite where it lies beyond the text; `left` [lag, unit], the share left.

    Raises:
        NoLedger: The layer is a plain RNN, or its state was changed on the way.

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aaaabbbb").layers[0]
        >>> lstm_viz.half_life(layer).steps.round(1).tolist()
        [0.7, inf, 0.6, inf]
    """
    carried = LinearRecurrence.of(layer, batch)
    amount = np.abs(carried.write)
    steps = len(amount)
    left = np.ones((max(steps, 1), layer.units))
    for lag in range(1, steps):
        seen = amount[: steps - lag]
        before = seen.sum(axis=0)
        amount = seen * carried.keep[lag:]
        kept = np.divide(amount.sum(axis=0), before, out=np.ones(layer.units), where=before > 0)
        left[lag] = left[lag - 1] * kept
    half_lives = _halved(left)
    half_lives[~np.abs(carried.write).any(axis=0) | (steps < 2)] = np.nan
    return HalfLife(half_lives, left)


def _halved(left: Float[np.ndarray, "lag unit"]) -> Float[np.ndarray, " unit"]:
    """Where falling curves reach a half; infinite where they do not."""
    below = left <= 0.5
    lag, units = below.argmax(axis=0), np.arange(left.shape[1])
    above, under = left[lag - 1, units], left[lag, units]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = lag - 1 + np.log(2 * above) / np.log(above / under)
    return np.where(below.any(axis=0), between, np.inf)
