"""Decompose a pre-activation: one unit at one step, split into its exact terms W·x + U·h + b.

For the GRU's new state the recurrent part is what the reset gate lets through, r_t (W_hn h_{t−1} + b_hn), as in
PyTorch's documentation of nn.GRU.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells.weights import Weights
from lstm_viz.gates import PACKED
from lstm_viz.results import Result
from lstm_viz.trace import LayerTrace

Ranked = tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False, repr=False)
class PreactivationTerms(Result):
    """One pre-activation as a sum: `total` = `inputs` + `recurrent` + `bias`.

    `largest_inputs` and `largest_units` rank single products W_kj x_j and U_kj h_j by magnitude, as (j, product).
    """

    inputs: float
    recurrent: float
    bias: float
    total: float
    largest_inputs: Ranked
    largest_units: Ranked


def decompose_preactivation(
    layer: LayerTrace, weights: Weights, step: int, unit: int, count: int = 4
) -> Mapping[str, PreactivationTerms]:
    """Decompose every gate of one unit at one step of a trace of one text (batch 0), by symbol.

    Raises IndexError outside the trace, and ValueError if the state before the step was changed and is not in the trace.
    """
    if not (0 <= step < layer.steps and 0 <= unit < layer.units):
        raise IndexError(f"step {step}, unit {unit} lie outside {layer.steps} steps and {layer.units} units")
    if step in layer.changed:
        raise ValueError(f"step {step} starts from a changed state that is not in the trace; choose another step")
    x = layer.values["x"][step, 0]
    # The reverse direction comes from the step after.
    index = step + 1 if layer.reverse else step - 1
    before = (layer.values["h"][index] if 0 <= index < layer.steps else layer.h0)[0]
    terms = {}
    for block, symbol in enumerate(PACKED[layer.kind]):
        row = block * layer.units + unit
        through = float(layer.values["r"][step, 0, unit]) if symbol == "n" else 1.0
        from_input, from_units = weights.ih[row] * x, through * weights.hh[row] * before
        bias = _bias(weights.b_ih, row) + through * _bias(weights.b_hh, row)
        inputs, recurrent = float(from_input.sum()), float(from_units.sum())
        terms[symbol] = PreactivationTerms(
            inputs, recurrent, bias, inputs + recurrent + bias, _largest(from_input, count), _largest(from_units, count)
        )
    return terms


def _bias(biases: np.ndarray | None, row: int) -> float:
    return 0.0 if biases is None else float(biases[row])


def _largest(products: np.ndarray, count: int) -> Ranked:
    ranked = np.argsort(-np.abs(products), kind="stable")[:count]
    return tuple((int(index), float(products[index])) for index in ranked)
