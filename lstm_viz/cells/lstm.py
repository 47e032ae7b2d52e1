"""The LSTM cell's mathematics: hidden states to gates, and gates to gradients.

    i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi)      f_t, o_t likewise
    g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)
    c_t = f_t c_{t−1} + i_t g_t
    h_t = o_t tanh(c_t)                                 W_hr (o_t tanh(c_t)) with a projection

Sources: Hochreiter & Schmidhuber 1997, Gers et al. 2000, Sak et al. 2014 (projection), PyTorch's nn.LSTM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

import numpy as np
import torch
from jaxtyping import Float
from numpy import add, multiply

from lstm_viz.cells.backward import BackwardPass
from lstm_viz.cells.multi_rhs import MIN_RHS_FOR_FUSION, StepGradients, weighted_blocks
from lstm_viz.cells.weights import (
    Derivatives,
    Derived,
    Factors,
    InterventionHook,
    State,
    Steps,
    Weights,
    apply_rows,
    no_op,
    previous,
    sigmoid,
)

#: Largest difference, in single precision, between hidden states and those computed from the gates.
SAME = 1e-5
_HALVES = np.array([[0.5], [0.5], [1.0], [0.5]], np.float32)


def replay(weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None) -> dict[str, Steps]:
    """Recover i f g o c [time, batch, unit] from inputs and hidden states, all steps at once.

    Every h_{t−1} is known, so the gates need one matrix product and only c_t a scan.
    """
    assert c0 is not None, "an LSTM has a cell state"
    gates = weights.input_projection(x)
    gates += weights.recurrent_projection(previous(h, h0))
    gates = gates.reshape(*x.shape[:2], 4, len(weights.hh) // 4)
    squash = torch.from_numpy(gates)  # PyTorch's sigmoid is several times as fast as one written in numpy
    squash[:, :, :2].sigmoid_()
    squash[:, :, 2].tanh_()
    squash[:, :, 3].sigmoid_()
    return _with_cell(gates, c0)


def from_gates(
    weights: Weights, gates: Float[np.ndarray, "time batch 4 unit"], x: Steps, h: Steps, h0: State, c0: State | None
) -> dict[str, Steps] | None:
    """Return the same as `replay` from cached gates; None if they do not reproduce h.

    Every h_t is compared, and the gates of the last step are recomputed from its input and previous state: h alone would not
    reveal swapped i and g.
    """
    assert c0 is not None, "an LSTM has a cell state"
    values = _with_cell(gates, c0)
    again = hidden_of(weights, values, h0)
    again -= h
    if not np.abs(again, again).max(initial=0.0) <= SAME:
        return None
    pre = weights.input_projection(x[-1]) + weights.recurrent_projection(h[-2] if len(h) > 1 else h0)
    last = np.tanh(pre.reshape(gates[-1].shape) * _HALVES) * _HALVES + (1 - _HALVES)  # σ(z) = (1 + tanh(z / 2)) / 2
    return values if np.abs(last - gates[-1]).max(initial=0.0) <= SAME else None


def _with_cell(gates: np.ndarray, c0: State) -> dict[str, Steps]:
    """Return the gates [time, batch, 4, unit] by symbol, and the c computed from them."""
    i, f, g, o = (gates[:, :, k] for k in range(4))
    c = i * g
    carried, before = np.empty_like(c0), c0
    for f_t, c_t in zip(f, c, strict=True):
        multiply(f_t, before, carried)
        add(c_t, carried, c_t)
        before = c_t
    return {"i": i, "f": f, "g": g, "o": o, "c": c}


def hidden_of(weights: Weights, values: Mapping[str, Steps], h0: State) -> Steps:
    """Compute h_t of every step from its o and c, [time, batch, unit]."""
    h: Steps = values["o"] * np.tanh(values["c"])
    return h if weights.hr is None else apply_rows(h, weights.hr.T)


def step(weights: Weights, preactivations: State, h: State, c: State | None, edit: InterventionHook = no_op) -> dict[str, State]:
    """Compute one step forward: i f g o c h [batch, unit], each passed to `edit` before it is used.

    `preactivations` [batch, row] are W_ih x_t + b_ih; `h` and `c` are the states before the step.
    """
    assert c is not None, "an LSTM has a cell state"
    pre = (weights.recurrent_projection(h) + preactivations).reshape(len(h), 4, -1)
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


class Backward(BackwardPass):
    """The backward pass through time of an LSTM layer.

    `d_h` and `d_c` [time, batch, unit] are the derivatives by h_t and c_t from outside this layer (d_c None: none).
    Their batch axis may hold K right-hand sides at once if `values` has a batch of one. `known` are cached `factors` of these
    values.
    """

    def __init__(
        self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None,
        known: Factors | None = None,
    ) -> None:  # fmt: skip
        assert c0 is not None, "an LSTM has a cell state"
        super().__init__(weights, d_h)
        self._values, self._c0, self._d_c = values, c0, d_c
        self._known = factors(weights, values, h0, c0) if known is None else known
        self._recurrent = weights.hh if weights.hr is None else weights.hh @ weights.hr
        time, batch, units = *d_h.shape[:2], self._recurrent.shape[1]
        self._dh, self._dc = np.empty((2, time, batch, units), d_h.dtype)
        # For each step side by side: f dc, the pre-activations' i f g o, and what dh adds to dc.
        self._products = np.empty((time, batch, 6, units), d_h.dtype)
        self._rows = self._products[:, :, 1:5].reshape(time, batch, 4 * units)
        # From the next later step: its rows, and its f dc.
        self._carried = np.zeros((batch, 4 * units), d_h.dtype), np.zeros((batch, units), d_h.dtype)

    def scan(self, first: int, last: int) -> None:
        """Complete dh and dc of some steps.

        Each step computes  dh_t += dpre_{t+1} W_hh  and  dc_t = d_c_t + o_t (1 − tanh² c_t) dh_t + f_{t+1} dc_{t+1}.
        """
        piece = slice(first, last)
        outside, dh, dc, d_c = self.d_h[piece], self._dh[piece], self._dc[piece], self._d_c
        dh[:] = outside if self.weights.hr is None else apply_rows(outside, self.weights.hr)
        by_c, by_h = self._known["by_c"][piece], self._known["by_h"][piece]
        products, rows = self._products[piece], self._rows[piece]
        dh_rows, dc_rows = dh[:, :, None], dc[:, :, None]
        (rows_next, f_dc), d_c = self._carried, None if d_c is None else d_c[piece]
        if dh.shape[1] == 1:
            # The product of a vector and the matrix is faster than that of a one-row matrix.
            dh, dc, by_c, by_h, products, rows = (each[:, 0] for each in (dh, dc, by_c, by_h, products, rows))
            rows_next, f_dc, d_c = rows_next.reshape(-1), f_dc.reshape(-1), None if d_c is None else d_c[:, 0]
            dh_rows, dc_rows = dh, dc
        term = np.empty_like(f_dc)
        matrix = self._recurrent
        # On such small arrays the overhead of each call matters as much as the matrix product, so calls are kept few;
        # iteration yields the views.
        for dh_t, dh_row, dc_t, dc_row, by_c_t, by_h_t, with_c, with_h, f_dc_t, c_h_t, rows_t, d_c_t in zip(
            dh[::-1], dh_rows[::-1], dc[::-1], dc_rows[::-1], by_c[::-1], by_h[::-1], products[::-1, ..., :4, :],
            products[::-1, ..., 4:, :], products[::-1, ..., 0, :], products[::-1, ..., 5, :], rows[::-1],
            repeat(None) if d_c is None else d_c[::-1], strict=False,
        ):  # fmt: skip
            rows_next.dot(matrix, term)
            add(dh_t, term, dh_t)
            multiply(by_h_t, dh_row, with_h)
            add(c_h_t, f_dc, dc_t)
            if d_c_t is not None:
                add(dc_t, d_c_t, dc_t)
            multiply(by_c_t, dc_row, with_c)
            rows_next, f_dc = rows_t, f_dc_t
        self._carried = rows_next, f_dc

    def to_input(self, first: int, last: int) -> None:
        """Compute the derivatives by the input of some steps."""
        self._multiply(self._rows, first, last)

    def derivatives(self) -> Derivatives:
        """Return all derivatives by symbol, and those by the initial states."""
        weights, values, dh, dc, rows = self.weights, self._values, self._dh, self._dc, self._rows
        d_pre = self._products[:, :, 1:5]
        derivatives = {"c": dc, "h": dh, "x": self.x, **{f"{symbol}_pre": d_pre[:, :, k] for k, symbol in enumerate("ifgo")}}
        if weights.hr is not None:
            derivatives["h"] = self.d_h.copy()
            derivatives["h"][:-1] += apply_rows(rows[1:], weights.hh)
        later = {
            "i": lambda: dc * values["g"],
            "f": lambda: dc * previous(values["c"], self._c0),
            "g": lambda: dc * values["i"],
            "o": lambda: dh * np.tanh(values["c"]),
        }
        h0, c0 = (rows[:1] @ weights.hh).sum(0), self._products[:1, :, 0].sum(0)
        return Derivatives(Derived(derivatives, later), rows, rows, h0=h0, c0=c0)


def factors(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None) -> Factors:
    """Return the multipliers of the backward pass at each step, which depend on it and the previous step only.

    `by_c` [time, batch, 4, unit] is what one unit of dL/dc_t adds to dL/dc_{t−1} and to i_pre, f_pre and g_pre, `by_h`
    [time, batch, 2, unit] what one of dL/dh_t adds to o_pre and to dL/dc_t.
    """
    assert c0 is not None, "an LSTM has a cell state"
    i, f, g, o = (values[symbol] for symbol in "ifgo")
    tanh_c = np.tanh(values["c"])
    by_c = np.empty((*f.shape[:2], 4, f.shape[2]), f.dtype)
    by_h = np.empty((*f.shape[:2], 2, f.shape[2]), f.dtype)
    by_c[:, :, 0] = f
    multiply(g * i, 1 - i, by_c[:, :, 1])
    multiply(previous(values["c"], c0) * f, 1 - f, by_c[:, :, 2])
    multiply(i, 1 - g * g, by_c[:, :, 3])
    multiply(tanh_c * o, 1 - o, by_h[:, :, 0])
    multiply(o, 1 - tanh_c * tanh_c, by_h[:, :, 1])
    return {"by_c": by_c, "by_h": by_h}


def local_derivatives(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None) -> tuple[Steps, ...]:
    """Return the multipliers of `backward_step` at each step."""
    known = factors(weights, values, h0, c0)
    f, i_c, f_c, g_c = (known["by_c"][:, :, k] for k in range(4))
    o_h, c_h = (known["by_h"][:, :, k] for k in range(2))
    return i_c, f_c, g_c, f, o_h, c_h


def backward_step(
    weights: Weights, factors: Sequence[State], d_h: State, d_c: State | None, by_input: bool = False
) -> StepGradients:
    """Compute one step back with any number of right-hand sides.

    `factors` are those of `local_derivatives` at step t; `d_h` [side, hidden] is the total derivative by h_t, `d_c` [side, unit]
    the later steps' derivative by c_t; `by_input` requests the derivative by x_t.
    """
    i_c, f_c, g_c, f, o_h, c_h = factors
    dh = d_h if weights.hr is None else d_h @ weights.hr
    dc = c_h * dh
    if d_c is not None:
        dc += d_c
    units, many = dh.shape[1], len(dh) >= MIN_RHS_FOR_FUSION
    rows = np.concatenate((dc, dh) if many else (i_c * dc, f_c * dc, g_c * dc, o_h * dh), axis=1)
    if not many:
        return StepGradients(rows @ weights.hh, rows @ weights.ih if by_input else None, dc, f * dc)
    # Both matrices side by side: one wide product is faster than two narrow ones.
    hidden = weights.hh.shape[1]
    fewer = np.empty((2 * units, hidden + (weights.ih.shape[1] if by_input else 0)), weights.hh.dtype)
    for matrix, into in ((weights.hh, fewer[:, :hidden]), (weights.ih, fewer[:, hidden:]))[: 1 + by_input]:
        weighted_blocks((i_c, f_c, g_c), matrix[: 3 * units], into[:units])
        multiply(o_h.T, matrix[3 * units :], into[units:])
    before = rows @ fewer
    return StepGradients(before[:, :hidden], before[:, hidden:] if by_input else None, dc, f * dc)
