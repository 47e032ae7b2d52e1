"""Going back one step with many right-hand sides at once: what comes out of it, and what makes it cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

#: From this many right-hand sides on it pays to add up the gates' weights before they are multiplied by.
MIN_RHS_FOR_FUSION = 24


@dataclass(frozen=True, eq=False)
class StepGradients:
    """One step's derivatives for many right-hand sides at once, on their way from step t to the step before.

    `h_before` and `c_before` are what reaches h_{t−1} and c_{t−1} from step t, `c` the completed derivative by c_t, `x`
    that by x_t where it was asked for.
    """

    h_before: Float[np.ndarray, "side hidden"]
    x: Float[np.ndarray, "side input"] | None
    c: Float[np.ndarray, "side unit"] | None = None
    c_before: Float[np.ndarray, "side unit"] | None = None


def weighted_blocks(
    factors: Sequence[Float[np.ndarray, "1 unit"]],
    matrix: Float[np.ndarray, "row column"],
    into: Float[np.ndarray, "unit column"] | None = None,
) -> Float[np.ndarray, "unit column"]:
    """Σ_k diag(factor_k) · block k of the matrix: several gates' rows as one; written `into` an array where one is given.

    Each gate's derivative is the same derivative times a known factor. For many right-hand sides it is cheaper to add up the
    weights once, and multiply by a matrix with fewer rows.
    """
    units = factors[0].shape[1]
    blocks = matrix.reshape(len(factors), units, -1).transpose(1, 0, 2)
    total = np.empty((units, matrix.shape[1]), matrix.dtype) if into is None else into
    # A small product for each unit, [1, gate] by [gate, column], goes over the weights once.
    np.matmul(np.concatenate(factors).T[:, None], blocks, out=total[:, None])
    return total
