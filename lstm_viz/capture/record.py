"""One call of a kernel, kept: what went in, what came out, and the derivatives that backward passes brought."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from lstm_viz.capture.kernels import Arguments, Kernel

#: Why a call has no gradients, for people to read.
NO_PASS = "no backward pass has come by yet"
NO_GRAD_MODE = (
    "it ran under torch.no_grad() or torch.inference_mode(), as reentrant checkpointing runs it too: there, use_reentrant=False"
)
NOTHING_ASKS = (
    "neither its input nor its first states nor its weights require a gradient: "
    "call requires_grad_() on the input, or on the weights, before the call"
)
DOUBLE = (
    "a backward pass with create_graph=True came by, whose derivatives are differentiated in turn: "
    "capture keeps those of plain backward passes"
)
BATCHED = "a backward pass of many derivatives at once came by (is_grads_batched or torch.func): capture keeps one at a time"


@dataclass(eq=False)
class Record:
    """Copies of what one call was given and gave; nobody else holds them, so that later changes in place cannot reach them.

    `outputs` are the kernel's: output, h_n and, of an LSTM, c_n; of a kernel of one step h and c. `slopes` are the
    derivatives of the objective by them, summed over the `passes` that came by. `random` is the state of torch's random
    numbers before the call, where dropout drew from them, `autocast` the precision that autocast was set to. `blocked` says why
    gradients cannot be told.
    """

    kernel: Kernel
    given: Arguments
    outputs: tuple[Tensor, ...]
    order: Tensor | None = None
    random: Tensor | None = None
    autocast: torch.dtype | None = None
    blocked: str | None = None
    observed: bool = False
    slopes: list[Tensor | None] = field(default_factory=list)
    passes: int = 0

    @property
    def grads_missing(self) -> str | None:
        """Why there are no gradients; None where there are."""
        return self.blocked if self.blocked or self.passes else NO_PASS

    def add(self, slopes: Sequence[Tensor | None]) -> None:
        """Keep the derivatives that one backward pass brought; those of several add up, as they do in `.grad`."""
        if all(slope is None for slope in slopes):
            return
        if any(slope is not None and is_wrapped(slope) for slope in slopes):
            self.blocked = BATCHED
        elif torch.is_grad_enabled():
            self.blocked = DOUBLE
        else:
            before = self.slopes or [None] * len(slopes)
            try:
                self.slopes = [_sum(one, other) for one, other in zip(before, slopes, strict=True)]
            except RuntimeError as error:  # tensors of a kind not thought of: the caller's own backward pass goes on
                self.blocked = f"a backward pass came by whose derivatives cannot be kept: {error}"
        self.passes += 1

    def steps(self) -> int:
        """How many timesteps the call went."""
        if self.kernel.stepped:
            return 1
        if self.given.batch_sizes is not None:
            return len(self.given.batch_sizes)
        return self.given.x.shape[1 if self.given.batch_first else 0]

    def last(self) -> tuple[Tensor, ...]:
        """The states it handed on: h and, of an LSTM, c."""
        return self.outputs if self.kernel.stepped else self.outputs[1:]

    def first(self) -> tuple[Tensor, ...]:
        """The states it began from: h and, of an LSTM, c."""
        return (self.given.h0,) if self.given.c0 is None else (self.given.h0, self.given.c0)

    def repeats(self, other: Record) -> bool:
        """True where another call did the same: the same kernel on equal numbers."""
        ours, theirs = (each.given for each in (self, other))
        same = self.kernel == other.kernel and (ours.layers, ours.bidirectional) == (theirs.layers, theirs.bidirectional)
        return same and all(_equal(one, two) for one, two in zip(ours.tensors(), theirs.tensors(), strict=True))


class Copies:
    """Copies of weights, shared by calls that found them unchanged."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[list[weakref.ref[Tensor]], list[int], tuple[Tensor, ...]]] = {}

    def of(self, name: str, weights: tuple[Tensor, ...], short: bool) -> tuple[Tensor, ...]:
        """Copies of one module's weights as they are now.

        For `short` calls PyTorch's own count of changes is trusted, as comparing would take longer than the call.
        """
        versions = [-1 if weight.is_inference() else weight._version for weight in weights]
        before, counted, copies = self._last.get(name, ([], [], ()))
        same = len(before) == len(weights) and all(one() is two for one, two in zip(before, weights, strict=True))
        if short and same and versions == counted and -1 not in versions:
            return copies
        if len(copies) != len(weights) or not all(_equal(one, two) for one, two in zip(copies, weights, strict=True)):
            copies = tuple(weight.detach().clone() for weight in weights)
        self._last[name] = ([weakref.ref(weight) for weight in weights], versions, copies)
        return copies


def copy_arguments(given: Arguments, weights: tuple[Tensor, ...]) -> Arguments:
    """The same arguments, in memory that nobody else holds."""
    return replace(
        given,
        x=given.x.detach().clone(),
        h0=given.h0.detach().clone(),
        c0=None if given.c0 is None else given.c0.detach().clone(),
        weights=weights,
    )


def is_wrapped(tensor: Any) -> bool:
    """True for the tensors inside torch.func's transforms, which have no numbers of their own."""
    functorch = torch._C._functorch
    return bool(functorch.is_functorch_wrapped_tensor(tensor) or functorch.is_legacy_batchedtensor(tensor))


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and torch.equal(one, other)


def _sum(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    if other is None:
        return one
    other = other.detach()
    return other.clone() if one is None else one + other
