"""nn.LSTMCell and its like called in a Python loop: their steps gathered into one trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor, nn

from lstm_viz.capture.call import Call
from lstm_viz.capture.exchange import Exchange
from lstm_viz.cells import Steps
from lstm_viz.trace import Gradients, LayerTrace


@dataclass(eq=False)
class Loop:
    """Successive calls of one cell, each beginning from a state that the call before gave back."""

    name: str
    module: nn.Module
    calls: list[Call] = field(default_factory=list)
    last: tuple[Tensor | None, ...] = ()

    def continues(self, exchange: Exchange) -> bool:
        """True where the call began from this loop's last h or c, told by their memory, views included."""
        before = {state.data_ptr() for state in self.last if state is not None}
        return any(state is not None and state.data_ptr() in before for state in (exchange.h0, exchange.c0))

    def add(self, call: Call, result: Tensor, c_n: Tensor | None) -> None:
        """Append one step with the states it handed on."""
        self.calls.append(call)
        self.last = (result, c_n)

    def traces(self) -> list[LayerTrace]:
        """The steps as one trace; those that no backward pass reached count for nothing beside those it did reach."""
        runs = [call.runs[0] for call in self.calls]
        grads = None
        if any(run.grads is not None for run in runs):
            reached = next(run.grads for run in runs if run.grads is not None)
            absent = {symbol: np.zeros_like(values) for symbol, values in reached.items()}
            grads = Gradients(_concatenate([run.grads or absent for run in runs]))
        first = runs[0]
        values = _concatenate([run.values for run in runs])
        return [LayerTrace(self.name, first.layer.kind, 0, False, values, first.h0, first.c0, grads)]


def _concatenate(steps: list[Mapping[str, Steps]]) -> dict[str, Steps]:
    return {symbol: np.concatenate([step[symbol] for step in steps]) for symbol in steps[0]}
