"""Backward scan of one layer, one step at a time, with more right-hand sides joining on the way."""

from __future__ import annotations

import numpy as np

from lstm_viz.capture.layers import Layer
from lstm_viz.cells import State
from lstm_viz.trace import LayerTrace


class BackwardScan:
    """The derivatives that a layer passes to the previous step, [side, unit], for at most `sides` right-hand sides.

    `symbols` are its states, the cell's first. The trace must have a batch of 1.
    """

    def __init__(self, layer: Layer, trace: LayerTrace, sides: int) -> None:
        self._layer = layer
        self._factors = layer.cell.local_derivatives(layer.weights, trace.values, trace.h0, trace.c0)
        self.symbols = ("h",) if trace.c0 is None else ("c", "h")
        self._h = np.zeros((sides, trace.h0.shape[1]), trace.h0.dtype)
        self._c = None if trace.c0 is None else np.zeros((sides, trace.units), trace.h0.dtype)

    def backward_step(
        self, step: int, d_h: State, d_c: State | None = None, by_input: bool = False
    ) -> tuple[dict[str, State], State | None]:
        """Go to the previous step; the first len(d_h) sides take part.

        `d_h` and `d_c` [side, unit] are derivatives by the step's h and c from outside the layer. Return the total ones by
        symbol, and the one by the layer's input if requested.
        """
        sides = len(d_h)
        d_h = d_h + self._h[:sides]
        carried = None if self._c is None else self._c[:sides]
        if d_c is not None and carried is not None:
            carried = carried + d_c
        factors = [factor[step] for factor in self._factors]
        back = self._layer.cell.backward_step(self._layer.weights, factors, d_h, carried, by_input)
        self._h[:sides] = back.h_before
        if self._c is None or back.c is None:
            return {"h": d_h}, back.x
        self._c[:sides] = back.c_before
        return {"c": back.c, "h": d_h}, back.x
