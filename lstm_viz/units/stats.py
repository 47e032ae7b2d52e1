"""Statistics over units: an order by similarity, percentiles, and saturation of gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.gates import CELLS, Kind, Quantity
from lstm_viz.results import Result
from lstm_viz.trace import LayerTrace, require_layer

if TYPE_CHECKING:
    from lstm_viz.models.reference_stats import Reference

#: A gate closer than this to an end of its range counts as closed or open (Karpathy et al. 2015).
EDGE = 0.1


@dataclass(frozen=True, eq=False, repr=False)
class UnitPercentiles(Result):
    """The mean and the 10th and 90th percentiles over all units at each step, each [time]."""

    mean: Float[np.ndarray, " time"]
    low: Float[np.ndarray, " time"]
    high: Float[np.ndarray, " time"]


def unit_percentiles(values: Float[np.ndarray, "time unit"]) -> UnitPercentiles:
    """Summarise one quantity over units; percentiles are those of the nearest units, without interpolation."""
    count = values.shape[1]
    tenth = round(0.1 * (count - 1))
    ranked = np.sort(values, axis=1)
    return UnitPercentiles(values.mean(axis=1), ranked[:, tenth], ranked[:, count - 1 - tenth])


def cluster_order(values: Float[np.ndarray, "time unit"]) -> Int[np.ndarray, " unit"]:
    """Return unit indices ordered so that units with similar curves are neighbours.

    Average linkage on correlation distance with optimal leaf ordering (Bar-Joseph et al. 2001); a constant unit counts as
    unlike every other.
    """
    # Half a second to import, and not needed for the first view.
    from scipy.cluster.hierarchy import leaves_list, linkage

    units = values.shape[1]
    if units < 3 or len(values) < 2:
        return np.arange(units)
    # In single precision the mean of equal numbers may differ from them, and the residue would look like a curve.
    centred = values - values.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(centred, axis=0)
    unit_length = np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-9)
    distance = np.clip(1.0 - unit_length.T @ unit_length, 0.0, 2.0)
    upper = np.triu_indices(units, k=1)
    return leaves_list(linkage(distance[upper], method="average", optimal_ordering=True)).astype(np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class Saturation(Result):
    """The number of `steps` at which one quantity was near an end of its range, [unit].

    For a gate `low` counts the steps below 0.1 and `high` those above 0.9, as in Karpathy, Johnson & Fei-Fei 2015,
    "Visualizing and Understanding Recurrent Networks", figure 3; for the plain RNN's state those below −0.9 and above 0.9.

    Examples:
        >>> result = lstm_viz.saturation(lstm_viz.trace(lstm_viz.load("counting"), "aaaabbbb").layers[0])["f"]
        >>> result.low.tolist(), result.high.tolist(), result.steps
        ([3, 0, 2, 0], [0, 8, 0, 8], 8)
    """

    low: Int[np.ndarray, " unit"]
    high: Int[np.ndarray, " unit"]
    steps: int

    def __add__(self, other: Saturation) -> Saturation:
        return Saturation(self.low + other.low, self.high + other.high, self.steps + other.steps)

    @property
    def low_share(self) -> Float[np.ndarray, " unit"]:
        """Return the share of steps near the lower end; NaN without a step."""
        return self.low / self.steps if self.steps else np.full(len(self.low), np.nan)

    @property
    def high_share(self) -> Float[np.ndarray, " unit"]:
        """Return the share of steps near the upper end; NaN without a step."""
        return self.high / self.steps if self.steps else np.full(len(self.high), np.nan)


def saturating(kind: Kind) -> tuple[Quantity, ...]:
    """Return the quantities that saturate: a cell's gates; for the plain RNN, which has none, its state."""
    gates = tuple(each for each in CELLS[kind] if each.bounded and not each.signed)
    return gates or tuple(each for each in CELLS[kind] if each.symbol == "h")


def saturation(layer: LayerTrace) -> dict[str, Saturation]:
    """Count at how many steps each gate was near an end of its range: below 0.1 and above 0.9.

    Args:
        layer: A layer of a trace or a capture; all its steps and batch entries count.

    Returns:
        By the gate's symbol (the state's, for a plain RNN), the counts `low` and `high` [unit] and the number of steps.

    Raises:
        TypeError: The layer is not a `LayerTrace`.

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aabb").layers[0]
        >>> lstm_viz.saturation(layer)["f"].high_share.tolist()
        [0.0, 1.0, 0.0, 1.0]
    """
    require_layer(layer)
    result = {}
    for each in saturating(layer.kind):
        values = layer.values[each.symbol]
        low, high = values < each.low + EDGE, values > each.high - EDGE
        steps = np.isfinite(values[..., 0]).sum() if layer.units else 0
        result[each.symbol] = Saturation(low.sum(axis=(0, 1)), high.sum(axis=(0, 1)), int(steps))
    return result


def reference_saturation(reference: Reference, layer: int, kind: Kind) -> dict[str, Saturation]:
    """Return the counts over a model's reference corpus, as shipped with it."""
    counts: Mapping[tuple[int, str, str], Int[np.ndarray, " unit"]] = reference.counts
    return {
        each.symbol: Saturation(counts[layer, each.symbol, "low"], counts[layer, each.symbol, "high"], reference.steps)
        for each in saturating(kind)
    }


def most_correlated(
    values: Float[np.ndarray, "time unit"], unit: int, count: int
) -> list[tuple[int, float]]:
    """Return the other units whose values go most with those of one unit, or most against them.

    Args:
        values: One quantity of all units at some steps.
        unit: The unit.
        count: How many units to return at most; those that never change are left out.

    Returns:
        Each unit with its Pearson correlation, the largest |r| first.

    Examples:
        >>> [(unit, round(r, 3)) for unit, r in most_correlated(np.array([[0.0, 1, 5], [1, 0, 5], [2, -1, 5]]), 0, 2)]
        [(1, -1.0)]
    """
    apart = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    sizes = np.sqrt((apart**2).sum(axis=0))
    products = sizes * sizes[unit]
    r = np.divide(apart.T @ apart[:, unit], products, out=np.zeros(len(sizes)), where=products > 1e-12)
    r[unit] = 0.0
    order = np.argsort(-np.abs(r), kind="stable")[:count]
    return [(int(other), float(np.clip(r[other], -1.0, 1.0))) for other in order.tolist() if r[other] != 0.0]
