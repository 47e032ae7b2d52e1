"""Two paths of the cell's gradient: the direct path along the cell state, and the path through the gates.

    ∂c_T/∂c_t = ∏_{s=t+1..T} diag(f_s)  +  what goes through h_t … h_{T−1} and the gates that they open

Source: Hochreiter & Schmidhuber 1997 (the constant error carousel), Gers et al. 2000 (its forget gate). The GRU's h has the
same direct path with its update gate z; a plain RNN has none, so its direct path is zero before T.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.capture.layers import layers_of
from lstm_viz.gates import KEEP_GATE, Kind
from lstm_viz.gradients.backward_scan import BackwardScan
from lstm_viz.models.checks import require_trace_of
from lstm_viz.models.language import LanguageModel
from lstm_viz.results import Result
from lstm_viz.trace import LayerTrace, Trace


@dataclass(frozen=True, eq=False, repr=False)
class GradientPaths(Result):
    """∂s_T/∂s_t in one layer for the steps t = `first` … T, where s is its memory `symbol`: c, or h without a cell.

    `kind` is the layer's cell: "lstm", "gru" or "rnn". For every requested unit u, [time, unit]: `direct` is the ∏ of its forget
    (or update) gate, `diagonal` ∂s_T,u/∂s_t,u, and `row` the norm of ∂s_T,u/∂s_t over all units of s_t. For these units together,
    as Frobenius norms [time]: `layer` of the Jacobian, `layer_direct` of the direct path, `layer_gates` of their difference, the
    path through the gates.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.gradient_paths(model, lstm_viz.trace(model, "aabb"), layer=0, step=3)
        >>> result.symbol, np.allclose(result.direct[-1], 1.0)             # at the last step nothing is between
        ('c', True)
    """

    _drawn = ("layer",)

    kind: Kind
    symbol: str
    first: int
    direct: Float[np.ndarray, "time unit"]
    diagonal: Float[np.ndarray, "time unit"]
    row: Float[np.ndarray, "time unit"]
    layer: Float[np.ndarray, " time"]
    layer_direct: Float[np.ndarray, " time"]
    layer_gates: Float[np.ndarray, " time"]


def gradient_paths(
    model: LanguageModel, trace: Trace, layer: int, step: int, first: int = 0, units: Sequence[int] | None = None
) -> GradientPaths:
    """Compute the Jacobian of one layer's memory at `step` by that at every step from `first` on, and its direct path.

    All units, or only the rows of some `units`, go back at once as right-hand sides of one reverse scan; no full Jacobian is
    stored.

    Args:
        model: The model that read the text.
        trace: Its trace; no objective is needed.
        layer: The layer, from 0.
        step: The step T whose memory is differentiated.
        first: The earliest step by which it is differentiated.
        units: The units of the memory at T to compute; None for all.

    Returns:
        The whole Jacobian's norms and those of the direct path, [time] and [time, unit] for the steps `first` … T.

    Raises:
        IndexError: A layer, step or unit is out of range.
        ValueError: The trace is of another model.
        TypeError: The model is not a `LanguageModel`, or the trace not a `Trace`.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.gradient_paths(model, lstm_viz.trace(model, "aabb"), layer=0, step=3)
        >>> print(result.layer.round(2), result.layer_direct.round(2))
        [1.33 1.33 1.52 2.  ] [1.29 1.32 1.46 2.  ]
    """
    require_trace_of(model, trace)
    if not 0 <= layer < len(trace.layers):
        raise IndexError(f"layer {layer} is out of range; the model has layers 0 to {len(trace.layers) - 1}")
    read = trace.layers[layer]
    if not 0 <= first <= step < read.steps:
        raise IndexError(f"steps {first} to {step} lie outside a text of {read.steps} steps; give 0 ≤ first ≤ step < that")
    rows = np.arange(read.units) if units is None else np.asarray(units, dtype=np.intp)
    if not ((rows >= 0) & (rows < read.units)).all():
        raise IndexError(f"units {rows.tolist()} are out of range; the layer has units 0 to {read.units - 1}")
    symbol, count = "h" if read.c0 is None else "c", step + 1 - first
    carried = BackwardScan(layers_of(model.rnn)[layer], read, len(rows))
    direct = direct_path(read, step)[first:, rows]
    diagonal, row = np.empty((2, count, len(rows)))
    norms = np.empty((2, count))
    ones = np.eye(read.units, dtype=direct.dtype)[rows]
    zeros = np.zeros((len(rows), read.h0.shape[1]), direct.dtype)
    for position in range(count - 1, -1, -1):
        last = position == count - 1
        d_h, d_c = (ones if last and symbol == "h" else zeros), (ones if last and symbol == "c" else None)
        jacobian = carried.backward_step(first + position, d_h, d_c)[0][symbol]
        squares = np.einsum("uv,uv->u", jacobian, jacobian, dtype=np.float64)
        own = jacobian[np.arange(len(rows)), rows].astype(np.float64)
        diagonal[position], row[position] = own, np.sqrt(squares)
        gates = squares.sum() - np.square(own).sum() + np.square(own - direct[position]).sum()
        norms[:, position] = np.sqrt(squares.sum()), np.sqrt(max(gates, 0.0))
    return GradientPaths(read.kind, symbol, first, direct, diagonal, row, norms[0], np.linalg.norm(direct, axis=1), norms[1])


def direct_path(layer: LayerTrace, step: int) -> Float[np.ndarray, "time unit"]:
    """Compute ∏_{s=t+1..step} of the forget (or update) gate for t = 0 … step; without one, 1 at the step itself and 0 before."""
    products = np.ones((step + 1, layer.units), layer.h0.dtype)
    keeper = KEEP_GATE.get(layer.kind)
    if keeper is None:
        products[:-1] = 0.0
    else:
        products[:-1] = np.cumprod(layer.values[keeper][step:0:-1, 0], axis=0)[::-1]
    return products
