"""The LSTM cell's mathematics: hidden states to gates, and gates to gradients.

    i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi)      f_t, o_t likewise
    g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)
    c_t = f_t c_{t−1} + i_t g_t
    h_t = o_t tanh(c_t)                                 W_hr (o_t tanh(c_t)) with a projection

Sources: Hochreiter & Schmidhuber 1997, Gers et al. 2000, Sak et al. 2014 (projection), PyTorch's nn.LSTM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy import add, multiply

from lstm_viz.cells.sides import MANY, Back, mixed
from lstm_viz.cells.weights import Derivatives, Edit, State, Steps, Weights, apply_rows, previous, sigmoid, unedited

#: Several [time, batch, unit] arrays of factors.
Factors = tuple[Steps, ...]


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


def step(weights: Weights, rows: State, h: State, c: State | None, edit: Edit = unedited) -> dict[str, State]:
    """Go one step forward: i f g o c h [batch, unit], each given to `edit` before anything depends on it.

    `rows` [batch, row] are W_ih x_t + b_ih; `h` and `c` are the states before the step.
    """
    assert c is not None, "an LSTM has a cell state"
    pre = (weights.from_hidden(h) + rows).reshape(len(h), 4, -1)
    values = {"i": sigmoid(pre[:, 0]), "f": sigmoid(pre[:, 1]), "g": np.tanh(pre[:, 2]), "o": sigmoid(pre[:, 3])}
    for symbol, gate in values.items():
        edit(symbol, gate)
    values["c"] = values["f"] * c + values["i"] * values["g"]
    edit("c", values["c"])
    values["h"] = values["o"] * np.tanh(values["c"])
    if weights.hr is not None:
        values["h"] = apply_rows(values["h"], weights.hr.T)
    edit("h", values["h"])
    return values


def bptt(
    weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None
) -> Derivatives:
    """Carry derivatives back through time.

    `d_h` and `d_c` [time, batch, unit] are the derivatives by h_t and c_t from outside this layer (d_c None: none).
    Their batch axis may hold K right-hand sides at once where `values` has a batch of one.
    """
    assert c0 is not None, "an LSTM has a cell state"
    i, g = values["i"], values["g"]
    c_before, tanh_c = previous(values["c"], c0), np.tanh(values["c"])
    by_c, by_h = _slopes(values, c_before, tanh_c)
    recurrent = weights.hh if weights.hr is None else weights.hh @ weights.hr
    dh = d_h.copy() if weights.hr is None else apply_rows(d_h, weights.hr)
    dc = np.zeros_like(dh) if d_c is None else d_c.copy()
    d_pre, f_dc = _scan(dh, dc, by_c, by_h, recurrent)
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
    return Derivatives(d_values, rows, rows, h0=(rows[:1] @ weights.hh).sum(0), c0=f_dc)


def slopes(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None) -> Factors:
    """What `back` multiplies by at each step, all known beforehand."""
    assert c0 is not None, "an LSTM has a cell state"
    by_c, by_h = _slopes(values, previous(values["c"], c0), np.tanh(values["c"]))
    return (*by_c, *by_h)


def back(weights: Weights, factors: Sequence[State], d_h: State, d_c: State | None, by_input: bool = False) -> Back:
    """Go one step back with any number of right-hand sides.

    `factors` are those of `slopes` at step t; `d_h` [side, hidden] is all that reaches h_t, `d_c` [side, unit] what reaches
    c_t from the steps after; `by_input` asks for the derivative by x_t too.
    """
    i_c, f_c, g_c, f, o_h, c_h = factors
    dh = d_h if weights.hr is None else d_h @ weights.hr
    dc = c_h * dh
    if d_c is not None:
        dc += d_c
    units, many = dh.shape[1], len(dh) >= MANY
    rows = np.concatenate((dc, dh) if many else (i_c * dc, f_c * dc, g_c * dc, o_h * dh), axis=1)

    def through(matrix: np.ndarray) -> State:
        if many:
            fewer = np.empty((2 * units, matrix.shape[1]), matrix.dtype)
            mixed((i_c, f_c, g_c), matrix[: 3 * units], fewer[:units])
            mixed((o_h,), matrix[3 * units :], fewer[units:])
            matrix = fewer
        return rows @ matrix

    return Back(through(weights.hh), through(weights.ih) if by_input else None, dc, f * dc)


def _slopes(values: Mapping[str, Steps], c_before: Steps, tanh_c: Steps) -> tuple[Factors, Factors]:
    """What one unit of dL/dc_t adds to i_pre, f_pre, g_pre and dL/dc_{t−1}, and one of dL/dh_t to o_pre and dL/dc_t."""
    i, f, g, o = (values[symbol] for symbol in "ifgo")
    by_c = (g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g), f)
    return by_c, (tanh_c * o * (1 - o), o * (1 - tanh_c * tanh_c))


def _scan(dh: Steps, dc: Steps, by_c: Factors, by_h: Factors, matrix: np.ndarray) -> tuple[np.ndarray, State]:
    """Go from the last step to the first, completing dh and dc [time, batch, unit] in place.

    At each step  dh_t += dpre_{t+1} matrix  and  dc_t += o_t (1 − tanh² c_t) dh_t + f_{t+1} dc_{t+1}. Returns the
    pre-activations' i f g o as [time, batch, 4, unit], and what reaches the cell state before the first step.
    """
    time, batch, units = dh.shape
    d_pre = np.empty((time, batch, 4, units), dh.dtype)
    f_dc, term = np.zeros((2, batch, units), dh.dtype)
    rows_next = np.zeros((batch, 4 * units), dh.dtype)
    rows = d_pre.reshape(time, batch, 4 * units)
    # On arrays this small each call's own cost counts: plain products of equal shapes are the cheapest, and iteration
    # yields the views.
    for dh_t, dc_t, i_c, f_c, g_c, f_t, o_h, c_h, d_i, d_f, d_g, d_o, rows_t in zip(
        dh[::-1], dc[::-1], *(factor[::-1] for factor in (*by_c, *by_h)),
        *(d_pre[::-1, :, gate] for gate in range(4)), rows[::-1], strict=True,
    ):  # fmt: skip
        rows_next.dot(matrix, term)
        add(dh_t, term, dh_t)
        multiply(o_h, dh_t, d_o)
        multiply(c_h, dh_t, term)
        add(dc_t, term, dc_t)
        add(dc_t, f_dc, dc_t)
        multiply(i_c, dc_t, d_i)
        multiply(f_c, dc_t, d_f)
        multiply(g_c, dc_t, d_g)
        multiply(f_t, dc_t, f_dc)
        rows_next = rows_t
    return d_pre, f_dc
