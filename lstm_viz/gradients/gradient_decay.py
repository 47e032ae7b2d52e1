"""How gradients vanish through time: the curve, the average factor for each step, and the distance until a share is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.gates import NAMES, Kind
from lstm_viz.results import Result
from lstm_viz.trace import LayerTrace, require_layer

#: Below this share of the gradient single precision has no digits left for a fit.
_FLOOR = 1e-30


@dataclass(frozen=True)
class Decay:
    """share ≈ const · `factor` ** distance, fitted to the distances `first` … `last`.

    Examples:
        >>> from lstm_viz.gradients import Decay
        >>> Decay(factor=0.5, first=1, last=8).factor
        0.5
    """

    factor: float
    first: int
    last: int


@dataclass(frozen=True, eq=False, repr=False)
class GradientDecay(Result):
    """‖∂L/∂s_t‖ of one state s of one network, relative to that at the last step; `share[k]` is k steps before it.

    `kind` is the network's cell, "lstm", "gru" or "rnn", and `symbol` the state, "c" or "h".

    Examples:
        >>> from lstm_viz.gradients import gradient_decay
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.LikeliestNext())
        >>> [(each.symbol, each.share.round(2).tolist()) for each in gradient_decay(read.layers[0])]
        [('c', [1.0, 1.11, 1.11, 1.16]), ('h', [1.0, 0.11, 0.1, 0.19])]
    """

    _drawn = ("share",)

    kind: Kind
    symbol: str
    share: Float[np.ndarray, " distance"]

    @property
    def label(self) -> str:
        """Return the network and the state, as shown in the legend."""
        return f"{NAMES[self.kind]}, {'cell state c' if self.symbol == 'c' else 'hidden state h'}"

    def steps_until(self, share: float) -> int | None:
        """Return after how many steps back the share first falls below `share` (0..1); None if it never does."""
        below = np.flatnonzero(self.share < share)
        return int(below[0]) if len(below) else None

    @property
    def decay(self) -> Decay | None:
        """Fit the average factor for each step: a straight line by least squares through the logarithms.

        The last step is left out, because the last hidden state affects the output directly and all others only through the
        network; so are all steps from the first unmeasurably small share on. None below three steps.
        """
        unmeasurable = np.flatnonzero(~((self.share > _FLOOR) & np.isfinite(self.share)))
        end = int(unmeasurable[0]) if len(unmeasurable) else len(self.share)
        if end < 4:
            return None
        distance = np.arange(1, end)
        slope = np.polyfit(distance, np.log(self.share[1:end]), 1)[0]
        return Decay(float(np.exp(slope)), 1, end - 1)


def gradient_decay(layer: LayerTrace) -> tuple[GradientDecay, ...]:
    """Compute how a trace's gradients decay in one layer (batch 0), the cell's curve first if there is one.

    Distances count from the last step that the objective depends on.

    Args:
        layer: A layer with gradients, such as one of a trace with an objective.

    Returns:
        One curve for each state, c before h, as a share of the norm at distance 0; empty if the objective depends on no step.

    Raises:
        ValueError: The trace has no gradients.

    Examples:
        >>> from lstm_viz.gradients import gradient_decay
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.LikeliestNext())
        >>> [curve.symbol for curve in gradient_decay(read.layers[0])]
        ['c', 'h']
    """
    require_layer(layer)
    if layer.grads is None:
        raise ValueError("the trace has no gradients; read the text with an objective, as in trace(model, text, objective)")
    curves = []
    for symbol in ("c", "h") if layer.c0 is not None else ("h",):
        # In double precision, as the square of a small single-precision number is zero.
        norms = np.linalg.norm(layer.grads[symbol][:, 0].astype(np.float64), axis=1)
        reached = np.flatnonzero(norms)
        if len(reached):
            back = norms[reached[-1] :: -1]
            curves.append(GradientDecay(layer.kind, symbol, back / back[0]))
    return tuple(curves)
