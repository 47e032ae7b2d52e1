"""Cell state decomposition: the contribution of each step to the current cell state.

Solving c_t = f_t c_{t−1} + i_t g_t (Hochreiter & Schmidhuber 1997, Gers et al. 2000) gives, as in Murdoch & Szlam 2017,

    c_T = Σ_t (∏_{s>t} f_s) i_t g_t + (∏_s f_s) c_0

so that every earlier step's contribution to the cell is exact. The GRU's h_t = z_t h_{t−1} + (1 − z_t) n_t (Cho et al.
2014, PyTorch's nn.GRU) has the same form; a plain RNN does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.results import Result
from lstm_viz.thumbnail import curve
from lstm_viz.trace import LayerTrace, require_layer

Parts = Float[np.ndarray, "time unit"]


class NotDecomposable(ValueError):
    """The layer's state cannot be decomposed into contributions; the message says why."""


@dataclass(frozen=True, eq=False, repr=False)
class CellContributions(Result):
    """The memory after one step, decomposed into the contributions of all steps.

    `contributions[t]` is what remains of what step t wrote, zero for later steps; `initial` [unit] is what remains of the
    initial state. Their sum is `state` [unit], the captured cell state (the GRU's hidden state).

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aabb").layers[0]
        >>> result = lstm_viz.cell_contributions(layer, step=2)
        >>> result.contributions.shape, np.allclose(result.contributions.sum(axis=0) + result.initial, result.state)
        ((4, 4), True)
    """

    step: int
    contributions: Parts
    initial: Float[np.ndarray, " unit"]
    state: Float[np.ndarray, " unit"]

    def unit(self, unit: int) -> Float[np.ndarray, " time"]:
        """Return the signed contribution of each step to one unit."""
        return self.contributions[:, unit]

    def signed(self) -> Float[np.ndarray, " time"]:
        """Sum over units; contributions of opposite sign cancel."""
        return self.contributions.sum(axis=1)

    def magnitude(self) -> Float[np.ndarray, " time"]:
        """Sum magnitudes over units: each step's contribution to the whole memory."""
        return np.abs(self.contributions).sum(axis=1)

    def _picture(self) -> str:
        return curve(self.magnitude(), "each step's contribution to the memory")


@dataclass(frozen=True, eq=False, repr=False)
class History(Result):
    """The contributions at all steps of a window: `parts[now, then]` is step `first + then`'s contribution at `first + now`.

    `before` [now] is the contribution of the state before the window. For one unit both are signed and sum to its state; for a
    whole layer they are magnitudes summed over units.
    """

    _drawn = ("parts",)

    first: int
    parts: Float[np.ndarray, "now then"]
    before: Float[np.ndarray, " now"]


def cell_contributions(layer: LayerTrace, step: int, batch: int = 0) -> CellContributions:
    """Decompose the memory after one step into the remaining contributions of each earlier step.

    Args:
        layer: A layer of an LSTM or a GRU, from a trace or a capture.
        step: The step after which the memory is decomposed, from 0.
        batch: The entry of the batch.

    Returns:
        The contributions `contributions` [time, unit] and `initial` [unit], in units of the cell state; their sum is the state.

    Raises:
        IndexError: The step lies outside the trace, or the batch has no such entry.
        TypeError: The layer is not a `LayerTrace`.
        NotDecomposable: The layer is a plain RNN, or its state was changed between steps.

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aabb").layers[0]
        >>> result = lstm_viz.cell_contributions(layer, 3)
        >>> np.allclose(result.contributions.sum(axis=0) + result.initial, layer.c[3, 0])
        True
    """
    carried = LinearRecurrence.of(layer, batch)
    position = carried.index_of(step)
    # after[t] = the product of every gate after step t; the last entry, an empty product, is 1.
    gates = np.concatenate((carried.keep[: position + 1], np.ones((1, layer.units))))
    after = np.cumprod(gates[::-1], axis=0)[::-1]
    contributions = np.zeros_like(carried.write)
    contributions[: position + 1] = after[1:] * carried.write[: position + 1]
    return CellContributions(step, carried.in_text(contributions), after[0] * carried.first, carried.state[position])


def history(layer: LayerTrace, unit: int | None = None, first: int = 0, batch: int = 0) -> History:
    """Decompose the memory at every step from `first` on, for one unit or (None) the layer, in O(time² + time · unit) memory.

    Time is O(time² · unit) for a layer, so keep the window short. Raises IndexError outside the trace and NotDecomposable for
    a plain RNN.
    """
    if unit is not None and not 0 <= unit < layer.units:
        raise IndexError(f"there is no unit {unit}; the layer has units 0 to {layer.units - 1}")
    carried = LinearRecurrence.of(layer, batch).window(first, slice(None) if unit is None else slice(unit, unit + 1))
    steps = len(carried.write)
    parts, before = np.zeros((steps, steps)), np.zeros(steps)
    active, old = (carried.write, carried.first) if unit is not None else (np.abs(carried.write), np.abs(carried.first))
    remaining = np.empty_like(active)
    for now, keep in enumerate(carried.keep):
        remaining[:now] *= keep
        remaining[now] = active[now]
        old = keep * old
        remaining[: now + 1].sum(axis=1, out=parts[now, : now + 1])
        before[now] = old.sum()
    if carried.reverse:
        parts, before = parts[::-1, ::-1], before[::-1]
    return History(first, parts, before)


@dataclass(frozen=True, eq=False, repr=False)
class LinearRecurrence:
    """A memory s_t = keep_t s_{t−1} + write_t in reading order, all [time, unit] in double precision."""

    keep: Parts
    write: Parts
    state: Parts
    first: Float[np.ndarray, " unit"]
    reverse: bool

    @classmethod
    def of(cls, layer: LayerTrace, batch: int) -> LinearRecurrence:
        """Return a layer's recurrence; NotDecomposable if the cell has no such form."""
        require_layer(layer)
        if not 0 <= batch < layer.h0.shape[0]:
            raise IndexError(f"batch entry {batch} is out of range; the batch has entries 0 to {layer.h0.shape[0] - 1}")
        if layer.kind == "rnn":
            raise NotDecomposable(
                "a plain RNN's state cannot be decomposed: h_t = tanh(W x_t + U h_{t−1} + b) mixes all contributions "
                "non-linearly at each step; choose an LSTM or a GRU"
            )
        if layer.changed:
            raise NotDecomposable(
                f"the state was changed between two steps of this loop (before step {layer.changed[0]} for the first time), for "
                "example by dropout, so the cell state does not follow from the gates alone; capture the loop in eval mode"
            )
        length = layer.steps if layer.lengths is None else int(layer.lengths[batch])
        order = slice(None, None, -1) if layer.reverse else slice(None)

        def read(symbol: str) -> Parts:
            return layer.values[symbol][:length, batch][order].astype(np.float64)

        if layer.kind == "gru":
            z, n, h = map(read, "znh")
            return cls(z, (1 - z) * n, h, layer.h0[batch].astype(np.float64), layer.reverse)
        assert layer.c0 is not None, "an LSTM has a cell state"
        i, f, g, c = map(read, "ifgc")
        return cls(f, i * g, c, layer.c0[batch].astype(np.float64), layer.reverse)

    def index_of(self, step: int) -> int:
        """Return the index in reading order of a step of the text; IndexError outside it."""
        if not 0 <= step < len(self.state):
            raise IndexError(f"step {step} lies outside a text of {len(self.state)} steps; choose 0 to {len(self.state) - 1}")
        return len(self.state) - 1 - step if self.reverse else step

    def in_text(self, steps: Parts) -> Parts:
        """Convert from reading order to text order."""
        return steps[::-1] if self.reverse else steps

    def window(self, first: int, units: slice) -> LinearRecurrence:
        """Return the steps from `first` on, for some units; the state before them is one contribution."""
        steps = len(self.state)
        if not 0 <= first <= max(steps - 1, 0):
            raise IndexError(f"a window from step {first} on lies outside a text of {steps} steps; choose one of them")
        inside = slice(0, steps - first) if self.reverse else slice(first, steps)
        before = self.state[first - 1] if first and not self.reverse else self.first
        keep, write, state = (each[inside, units] for each in (self.keep, self.write, self.state))
        return LinearRecurrence(keep, write, state, before[units], self.reverse)
