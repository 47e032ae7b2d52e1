"""One backward step with many right-hand sides: its result, and a cheaper matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

#: From this many right-hand sides on, summing the gates' weights before the product is faster.
MIN_RHS_FOR_FUSION = 24


@dataclass(frozen=True, eq=False)
class StepGradients:
    """One step's derivatives for many right-hand sides.

    `h_before` and `c_before` are the derivatives by h_{t−1} and c_{t−1} through step t, `c` is the complete derivative by c_t,
    `x` the one by x_t, if requested.

    Examples:
        >>> from lstm_viz.cells import StepGradients
        >>> one = StepGradients(h_before=np.ones((5, 3)), x=None)          # five objectives at once, a GRU of three units
        >>> one.h_before.shape, one.c_before is None
        ((5, 3), True)
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
    """Compute Σ_k diag(factor_k) · block k of the matrix, which merges several gates' rows; the result goes to `into` if given.

    Each gate's derivative is the same derivative times a known factor. With many right-hand sides it is cheaper to sum the
    weights once and multiply by a matrix with fewer rows.
    """
    units = factors[0].shape[1]
    blocks = matrix.reshape(len(factors), units, -1).transpose(1, 0, 2)
    total = np.empty((units, matrix.shape[1]), matrix.dtype) if into is None else into
    # A small product for each unit, [1, gate] by [gate, column], reads the weights once.
    np.matmul(np.concatenate(factors).T[:, None], blocks, out=total[:, None])
    return total
