"""Capture's node in the autograd graph: records the gradients of a kernel's outputs and passes them on unchanged."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lstm_viz.capture.record import Record


class Observe(torch.autograd.Function):
    """The identity, directly after the kernel: returns copies of its outputs and records their gradients.

    The kernel's own backward pass stays in use, so every `.grad` is unchanged. In-place changes by the caller affect only the
    copies.
    """

    @staticmethod
    def forward(ctx: Any, record: Record, *outputs: Tensor) -> tuple[Tensor, ...]:
        """Return copies of the outputs."""
        ctx.record = record
        ctx.set_materialize_grads(False)
        return tuple(output.clone() for output in outputs)

    @staticmethod
    def backward(ctx: Any, *output_grads: Tensor | None) -> Any:
        """Record the gradients and pass them on."""
        ctx.record.add(output_grads)
        return None, *output_grads
