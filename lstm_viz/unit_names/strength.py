"""How strongly units follow features: Somers' D of a yes-or-no feature (2 AUC − 1) and Spearman's ρ of a number.

Both are rank statistics between −1 and 1, 0 without a relation, and do not change if a unit's values are stretched monotonically,
as by a saturating gate. AUC is the probability that the unit is higher at a random position with the feature than at one
without (ties count half; Mann & Whitney 1947). With a unit's ranks both are one product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from lstm_viz.unit_names.feature import Measure


def centred_ranks(values: np.ndarray) -> Float[np.ndarray, " time"]:
    """Return the ranks of some values, ties sharing their mean rank, minus the mean rank and divided by their number, float32."""
    count = len(values)
    order = np.argsort(values)
    ordered = values[order]
    borders = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    ranks = np.arange(count, dtype=np.float64)
    if len(borders) + 1 < count:
        starts, ends = np.concatenate(([0], borders)), np.concatenate((borders, [count]))
        ranks = np.repeat((starts + ends - 1) / 2, ends - starts)
    result = np.empty(count, np.float32)
    result[order] = (ranks - (count - 1) / 2) / max(count, 1)
    return result


def rank_rows(values: Float[np.ndarray, "unit time"]) -> None:
    """Replace each row by its `centred_ranks`, in place."""
    for row in values:
        row[:] = centred_ranks(row)


def weights(values: Sequence[np.ndarray], measures: Sequence[Measure]) -> Float[np.ndarray, "time feature"]:
    """Return the matrix by which a unit's centred ranks are multiplied, float32; one column a feature, zero if it is constant."""
    columns = np.zeros((len(values), len(values[0]) if values else 0), np.float32)
    for column, each, measure in zip(columns, values, measures, strict=True):
        count, flagged = len(each), int(np.count_nonzero(each))
        if measure == "AUC":
            if 0 < flagged < count:
                column[:] = each * (2.0 * count / (flagged * (count - flagged)))
        else:
            ranks = centred_ranks(np.asarray(each, np.float64)).astype(np.float64)
            length = float(np.linalg.norm(ranks))
            if length:
                column[:] = ranks / length
    return np.ascontiguousarray(columns.T)


def strengths(
    ranks: Float[np.ndarray, "unit time"], columns: Float[np.ndarray, "time feature"], measures: Sequence[Measure], shift: int = 0
) -> Float[np.ndarray, "unit feature"]:
    """Return 2 AUC − 1 or ρ of every unit with every feature, from ranks and weights.

    Args:
        ranks: Centred ranks of each unit.
        columns: The features' `weights`.
        measures: The features' measures.
        shift: Number of steps by which the features are rotated, those at the end coming to the beginning.
    """
    if shift:
        result = ranks[:, :shift] @ columns[len(columns) - shift :] + ranks[:, shift:] @ columns[: len(columns) - shift]
    else:
        result = ranks @ columns
    numbers = np.array([measure == "ρ" for measure in measures])
    if numbers.any():
        length = np.sqrt(np.einsum("ut,ut->u", ranks, ranks, dtype=np.float64))[:, None]
        result[:, numbers] = np.divide(result[:, numbers], length, out=np.zeros_like(result[:, numbers]), where=length > 0)
    return np.clip(result, -1.0, 1.0)


def varies(values: np.ndarray, least: int, changes: int) -> bool:
    """Return True if at least `least` values differ from the most frequent one, and they change at least `changes` times."""
    if len(values) < 2:
        return False
    counts = np.unique(values, return_counts=True)[1]
    return bool(len(values) - counts.max() >= least and np.count_nonzero(values[1:] != values[:-1]) >= changes)
