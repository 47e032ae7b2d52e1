"""Which gate, at which step, in which unit of which layer, an output depends on most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lstm_viz.gates import PACKED
from lstm_viz.models.checks import require_whole
from lstm_viz.trace import LayerTrace, require_layer


@dataclass(frozen=True)
class Dependence:
    """One gate of one unit of one layer at one step: its value, and `slope`, the objective's derivative by its pre-activation.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.TextLoss())
        >>> (first,) = lstm_viz.ranking(read.layers, count=1, gates="f")
        >>> first.gate, first.step, first.unit
        ('f', 1, 2)
    """

    layer: int
    step: int
    unit: int
    gate: str
    slope: float
    value: float


def ranking(layers: Iterable[LayerTrace], count: int = 10, gates: Iterable[str] | None = None) -> tuple[Dependence, ...]:
    """Return the gates (batch 0) with the largest |∂L/∂pre-activation|, largest first; `gates` selects symbols.

    Pre-activations are used instead of gates: a closed gate may have a large derivative and still hardly move; the derivative
    by its pre-activation includes the slope of σ or tanh and accounts for that.

    Args:
        layers: Layers with gradients, such as those of a trace with an objective.
        count: How many to return.
        gates: The symbols to include, such as "if"; None for all.

    Returns:
        The gates, each with layer, step, unit, value, and `slope` in units of the objective per unit of the pre-activation.

    Raises:
        ValueError: A layer has no gradients, `count` is negative, or no layer has one of the `gates`.
        TypeError: There is something else than a layer among the layers.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.TextLoss())
        >>> [(each.gate, each.step, each.unit, round(each.slope, 3)) for each in lstm_viz.ranking(read.layers, count=2)]
        [('i', 1, 2, 0.086), ('o', 1, 3, -0.086)]
    """
    require_whole(count, "count")
    if isinstance(layers, LayerTrace) or hasattr(layers, "layers"):
        advice = "put it in a list" if isinstance(layers, LayerTrace) else "give its `.layers`"
        raise TypeError(f"the layers are of type {type(layers).__name__}; several LayerTraces were wanted: {advice}")
    layers = tuple(layers)
    for layer in layers:
        require_layer(layer)
    offered = dict.fromkeys(symbol for layer in layers for symbol in PACKED[layer.kind])
    symbols, ranked = offered if gates is None else set(gates), []
    if unknown := [symbol for symbol in symbols if layers and symbol not in offered]:
        raise ValueError(f"there is no gate {unknown[0]!r} in these layers; choose from {', '.join(offered)}")
    for layer in layers:
        if layer.grads is None:
            raise ValueError("the trace has no gradients; read the text with an objective, as in trace(model, text, objective)")
        for symbol in PACKED[layer.kind]:
            if symbol not in symbols:
                continue
            gradients = layer.grads[f"{symbol}_pre"][:, 0]
            size = np.abs(gradients).ravel()
            best = np.argpartition(size, -count)[-count:] if 0 < count < size.size else np.arange(size.size)
            for index in best.tolist():
                step, unit = divmod(index, gradients.shape[1])
                value = float(layer.values[symbol][step, 0, unit])
                ranked.append(Dependence(layer.layer, step, unit, symbol, float(gradients[step, unit]), value))
    ranked.sort(key=lambda each: -abs(each.slope))
    return tuple(ranked[:count])
