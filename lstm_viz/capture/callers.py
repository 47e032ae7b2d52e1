"""Which module calls a kernel: read off the frames that lead to the call, so that no module has to be touched."""

from __future__ import annotations

from dataclasses import dataclass
from types import FrameType
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence


@dataclass(frozen=True, eq=False)
class Caller:
    """The module at work, and how it sorted packed sequences: entry k of the kernel's batch is the caller's order[k]."""

    module: nn.Module
    order: Tensor | None


def caller_of(frame: FrameType | None, batch_sizes: Tensor | None) -> Caller | None:
    """The innermost module among the frames, and how the sequences that have `batch_sizes` are sorted.

    A module at work stands in a frame as the first argument of its forward; where that was replaced by a function that does
    not take it, it still stands in the frame of nn.Module's call. No hook on a module is needed, so that none can be
    left behind, copied or saved with it, and `module.forward(x)` is seen too.
    """
    order = None
    while frame is not None:
        code = frame.f_code
        if code.co_argcount or batch_sizes is not None:
            values = frame.f_locals
            if batch_sizes is not None and order is None:
                order = _order(values.values(), batch_sizes)
            first = values.get(code.co_varnames[0]) if code.co_argcount else None
            if isinstance(first, nn.Module):
                return Caller(first, order)
        frame = frame.f_back
    return None


def _order(values: Any, batch_sizes: Tensor) -> Tensor | None:
    packed = (value for value in values if isinstance(value, PackedSequence) and value.batch_sizes is batch_sizes)
    return next((each.sorted_indices for each in packed), None)
