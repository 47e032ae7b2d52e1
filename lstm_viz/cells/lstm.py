"""The LSTM cell's mathematics: hidden states to gates, and gates to gradients.

    i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi)      f_t, o_t likewise
    g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)
    c_t = f_t c_{t−1} + i_t g_t
    h_t = o_t tanh(c_t)                                 W_hr (o_t tanh(c_t)) with a projection

Sources: Hochreiter & Schmidhuber 1997, Gers et al. 2000, Sak et al. 2014 (projection), PyTorch's nn.LSTM.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

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
        np.multiply(f_t, before, carried)
        np.add(c_t, carried, c_t)
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
    # What one unit of dL/dc_t or dL/dh_t adds to each pre-activation, known before the scan begins.
    by_c = np.stack((g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g)), axis=2)
    by_h = tanh_c * o * (1 - o)
    h_to_c = o * (1 - tanh_c * tanh_c)

    recurrent = weights.hh if weights.hr is None else weights.hh @ weights.hr
    dh = d_h.copy() if weights.hr is None else apply_rows(d_h, weights.hr)
    dc = np.zeros_like(dh) if d_c is None else d_c.copy()
    d_pre = np.empty((*dh.shape[:2], 4, dh.shape[2]), dh.dtype)
    _scan(dh, dc, d_pre, f, by_c, by_h, h_to_c, recurrent)

    rows = d_pre.reshape(*dh.shape[:2], len(weights.hh))
    into_h = apply_rows(rows, weights.hh)  # dL/dh_{t−1} through step t
    d_values = {
        "i": dc * g,
        "f": dc * c_before,
        "g": dc * i,
        "o": dh * tanh_c,
        "c": dc,
        "h": dh if weights.hr is None else d_h + np.concatenate((into_h[1:], np.zeros_like(into_h[:1]))),
        "x": apply_rows(rows, weights.ih),
        **{f"{symbol}_pre": d_pre[:, :, k] for k, symbol in enumerate("ifgo")},
    }
    return Derivatives(d_values, rows, rows, h0=into_h[:1].sum(0), c0=(dc[:1] * f[:1]).sum(0))


def _scan(
    dh: Steps, dc: Steps, d_pre: np.ndarray, f: Steps, by_c: np.ndarray, by_h: Steps, h_to_c: Steps, matrix: np.ndarray
) -> None:
    """Complete dh, dc [time, batch, unit] and d_pre [time, batch, 4, unit] in place, from the last step to the first.

    At each step  dh_t += dpre_{t+1} matrix,  dc_t += f_{t+1} dc_{t+1} + o_t (1 − tanh² c_t) dh_t,  and dpre_t is
    by_c dc_t for i f g and by_h dh_t for o.
    """
    rows = d_pre.reshape(*dh.shape[:2], 4 * dh.shape[2])
    term = np.zeros(dh.shape[1:], dh.dtype)
    rows_next, dc_next, f_next = np.zeros(rows.shape[1:], dh.dtype), term.copy(), term.copy()
    # On arrays this small the interpreter counts: iteration yields the views, and every operation writes in place.
    steps = zip(
        dh[::-1], dc[::-1], dc[::-1, :, None], rows[::-1], d_pre[::-1, :, :3], d_pre[::-1, :, 3],
        f[::-1], by_c[::-1], by_h[::-1], h_to_c[::-1], strict=True,
    )  # fmt: skip
    for dh_t, dc_t, dc_t_column, rows_t, d_ifg_t, d_o_t, f_t, by_c_t, by_h_t, h_to_c_t in steps:
        np.matmul(rows_next, matrix, term)
        np.add(dh_t, term, dh_t)
        np.multiply(f_next, dc_next, term)
        np.add(dc_t, term, dc_t)
        np.multiply(h_to_c_t, dh_t, term)
        np.add(dc_t, term, dc_t)
        np.multiply(by_c_t, dc_t_column, d_ifg_t)
        np.multiply(by_h_t, dh_t, d_o_t)
        rows_next, dc_next, f_next = rows_t, dc_t, f_t
