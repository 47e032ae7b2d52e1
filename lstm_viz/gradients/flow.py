"""Gradient flow: how much of every later loss reaches every earlier state.

Source: Cashman et al. 2018, RNNbow. All losses share one reverse scan through all layers, each as one right-hand side that
joins at its own step: nothing is computed for steps after a loss, and only norms are stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.capture.layers import layers_of
from lstm_viz.cells import State
from lstm_viz.gates import Kind
from lstm_viz.gradients.backward_scan import BackwardScan
from lstm_viz.models.checks import require_trace_of
from lstm_viz.models.language import LanguageModel
from lstm_viz.results import Result
from lstm_viz.trace import Trace

GradientNorms = Float[np.ndarray, "loss step"]


@dataclass(frozen=True, eq=False, repr=False)
class Flow(Result):
    """‖∂L_k/∂h_t‖ and ‖∂L_k/∂c_t‖ in one layer, [loss, step], where L_k = −ln p(token k+1 | tokens up to k), in nats.

    Row and column j both stand for step `first` + j. Zero if the loss is before the step; `c` is None without a cell.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> layer = lstm_viz.flow(model, lstm_viz.trace(model, "aabb"))[0]
        >>> layer.kind, layer.h.shape, layer.c is None
        ('lstm', (3, 3), False)
    """

    _drawn = ("c", "h")

    kind: Kind
    layer: int
    first: int
    h: GradientNorms
    c: GradientNorms | None

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the symbols of the states, the cell's first."""
        return ("h",) if self.c is None else ("c", "h")

    def of(self, symbol: str) -> GradientNorms:
        """Return the norms for one state; KeyError if the layer does not have it."""
        if symbol not in self.symbols:
            raise KeyError(f"no flow by {symbol!r}; available: {', '.join(self.symbols)}")
        return self.h if symbol == "h" or self.c is None else self.c


def flow(model: LanguageModel, trace: Trace, first: int = 0, lowest: int = 0) -> tuple[Flow, ...]:
    """Compute the derivative of every later loss by every state, for each layer from `lowest` up, lowest first.

    Args:
        model: The model that read the text.
        trace: Its trace; no objective is needed.
        first: Earlier steps and losses are left out, for long texts: the cost grows with the square of the rest.
        lowest: The lowest layer to compute.

    Returns:
        For each layer the norms by c and h, [loss, step], in nats per unit of the state. A text of fewer than two tokens from
        `first` on has no losses, and gives matrices of no rows.

    Raises:
        ValueError: `first` or `lowest` is out of range, the trace is of another model, or the model is a classifier.
        TypeError: The model is not a `LanguageModel`, or the trace not a `Trace`.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> print(lstm_viz.flow(model, lstm_viz.trace(model, "aabb"))[-1].c.round(1))
        [[0.4 0.  0. ]
         [0.9 1.9 0. ]
         [0.  0.  0. ]]
    """
    require_trace_of(model, trace)
    if first < 0 or not 0 <= lowest < len(trace.layers):
        raise ValueError(
            f"step {first} in layer {lowest} is out of range; choose step 0 or later, and layers 0 to {len(trace.layers) - 1}"
        )
    if not model.predicts_next_token:
        raise ValueError("this model is a classifier and predicts no next token, so a text has no losses; use a language model")
    losses = max(len(trace.ids) - 1 - first, 0)
    gradients = _by_top(model, trace, first, losses)
    reads = trace.layers[lowest:]
    layers = [BackwardScan(layer, read, losses) for layer, read in zip(layers_of(model.rnn)[lowest:], reads, strict=True)]
    norms = [{symbol: np.zeros((losses, losses)) for symbol in layer.symbols} for layer in layers]
    # The latest loss is side 0: the losses that reach a step are then the first few, and a step's own loss is the last of them.
    for position in range(losses - 1, -1, -1):
        sides = losses - position
        d_h = np.zeros((sides, gradients.shape[1]), gradients.dtype)
        d_h[-1] = gradients[position]
        for carried, layer_norms in zip(layers[::-1], norms[::-1], strict=True):
            states, by_input = carried.backward_step(first + position, d_h, by_input=carried is not layers[0])
            d_h = d_h if by_input is None else by_input
            for symbol, derivatives in states.items():
                layer_norms[symbol][position:, position] = _norms(derivatives)[::-1]
    return tuple(
        Flow(read.kind, read.layer, first, layer_norms["h"], layer_norms.get("c"))
        for read, layer_norms in zip(reads, norms, strict=True)
    )


def _by_top(model: LanguageModel, trace: Trace, first: int, losses: int) -> Float[np.ndarray, "loss hidden"]:
    """Compute ∂L_k/∂h_k of the topmost layer, each loss at its own step: Wᵀ(p − one-hot of the next token)."""
    by_logits = trace.probs[first : first + losses].copy()
    by_logits[np.arange(losses), trace.ids[first + 1 : first + 1 + losses]] -= 1.0
    return by_logits @ model.decoder.weight.detach().numpy()


def _norms(derivatives: State) -> Float[np.ndarray, " side"]:
    return np.sqrt(np.vecdot(derivatives, derivatives))
