"""The mathematics of each cell in one file, all with the same functions.

replay: states → gates, all steps at once; hidden_of: gates → states; factors and Backward: gates → gradients, at once or
in pieces; step: one step forward, with interventions; local_derivatives and backward_step: one step back, for many right-hand
sides.
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
    """The common interface of lstm.py, gru.py and rnn.py.

    Examples:
        >>> from lstm_viz.cells import CELLS
        >>> sorted(CELLS), hasattr(CELLS["gru"], "backward_step")
        (['gru', 'lstm', 'rnn'], True)
    """

    def replay(self, weights: Weights, x: Steps, h: Steps, h0: State, c0: State | None) -> dict[str, Steps]:
        """Recover the cell's quantities, [time, batch, unit], from inputs and hidden states."""

    def factors(self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None) -> Factors:
        """Return the multipliers of `Backward`, [time, batch, …] by name; a step's depend on it and the previous step only."""

    def hidden_of(self, weights: Weights, values: Mapping[str, Steps], h0: State) -> Steps:
        """Compute h from the gates and h_{t−1} at each step, [time, batch, unit]; it equals h if the gates are right."""

    @property
    def Backward(self) -> Callable[..., BackwardPass]:  # noqa: N802
        """Return the class of the backward pass through time.

        It is made of weights, values, h0, c0, the derivatives d_h and d_c by h_t and c_t from outside (d_c None: none), and
        optionally cached `factors`.
        """

    def step(
        self, weights: Weights, preactivations: State, h: State, c: State | None, edit: InterventionHook = ...
    ) -> dict[str, State]:
        """Compute one step forward from states [batch, unit], passing each quantity to `edit` before it is used."""

    def local_derivatives(self, weights: Weights, values: Mapping[str, Steps], h0: State, c0: State | None) -> tuple[Steps, ...]:
        """Return the multipliers of `backward_step`, each [time, batch, unit]."""

    def backward_step(
        self, weights: Weights, factors: Sequence[State], d_h: State, d_c: State | None, by_input: bool = ...
    ) -> StepGradients:
        """Compute one step back from the total derivative by h_t and the later steps' derivative by c_t, [side, unit]."""


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
