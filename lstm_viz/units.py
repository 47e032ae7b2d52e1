"""Many units at a glance: an order in which similar units stand together, and summaries over units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int


@dataclass(frozen=True, eq=False)
class Spread:
    """Over all units, at each step: the mean and the 10th and 90th percentiles, each [time]."""

    mean: Float[np.ndarray, " time"]
    low: Float[np.ndarray, " time"]
    high: Float[np.ndarray, " time"]


def spread(values: Float[np.ndarray, "time unit"]) -> Spread:
    """Summarise one quantity over units; percentiles are those of the nearest units, without interpolation."""
    count = values.shape[1]
    tenth = round(0.1 * (count - 1))
    ranked = np.sort(values, axis=1)
    return Spread(values.mean(axis=1), ranked[:, tenth], ranked[:, count - 1 - tenth])


def order(values: Float[np.ndarray, "time unit"]) -> Int[np.ndarray, " unit"]:
    """Unit numbers such that units whose curves are alike are neighbours.

    Average linkage on correlation distance with optimal leaf ordering (Bar-Joseph et al. 2001); a unit that never
    changes counts as unlike every other.
    """
    # Half a second to import, and the first view does without it.
    from scipy.cluster.hierarchy import leaves_list, linkage

    units = values.shape[1]
    if units < 3 or len(values) < 2:
        return np.arange(units)
    # In single precision the mean of equal numbers is not that number, and what is left would pass for a curve.
    centred = values - values.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(centred, axis=0)
    unit_length = np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)
    distance = np.clip(1.0 - unit_length.T @ unit_length, 0.0, 2.0)
    upper = np.triu_indices(units, k=1)
    return leaves_list(linkage(distance[upper], method="average", optimal_ordering=True)).astype(np.int64)
