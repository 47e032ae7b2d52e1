"""What the text can be coloured by: each choice gives one number a character and the scale that it is drawn on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.gates import CELLS, Kind, quantity
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.view.scales import Scales, curve_ends


@dataclass(frozen=True, eq=False)
class Tint:
    """One number for each step, with the ends of its scale; `signed` scales have zero in their middle.

    `label` is short: it stands beside the coloured text.
    """

    label: str
    values: Float[np.ndarray, " time"]
    low: float
    high: float
    signed: bool


def choices(kind: Kind) -> dict[str, str]:
    """What a cell of this kind offers, as {id: label}; the first is what the cell keeps by."""
    keeps = {"lstm": "f", "gru": "z", "rnn": "h"}[kind]
    found = {f"mean.{keeps}": _mean_label(kind, keeps)}
    found |= {f"mean.{each.symbol}": _mean_label(kind, each.symbol) for each in CELLS[kind]}
    found |= {f"unit.{each.symbol}": f"selected unit: {each.name} {each.symbol}" for each in CELLS[kind]}
    found |= {"surprise": "surprise: how unexpected each character was"}
    found |= {"norm.h": "gradient: how much the answer depends on each step"}
    return found


def tint(trace: Trace, layer: LayerTrace, unit: int, colour: str, scales: Scales) -> Tint:
    """The numbers of one choice for one layer and unit; raises KeyError for an unknown choice."""
    if colour not in choices(layer.kind):
        raise KeyError(f"{layer.kind} offers no colour {colour!r}; it has {', '.join(choices(layer.kind))}")
    source, _, symbol = colour.partition(".")
    if source == "surprise":
        return Tint("by surprise, in nats", trace.surprise, 0.0, 6.0, signed=False)
    if source == "norm":
        values = np.zeros(layer.steps) if layer.grads is None else layer.grads.magnitude(symbol)[:, 0]
        return Tint(f"by ‖∂L/∂{symbol}‖", values, 0.0, float(values.max(initial=0.0)) or 1.0, signed=False)
    drawn, values = quantity(layer.kind, symbol), layer.values[symbol][:, 0]
    if source == "mean":
        return Tint(f"by {symbol}, mean of all units", values.mean(axis=1), *scales.means[symbol], drawn.signed)
    return Tint(f"by {symbol} of unit {unit}", values[:, unit], *curve_ends(drawn, values[:, unit]), drawn.signed)


def _mean_label(kind: Kind, symbol: str) -> str:
    return f"mean over units: {quantity(kind, symbol).name} {symbol}"
