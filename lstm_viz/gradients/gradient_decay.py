"""How a gradient fades on its way back through time: its curve, what each step costs on average, how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.gates import NAMES, Kind
from lstm_viz.results import Result
from lstm_viz.trace import LayerTrace

#: Below this share of the gradient single precision has no digits left to fit to.
_FLOOR = 1e-30


@dataclass(frozen=True)
class Decay:
    """share ≈ const · `factor` ** distance, fitted to the distances `first` … `last`."""

    factor: float
    first: int
    last: int


@dataclass(frozen=True, eq=False, repr=False)
class GradientDecay(Result):
    """‖∂L/∂s_t‖ of one state s of one network, as a share of the same at the last step; `share[k]` is k steps before it."""

    _drawn = ("share",)

    kind: Kind
    symbol: str
    share: Float[np.ndarray, " distance"]

    @property
    def label(self) -> str:
        """The network and the state, as the legend writes them."""
        return f"{NAMES[self.kind]}, {'cell state c' if self.symbol == 'c' else 'hidden state h'}"

    def steps_until(self, left: float) -> int | None:
        """How many steps back less than `left` (0..1) is there for the first time; None where that never happens."""
        below = np.flatnonzero(self.share < left)
        return int(below[0]) if len(below) else None

    @property
    def decay(self) -> Decay | None:
        """What each step multiplies by on average: a straight line by least squares through the logarithms.

        The last step is left out, because the last hidden state answers directly and all others only through the network;
        so is everything from where nothing is left that could be measured. None below three steps.
        """
        gone = np.flatnonzero(~((self.share > _FLOOR) & np.isfinite(self.share)))
        end = int(gone[0]) if len(gone) else len(self.share)
        if end < 4:
            return None
        distance = np.arange(1, end)
        slope = np.polyfit(distance, np.log(self.share[1:end]), 1)[0]
        return Decay(float(np.exp(slope)), 1, end - 1)


def gradient_decay(layer: LayerTrace) -> tuple[GradientDecay, ...]:
    """How a trace's gradients fade in one layer (batch 0), the cell's curve first where there is one.

    Distances count from the last step that the objective depends on. Empty where it depends on none; ValueError where the
    trace has no gradients.
    """
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
