"""Gradient clipping, the remedy for exploding gradients."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

By = Literal["norm", "value"]


@dataclass(frozen=True)
class Size:
    """The size of a gradient: `norm` is its L2 norm over all parameters, `largest` its largest component's magnitude."""

    norm: float
    largest: float

    def by(self, by: By) -> float:
        """Return the size that clipping of this kind compares."""
        return self.norm if by == "norm" else self.largest


@dataclass(frozen=True)
class GradientClip:
    """A bound on the gradient: on its L2 norm, which keeps its direction, or on each component, which does not.

    By norm: g ← g · min(1, size / ‖g‖) (Pascanu, Mikolov & Bengio 2013, algorithm 1).
    By value: each component of g ← the nearest number within ±size (Mikolov 2012, "Statistical language models based on
    neural networks", section 3.3).
    """

    by: By
    size: float

    def __post_init__(self) -> None:
        if self.by not in ("norm", "value"):
            raise ValueError(f"gradient clipping is by norm or by value; got {self.by!r}")
        if not (math.isfinite(self.size) and self.size > 0.0):
            raise ValueError(f"the clipping size must be a number above 0; got {self.size}")


def measure(parameters: Iterable[nn.Parameter]) -> Size:
    """Return the size of the parameters' gradient."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    # In double precision, as the squares overflow long before the gradient itself does.
    squares = [gradient.double().square().sum() for gradient in gradients]
    largest = [gradient.abs().max() for gradient in gradients]
    return Size(float(torch.stack(squares).sum().sqrt()), float(torch.stack(largest).max()))


@torch.no_grad()
def clip_gradients(parameters: Iterable[nn.Parameter], clip: GradientClip | None) -> tuple[Size, Size]:
    """Clip the parameters' gradient in place; return its size before and after.

    A gradient that is not finite is left unchanged, as it has no direction.
    """
    tensors = list(parameters)
    before = measure(tensors)
    if clip is None or not math.isfinite(before.norm) or before.by(clip.by) <= clip.size:
        return before, before
    for parameter in tensors:
        if parameter.grad is not None and clip.by == "norm":
            parameter.grad.mul_(clip.size / before.norm)
        elif parameter.grad is not None:
            parameter.grad.clamp_(-clip.size, clip.size)
    return before, measure(tensors)
