"""The backward pass of a captured call: autograd hands the derivatives in and takes those of inputs and weights out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from lstm_viz.capture.call import Call


class Backward(torch.autograd.Function):
    """Stands in the graph in place of the fused kernel's backward pass, whose gates nobody can see.

    It also works where cuDNN refuses, "cudnn RNN backward can only be called in training mode".
    """

    @staticmethod
    def forward(ctx: Any, call: Call, outputs: tuple[Tensor | None, ...], *inputs: Tensor | None) -> Any:
        """Pass outputs on, that were computed already from inputs: data, first states, weights in the order of the runs."""
        ctx.call = call
        ctx.save_for_backward(*inputs[3:])
        ctx.set_materialize_grads(False)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_result: Tensor | None, *d_ends: Tensor | None) -> Any:
        """Derivatives by the inputs from those by the result and by the last states."""
        call: Call = ctx.call
        device = next(tensor.device for tensor in ctx.saved_tensors)  # raises where a weight was written to since
        layout, output = call.layout, call.output
        d_output = torch.zeros_like(output, device="cpu") if d_result is None else layout.open(d_result.cpu())
        d_h, d_c = (None if end is None else layout.open_states(end.cpu()) for end in d_ends)
        with_weights = any(ctx.needs_input_grad[5:])
        d_x, firsts, d_weights = call.differentiate(d_output, (d_h, d_c), with_weights)
        wanted = [
            layout.close(d_x),
            *(None if first is None else layout.close_states(first) for first in firsts),
            *(d_weights if with_weights else [None] * len(ctx.saved_tensors)),
        ]
        back = (
            slope.to(device) if needed and slope is not None else None
            for slope, needed in zip(wanted, ctx.needs_input_grad[2:], strict=True)
        )
        return None, None, *back
