"""Cell state decomposition: what each step contributed to what is in the memory now.

Solving c_t = f_t c_{t−1} + i_t g_t (Hochreiter & Schmidhuber 1997, Gers et al. 2000) gives, as in Murdoch & Szlam 2017,

    c_T = Σ_t (∏_{s>t} f_s) i_t g_t + (∏_s f_s) c_0

so that every earlier step's part in the cell is exactly known. The GRU's h_t = z_t h_{t−1} + (1 − z_t) n_t (Cho et al.
2014, PyTorch's nn.GRU) has the same form; a plain RNN has not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result
from lstm_viz.thumbnail import curve
from lstm_viz.trace import LayerTrace

Parts = Float[np.ndarray, "time unit"]


class NotDecomposable(ValueError):
    """The cell keeps nothing that could be told apart; the message says why."""


@dataclass(frozen=True, eq=False, repr=False)
class CellContributions(Result):
    """What is in the memory after one step, by who wrote it.

    `contributions[t]` is what step t wrote and is still there, zero for steps that were not read yet; `initial` [unit] is what is
    left of the state before the first step. Their sum is `state` [unit], the captured cell state (the GRU's hidden state).
    """

    step: int
    contributions: Parts
    initial: Float[np.ndarray, " unit"]
    state: Float[np.ndarray, " unit"]

    def unit(self, unit: int) -> Float[np.ndarray, " time"]:
        """What each step wrote into one unit, with its sign."""
        return self.contributions[:, unit]

    def signed(self) -> Float[np.ndarray, " time"]:
        """Summed over units; parts of opposite sign cancel."""
        return self.contributions.sum(axis=1)

    def magnitude(self) -> Float[np.ndarray, " time"]:
        """Magnitudes summed over units: how much of the whole memory each step wrote."""
        return np.abs(self.contributions).sum(axis=1)

    def _picture(self) -> str:
        return curve(self.magnitude(), "how much of the memory each step wrote")


@dataclass(frozen=True, eq=False, repr=False)
class History(Result):
    """The ledgers of all steps of a window: `parts[now, then]` is what step `first + then` wrote and is there at `first + now`.

    `before` [now] is what is left of the state before the window. Of one unit both are signed and sum to its state; of a
    whole layer they are magnitudes summed over units.
    """

    _drawn = ("parts",)

    first: int
    parts: Float[np.ndarray, "now then"]
    before: Float[np.ndarray, " now"]


def cell_contributions(layer: LayerTrace, step: int, batch: int = 0) -> CellContributions:
    """Take apart the memory after one step: what each earlier step wrote and is still there.

    Args:
        layer: A layer of an LSTM or a GRU, from a trace or a capture.
        step: The step after which the memory is taken apart, from 0.
        batch: The entry of the batch.

    Returns:
        The parts `contributions` [time, unit] and `initial` [unit], in the units of the cell state; their sum is the state.

    Raises:
        IndexError: The step lies outside the trace.
        NoLedger: The layer is a plain RNN, or its state was changed on the way.

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aabb").layers[0]
        >>> found = lstm_viz.cell_contributions(layer, 3)
        >>> np.allclose(found.contributions.sum(axis=0) + found.initial, layer.c[3, 0])
        True
    """
    carried = LinearRecurrence.of(layer, batch)
    position = carried.place(step)
    # after[t] = the product of every gate behind step t; the last entry, of none, is 1.
    gates = np.concatenate((carried.keep[: position + 1], np.ones((1, layer.units))))
    after = np.cumprod(gates[::-1], axis=0)[::-1]
    contributions = np.zeros_like(carried.write)
    contributions[: position + 1] = after[1:] * carried.write[: position + 1]
    return CellContributions(step, carried.in_text(contributions), after[0] * carried.first, carried.state[position])


def history(layer: LayerTrace, unit: int | None = None, first: int = 0, batch: int = 0) -> History:
    """The ledgers of every step from `first` on, of one unit or (None) of the layer, in O(time² + time · unit) memory.

    Time is O(time² · unit) for a layer: mind the length of the window. Raises IndexError outside the trace and NoLedger for
    a plain RNN.
    """
    if unit is not None and not 0 <= unit < layer.units:
        raise IndexError(f"there is no unit {unit}; the layer has units 0 to {layer.units - 1}")
    carried = LinearRecurrence.of(layer, batch).window(first, slice(None) if unit is None else slice(unit, unit + 1))
    steps = len(carried.write)
    parts, before = np.zeros((steps, steps)), np.zeros(steps)
    active, old = (carried.write, carried.first) if unit is not None else (np.abs(carried.write), np.abs(carried.first))
    left = np.empty_like(active)
    for now, keep in enumerate(carried.keep):
        left[:now] *= keep
        left[now] = active[now]
        old = keep * old
        left[: now + 1].sum(axis=1, out=parts[now, : now + 1])
        before[now] = old.sum()
    if carried.reverse:
        parts, before = parts[::-1, ::-1], before[::-1]
    return History(first, parts, before)


@dataclass(frozen=True, eq=False, repr=False)
class LinearRecurrence:
    """A memory s_t = keep_t s_{t−1} + write_t in the order of reading, all [time, unit] in double precision."""

    keep: Parts
    write: Parts
    state: Parts
    first: Float[np.ndarray, " unit"]
    reverse: bool

    @classmethod
    def of(cls, layer: LayerTrace, batch: int) -> LinearRecurrence:
        """Read it off a layer's trace; NoLedger where the cell has no such form."""
        if layer.kind == "rnn":
            raise NotDecomposable(
                "a plain RNN keeps no ledger: h_t = tanh(W x_t + U h_{t−1} + b) mixes everything anew at each step, "
                "and no part of it can be told apart; choose an LSTM or a GRU"
            )
        if layer.changed:
            raise NotDecomposable(
                f"the state was changed between two steps of this loop (before step {layer.changed[0]} for the first time), as "
                "by dropout, so that what is in the cell does not come of the gates alone; capture the loop in eval mode"
            )
        length = layer.steps if layer.lengths is None else int(layer.lengths[batch])
        way = slice(None, None, -1) if layer.reverse else slice(None)

        def read(symbol: str) -> Parts:
            return layer.values[symbol][:length, batch][way].astype(np.float64)

        if layer.kind == "gru":
            z, n, h = map(read, "znh")
            return cls(z, (1 - z) * n, h, layer.h0[batch].astype(np.float64), layer.reverse)
        assert layer.c0 is not None, "an LSTM has a cell state"
        i, f, g, c = map(read, "ifgc")
        return cls(f, i * g, c, layer.c0[batch].astype(np.float64), layer.reverse)

    def place(self, step: int) -> int:
        """Where a step of the text stands in the order of reading."""
        if not 0 <= step < len(self.state):
            raise IndexError(f"step {step} lies outside a text of {len(self.state)} steps; choose 0 to {len(self.state) - 1}")
        return len(self.state) - 1 - step if self.reverse else step

    def in_text(self, steps: Parts) -> Parts:
        """Put the order of reading back into the text's."""
        return steps[::-1] if self.reverse else steps

    def window(self, first: int, units: slice) -> LinearRecurrence:
        """The steps of the text from `first` on, of some units; what was there before them is one part."""
        steps = len(self.state)
        if not 0 <= first <= max(steps - 1, 0):
            raise IndexError(f"a window from step {first} on lies outside a text of {steps} steps; choose one of them")
        inside = slice(0, steps - first) if self.reverse else slice(first, steps)
        before = self.state[first - 1] if first and not self.reverse else self.first
        keep, write, state = (each[inside, units] for each in (self.keep, self.write, self.state))
        return LinearRecurrence(keep, write, state, before[units], self.reverse)
