"""The vanilla recurrent cell's mathematics: hidden states to pre-activations, and those to gradients.

    h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)      or relu in tanh's place

Sources: Elman 1990, PyTorch's documentation of nn.RNN; on how the gradient vanishes, Pascanu et al. 2013.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.cells.weights import Derivatives, State, Steps, Weights, apply_rows, previous


def replay(weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None = None) -> dict[str, Steps]:
    """Recover h_pre [time, batch, unit], what enters the non-linearity, from inputs and hidden states."""
    return {"h_pre": weights.from_input(x) + weights.from_hidden(previous(h, h0))}


def bptt(
    weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None
) -> Derivatives:
    """Carry derivatives back through time.

    `d_h` [time, batch, unit] are the derivatives by h_t from outside this layer. Their batch axis may hold K right-hand
    sides at once where `values` has a batch of one. `c0` and `d_c` are there for the LSTM's sake.
    """
    h = values["h"]
    slope = (h > 0).astype(h.dtype) if weights.relu else 1 - h * h
    dh = d_h.copy()
    d_pre = np.empty_like(dh)
    _scan(dh, d_pre, slope, weights.hh)
    d_values = {"h": dh, "h_pre": d_pre, "x": apply_rows(d_pre, weights.ih)}
    return Derivatives(d_values, d_pre, d_pre, h0=(d_pre[:1] @ weights.hh).sum(0))


def _scan(dh: Steps, d_pre: Steps, slope: Steps, recurrent: np.ndarray) -> None:
    """Complete dh and d_pre [time, batch, unit] in place: dh_t += W_hhᵀ dpre_{t+1};  dpre_t = slope_t dh_t."""
    term = np.zeros(dh.shape[1:], dh.dtype)
    d_pre_next = term.copy()
    for dh_t, d_pre_t, slope_t in zip(dh[::-1], d_pre[::-1], slope[::-1], strict=True):
        d_pre_next.dot(recurrent, term)
        np.add(dh_t, term, dh_t)
        np.multiply(slope_t, dh_t, d_pre_t)
        d_pre_next = d_pre_t
