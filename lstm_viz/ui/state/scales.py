"""The ends of every scale, fitted to a model's own examples so that they stay fixed during typing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.gates import CELLS, Quantity
from lstm_viz.text.numbers import with_minus_sign
from lstm_viz.trace import LayerTrace

Ends = tuple[float, float]


@dataclass(frozen=True)
class Scales:
    """Scale ends by symbol: `units` for single units, `means` for means over units."""

    units: Mapping[str, Ends]
    means: Mapping[str, Ends]


def scales(reference: LayerTrace, quantities: Sequence[Quantity] | None = None) -> Scales:
    """Fit both kinds of scale to one layer of a trace. Bounded quantities keep their own range for single units.

    `quantities` are the cell's, unless they have other ranges here.
    """
    values = {each: reference.values[each.symbol][:, 0] for each in quantities or CELLS[reference.kind]}
    return Scales(
        units={each.symbol: units_ends(each, values[each]) for each in values},
        means={each.symbol: means_ends(each, values[each].mean(axis=1)) for each in values},
    )


def units_ends(described: Quantity, values: np.ndarray) -> Ends:
    """Return the quantity's range; if unbounded, a round number that covers 80% of the values."""
    if described.bounded or not values.size:
        return described.low, described.high
    end = max(round_up(float(np.quantile(np.abs(values), 0.8))), described.high)
    return -end, end


def curve_ends(described: Quantity, values: np.ndarray) -> Ends:
    """Return the quantity's range; if unbounded, a round number that covers all values."""
    if described.bounded or not values.size:
        return described.low, described.high
    end = max(round_up(float(np.abs(values).max())), described.high)
    return -end, end


def means_ends(described: Quantity, means: np.ndarray) -> Ends:
    """Return ends for the curve of a mean: multiples of 1/20 around the values, symmetric about zero for signed quantities."""
    if not means.size:
        return described.low, described.high
    if described.signed:
        end = max(math.ceil(float(np.abs(means).max()) * 20) / 20, 0.05)
        return -end, end
    low = math.floor(float(means.min()) * 20) / 20
    return low, max(math.ceil(float(means.max()) * 20) / 20, low + 0.05)


def format_range(described: Quantity) -> str:
    """Format the values that a quantity can take; "any" if it has no bounds.

    >>> from lstm_viz.gates import quantity
    >>> format_range(quantity("lstm", "g")), format_range(quantity("lstm", "c"))
    ('−1 … 1', 'any')
    """
    return with_minus_sign(f"{described.low:g} … {described.high:g}") if described.bounded else "any"


def round_up(value: float) -> float:
    """Round a positive value up to the next of 1, 2, 5, 10, 20, …"""
    if value <= 0.0 or not math.isfinite(value):
        return 1.0
    decade = 10.0 ** math.floor(math.log10(value))
    return next(step * decade for step in (1.0, 2.0, 5.0, 10.0) if step * decade >= value * (1 - 1e-9))
