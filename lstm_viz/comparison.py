"""Compare two texts read by one model: alignment, distance of the states, and where they diverge and reconverge.

Texts are aligned by their common beginning and common end, and between them by the longest common blocks
(Ratcliff & Metzener 1988, as in Python's difflib). Tokens between two blocks are paired from their start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from jaxtyping import Bool, Float, Int

from lstm_viz.gates import MEMORY_STATE, symbols
from lstm_viz.results import Result
from lstm_viz.trace import LayerTrace, Trace, require_trace

#: Two states with a smaller relative distance count as equal.
NEAR = 0.1


@dataclass(frozen=True, eq=False, repr=False)
class Alignment(Result):
    """Two texts in columns: `one[k]` and `other[k]` are the steps in column k, −1 if that text has none.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> alignment = lstm_viz.compare(lstm_viz.trace(model, "aab"), lstm_viz.trace(model, "aaab")).alignment
        >>> alignment.one.tolist(), alignment.other.tolist()
        ([0, 1, -1, 2], [0, 1, 2, 3])
    """

    one: Int[np.ndarray, " column"]
    other: Int[np.ndarray, " column"]
    same: Bool[np.ndarray, " column"]

    @property
    def paired(self) -> Bool[np.ndarray, " column"]:
        """Return True for columns in which both texts have a step."""
        return (self.one >= 0) & (self.other >= 0)


@dataclass(frozen=True, eq=False, repr=False)
class LayerComparison(Result):
    """One layer over an alignment: `differences[symbol]` [column, unit] is the other's value − the one's, NaN at gaps.

    `distance` [column] is the states' `relative_distance`. `diverges_at` is the first column in which the
    states' distance exceeds `NEAR`, or which one text alone has; `reconverges_at` the first column after that, and after all
    differences of the texts, from which on the distance stays within `NEAR` to the end. Both are None if that never happens.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> layer = lstm_viz.compare(lstm_viz.trace(model, "aabb"), lstm_viz.trace(model, "abbb")).layers[0]
        >>> layer.state, layer.diverges_at, layer.distance.round(2).tolist()
        ('c', 1, [0.0, 1.87, 1.08, 0.77])
    """

    _drawn = ("distance",)

    layer: int
    state: str
    differences: Mapping[str, Float[np.ndarray, "column unit"]]
    distance: Float[np.ndarray, " column"]
    diverges_at: int | None
    reconverges_at: int | None

    def mean_difference(self, symbol: str) -> Float[np.ndarray, " column"]:
        """Return the mean magnitude over units of one quantity's difference, NaN at gaps."""
        return np.abs(self.differences[symbol]).mean(axis=1)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """Two texts read by one model: their alignment and every layer's differences.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.compare(lstm_viz.trace(model, "aab"), lstm_viz.trace(model, "aaab"))
        >>> result.alignment.same.tolist(), len(result.layers)
        ([True, True, False, True], 1)
    """

    alignment: Alignment
    layers: tuple[LayerComparison, ...]


def compare(one: Trace, other: Trace, near: float = NEAR) -> Comparison:
    """Compare two texts as one model read them, column by column.

    Args:
        one: The first text's trace.
        other: The other text's, by the same model.
        near: States with a smaller relative distance count as equal.

    Returns:
        The alignment of the texts in columns, and every layer's differences [column, unit].

    Raises:
        ValueError: The layers of the two traces do not match.
        TypeError: One of them is not a `Trace`.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.compare(lstm_viz.trace(model, "aabb"), lstm_viz.trace(model, "aaab"))
        >>> result.layers[0].diverges_at, result.layers[0].differences["c"].shape
        (2, (4, 4))
    """
    require_trace(one)
    require_trace(other)
    if [(layer.kind, layer.units) for layer in one.layers] != [(layer.kind, layer.units) for layer in other.layers]:
        raise ValueError("the two texts were read by different networks; read both with the same one")
    alignment = align(one.tokens, other.tokens)
    pairs = zip(one.layers, other.layers, strict=True)
    return Comparison(alignment, tuple(_layer(first, second, alignment, near) for first, second in pairs))


def align(one: Sequence[str], other: Sequence[str]) -> Alignment:
    """Align two texts so that common tokens share a column; no column is empty, and both texts run forward."""
    shared = _common(one, other)
    rest = min(len(one), len(other)) - shared
    ending = min(_common(one[::-1], other[::-1]), rest)
    pairs = [(step, step) for step in range(shared)]
    middle = one[shared : len(one) - ending], other[shared : len(other) - ending]
    for _, start, stop, other_start, other_stop in SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
        for step in range(max(stop - start, other_stop - other_start)):
            pairs.append((
                shared + start + step if start + step < stop else -1,
                shared + other_start + step if other_start + step < other_stop else -1,
            ))  # fmt: skip
    pairs += [(len(one) - back, len(other) - back) for back in range(ending, 0, -1)]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    same = np.array([a >= 0 and b >= 0 and one[a] == other[b] for a, b in pairs], dtype=bool)
    return Alignment(first, second, same)


def relative_distance(
    one: Float[np.ndarray, "column unit"], other: Float[np.ndarray, "column unit"]
) -> Float[np.ndarray, " column"]:
    """Compute ‖b − a‖ / (½ (‖a‖ + ‖b‖)): 0 for equal states, √2 for orthogonal states of one size, 2 for opposite ones."""
    size = (np.linalg.norm(one, axis=1) + np.linalg.norm(other, axis=1)) / 2
    apart = np.linalg.norm(other - one, axis=1)
    return np.divide(apart, size, out=np.where(np.isnan(apart), np.nan, 0.0), where=size > 0)


def _layer(one: LayerTrace, other: LayerTrace, alignment: Alignment, near: float) -> LayerComparison:
    state = MEMORY_STATE[one.kind]
    rows = {each: (_rows(one, each, alignment.one), _rows(other, each, alignment.other)) for each in symbols(one.kind)}
    distance = relative_distance(*rows[state])
    parts, meets = _parting(distance, alignment, near)
    return LayerComparison(
        one.layer, state, {symbol: second - first for symbol, (first, second) in rows.items()}, distance, parts, meets
    )


def _rows(layer: LayerTrace, symbol: str, steps: Int[np.ndarray, " column"]) -> Float[np.ndarray, "column unit"]:
    """Return a quantity at the steps of each column, in double precision; NaN if there is none."""
    values = layer.values[symbol][:, 0]
    aligned = np.full((len(steps), values.shape[1]), np.nan)
    aligned[steps >= 0] = values[steps[steps >= 0]]
    return aligned


def _parting(distance: Float[np.ndarray, " column"], alignment: Alignment, near: float) -> tuple[int | None, int | None]:
    """Return the columns at which two texts' states diverge and reconverge."""
    # A gap has no distance, and counts as one. Two letters may be read alike: tokens outside the vocabulary are.
    is_far = ~(distance <= near)
    if not is_far.any():
        return None, None
    last = int(np.flatnonzero(~alignment.same | is_far)[-1]) + 1
    return int(np.flatnonzero(is_far)[0]), last if last < len(distance) else None


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the common prefix."""
    length = min(len(one), len(other))
    return next((index for index in range(length) if one[index] != other[index]), length)
