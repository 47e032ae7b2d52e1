"""The backward pass through time of one layer, run in pieces from the last step to the first."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from lstm_viz.cells.weights import Derivatives, Steps, Weights


class BackwardPass(ABC):
    """The derivatives of one layer while they are computed.

    Pieces run from the last steps to the first; for each piece `scan` runs before `to_input`. The external derivatives `d_h`
    [time, batch, hidden] are read piece by piece, so they may be the `x` of the layer above, where only later steps are
    complete.

    Examples:
        >>> from lstm_viz.capture.layers import layers_of
        >>> from lstm_viz.cells import CELLS
        >>> (layer,) = layers_of(torch.nn.GRU(2, 3))
        >>> x, h, h0 = np.ones((4, 1, 2), np.float32), np.zeros((4, 1, 3), np.float32), np.zeros((1, 3), np.float32)
        >>> values = CELLS["gru"].replay(layer.weights, x, h, h0, None) | {"x": x, "h": h}
        >>> CELLS["gru"].Backward(layer.weights, values, h0, None, np.ones_like(h), None).run().values["x"].shape
        (4, 1, 2)
    """

    def __init__(self, weights: Weights, d_h: Steps) -> None:
        self.weights, self.d_h = weights, d_h
        #: The derivatives by the layer's input [time, batch, input], as far as they are computed.
        self.x: Steps = np.empty((*d_h.shape[:2], weights.ih.shape[1]), np.result_type(d_h, weights.ih))

    @abstractmethod
    def scan(self, first: int, last: int) -> None:
        """Go back from step `last` − 1 to step `first`."""

    @abstractmethod
    def to_input(self, first: int, last: int) -> None:
        """Compute `x` for scanned steps: one matrix product."""

    @abstractmethod
    def derivatives(self) -> Derivatives:
        """Return all derivatives, once both have run for every step."""

    def run(self) -> Derivatives:
        """Run all steps at once."""
        self.scan(0, len(self.d_h))
        self.to_input(0, len(self.d_h))
        return self.derivatives()

    def _multiply(self, rows: Steps, first: int, last: int) -> None:
        """Write rows @ W_ih of some steps to `x`."""
        flat, into = rows[first:last].reshape(-1, rows.shape[-1]), self.x[first:last].reshape(-1, self.x.shape[-1])
        np.matmul(flat, self.weights.ih, out=into)
