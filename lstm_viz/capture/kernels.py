"""PyTorch's recurrent kernels, and the arguments of one call.

Every recurrent module of PyTorch calls one of these functions. Their arguments are what is really computed with: after any
subclass, hook or parametrization, and before any change of the outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lstm_viz.gates import Kind


@dataclass(frozen=True)
class Kernel:
    """One of PyTorch's functions: the cell that it runs, and whether it runs one step only (`stepped`, as nn.LSTMCell's)."""

    kind: Kind
    stepped: bool
    relu: bool = False


#: The functions as PyTorch's modules call them; torch.lstm and torch._VF.lstm are the same object.
KERNELS: dict[Callable[..., Any], Kernel] = {
    torch.lstm: Kernel("lstm", False),
    torch.gru: Kernel("gru", False),
    torch.rnn_tanh: Kernel("rnn", False),
    torch.rnn_relu: Kernel("rnn", False, relu=True),
    torch.lstm_cell: Kernel("lstm", True),
    torch.gru_cell: Kernel("gru", True),
    torch.rnn_tanh_cell: Kernel("rnn", True),
    torch.rnn_relu_cell: Kernel("rnn", True, relu=True),
}

_FLAGS = ("has_biases", "num_layers", "dropout", "train", "bidirectional")
_STEPPED = ("input", "hx", "w_ih", "w_hh", "b_ih", "b_hh")
_PADDED = ("input", "hx", "params", *_FLAGS, "batch_first")
_PACKED = ("data", "batch_sizes", "hx", "params", *_FLAGS)


@dataclass(frozen=True, eq=False)
class Arguments:
    """The arguments of one kernel call, in the kernel's own shapes.

    `x` is [time, batch, input], [batch, time, input] with `batch_first`, [row, input] with `batch_sizes`, and [batch, input]
    for a one-step kernel. `h0` and `c0` are [run, batch, unit], or [batch, unit] for one step; c0 is None except for the
    LSTM. `weights` are flat, in PyTorch's order. `dropout` is 0 outside training and after the last layer.
    """

    x: Tensor
    h0: Tensor
    c0: Tensor | None
    weights: tuple[Tensor, ...]
    biases: bool
    layers: int = 1
    dropout: float = 0.0
    bidirectional: bool = False
    batch_first: bool = False
    batch_sizes: Tensor | None = None

    @classmethod
    def of(cls, kernel: Kernel, positional: Sequence[Any], named: Mapping[str, Any]) -> Arguments | None:
        """Bind a call's arguments by name; None if the kernel could not run with them."""
        packed = "data" in named or "batch_sizes" in named or (len(positional) > 3 and isinstance(positional[3], list | tuple))
        names = _STEPPED if kernel.stepped else _PACKED if packed else _PADDED
        bound = {**dict(zip(names, positional, strict=False)), **named}
        hx = bound.get("hx")
        if kernel.kind == "lstm":
            if not isinstance(hx, list | tuple) or len(hx) != 2:
                return None
            h0, c0 = hx
        else:
            h0, c0 = hx, None
        x: Any = bound.get("data" if packed else "input")
        if kernel.stepped:
            biases = bound.get("b_ih") is not None and bound.get("b_hh") is not None
            weights: Any = tuple(bound.get(name) for name in (_STEPPED[2:] if biases else _STEPPED[2:4]))
            arguments = cls(x, h0, c0, weights, biases)
        else:
            params = bound.get("params")
            if not isinstance(params, list | tuple) or any(name not in bound for name in _FLAGS):
                return None
            layers, drops = bound["num_layers"], bound["train"] and bound["num_layers"] > 1
            arguments = cls(
                x, h0, c0, tuple(params), bound["has_biases"], layers, float(bound["dropout"]) if drops else 0.0,
                bound["bidirectional"], bool(bound.get("batch_first", False)), bound.get("batch_sizes"),
            )  # fmt: skip
        return arguments if all(isinstance(tensor, Tensor) for tensor in arguments.tensors()) and arguments._complete() else None

    def tensors(self) -> tuple[Any, ...]:
        """Return every tensor argument."""
        return (self.x, self.h0, *(() if self.c0 is None else (self.c0,)), *self.weights)

    @property
    def directions(self) -> int:
        """Return 2 if each layer reads both ways, else 1."""
        return 2 if self.bidirectional else 1

    def by_run(self) -> list[dict[str, Tensor]]:
        """Return the weights of each layer and direction, keyed as `cells.Weights` names them."""
        each = len(self.weights) // (self.layers * self.directions)
        names = ("ih", "hh", *(("b_ih", "b_hh") if self.biases else ()), "hr")
        starts = range(0, len(self.weights), each)
        return [dict(zip(names, self.weights[start : start + each], strict=False)) for start in starts]

    def _complete(self) -> bool:
        each, rest = divmod(len(self.weights), self.layers * self.directions)
        return rest == 0 and each - (4 if self.biases else 2) in (0, 1)
