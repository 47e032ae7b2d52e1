"""The half-life of a unit's memory on one text."""

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
    """How long each unit's contributions last on one text.

    `left[k]` [unit] is the share that is left after k steps, 1 at k = 0. `steps` [unit] is where it falls to one half: infinite
    if it never does within the text, NaN for a unit that wrote nothing or a text of one step.

    Examples:
        >>> result = lstm_viz.half_life(lstm_viz.trace(lstm_viz.load("counting"), "aaaabbbb").layers[0])
        >>> result.left[0].tolist(), result.left.shape
        ([1.0, 1.0, 1.0, 1.0], (8, 4))
    """

    steps: Float[np.ndarray, " unit"]
    left: Float[np.ndarray, "lag unit"]

    @property
    def longest(self) -> int:
        """Return the longest observable lag, in steps."""
        return len(self.left) - 1

    def ranked(self) -> Int[np.ndarray, " unit"]:
        """Return unit indices, the longest half-life first; infinite ones by the share left at the end, NaN last."""
        return np.lexsort((-self.left[-1], -self.steps))

    def _picture(self) -> str:
        return curve(self.left.mean(axis=1), "the share of a contribution left after so many steps, mean over units")


def half_life(layer: LayerTrace, batch: int = 0) -> HalfLife:
    """Compute after how many steps half of a unit's contributions is left, on this text.

    Each step's contribution, i_t g_t (the GRU's (1 − z_t) n_t), is weighted by its magnitude. From one lag to the next the share
    left is multiplied by what the forget gates f (z) kept of all contributions whose later steps are in the text: the
    product-limit estimator of Kaplan & Meier 1958, as contributions near the end are observed for a short time only. Between two
    lags the share falls geometrically, so that a constant gate f gives ln 2 / −ln f.

    Args:
        layer: A layer of an LSTM or a GRU.
        batch: The entry of the batch.

    Returns:
        `steps` [unit], the half-life in steps, infinite if it exceeds the text; `left` [lag, unit], the share left.

    Raises:
        NotDecomposable: The layer is a plain RNN, or its state was changed between steps.
        IndexError: The batch has no such entry.
        TypeError: The layer is not a `LayerTrace`.

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aaaabbbb").layers[0]
        >>> lstm_viz.half_life(layer).steps.round(1).tolist()
        [0.7, inf, 0.6, inf]
    """
    carried = LinearRecurrence.of(layer, batch)
    amount = np.abs(carried.write)
    steps = len(amount)
    shares = np.ones((max(steps, 1), layer.units))
    for lag in range(1, steps):
        pairs = amount[: steps - lag]
        before = pairs.sum(axis=0)
        amount = pairs * carried.keep[lag:]
        survival = np.divide(amount.sum(axis=0), before, out=np.ones(layer.units), where=before > 0)
        shares[lag] = shares[lag - 1] * survival
    half_lives = _halved(shares)
    half_lives[~np.abs(carried.write).any(axis=0) | (steps < 2)] = np.nan
    return HalfLife(half_lives, shares)


def _halved(shares: Float[np.ndarray, "lag unit"]) -> Float[np.ndarray, " unit"]:
    """Return where falling curves reach one half; infinite if they do not."""
    below = shares <= 0.5
    lag, units = below.argmax(axis=0), np.arange(shares.shape[1])
    above, under = shares[lag - 1, units], shares[lag, units]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = lag - 1 + np.log(2 * above) / np.log(above / under)
    return np.where(below.any(axis=0), between, np.inf)
