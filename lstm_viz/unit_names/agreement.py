"""How well a unit, cut at one value, agrees with a yes-or-no feature: the φ coefficient, which sees how often the feature occurs.

The AUC does not: of a blank line it is high already where a unit is high at the end of each line and in a hundred other places.
φ (Matthews 1975; Pearson's correlation of two yes-or-no variables) is low there, as most places that the unit picks are wrong.
It is 1 for a perfect unit, 0 by luck, and to be compared with ρ of a number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int


class Cut(NamedTuple):
    """The value from which on a unit counts as high, and the φ that this cut reaches, between −1 and 1."""

    least: float
    phi: float


def best_cut(
    values: Float[np.ndarray, " time"], flags: Bool[np.ndarray, " time"], sign: int, order: Int[np.ndarray, " time"] | None = None
) -> Cut:
    """Return the cut of a unit's values that agrees best with a feature.

    Args:
        values: The unit's value at each token.
        flags: Whether the feature is there.
        sign: 1 if the unit is high where the feature is, −1 if it is low there.
        order: The order that sorts the values, if it is known.

    Returns:
        The cut; its φ is 0 if there is no place for one.

    Examples:
        >>> best_cut(np.array([0.1, 0.9, 0.2, 0.8]), np.array([False, True, False, True]), 1)
        Cut(least=0.8, phi=1.0)
    """
    order = np.argsort(values) if order is None else order
    ordered = values[order]
    places = np.flatnonzero(ordered[1:] > ordered[:-1]) + 1
    count, flagged = len(values), int(np.count_nonzero(flags))
    if not len(places) or not 0 < flagged < count:
        return Cut(float("inf"), 0.0)
    below = np.cumsum(flags[order])[places - 1]
    high = (count - places).astype(np.float64)
    phis = (count * (flagged - below) - high * flagged) / np.sqrt(high * places * float(flagged) * (count - flagged))
    best = int((sign * phis).argmax())
    return Cut(float(ordered[places[best]]), float(phis[best]))


def phi(values: Float[np.ndarray, " time"], flags: Bool[np.ndarray, " time"], least: float) -> float:
    """Return the φ of a unit that is cut at a known value with a feature; 0 if one of both is the same everywhere.

    Examples:
        >>> phi(np.array([0.0, 1.0, 1.0, 0.0]), np.array([False, True, False, True]), 0.5)
        0.0
    """
    high = values >= least
    count, ups, flagged = len(values), int(np.count_nonzero(high)), int(np.count_nonzero(flags))
    if not 0 < ups < count or not 0 < flagged < count:
        return 0.0
    both = int(np.count_nonzero(high & flags))
    return float((count * both - ups * flagged) / np.sqrt(float(ups) * (count - ups) * float(flagged) * (count - flagged)))
