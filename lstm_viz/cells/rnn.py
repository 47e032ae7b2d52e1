"""The vanilla recurrent cell's mathematics: hidden states to pre-activations, and those to gradients.

    h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)      or relu instead of tanh

Sources: Elman 1990, PyTorch's documentation of nn.RNN; on how the gradient vanishes, Pascanu et al. 2013.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_viz.cells.backward import BackwardPass
from lstm_viz.cells.multi_rhs import StepGradients
from lstm_viz.cells.weights import Derivatives, Factors, InterventionHook, State, Steps, Weights, no_op, previous


def replay(weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None = None) -> dict[str, Steps]:
    """Recover h_pre [time, batch, unit], the input of the non-linearity, from inputs and hidden states."""
    return {"h_pre": weights.input_projection(x) + weights.recurrent_projection(previous(h, h0))}


def hidden_of(weights: Weights, values: Mapping[str, Steps], h0: State) -> Steps:
    """Compute h_t of every step from its pre-activation, [time, batch, unit]."""
    h: Steps = np.maximum(values["h_pre"], 0) if weights.relu else np.tanh(values["h_pre"])
    return h


def step(
    weights: Weights, preactivations: State, h: State, c: State | None = None, edit: InterventionHook = no_op
) -> dict[str, State]:
    """Compute one step forward: h_pre and h [batch, unit], each passed to `edit` before it is used.

    `preactivations` [batch, row] are W_ih x_t + b_ih; `h` is the state before the step. `c` is unused; it keeps the signatures
    of all cells equal.
    """
    values = {"h_pre": weights.recurrent_projection(h) + preactivations}
    edit("h_pre", values["h_pre"])
    values["h"] = np.maximum(values["h_pre"], 0) if weights.relu else np.tanh(values["h_pre"])
    edit("h", values["h"])
    return values


class Backward(BackwardPass):
    """The backward pass through time of a vanilla RNN layer.

    `d_h` [time, batch, unit] are the derivatives by h_t from outside this layer. Their batch axis may hold K right-hand
    sides at once if `values` has a batch of one. `c0` and `d_c` are not used: they keep the signatures of all cells equal;
    `known` are cached `factors` of these values.
    """

    def __init__(
        self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None,
        known: Factors | None = None,
    ) -> None:  # fmt: skip
        super().__init__(weights, d_h)
        self._slope = (factors(weights, values, h0, c0) if known is None else known)["slope"]
        self._dh, self._d_pre = np.empty((2, *d_h.shape), d_h.dtype)
        self._carried = np.zeros(d_h.shape[1:], d_h.dtype)

    def scan(self, first: int, last: int) -> None:
        """Complete dh and d_pre of some steps:  dh_t += W_hhᵀ dpre_{t+1};  dpre_t = slope_t dh_t."""
        piece = slice(first, last)
        dh, d_pre, d_pre_next = self._dh[piece], self._d_pre[piece], self._carried
        dh[:] = self.d_h[piece]
        term = np.empty_like(d_pre_next)
        for dh_t, d_pre_t, slope_t in zip(dh[::-1], d_pre[::-1], self._slope[piece][::-1], strict=True):
            d_pre_next.dot(self.weights.hh, term)
            np.add(dh_t, term, dh_t)
            np.multiply(slope_t, dh_t, d_pre_t)
            d_pre_next = d_pre_t
        self._carried = d_pre_next

    def to_input(self, first: int, last: int) -> None:
        """Compute the derivatives by the input of some steps."""
        self._multiply(self._d_pre, first, last)

    def derivatives(self) -> Derivatives:
        """Return all derivatives by symbol, and those by the initial states."""
        d_values = {"h": self._dh, "h_pre": self._d_pre, "x": self.x}
        return Derivatives(d_values, self._d_pre, self._d_pre, h0=(self._d_pre[:1] @ self.weights.hh).sum(0))


def factors(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None = None) -> Factors:
    """Return the multiplier of the backward pass at each step: the non-linearity's `slope`."""
    return {"slope": local_derivatives(weights, values, h0, c0)[0]}


def local_derivatives(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None = None) -> tuple[Steps, ...]:
    """Return the multiplier of `backward_step` at each step: the non-linearity's slope."""
    h = values["h"]
    return ((h > 0).astype(h.dtype) if weights.relu else 1 - h * h,)


def backward_step(
    weights: Weights, factors: Sequence[State], d_h: State, d_c: State | None = None, by_input: bool = False
) -> StepGradients:
    """Compute one step back with any number of right-hand sides.

    `factors` are those of `local_derivatives` at step t; `d_h` [side, unit] is the total derivative by h_t; `by_input` requests
    the derivative by x_t.
    """
    rows = factors[0] * d_h
    return StepGradients(rows @ weights.hh, rows @ weights.ih if by_input else None)
