"""The vanilla recurrent cell's mathematics: hidden states to pre-activations, and those to gradients.

    h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)      or relu in tanh's place

Sources: Elman 1990, PyTorch's documentation of nn.RNN; on how the gradient vanishes, Pascanu et al. 2013.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_viz.cells.sides import Back
from lstm_viz.cells.weights import Derivatives, Edit, Factors, State, Steps, Weights, apply_rows, previous, unedited


def replay(weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None = None) -> dict[str, Steps]:
    """Recover h_pre [time, batch, unit], what enters the non-linearity, from inputs and hidden states."""
    return {"h_pre": weights.from_input(x) + weights.from_hidden(previous(h, h0))}


def hidden_of(weights: Weights, values: Mapping[str, Steps], h0: State) -> Steps:
    """h_t of every step from its pre-activation, [time, batch, unit]."""
    h: Steps = np.maximum(values["h_pre"], 0) if weights.relu else np.tanh(values["h_pre"])
    return h


def step(weights: Weights, rows: State, h: State, c: State | None = None, edit: Edit = unedited) -> dict[str, State]:
    """Go one step forward: h_pre and h [batch, unit], each given to `edit` before anything depends on it.

    `rows` [batch, row] are W_ih x_t + b_ih; `h` is the state before the step, and `c` is there for the LSTM's sake.
    """
    values = {"h_pre": weights.from_hidden(h) + rows}
    edit("h_pre", values["h_pre"])
    values["h"] = np.maximum(values["h_pre"], 0) if weights.relu else np.tanh(values["h_pre"])
    edit("h", values["h"])
    return values


def bptt(
    weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None,
    known: Factors | None = None,
) -> Derivatives:  # fmt: skip
    """Carry derivatives back through time.

    `d_h` [time, batch, unit] are the derivatives by h_t from outside this layer. Their batch axis may hold K right-hand
    sides at once where `values` has a batch of one. `c0` and `d_c` are there for the LSTM's sake;
    `known` are the `factors` of these values, where somebody has kept them.
    """
    slope = (factors(weights, values, h0, c0) if known is None else known)["slope"]
    dh = d_h.copy()
    d_pre = np.empty_like(dh)
    _scan(dh, d_pre, slope, weights.hh)
    d_values = {"h": dh, "h_pre": d_pre, "x": apply_rows(d_pre, weights.ih)}
    return Derivatives(d_values, d_pre, d_pre, h0=(d_pre[:1] @ weights.hh).sum(0))


def factors(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None = None) -> Factors:
    """What the way back multiplies by at each step: the non-linearity's `slope`."""
    return {"slope": slopes(weights, values, h0, c0)[0]}


def slopes(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None = None) -> tuple[Steps, ...]:
    """What `back` multiplies by at each step, all known beforehand: the non-linearity's slope."""
    h = values["h"]
    return ((h > 0).astype(h.dtype) if weights.relu else 1 - h * h,)


def back(weights: Weights, factors: Sequence[State], d_h: State, d_c: State | None = None, by_input: bool = False) -> Back:
    """Go one step back with any number of right-hand sides.

    `factors` are those of `slopes` at step t; `d_h` [side, unit] is all that reaches h_t; `by_input` asks for the derivative
    by x_t too.
    """
    rows = factors[0] * d_h
    return Back(rows @ weights.hh, rows @ weights.ih if by_input else None)


def _scan(dh: Steps, d_pre: Steps, slope: Steps, recurrent: np.ndarray) -> None:
    """Complete dh and d_pre [time, batch, unit] in place: dh_t += W_hhᵀ dpre_{t+1};  dpre_t = slope_t dh_t."""
    term = np.zeros(dh.shape[1:], dh.dtype)
    d_pre_next = term.copy()
    for dh_t, d_pre_t, slope_t in zip(dh[::-1], d_pre[::-1], slope[::-1], strict=True):
        d_pre_next.dot(recurrent, term)
        np.add(dh_t, term, dh_t)
        np.multiply(slope_t, dh_t, d_pre_t)
        d_pre_next = d_pre_t
