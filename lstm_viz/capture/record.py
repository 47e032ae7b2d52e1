"""One recorded kernel call: its inputs, its outputs, and the gradients from backward passes."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from lstm_viz.capture.kernels import Arguments, Kernel

#: Why a call has no gradients, as shown to users.
NO_PASS = "no backward pass has run yet"
NO_GRAD_MODE = (
    "it ran under torch.no_grad() or torch.inference_mode(), as reentrant checkpointing does: there, use use_reentrant=False"
)
NOTHING_ASKS = (
    "neither its input nor its initial states nor its weights require a gradient: "
    "call requires_grad_() on the input, or on the weights, before the call"
)
DOUBLE = (
    "a backward pass with create_graph=True ran, whose gradients are differentiated again: "
    "capture records those of plain backward passes"
)
#: Up to this many numbers a call's weights are compared with the last copy at every call: it takes a fraction of the call.
_COMPARED = 2**16
BATCHED = "a backward pass with batched gradients ran (is_grads_batched or torch.func): capture records one at a time"


@dataclass(eq=False)
class Record:
    """Copies of one call's inputs and outputs; they are not shared, so later in-place changes do not affect them.

    `outputs` are the kernel's: output, h_n and, for an LSTM, c_n; for a one-step kernel h and c. `output_grads` are the gradients
    of the objective with respect to them, summed over `passes` backward passes. `random` is the state of torch's random number
    generator before the call, if dropout used it; `autocast` is autocast's precision. `blocked` says why gradients are not
    available.
    """

    kernel: Kernel
    arguments: Arguments
    outputs: tuple[Tensor, ...]
    order: Tensor | None = None
    random: Tensor | None = None
    autocast: torch.dtype | None = None
    blocked: str | None = None
    observed: bool = False
    output_grads: list[Tensor | None] = field(default_factory=list)
    passes: int = 0

    @property
    def grads_missing(self) -> str | None:
        """Return why there are no gradients; None if there are."""
        return self.blocked if self.blocked or self.passes else NO_PASS

    def add(self, output_grads: Sequence[Tensor | None]) -> None:
        """Add the gradients of one backward pass; several passes accumulate, as in `.grad`."""
        if all(grad is None for grad in output_grads):
            return
        if any(grad is not None and is_wrapped(grad) for grad in output_grads):
            self.blocked = BATCHED
        elif torch.is_grad_enabled():
            self.blocked = DOUBLE
        else:
            before = self.output_grads or [None] * len(output_grads)
            try:
                self.output_grads = [_sum(one, other) for one, other in zip(before, output_grads, strict=True)]
            except RuntimeError as error:  # an unexpected kind of tensor must not break the caller's backward pass
                self.blocked = f"a backward pass ran whose gradients cannot be recorded: {error}"
        self.passes += 1
        Copies.backward_passes += 1

    def steps(self) -> int:
        """Return the number of timesteps of the call."""
        if self.kernel.stepped:
            return 1
        if self.arguments.batch_sizes is not None:
            return len(self.arguments.batch_sizes)
        return self.arguments.x.shape[1 if self.arguments.batch_first else 0]

    def last(self) -> tuple[Tensor, ...]:
        """Return the final states: h and, for an LSTM, c."""
        return self.outputs if self.kernel.stepped else self.outputs[1:]

    def first(self) -> tuple[Tensor, ...]:
        """Return the initial states: h and, for an LSTM, c."""
        return (self.arguments.h0,) if self.arguments.c0 is None else (self.arguments.h0, self.arguments.c0)

    def repeats(self, other: Record) -> bool:
        """Return True if another call ran the same kernel on equal values."""
        ours, theirs = (each.arguments for each in (self, other))
        same = self.kernel == other.kernel and (ours.layers, ours.bidirectional) == (theirs.layers, theirs.bidirectional)
        return same and all(_equal(one, two) for one, two in zip(ours.tensors(), theirs.tensors(), strict=True))


class Copies:
    """Copies of weights, shared by calls with unchanged weights.

    PyTorch's version counter does not see what is written through `.data` or NumPy, as hand-written optimizers do.
    """

    #: How many calls any backward pass has reached so far: behind one an optimizer may have run.
    backward_passes: ClassVar[int] = 0

    def __init__(self) -> None:
        self._last: dict[str, tuple[list[weakref.ref[Tensor]], list[int], tuple[Tensor, ...]]] = {}
        self._compared: dict[str, int] = {}

    def of(self, name: str, weights: tuple[Tensor, ...], continues: bool) -> tuple[Tensor, ...]:
        """Return copies of one module's current weights.

        Large weights of the next step of a loop (`continues`) are compared in their first rows only, unless a backward pass ran
        since: comparing all would take longer than the step.
        """
        versions = [-1 if weight.is_inference() else weight._version for weight in weights]
        before, counted, copies = self._last.get(name, ([], [], ()))
        same = len(before) == len(weights) and all(one() is two for one, two in zip(before, weights, strict=True))
        unseen = continues and self._compared.get(name) == Copies.backward_passes and -1 not in versions
        brief = same and unseen and versions == counted and sum(weight.numel() for weight in weights) > _COMPARED
        if brief and all(_equal(one[:1], two[:1]) for one, two in zip(copies, weights, strict=True)):
            return copies
        if len(copies) != len(weights) or not all(_equal(one, two) for one, two in zip(copies, weights, strict=True)):
            copies = tuple(weight.detach().clone() for weight in weights)
        self._last[name] = ([weakref.ref(weight) for weight in weights], versions, copies)
        self._compared[name] = Copies.backward_passes
        return copies


def copy_arguments(arguments: Arguments, weights: tuple[Tensor, ...]) -> Arguments:
    """Return the same arguments in memory that is not shared."""
    return replace(
        arguments,
        x=arguments.x.detach().clone(),
        h0=arguments.h0.detach().clone(),
        c0=None if arguments.c0 is None else arguments.c0.detach().clone(),
        weights=weights,
    )


def is_wrapped(tensor: Any) -> bool:
    """Return True for tensors inside torch.func transforms, which have no data of their own."""
    functorch = torch._C._functorch
    return bool(functorch.is_functorch_wrapped_tensor(tensor) or functorch.is_legacy_batchedtensor(tensor))


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and torch.equal(one, other)


def _sum(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    if other is None:
        return one
    other = other.detach()
    return other.clone() if one is None else one + other
