"""The LSTM cell's mathematics: hidden states to gates, and gates to gradients.

    i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi)      f_t, o_t likewise
    g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)
    c_t = f_t c_{t−1} + i_t g_t
    h_t = o_t tanh(c_t)                                 W_hr (o_t tanh(c_t)) with a projection

Sources: Hochreiter & Schmidhuber 1997, Gers et al. 2000, Sak et al. 2014 (projection), PyTorch's nn.LSTM.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat

import numpy as np
import torch
from numpy import add, multiply

from lstm_viz.cells.weights import Derivatives, State, Steps, Weights, apply_rows, previous


def replay(weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None) -> dict[str, Steps]:
    """Recover i f g o c [time, batch, unit] from inputs and hidden states, all steps at once.

    Every h_{t−1} is known already, so that the gates need one matrix product and only c_t a scan.
    """
    assert c0 is not None, "an LSTM has a cell state"
    gates = weights.from_input(x)
    gates += weights.from_hidden(previous(h, h0))
    gates = gates.reshape(*x.shape[:2], 4, len(weights.hh) // 4)
    squash = torch.from_numpy(gates)  # PyTorch's sigmoid is several times as fast as one written in numpy
    squash[:, :, :2].sigmoid_()
    squash[:, :, 2].tanh_()
    squash[:, :, 3].sigmoid_()
    i, f, g, o = (gates[:, :, k] for k in range(4))
    c = i * g
    carried, before = np.empty_like(c0), c0
    for f_t, c_t in zip(f, c, strict=True):
        multiply(f_t, before, carried)
        add(c_t, carried, c_t)
        before = c_t
    return {"i": i, "f": f, "g": g, "o": o, "c": c}


def bptt(
    weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None
) -> Derivatives:
    """Carry derivatives back through time.

    `d_h` and `d_c` [time, batch, unit] are the derivatives by h_t and c_t from outside this layer (d_c None: none).
    Their batch axis may hold K right-hand sides at once where `values` has a batch of one.
    """
    assert c0 is not None, "an LSTM has a cell state"
    i, f, g, o, c = (values[symbol] for symbol in "ifgoc")
    c_before, tanh_c = previous(c, c0), np.tanh(c)
    # What one unit of dL/dc_t adds to f_t dc_t, i_pre, f_pre, g_pre, and one of dL/dh_t to o_pre, dL/dc_t: known beforehand.
    by_c = np.stack((f, g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g)), axis=2)
    by_h = np.stack((tanh_c * o * (1 - o), o * (1 - tanh_c * tanh_c)), axis=2)

    recurrent = weights.hh if weights.hr is None else weights.hh @ weights.hr
    dh = d_h.copy() if weights.hr is None else apply_rows(d_h, weights.hr)
    parts = _scan(dh, d_c, by_c, by_h, recurrent)
    d_pre, dc = parts[:, :, 1:5], parts[:, :, 5]
    rows = d_pre.reshape(*dh.shape[:2], len(weights.hh))
    d_values = {
        "i": dc * g,
        "f": dc * c_before,
        "g": dc * i,
        "o": dh * tanh_c,
        "c": dc,
        "h": dh,
        "x": apply_rows(rows, weights.ih),
        **{f"{symbol}_pre": d_pre[:, :, k] for k, symbol in enumerate("ifgo")},
    }
    if weights.hr is not None:
        d_values["h"] = d_h.copy()
        d_values["h"][:-1] += apply_rows(rows[1:], weights.hh)
    return Derivatives(d_values, rows, rows, h0=(rows[:1] @ weights.hh).sum(0), c0=parts[:1, :, 0].sum(0))


def _scan(dh: Steps, d_c: Steps | None, by_c: np.ndarray, by_h: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Go from the last step to the first, completing dh [time, batch, unit] in place.

    At each step  dh_t += dpre_{t+1} matrix  and  dc_t = o_t (1 − tanh² c_t) dh_t + f_{t+1} dc_{t+1} + d_c_t. Returns
    f dc, the pre-activations' i f g o, and dc itself, as [time, batch, 6, unit].
    """
    time, batch, units = dh.shape
    parts = np.empty((time, batch, 6, units), dh.dtype)
    rows = parts.reshape(time, batch, 6 * units)[:, :, units : 5 * units]
    term = np.zeros((batch, units), dh.dtype)
    rows_next, f_dc_next = np.zeros((batch, 4 * units), dh.dtype), np.zeros((batch, units), dh.dtype)
    # On arrays this small every call counts: what shares a factor lies side by side, and iteration yields the views.
    steps = zip(
        dh[::-1], dh[::-1, :, None], repeat(None) if d_c is None else d_c[::-1], by_c[::-1], by_h[::-1],
        parts[::-1, :, :4], parts[::-1, :, 4:], parts[::-1, :, 0], parts[::-1, :, 5], parts[::-1, :, 5:], rows[::-1],
        strict=False,
    )  # fmt: skip
    for dh_t, dh_column, d_c_t, by_c_t, by_h_t, from_c, from_h, f_dc, dc, dc_column, rows_t in steps:
        rows_next.dot(matrix, term)
        add(dh_t, term, dh_t)
        multiply(by_h_t, dh_column, from_h)
        add(dc, f_dc_next, dc)
        if d_c_t is not None:
            add(dc, d_c_t, dc)
        multiply(by_c_t, dc_column, from_c)
        rows_next, f_dc_next = rows_t, f_dc
    return parts
