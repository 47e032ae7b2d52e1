"""capture(module): a context manager that records the gates and gradients of a recurrent module."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Set
from types import TracebackType
from typing import Any

from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.utils.hooks import RemovableHandle

from lstm_viz.capture.callers import Caller
from lstm_viz.capture.cell_loop import CellLoop
from lstm_viz.capture.layers import kind_of
from lstm_viz.capture.mode import WATCHERS, close_mode, open_mode
from lstm_viz.capture.record import Copies, Record
from lstm_viz.capture.refusals import describe, unseen
from lstm_viz.trace import LayerTrace

#: PyTorch numbers hooks with a global counter; the lock prevents races between threads.
_REGISTRATION = threading.Lock()


class Capture:
    """Record what recurrent modules compute inside a `with` block, in this thread and, with asyncio, in this task only.

    The recorded program is unchanged: the same kernels forward and backward, the same random numbers, the same `.grad`.

    Examples:
        >>> gru = torch.nn.GRU(3, 4, bidirectional=True)
        >>> with lstm_viz.capture(gru) as cap:
        ...     _ = gru(torch.randn(5, 2, 3))
        >>> [(layer.kind, layer.reverse, layer.z.shape) for layer in cap.layers]
        [('gru', False, (5, 2, 4)), ('gru', True, (5, 2, 4))]
    """

    def __init__(self, module: nn.Module) -> None:
        if not isinstance(module, nn.Module):
            called = f"the class {module.__name__}" if isinstance(module, type) else f"of type {type(module).__name__}"
            raise TypeError(f"the module is {called}; an instance of torch.nn.Module was wanted, such as torch.nn.LSTM(3, 4)")
        self._names: dict[int, str] = {}
        self._expected: dict[nn.Module, str] = {}
        blind = []
        for name, part in module.named_modules():
            label = name or type(part).__name__
            self._names[id(part._parameters)] = label
            reason = unseen(part)
            if kind_of(part) is not None or reason is not None:
                self._expected[part] = label
            if reason is not None:
                blind.append(f"{describe(part, label)}: {reason}")
        if len(self._expected) == len(blind):
            kind = type(module).__name__
            why = "; ".join(blind) or f"{kind} has no recurrent submodule"
            raise ValueError(f"{why}; capture needs nn.LSTM, nn.GRU, nn.RNN or their cells")
        self._module = module
        self._thread = 0
        self._open = False
        self._over = False
        self._handle: RemovableHandle | None = None
        self._called: dict[nn.Module, None] = {}
        self._left: dict[str, str] = {}
        self._seen: set[str] = set()
        self._loops: list[CellLoop] = []
        self._traces: dict[CellLoop, tuple[tuple[int, int], list[LayerTrace]]] = {}
        self._layers: tuple[LayerTrace, ...] = ()
        self.copies = Copies()

    def __enter__(self) -> Capture:
        if self._open:
            raise RuntimeError("this capture is already open; open another one with capture(module)")
        self._thread = threading.get_ident()
        self._open = True
        try:
            if any(_own_forward(part) for part in self._expected):
                with _REGISTRATION:
                    self._handle = register_module_forward_pre_hook(self._note)
            WATCHERS.set((*WATCHERS.get(), self))
            open_mode(self)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            self._close()
        except BaseException:  # an interrupt while closing: remove everything first
            self._close()
            raise
        self._over = True
        if error is None:
            self._warn()

    @property
    def layers(self) -> tuple[LayerTrace, ...]:
        """Return every layer and direction of every call so far, in the order of computation; a loop of steps makes one trace.

        `grads` is set once a backward pass has run: read `layers` again after one. Results are cached until new calls arrive.
        """
        traces: list[LayerTrace] = []
        for loop in self._loops:
            stamp = len(loop.records), loop.passes()
            if loop not in self._traces or self._traces[loop][0] != stamp:
                self._traces[loop] = stamp, loop.traces()
            traces += self._traces[loop][1]
        if len(traces) != len(self._layers) or any(one is not two for one, two in zip(traces, self._layers, strict=True)):
            self._layers = tuple(traces)
        if not traces and self._over and not (self._left or self._called):
            warnings.warn(
                f"capture saw no call of {', '.join(self._expected.values())}: it did not run in the block, or it ran in "
                "another thread or process. Call the module inside the block, and in the thread that opened it.", stacklevel=2,
            )  # fmt: skip
        return self._layers

    # Called by mode.py:

    def name_of(self, caller: Caller) -> str | None:
        """Return the name of the module that calls a kernel; None if it is not recorded."""
        return self._names.get(id(caller.module._parameters)) if self._open and self._here() else None

    def earlier(self, name: str, record: Record) -> Record | None:
        """Return the call that this one repeats during a backward pass, as with checkpointing."""
        records = (each for loop in self._loops if loop.name == name for each in loop.records)
        return next((each for each in records if each.repeats(record) and not each.passes), None)

    def take(self, name: str, record: Record, before: Set[Record]) -> None:
        """Store one call, as the next step of a loop or as a new call."""
        self._seen.add(name)
        loops = [loop for loop in self._loops if loop.name == name and loop.takes(record)]
        descended = [loop for loop in loops if loop.records[-1] in before]
        if not descended and any(bool(state.any()) for state in record.first()):  # zero states do not identify a predecessor
            loops = [loop for loop in loops if loop.continues(record)]
        else:
            loops = sorted(descended, key=lambda loop: not loop.continues(record))
        if not loops:
            self._loops.append(CellLoop(name))
        elif not loops[0].continues(record):
            loops[0].changed.append(len(loops[0].records))
        loop = loops[0] if loops else self._loops[-1]
        loop.records.append(record)

    def leave(self, name: str, reason: str) -> None:
        """Note a call that cannot be recorded."""
        self._left.setdefault(name, reason)

    def _here(self) -> bool:
        return threading.get_ident() == self._thread

    def _note(self, module: nn.Module, arguments: Any) -> None:
        """Note that a module was called, to warn if no kernel call follows."""
        if module in self._expected and self._here() and self in WATCHERS.get():
            self._called.setdefault(module)

    def _close(self) -> None:
        """Remove all hooks and modes; a second call does nothing."""
        self._open = False
        WATCHERS.set(tuple(each for each in WATCHERS.get() if each is not self))
        with _REGISTRATION:
            if self._handle is not None:
                self._handle.remove()
                self._handle = None
        if self._here():
            close_mode(self)

    def _warn(self) -> None:
        """Warn about calls that could not be recorded."""
        for name, reason in self._left.items():
            warnings.warn(f"capture saw a call of {name} but did not record it: {reason}.", stacklevel=3)
        for module in self._called:
            name = self._expected[module]
            if name not in self._seen and name not in self._left:
                reason = unseen(module) or (
                    "its forward computes the step itself. Capture sees nn.LSTM, nn.GRU, nn.RNN and their cells: let the forward "
                    "call super().forward or one of torch's recurrent functions (torch.lstm_cell and the like)"
                )
                warnings.warn(
                    f"{describe(module, name)} was called, but it called none of PyTorch's recurrent kernels, so capture "
                    f"recorded nothing of it: {reason}.", stacklevel=3,
                )  # fmt: skip


def capture(module: nn.Module) -> Capture:
    """Record every recurrent part of a module during a `with` block.

    Examples:
        >>> lstm = torch.nn.LSTM(3, 4)
        >>> with capture(lstm) as cap:
        ...     lstm(torch.randn(5, 1, 3))[0].sum().backward()
        >>> cap.layers[0].f.shape, cap.layers[0].grads.c.shape
        ((5, 1, 4), (5, 1, 4))

    The recorded program is unchanged: outputs, every `.grad`, buffers and random numbers are bitwise identical. Capture records
    the calls of PyTorch's recurrent kernels (torch.lstm, gru, rnn_tanh, rnn_relu and the `*_cell` functions) by modules inside
    `module`, with the input, initial states and weights that reach the kernel: after any subclass, hook, dropout or
    parametrization, and before the output is modified. So `layer.x` and `layer.h` are the kernel's, whatever a hook changes
    afterwards.

    One-step calls that pass the state on (nn.LSTMCell or nn.LSTM in a loop) make one trace for each layer, also if the state
    is changed in between, for example by dropout; `layer.changed` lists those steps. Half precision and autocast are reported
    in float32. Only this thread is recorded, and with asyncio only this task and those that it starts.

    Args:
        module: Any torch module that contains nn.LSTM, nn.GRU, nn.RNN, their cells, or subclasses of these.

    Returns:
        A context manager. Its `layers` is a tuple of `LayerTrace`, one for each layer and direction of each call, in the order
        of computation; arrays are [time, batch, unit] in the module's precision. `layer.grads` is None where
        `layer.grads_missing` says why, such as before any backward pass.

    Raises:
        TypeError: It is not a torch module.
        ValueError: The module has no recurrent submodule, or only scripted or quantized ones, which run outside Python.
        RuntimeError: On entering, if this capture is open already. On reading `layers`, if the recovered gates do not reproduce
            the hidden states that the kernel returned, for example because another thread drew random numbers during dropout.

    Warns:
        UserWarning: When the block ends, for each module whose calls could not be recorded: a forward that computes the step
            itself, scripted or quantized modules, torch.func transforms, forward-mode differentiation, tracing and exporting,
            tensors without data (meta) or of custom classes. Such calls run unchanged.
    """
    return Capture(module)


def _own_forward(module: nn.Module) -> bool:
    """Return True if a module's forward is not PyTorch's, so that it may never call a kernel."""
    return type(module).__module__ != "torch.nn.modules.rnn" or "forward" in vars(module)
