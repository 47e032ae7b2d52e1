"""Capture's own node in the autograd graph: what comes back to a kernel's outputs is noted and passed on unchanged."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from lstm_viz.capture.record import Record


class Observe(torch.autograd.Function):
    """The identity, right behind the kernel: its outputs go on as copies, and the derivatives by them are noted.

    The kernel's own backward pass stays in use, so that every `.grad` is what it would have been. Whatever the caller does to
    the outputs, in place too, is done to the copies.
    """

    @staticmethod
    def forward(ctx: Any, record: Record, *outputs: Tensor) -> tuple[Tensor, ...]:
        """Copies of the outputs."""
        ctx.record = record
        ctx.set_materialize_grads(False)
        return tuple(output.clone() for output in outputs)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor | None) -> Any:
        """The derivatives as they came."""
        ctx.record.add(slopes)
        return None, *slopes
