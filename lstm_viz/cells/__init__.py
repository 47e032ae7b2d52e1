"""One cell's mathematics a file, all with the same two functions: replay (states → gates), bptt (gates → gradients)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lstm_viz.cells import gru, lstm, rnn
from lstm_viz.cells.weights import Derivatives, State, Steps, Weights
from lstm_viz.gates import Kind


class Cell(Protocol):
    """What lstm.py, gru.py and rnn.py offer alike."""

    def replay(self, weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None) -> dict[str, Steps]:
        """Recover what the cell computed, [time, batch, unit], from inputs and hidden states."""

    def bptt(
        self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None
    ) -> Derivatives:
        """Carry the derivatives by h_t and c_t from outside back through time."""


CELLS: dict[Kind, Cell] = {"lstm": lstm, "gru": gru, "rnn": rnn}

__all__ = ["CELLS", "Cell", "Derivatives", "State", "Steps", "Weights"]
