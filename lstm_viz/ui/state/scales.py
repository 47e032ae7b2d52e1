"""The ends of every drawn scale, taken from a model's own examples so that they stand still while one types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.gates import CELLS, Quantity
from lstm_viz.trace import LayerTrace

Ends = tuple[float, float]


@dataclass(frozen=True)
class Scales:
    """By symbol: `units` the ends for single units' values, `means` those for means over units."""

    units: Mapping[str, Ends]
    means: Mapping[str, Ends]


def scales(reference: LayerTrace) -> Scales:
    """Fit both kinds of scale to one layer of a trace; bounded quantities keep their own range for single units."""
    values = {each: reference.values[each.symbol][:, 0] for each in CELLS[reference.kind]}
    return Scales(
        units={each.symbol: units_ends(each, values[each]) for each in values},
        means={each.symbol: means_ends(each, values[each].mean(axis=1)) for each in values},
    )


def units_ends(drawn: Quantity, values: np.ndarray) -> Ends:
    """The quantity's range; where values may leave it, a round number that 80 % of them stay within."""
    if drawn.bounded or not values.size:
        return drawn.low, drawn.high
    end = max(round_up(float(np.quantile(np.abs(values), 0.8))), drawn.high)
    return -end, end


def curve_ends(drawn: Quantity, values: np.ndarray) -> Ends:
    """The quantity's range; where values may leave it, a round number that all of them stay within."""
    if drawn.bounded or not values.size:
        return drawn.low, drawn.high
    end = max(round_up(float(np.abs(values).max())), drawn.high)
    return -end, end


def means_ends(drawn: Quantity, means: np.ndarray) -> Ends:
    """Ends that show how a mean moves: twentieths around what occurs, with zero in the middle for signed quantities."""
    if not means.size:
        return drawn.low, drawn.high
    if drawn.signed:
        end = max(math.ceil(float(np.abs(means).max()) * 20) / 20, 0.05)
        return -end, end
    low = math.floor(float(means.min()) * 20) / 20
    return low, max(math.ceil(float(means.max()) * 20) / 20, low + 0.05)


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, … at or above a positive value."""
    if value <= 0.0 or not math.isfinite(value):
        return 1.0
    decade = 10.0 ** math.floor(math.log10(value))
    return next(step * decade for step in (1.0, 2.0, 5.0, 10.0) if step * decade >= value * (1 - 1e-9))
