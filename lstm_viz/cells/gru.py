"""The GRU cell's mathematics: hidden states to gates, and gates to gradients.

    r_t = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)      z_t likewise
    n_t = tanh(W_in x_t + b_in + r_t q_t)               q_t = W_hn h_{t−1} + b_hn
    h_t = (1 − z_t) n_t + z_t h_{t−1}

Sources: Cho et al. 2014, PyTorch's documentation of nn.GRU (whose reset gate acts after the matrix product).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from lstm_viz.cells.backward import BackwardPass
from lstm_viz.cells.multi_rhs import MIN_RHS_FOR_FUSION, StepGradients, weighted_blocks
from lstm_viz.cells.weights import (
    Derivatives,
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


def replay(weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None = None) -> dict[str, Steps]:
    """Recover r z n [time, batch, unit] from inputs and hidden states, all steps at once."""
    units = weights.hh.shape[1]
    gates, hidden = weights.input_projection(x), weights.recurrent_projection(previous(h, h0))
    gates[..., : 2 * units] += hidden[..., : 2 * units]
    squash = torch.from_numpy(gates)
    squash[..., : 2 * units].sigmoid_()
    r, z, n = (gates[..., k * units : (k + 1) * units] for k in range(3))
    n += r * hidden[..., 2 * units :]
    squash[..., 2 * units :].tanh_()
    return {"r": r, "z": z, "n": n}


def hidden_of(weights: Weights, values: Mapping[str, Steps], h0: State) -> Steps:
    """Compute h_t of every step from its z and n and from h_{t−1}, [time, batch, unit]."""
    h: Steps = (1 - values["z"]) * values["n"] + values["z"] * previous(values["h"], h0)
    return h


def step(
    weights: Weights, preactivations: State, h: State, c: State | None = None, edit: InterventionHook = no_op
) -> dict[str, State]:
    """Compute one step forward: r z n h [batch, unit], each passed to `edit` before it is used.

    `preactivations` [batch, row] are W_ih x_t + b_ih; `h` is the state before the step. `c` is unused; it keeps the signatures
    of all cells equal.
    """
    inputs, hidden = (part.reshape(len(part), 3, -1) for part in (preactivations, weights.recurrent_projection(h)))
    values = {"r": sigmoid(inputs[:, 0] + hidden[:, 0]), "z": sigmoid(inputs[:, 1] + hidden[:, 1])}
    edit("r", values["r"])
    edit("z", values["z"])
    values["n"] = np.tanh(inputs[:, 2] + values["r"] * hidden[:, 2])
    edit("n", values["n"])
    values["h"] = (1 - values["z"]) * values["n"] + values["z"] * h
    edit("h", values["h"])
    return values


class Backward(BackwardPass):
    """The backward pass through time of a GRU layer.

    `d_h` [time, batch, unit] are the derivatives by h_t from outside this layer. Their batch axis may hold K right-hand
    sides at once if `values` has a batch of one. `c0` and `d_c` are not used: they keep the signatures of all cells equal;
    `known` are cached `factors` of these values.
    """

    def __init__(
        self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None,
        known: Factors | None = None,
    ) -> None:  # fmt: skip
        super().__init__(weights, d_h)
        self._values, self._h0 = values, h0
        self._known = factors(weights, values, h0, c0) if known is None else known
        time, batch, units = d_h.shape
        self._dh = np.empty_like(d_h)
        self._gates_hh, self._d_pre = np.empty((2, time, batch, 3, units), d_h.dtype)
        self._rows_hh, self._rows = (each.reshape(time, batch, 3 * units) for each in (self._gates_hh, self._d_pre))
        zeros = np.zeros((batch, units), d_h.dtype)
        # The next later step's rows, dh and z.
        self._carried = np.zeros((batch, 3 * units), d_h.dtype), zeros, zeros

    def scan(self, first: int, last: int) -> None:
        """Complete dh and the rows of some steps:  dh_t += z_{t+1} dh_{t+1} + W_hhᵀ rows_{t+1};  rows_t = by_h dh_t."""
        piece = slice(first, last)
        dh, gates, rows = self._dh[piece], self._gates_hh[piece], self._rows_hh[piece]
        z, by_h = self._values["z"][piece], self._known["by_h"][piece]
        dh[:] = self.d_h[piece]
        rows_next, dh_next, z_next = self._carried
        term = np.empty(dh.shape[1:], dh.dtype)
        steps = zip(dh[::-1], dh[::-1, :, None], gates[::-1], rows[::-1], z[::-1], by_h[::-1], strict=True)
        for dh_t, dh_t_column, gates_t, rows_t, z_t, by_h_t in steps:
            rows_next.dot(self.weights.hh, term)
            np.add(dh_t, term, dh_t)
            np.multiply(z_next, dh_next, term)
            np.add(dh_t, term, dh_t)
            np.multiply(by_h_t, dh_t_column, gates_t)
            rows_next, dh_next, z_next = rows_t, dh_t, z_t
        self._carried = rows_next, dh_next, z_next

    def to_input(self, first: int, last: int) -> None:
        """Compute the derivatives by the input of some steps."""
        piece = slice(first, last)
        self._d_pre[piece] = self._gates_hh[piece]
        np.multiply(self._dh[piece], self._known["n_pre"][piece], self._d_pre[piece, :, 2])
        self._multiply(self._rows, first, last)

    def derivatives(self) -> Derivatives:
        """Return all derivatives by symbol, and those by the initial states."""
        dh, d_pre, z = self._dh, self._d_pre, self._values["z"]
        d_values = {
            "r": d_pre[:, :, 2] * self._known["q"],
            "z": dh * (previous(self._values["h"], self._h0) - self._values["n"]),
            "n": dh * (1 - z),
            "h": dh,
            "x": self.x,
            **{f"{symbol}_pre": d_pre[:, :, k] for k, symbol in enumerate("rzn")},
        }
        h0 = (dh[:1] * z[:1] + self._rows_hh[:1] @ self.weights.hh).sum(0)
        return Derivatives(d_values, self._rows, self._rows_hh, h0=h0)


def factors(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None = None) -> Factors:
    """Return the multipliers of the backward pass at each step, which depend on it and the previous step only.

    `by_h` [time, batch, 3, unit] is what one unit of dL/dh_t adds to the r, z and n rows of W_hh h_{t−1} + b_hh, `n_pre` what
    it adds to n_pre; `q` is the n rows themselves.
    """
    before = previous(values["h"], h0)
    q = _hidden_part(weights, before)
    n_pre, parts = _slopes(values, before, q)
    return {"by_h": np.stack(parts, axis=2), "n_pre": n_pre, "q": q}


def local_derivatives(weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None = None) -> tuple[Steps, ...]:
    """Return the multipliers of `backward_step` at each step."""
    before = previous(values["h"], h0)
    n_pre, parts = _slopes(values, before, _hidden_part(weights, before))
    return (*parts, n_pre, values["z"])


def backward_step(
    weights: Weights, factors: Sequence[State], d_h: State, d_c: State | None = None, by_input: bool = False
) -> StepGradients:
    """Compute one step back with any number of right-hand sides.

    `factors` are those of `local_derivatives` at step t; `d_h` [side, unit] is the total derivative by h_t; `by_input` requests
    the derivative by x_t.
    """
    r_hh, z_pre, n_hh, n_pre, z = factors

    def through(matrix: np.ndarray, gates: Sequence[State]) -> State:
        if len(d_h) >= MIN_RHS_FOR_FUSION:
            return d_h @ weighted_blocks(gates, matrix)
        return np.concatenate([gate * d_h for gate in gates], axis=1) @ matrix

    h_before = through(weights.hh, (r_hh, z_pre, n_hh))
    h_before += z * d_h
    return StepGradients(h_before, through(weights.ih, (r_hh, z_pre, n_pre)) if by_input else None)


def _hidden_part(weights: Weights, before: Steps) -> Steps:
    """Compute q_t = W_hn h_{t−1} + b_hn, [time, batch, unit]."""
    first = 2 * weights.hh.shape[1]
    bias = 0.0 if weights.b_hh is None else weights.b_hh[first:]
    return apply_rows(before, weights.hh[first:].T) + bias


def _slopes(values: Mapping[str, Steps], before: Steps, q: Steps) -> tuple[Steps, tuple[Steps, Steps, Steps]]:
    """Return what one unit of dL/dh_t adds to n_pre, and to the r, z and n rows of W_hh h_{t−1} + b_hh."""
    r, z, n = (values[symbol] for symbol in "rzn")
    n_pre = (1 - z) * (1 - n * n)
    return n_pre, (n_pre * q * r * (1 - r), (before - n) * z * (1 - z), n_pre * r)
