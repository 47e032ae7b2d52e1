"""Intercept a thread's calls of recurrent kernels while at least one capture is open in it."""

from __future__ import annotations

import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Sequence, Set
from contextvars import ContextVar
from types import FrameType
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from lstm_viz.capture.callers import Caller, caller_of
from lstm_viz.capture.descent import Descent
from lstm_viz.capture.kernels import KERNELS, Arguments, Kernel
from lstm_viz.capture.observe import Observe
from lstm_viz.capture.record import NO_GRAD_MODE, NOTHING_ASKS, Copies, Record, copy_arguments
from lstm_viz.capture.refusals import why_not


class Watcher(Protocol):
    """A receiver of kernel calls."""

    copies: Copies

    def name_of(self, caller: Caller) -> str | None:
        """Return the name of the calling module; None if it is not recorded."""

    def earlier(self, name: str, record: Record) -> Record | None:
        """Return the call that this one repeats during a backward pass, as with checkpointing."""

    def take(self, name: str, record: Record, before: Set[Record]) -> None:
        """Store one call, whose initial states were computed from those of the calls `before`."""

    def leave(self, name: str, reason: str) -> None:
        """Note a call that cannot be recorded."""


# PyTorch disables tracing of its own modules in the same way: anything traced passes through the mode.
warnings.filterwarnings("ignore", category=torch.jit._trace.TracerWarning, module=r"lstm_viz\.capture\.mode")

#: The active captures, innermost last; separate for each thread and each asyncio task.
WATCHERS: ContextVar[tuple[Watcher, ...]] = ContextVar("WATCHERS", default=())


class _Kernels(TorchFunctionMode):
    """Pass each call of a recurrent kernel to `_call`, and every other function straight on.

    After a one-step call, results computed from its states are tracked to recognise the next step of the loop.
    """

    descent: Descent | None = None

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func not in KERNELS:
            result = func(*args, **(kwargs or {}))
            if self.descent is not None:
                self.descent.follow((*args, *(kwargs or {}).values()), result)
            return result
        return _call(func, args, kwargs or {}, sys._getframe(1))


class _Thread(threading.local):
    """One mode for all captures of a thread, so that those of two coroutines may close in any order."""

    def __init__(self) -> None:
        self.open: weakref.WeakSet[Watcher] = weakref.WeakSet()
        self.mode: _Kernels | None = None


_THREAD = _Thread()
_UNCOMPILED: set[str] = set()


def open_mode(watcher: Watcher) -> None:
    """Start sending this thread's kernel calls to one more watcher."""
    if "torch._dynamo" in sys.modules and __package__ not in _UNCOMPILED:
        # torch.compile would compile the code here too; disabled, it runs compiled callers eagerly while a capture is open.
        sys.modules["torch._dynamo"].trace_rules.add(__package__)
        _UNCOMPILED.add(__package__)
    _THREAD.open.add(watcher)
    if _THREAD.mode is None:
        _THREAD.mode = _Kernels()
        torch._C._push_on_torch_function_stack(_THREAD.mode)


def close_mode(watcher: Watcher) -> None:
    """Stop it if this was the thread's last watcher; a second call does nothing."""
    _THREAD.open.discard(watcher)
    if _THREAD.open or _THREAD.mode is None:
        return
    stack = [torch._C._get_function_stack_at(k) for k in range(torch._C._len_torch_function_stack())]
    if _THREAD.mode in stack:
        index = stack.index(_THREAD.mode)
        for _ in stack[index:]:
            torch._C._pop_torch_function_stack()
        for mode in stack[index + 1 :]:  # modes of others, opened later and still active
            torch._C._push_on_torch_function_stack(mode)
    _THREAD.mode = None


def _call(func: Callable[..., Any], args: Sequence[Any], named: dict[str, Any], frame: FrameType) -> Any:
    """Run one kernel call and record it for every watcher of the calling module."""
    kernel, watchers = KERNELS[func], WATCHERS.get()
    arguments = Arguments.of(kernel, args, named) if watchers else None
    caller = None if arguments is None else caller_of(frame, arguments.batch_sizes)
    if arguments is None or caller is None:
        return func(*args, **named)
    names = [(watcher, name) for watcher in watchers if (name := watcher.name_of(caller)) is not None]
    if not names:
        return func(*args, **named)
    reason = why_not(arguments.tensors(), arguments.dropout)
    if reason is not None:
        for watcher, name in names:
            watcher.leave(name, reason)
        return func(*args, **named)
    short = kernel.stepped or (arguments.batch_sizes is None and arguments.x.shape[1 if arguments.batch_first else 0] == 1)
    first, name = names[0]
    before = _origins_of(arguments, short)
    copied = copy_arguments(arguments, first.copies.of(name, arguments.weights, bool(before)))
    random = torch.get_rng_state() if arguments.dropout else None
    result = func(*args, **named)
    return _record(kernel, copied, caller, random, names, result, before)


def _record(
    kernel: Kernel,
    copied: Arguments,
    caller: Caller,
    random: Tensor | None,
    names: Sequence[tuple[Watcher, str]],
    result: Any,
    before: Set[Record],
) -> Any:
    """Store the kernel's outputs, and return them as the caller gets them."""
    outputs = (result,) if isinstance(result, Tensor) else tuple(result)
    differentiable = any(output.requires_grad for output in outputs)
    detached = tuple(output.detach() if differentiable else output.detach().clone() for output in outputs)
    record = Record(kernel, copied, detached, caller.order, random, _autocast(detached[0].device.type))
    if torch._C._current_graph_task_id() != -1:  # inside a backward pass, where only checkpointing recomputes
        earlier = [watcher.earlier(name, record) for watcher, name in names]
        again = next((each for each in earlier if each is not None), None)
        if again is not None:
            if again.observed or not differentiable:
                return result
            record = again
            names = [pair for pair, each in zip(names, earlier, strict=True) if each is None]
    if differentiable:
        record.observed, record.blocked = True, None
        outputs = Observe.apply(record, *outputs)
    else:
        record.blocked = NOTHING_ASKS if torch.is_grad_enabled() else NO_GRAD_MODE
    for watcher, name in names:
        watcher.take(name, record, before)
    if _THREAD.mode is not None and _THREAD.mode.descent is not None:
        _THREAD.mode.descent.begin(outputs if kernel.stepped else outputs[1:], record)
    return outputs[0] if isinstance(result, Tensor) else outputs


def _autocast(device: str) -> torch.dtype | None:
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else None


def _origins_of(arguments: Arguments, short: bool) -> Set[Record]:
    """Return the calls from whose states a one-step call started."""
    if not short or _THREAD.mode is None:
        return frozenset()
    if _THREAD.mode.descent is None:
        _THREAD.mode.descent = Descent()
    return _THREAD.mode.descent.of((arguments.h0, arguments.c0))
