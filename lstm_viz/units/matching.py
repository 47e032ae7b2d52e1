"""Select and match: which units are on in a stretch of text and off around it, and where else the same units do the same.

The idea is LSTMVis's (Strobelt et al. 2018, "LSTMVis: a tool for visual analysis of hidden state dynamics in recurrent neural
networks"). Activations are kept as levels of one byte. A threshold lies on the edge of a level, so that comparing levels is
exactly comparing values; a whole text is searched in one pass over the selected units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from lstm_viz.gates import Kind, quantity
from lstm_viz.results import Result
from lstm_viz.trace import LayerTrace

#: How many levels a quantity has, and the range that they divide, by its kind: a state or candidate, or a gate.
LEVELS = 256
Range = Literal["signed", "gate"]
_BOTTOM = {"signed": -1.0, "gate": 0.0}
_STEP = {"signed": 2.0 / LEVELS, "gate": 1.0 / LEVELS}
#: The lowest threshold that `best_threshold` tries.
LEAST = 0.1
#: The threshold returned where no unit fits at any.
_USUAL = 0.3
#: The fraction of the selected units that must be on in a match.
SHARE = 1.0
#: The most places that `find_matches` returns.
MOST_MATCHES = 200

Levels = UInt8[np.ndarray, "unit time"]


@dataclass(frozen=True, eq=False, repr=False)
class Selection(Result):
    """The units that are on in a stretch and off around it.

    Attributes:
        start: The first step of the stretch.
        stop: The step after its last one.
        threshold: Above it a unit is on; for signed quantities also below its negative.
        units: The units, those first that are on by the largest margin.
        signs: 1 for a unit that is above the threshold, −1 for one below its negative.
    """

    start: int
    stop: int
    threshold: float
    units: Int[np.ndarray, " selected"]
    signs: Int[np.ndarray, " selected"]

    def _summary(self) -> Iterator[str]:
        yield f"steps {self.start} to {self.stop - 1}"
        yield f"{len(self.units)} units beyond {self.threshold:.3g}"


@dataclass(frozen=True)
class Match:
    """One stretch in which the selected units are on.

    Attributes:
        start: Its first step.
        stop: The step after its last one.
        on: The mean share of the selected units that are on in it, from 0 to 1.
        off_around: The share of the selected units that are off in the step before it and in the step after it, from 0 to 1.
        score: on · off_around · (shorter length / longer length of this stretch and the selected one).
    """

    start: int
    stop: int
    on: float
    off_around: float
    score: float


def to_levels(values: Float[np.ndarray, ...], range_: Range) -> UInt8[np.ndarray, ...]:
    """Return the level of each value: k where edge(k) ≤ value < edge(k+1), the ends open.

    Args:
        values: Activations: of tanh or a state's tanh (signed), or of a gate.
        range_: "signed" for (−1, 1), "gate" for (0, 1).

    Returns:
        Levels 0 to 255.

    Examples:
        >>> to_levels(np.array([-1.0, 0.0, 0.5, 0.999]), "signed")
        array([  0, 128, 192, 255], dtype=uint8)
    """
    bottom, step = _BOTTOM[range_], _STEP[range_]
    levels = np.clip(np.floor((values - bottom) / step), 0, LEVELS - 1).astype(np.int16)
    # A rounded quotient may lie on the wrong side of an edge; edges themselves are exact in binary.
    levels -= (values < bottom + levels * step) & (levels > 0)
    levels += (values >= bottom + (levels + 1) * step) & (levels < LEVELS - 1)
    return levels.astype(np.uint8)


def range_of(kind: Kind, symbol: str) -> Range:
    """Return the range of a quantity's levels; KeyError if the cell does not have it.

    Examples:
        >>> range_of("lstm", "f"), range_of("lstm", "c")
        ('gate', 'signed')
    """
    return "signed" if quantity(kind, symbol).signed else "gate"


def bounded(values: Float[np.ndarray, ...], kind: Kind, symbol: str) -> Float[np.ndarray, ...]:
    """Return a quantity as it is compared with a threshold: the tanh of an LSTM's cell state, any other one as it is."""
    return np.tanh(values) if quantity(kind, symbol).symbol == "c" else values


def trace_levels(layer: LayerTrace, symbol: str) -> Levels:
    """Return the levels of one quantity of a traced text, [unit, time].

    Args:
        layer: A layer of a trace of one text.
        symbol: The quantity; of the cell state c the levels are those of tanh(c).

    Returns:
        The levels of all units at all steps.

    Raises:
        KeyError: The cell does not have the quantity.

    Examples:
        >>> trace_levels(lstm_viz.trace(lstm_viz.load("counting"), "aabb").layers[0], "c").shape
        (4, 4)
    """
    range_ = range_of(layer.kind, symbol)
    return np.ascontiguousarray(to_levels(bounded(layer.values[symbol][:, 0], layer.kind, symbol), range_).T)


def edge_of(threshold: float, range_: Range) -> int:
    """Return the level from which a quantity is above the threshold's nearest edge, 1 to 255."""
    return int(np.clip(round((threshold - _BOTTOM[range_]) / _STEP[range_]), 1, LEVELS - 1))


def threshold_at(edge: int, range_: Range) -> float:
    """Return the value of a level's lower edge."""
    return _BOTTOM[range_] + edge * _STEP[range_]


def _above(levels: Levels, edge: int) -> Bool[np.ndarray, "unit time"]:
    return levels >= edge


def _below(levels: Levels, edge: int) -> Bool[np.ndarray, "unit time"]:
    """Return where a signed value is below the negative of the edge's value."""
    return levels < LEVELS - edge


def select_units(levels: Levels, start: int, stop: int, threshold: float, range_: Range = "signed", margin: int = 1) -> Selection:
    """Select the units that are on in every step of a stretch and off in the steps around it.

    Args:
        levels: The levels of all units at all steps.
        start: The stretch's first step.
        stop: The step after its last one.
        threshold: Above it a unit is on; moved to the nearest of 255 edges. For signed quantities a unit is also on below the
            negative of it.
        range_: The quantity's range.
        margin: How many steps before and after the stretch must be off; steps beyond the text do not count, 0 for none.

    Returns:
        The selection; no unit may fit.

    Raises:
        ValueError: The stretch is empty or outside the text.

    Examples:
        >>> select_units(to_levels(np.array([[0.0, 0.9, 0.9, 0.1], [0.9, 0.9, 0.9, 0.9]]), "signed"), 1, 3, 0.5).units
        array([0])
    """
    if not 0 <= start < stop <= levels.shape[1]:
        raise ValueError(f"steps {start} to {stop} are no stretch of a text of {levels.shape[1]} steps")
    edge = edge_of(threshold, range_)
    inside = levels[:, start:stop]
    around = np.concatenate((levels[:, max(0, start - margin) : start], levels[:, stop : stop + margin]), axis=1)
    selected, signs, margins = [], [], []
    for sign, on in ((1, _above), (-1, _below)) if range_ == "signed" else ((1, _above),):
        fits = on(inside, edge).all(axis=1) & ~on(around, edge).any(axis=1)
        units = np.flatnonzero(fits)
        selected.append(units)
        signs.append(np.full(len(units), sign))
        lowest = (
            inside[units].astype(int).min(axis=1) - edge if sign > 0 else LEVELS - edge - inside[units].astype(int).max(axis=1)
        )
        margins.append(lowest)
    order = np.argsort(-np.concatenate(margins), kind="stable")
    return Selection(start, stop, threshold_at(edge, range_), np.concatenate(selected)[order], np.concatenate(signs)[order])


def best_threshold(levels: Levels, start: int, stop: int, range_: Range = "signed", margin: int = 1) -> tuple[float, int]:
    """Find the threshold, of at least 0.1, at which most units are on in a stretch and off around it.

    Without the bound, units that are hardly on would decide.

    Args:
        levels: The levels of all units at all steps.
        start: The stretch's first step.
        stop: The step after its last one.
        range_: The quantity's range.
        margin: How many steps before and after the stretch must be off.

    Returns:
        The threshold, of several equal ones the middle one, and how many units `select_units` selects there; 0 if none fits.

    Raises:
        ValueError: The stretch is empty or outside the text.

    Examples:
        >>> best_threshold(to_levels(np.array([[0.0, 0.9, 0.9, 0.5], [0.0, 0.6, 0.7, 0.0]]), "signed"), 1, 3)
        (0.5546875, 2)
    """
    if not 0 <= start < stop <= levels.shape[1]:
        raise ValueError(f"steps {start} to {stop} are no stretch of a text of {levels.shape[1]} steps")
    inside = levels[:, start:stop].astype(int)
    around = np.concatenate((levels[:, max(0, start - margin) : start], levels[:, stop : stop + margin]), axis=1).astype(int)
    # A unit fits at every edge above the highest level around the stretch, up to the lowest level inside it.
    spans = [(around.max(axis=1, initial=-1) + 1, inside.min(axis=1))]
    if range_ == "signed":
        spans.append((LEVELS - around.min(axis=1, initial=LEVELS), LEVELS - 1 - inside.max(axis=1)))
    least = edge_of(LEAST, range_)
    changes = np.zeros(LEVELS + 1, int)
    for first, last in spans:
        first = np.maximum(first, least)
        fits = first <= last
        np.add.at(changes, first[fits], 1)
        np.add.at(changes, last[fits] + 1, -1)
    counts = np.cumsum(changes)[:LEVELS]
    if not counts.any():
        return threshold_at(edge_of(_USUAL, range_), range_), 0
    best = np.flatnonzero(counts == counts.max())
    edge = int(best[len(best) // 2])
    return threshold_at(edge, range_), int(counts[edge])


def find_matches(
    levels: Levels, selection: Selection, range_: Range = "signed", share: float = SHARE, most: int = MOST_MATCHES
) -> list[Match]:
    """Find every stretch of a text in which the selected units are on, best first; exact over the whole text.

    Args:
        levels: The levels of all units at all steps of the text.
        selection: The units, from `select_units`.
        range_: The quantity's range.
        share: The share of the selected units that must be on at each step, from 0 to 1.
        most: How many of the best matches are returned.

    Returns:
        The matches, the highest score first; among equal ones the earlier. The selected stretch itself is among them if it is in
        this text.

    Examples:
        >>> levels = to_levels(np.array([[0.0, 0.9, 0.9, 0.0, 0.9, 0.9, 0.9, 0.0]]), "signed")
        >>> [(each.start, each.stop, round(each.score, 2)) for each in find_matches(levels, select_units(levels, 1, 3, 0.5))]
        [(1, 3, 1.0), (4, 7, 0.67)]
    """
    count = len(selection.units)
    if not count or not levels.shape[1]:
        return []
    edge = edge_of(selection.threshold, range_)
    on = np.zeros(levels.shape[1] + 2, np.int32)
    for unit, sign in zip(selection.units.tolist(), selection.signs.tolist(), strict=True):
        on[1:-1] += levels[unit] >= edge if sign > 0 else levels[unit] < LEVELS - edge
    enough = np.zeros(len(on), np.int8)
    enough[1:-1] = on[1:-1] >= max(1, int(np.ceil(share * count - 1e-9)))
    starts, stops = np.flatnonzero(np.diff(enough) == 1), np.flatnonzero(np.diff(enough) == -1)
    summed = np.concatenate(([0], np.cumsum(on[1:-1])))
    lengths = stops - starts
    inside = (summed[stops] - summed[starts]) / (lengths * count)
    # Beyond the text's ends nothing is on.
    off = 1 - (on[starts] + on[stops + 1]) / (2 * count)
    length = selection.stop - selection.start
    scores = inside * off * np.minimum(lengths, length) / np.maximum(lengths, length)
    best = np.lexsort((starts, -scores))[:most]
    return [Match(int(starts[at]), int(stops[at]), float(inside[at]), float(off[at]), float(scores[at])) for at in best.tolist()]
