"""What went into one call of a recurrent module and what came out, told apart: data, first states, result, last states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_viz.capture.layers import Recurrent


@dataclass(frozen=True, eq=False)
class Exchange:
    """One call in the caller's own shapes; `h0` and `c0` are None where the module began from zeros.

    `given` is the input as it came, `data` its numbers. A cell's result is its h, so that its `h_n` is None.
    """

    given: Tensor | PackedSequence
    data: Tensor
    h0: Tensor | None
    c0: Tensor | None
    output: Any
    result: Tensor
    h_n: Tensor | None
    c_n: Tensor | None

    @classmethod
    def of(cls, module: Recurrent, arguments: Sequence[Any], named: Mapping[str, Any], output: Any) -> Exchange:
        """Tell a call's arguments and output apart, as PyTorch documents them for each module."""
        given, state = _signature(*arguments, **named)
        h0, c0 = state if isinstance(state, tuple) else (state, None)
        if isinstance(module, nn.RNNCellBase):
            result, c_n = output if isinstance(output, tuple) else (output, None)
            return cls(given, given, h0, c0, output, result, None, c_n)
        result, ends = output
        h_n, c_n = ends if isinstance(ends, tuple) else (ends, None)
        return cls(given, _data(given), h0, c0, output, _data(result), h_n, c_n)

    def answer(self, result: Tensor, h_n: Tensor | None, c_n: Tensor | None) -> Any:
        """The module's output with other tensors in it."""
        if self.h_n is None:
            return result if self.c_n is None else (result, c_n)
        outer = self.output[0]
        returned = outer._replace(data=result) if isinstance(outer, PackedSequence) else result
        return returned, h_n if self.c_n is None else (h_n, c_n)


def _signature(input: Any, hx: Any = None) -> tuple[Any, Any]:  # named as PyTorch names them
    return input, hx


def _data(sequences: Tensor | PackedSequence) -> Tensor:
    return sequences.data if isinstance(sequences, PackedSequence) else sequences
