"""One cell's mathematics a file, all with the same functions.

replay: states → gates, all steps at once; hidden_of: gates → states; factors and bptt: gates → gradients, Backward: the same a
piece at a time; step: one step forward,
open to changes;
slopes and back: one step back, for many right-hand sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from lstm_viz.cells import gru, lstm, rnn
from lstm_viz.cells.backward import BackwardPass
from lstm_viz.cells.multi_rhs import StepGradients
from lstm_viz.cells.weights import Derivatives, Factors, InterventionHook, State, Steps, Weights
from lstm_viz.gates import Kind


class Cell(Protocol):
    """What lstm.py, gru.py and rnn.py offer alike."""

    def replay(self, weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None) -> dict[str, Steps]:
        """Recover what the cell computed, [time, batch, unit], from inputs and hidden states."""

    def factors(self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None) -> Factors:
        """What `bptt` multiplies by, [time, batch, …] by name; a step's are of this step and the one before it alone."""

    def hidden_of(self, weights: Weights, values: Mapping[str, Steps], h0: State) -> Steps:
        """What the gates make of h_{t−1} at each step, [time, batch, unit]: h itself, where they are the right ones."""

    def bptt(
        self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None,
        known: Factors | None = ...,
    ) -> Derivatives:  # fmt: skip
        """Carry the derivatives by h_t and c_t from outside back through time; `known` are its `factors`, where kept."""

    @property
    def Backward(self) -> Callable[..., BackwardPass]:  # noqa: N802
        """Begins what `bptt` does at once, with the same arguments."""

    def step(
        self, weights: Weights, preactivations: State, h: State, c: State | None, edit: InterventionHook = ...
    ) -> dict[str, State]:
        """Go one step forward from states [batch, unit], giving each quantity to `edit` before anything depends on it."""

    def local_derivatives(self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None) -> tuple[Steps, ...]:
        """What `backward_step` multiplies by, each [time, batch, unit]."""

    def backward_step(
        self, weights: Weights, factors: Sequence[State], d_h: State, d_c: State | None, by_input: bool = ...
    ) -> StepGradients:
        """Go one step back from all that reaches h_t and what reaches c_t from the steps after, [side, unit]."""


CELLS: dict[Kind, Cell] = {"lstm": lstm, "gru": gru, "rnn": rnn}

__all__ = [
    "CELLS",
    "BackwardPass",
    "Cell",
    "Derivatives",
    "Factors",
    "InterventionHook",
    "State",
    "StepGradients",
    "Steps",
    "Weights",
]
