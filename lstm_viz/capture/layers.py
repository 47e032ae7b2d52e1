"""The layers and directions of a recurrent module, each with its weights, run one at a time by the fused kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from lstm_viz.capture import workspace
from lstm_viz.cells import CELLS, Cell, Derivatives, State, Steps, Weights, lstm
from lstm_viz.gates import Kind

KINDS: dict[type[nn.Module], Kind] = {
    nn.LSTM: "lstm", nn.GRU: "gru", nn.RNN: "rnn", nn.LSTMCell: "lstm", nn.GRUCell: "gru", nn.RNNCell: "rnn",
}  # fmt: skip
Recurrent = nn.RNNBase | nn.RNNCellBase

_FUSED: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "lstm": torch.lstm, "gru": torch.gru, "tanh": torch.rnn_tanh, "relu": torch.rnn_relu,
}  # fmt: skip
_ONE_STEP: dict[str, Callable[..., Tensor | tuple[Tensor, ...]]] = {
    "lstm": torch.lstm_cell, "gru": torch.gru_cell, "tanh": torch.rnn_tanh_cell, "relu": torch.rnn_relu_cell,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer and direction: its position, and its parameters keyed as `Weights` names them."""

    kind: Kind
    index: int
    reverse: bool
    parameters: Mapping[str, Tensor]
    relu: bool = False

    @property
    def cell(self) -> Cell:
        """Return the functions of this layer's cell."""
        return CELLS[self.kind]

    @cached_property
    def weights(self) -> Weights:
        """Return the parameters as arrays."""
        return Weights.of(self.parameters, self.relu)

    def read(self, x: Tensor, h0: Tensor, c0: Tensor | None) -> dict[str, Steps]:
        """Compute the cell's quantities, h and x, over x [time, batch, input]; h0 and c0 are [batch, unit]."""
        h, gates = self.run_with_gates(x, h0, c0)
        return self.values(gates, x.numpy(), h.numpy(), h0.numpy(), None if c0 is None else c0.numpy())

    def values(self, gates: np.ndarray | None, x: Steps, h: Steps, h0: State, c0: State | None) -> dict[str, Steps]:
        """Return the same for a known h: from the `gates` of `run_with_gates` if they reproduce h, else recomputed."""
        values = None if gates is None else lstm.from_gates(self.weights, gates, x, h, h0, c0)
        if values is None:
            values = self.cell.replay(self.weights, x, h, h0, c0)
        return {**values, "h": h, "x": x}

    def bptt(self, values: Mapping[str, Steps], h0: State, c0: State | None, d_h: Steps, d_c: Steps | None = None) -> Derivatives:
        """Propagate derivatives by h_t and c_t from outside the layer back through time, through the quantities of `read`."""
        return self.cell.Backward(self.weights, values, h0, c0, d_h, d_c).run()

    def run_with_gates(self, x: Tensor, h0: Tensor, c0: Tensor | None) -> tuple[Tensor, np.ndarray | None]:
        """Return the result of `run`, and an LSTM's gates [time, batch, 4, unit] if its kernel leaves them, unchecked."""
        if self.kind != "lstm" or c0 is None or len(x) == 1 or not workspace.can_run(x, self.parameters):
            return self.run(x, h0, c0), None
        h, saved = workspace.run(x, self.parameters, h0, c0)
        return h, workspace.gates_in(saved, *h.shape)

    def run(self, x: Tensor, h0: Tensor, c0: Tensor | None) -> Tensor:
        """Return h [time, batch, unit] over x [time, batch, input] in the given order; h0 and c0 are [batch, unit]."""
        kernel = self.kind if self.kind != "rnn" else "relu" if self.relu else "tanh"
        parameters = list(self.parameters.values())
        if len(x) == 1 and "hr" not in self.parameters:
            # For a single typed character the fused kernel would pack the weights, which takes longer than the step.
            stepped = _ONE_STEP[kernel](x[0], h0 if c0 is None else (h0, c0), *parameters)
            return (stepped if isinstance(stepped, Tensor) else stepped[0])[None]
        fused = _FUSED[kernel]
        state = h0[None] if c0 is None else (h0[None], c0[None])
        return fused(x, state, parameters, "b_ih" in self.parameters, 1, 0.0, False, False, False)[0]


def final_states(layers: Sequence[Layer], x: Tensor, h0: Tensor, c0: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Return h and c [layer, batch, unit] of a forward stack's first layers after x [time, batch, input], by the fused kernel.

    `h0` and `c0` are the states before it, of these layers alone.
    """
    first = layers[0]
    kernel = first.kind if first.kind != "rnn" else "relu" if first.relu else "tanh"
    parameters = [value for layer in layers for value in layer.parameters.values()]
    state = h0 if c0 is None else (h0, c0)
    after = _FUSED[kernel](x, state, parameters, "b_ih" in first.parameters, len(layers), 0.0, False, False, False)
    return after[1], None if c0 is None else after[2]


def kind_of(module: nn.Module) -> Kind | None:
    """Return which cell a module runs; None if it is not a recurrent module of PyTorch."""
    return next((kind for type_, kind in KINDS.items() if isinstance(module, type_)), None)


def layers_of(module: Recurrent) -> tuple[Layer, ...]:
    """Return a recurrent module's layers and directions in the order of computation, sharing its parameters."""
    kind = kind_of(module)
    assert kind is not None, f"{type(module).__name__} is not a recurrent module"
    relu = getattr(module, "nonlinearity", "tanh") == "relu"
    if isinstance(module, nn.RNNCellBase):
        own = {"ih": module.weight_ih, "hh": module.weight_hh, "b_ih": module.bias_ih, "b_hh": module.bias_hh}
        return (Layer(kind, 0, False, {name: value for name, value in own.items() if value is not None}, relu),)
    names = ("ih", "hh", *(("b_ih", "b_hh") if module.bias else ()), *(("hr",) if module.proj_size else ()))
    directions = 2 if module.bidirectional else 1
    return tuple(
        Layer(kind, number // directions, number % directions == 1, dict(zip(names, parameters, strict=True)), relu)
        for number, parameters in enumerate(module.all_weights)
    )
