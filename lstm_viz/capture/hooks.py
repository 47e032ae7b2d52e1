"""capture(module): hooks borrowed for a `with` block, so that a recurrent module shows its gates and gradients."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from lstm_viz.capture.backward import Backward
from lstm_viz.capture.call import Call
from lstm_viz.capture.exchange import Exchange
from lstm_viz.capture.layers import Recurrent, kind_of, remembered_inputs
from lstm_viz.capture.layout import Layout
from lstm_viz.capture.loops import Loop
from lstm_viz.trace import LayerTrace

#: PyTorch numbers hooks with a counter that threads must not race for.
_REGISTRATION = threading.Lock()


class Capture:
    """What recurrent modules compute inside the `with` block, in this thread only: other threads' calls are not seen.

    While it lasts, a call's backward pass runs through the explicit scan of `cells` in place of the fused kernel's: the
    same gradients reach parameters and inputs, and those of the gates are kept on the way.
    """

    def __init__(self, module: nn.Module) -> None:
        self._names: dict[nn.Module, str] = {}
        for name, part in module.named_modules():
            if kind_of(part) is not None:
                self._names[part] = name or type(part).__name__
                _require_precision(self._names[part], next(part.parameters()).dtype)
        if not self._names:
            kind = type(module).__name__
            raise ValueError(f"{kind} holds nothing recurrent; capture needs nn.LSTM, nn.GRU, nn.RNN or their cells")
        self._thread = 0
        self._handles: list[RemovableHandle] = []
        self._random: dict[nn.Module, Tensor] = {}
        self._calls: list[tuple[str, Call] | Loop] = []

    def __enter__(self) -> Capture:
        if self._handles:
            raise RuntimeError("this capture is at work already; open another one with capture(module)")
        self._thread = threading.get_ident()
        with _REGISTRATION:
            for module in self._names:
                self._handles.append(module.register_forward_pre_hook(self._before))
                self._handles.append(module.register_forward_hook(self._after, with_kwargs=True))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        with _REGISTRATION:
            while self._handles:
                self._handles.pop().remove()

    @property
    def layers(self) -> tuple[LayerTrace, ...]:
        """Every layer and direction of every call so far, in the order of computation; cells in a loop make one trace.

        `grads` is there where a backward pass has come by: ask again after one.
        """
        traces = (call.traces() if isinstance(call, Loop) else call[1].traces(call[0]) for call in self._calls)
        return tuple(trace for several in traces for trace in several)

    def _before(self, module: nn.Module, arguments: tuple[Any, ...]) -> None:
        if threading.get_ident() == self._thread and _drops(module):
            self._random[module] = torch.get_rng_state()

    def _after(self, module: Recurrent, arguments: tuple[Any, ...], *rest: Any) -> Any:
        if threading.get_ident() != self._thread:
            return None
        named, output = rest  # in other threads PyTorch may leave `named` out, where this hook was just removed
        exchange = Exchange.of(module, arguments, named, output)
        call = getattr(exchange.result.grad_fn, "call", None)
        if isinstance(call, Call):  # another capture of this thread was here first: share what it saw
            outputs = (exchange.result, exchange.h_n, exchange.c_n)
        else:
            call, outputs = self._record(module, exchange)
        if isinstance(module, nn.RNNCellBase):
            loops = (loop for loop in self._calls if isinstance(loop, Loop) and loop.module is module)
            loop = next((loop for loop in loops if loop.continues(exchange)), None)
            if loop is None:
                loop = Loop(self._names[module], module)
                self._calls.append(loop)
            loop.add(call, outputs[0], outputs[2])
        else:
            self._calls.append((self._names[module], call))
        return exchange.answer(*outputs)

    def _record(self, module: Recurrent, exchange: Exchange) -> tuple[Call, tuple[Any, ...]]:
        """Replay one call; its outputs come back with a backward pass that keeps the gradients."""
        _require_precision(self._names[module], exchange.result.dtype)
        layout = Layout.of(module, exchange.given)
        outputs = tuple(None if end is None else end.detach() for end in (exchange.result, exchange.h_n, exchange.c_n))
        layers = getattr(module, "num_layers", 1)
        with torch.no_grad():
            x = layout.open(exchange.data.detach())
            first = _first_states(module, layout, exchange, x)
            if module in self._random:
                # Nobody can see the masks that dropout drew: draw the same again, and hand on what they give.
                torch.set_rng_state(self._random.pop(module))
                call = Call(module, layout, x, first, [None] * layers)
                ends = (None if end is None else layout.close_states(end) for end in call.ends())
                outputs = (layout.close(call.output), *ends)
            else:
                below = remembered_inputs(exchange.result, layers)[1:]
                call = Call(module, layout, x, first, [*below, layout.open(exchange.result.detach())])
        parameters = [parameter for run in call.runs for parameter in run.layer.parameters.values()]
        return call, Backward.apply(call, outputs, exchange.data, exchange.h0, exchange.c0, *parameters)


def capture(module: nn.Module) -> Capture:
    """Watch every recurrent part of a module during a `with` block.

    Takes nn.LSTM, nn.GRU, nn.RNN and their cells, alone or inside a network, in float32 or float64; raises ValueError
    where there is none and TypeError for other precisions.
    """
    return Capture(module)


def _first_states(
    module: Recurrent, layout: Layout, exchange: Exchange, x: Tensor
) -> tuple[Tensor, Tensor | None]:
    """The states before the first step, [run, batch, unit]; zeros where the caller gave none."""
    directions = 2 if getattr(module, "bidirectional", False) else 1
    runs = getattr(module, "num_layers", 1) * directions
    hidden = getattr(module, "proj_size", 0) or module.hidden_size
    h0 = x.new_zeros(runs, x.shape[1], hidden) if exchange.h0 is None else layout.open_states(exchange.h0.detach())
    if kind_of(module) != "lstm":
        return h0, None
    if exchange.c0 is None:
        return h0, x.new_zeros(runs, x.shape[1], module.hidden_size)
    return h0, layout.open_states(exchange.c0.detach())


def _drops(module: nn.Module) -> bool:
    """True where dropout between layers is at work."""
    return module.training and getattr(module, "dropout", 0.0) > 0.0 and getattr(module, "num_layers", 1) > 1


def _require_precision(name: str, dtype: torch.dtype) -> None:
    if dtype not in (torch.float32, torch.float64):
        raise TypeError(f"{name} computes in {dtype}; capture reads torch.float32 and torch.float64, so call .float() first")
