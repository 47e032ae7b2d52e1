"""Compute what one recorded call did: its layers and directions one at a time, forward and, if gradients arrived, backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lstm_viz.capture.layers import Layer
from lstm_viz.capture.layout import Layout
from lstm_viz.capture.record import Record
from lstm_viz.cells import Derivatives, State, Steps
from lstm_viz.trace import Gradients, LayerTrace

#: Largest difference between a recomputed h and the kernel's own, by precision; a larger one means a different computation.
NEAR = {torch.float64: 1e-8, torch.float32: 1e-3, torch.bfloat16: 0.1, torch.float16: 0.02}


@dataclass(eq=False)
class DirectionPass:
    """One layer and direction of one call, in its order of computation: the reverse direction starts with the last step."""

    layer: Layer
    values: dict[str, Steps]
    h0: State
    c0: State | None
    grads: Mapping[str, Steps] | None = None


class ModuleCall:
    """The direction passes of one recorded call, lowest layer first, forward direction before reverse.

    The hidden states of the top layer are the kernel's. Those of lower layers are recomputed by the same kernel from the same
    inputs, with the same dropout mask. As a check, the top layer's h is recomputed from the recovered gates and compared with
    the kernel's output.
    """

    def __init__(self, name: str, record: Record) -> None:
        self.name = name
        self._record = record
        arguments = record.arguments
        sizes, order = (None if each is None else each.cpu() for each in (arguments.batch_sizes, record.order))
        self.layout = Layout(arguments.batch_first, record.kernel.stepped, sizes, order)
        self.precision = record.outputs[0].dtype
        self._near = max(NEAR[self.precision], NEAR.get(record.autocast or self.precision, 0.0))
        self.dtype = torch.float64 if self.precision == torch.float64 else torch.float32
        self.runs: list[DirectionPass] = []
        self._kept: list[Tensor | None] = []
        with computing():
            self._forward()
            self._check()
            if record.passes and record.blocked is None:
                self._backward()

    def _read(self, tensor: Tensor) -> Tensor:
        """Return a recorded tensor as the kernel saw it: on the CPU, in the precision of the computation."""
        return tensor.to("cpu", self.precision)

    def _forward(self) -> None:
        arguments, kernel = self._record.arguments, self._record.kernel
        x = self.layout.open(self._read(arguments.x))
        states = [self.layout.open_states(self._read(state)) for state in self._record.first()]
        top = self.layout.open(self._read(self._record.outputs[0]))
        random = None
        if self._record.random is not None:
            random = torch.Generator()
            random.set_state(self._record.random)
        weights = arguments.by_run()
        for layer_index in range(arguments.layers):
            last = layer_index == arguments.layers - 1
            top_outputs = top.chunk(arguments.directions, -1) if last else None
            outputs: list[Tensor] = []
            for direction in range(arguments.directions):
                index = layer_index * arguments.directions + direction
                exact = {key: self._read(weight) for key, weight in weights[index].items()}
                layer = Layer(kernel.kind, layer_index, direction == 1, exact, kernel.relu)
                h0, c0 = states[0][index], states[1][index] if len(states) > 1 else None
                turn = self.layout.turn if layer.reverse else _as_is
                inputs = turn(x).contiguous()
                h, gates = self._run(layer, inputs, h0, c0) if top_outputs is None else (turn(top_outputs[direction]), None)
                if self.layout.padding is not None:
                    h, gates = h.masked_fill(self.layout.padding[..., None], 0.0), None
                outputs.append(turn(h))
                self._replay(layer, gates, inputs, h, h0, c0)
            x = outputs[0] if len(outputs) == 1 else torch.cat(outputs, -1)
            self._kept.append(None if last or random is None else self._drop(x, random))
            x = _times(x, self._kept[-1])
        self._output = x

    def _run(self, layer: Layer, x: Tensor, h0: Tensor, c0: Tensor | None) -> tuple[Tensor, np.ndarray | None]:
        """Rerun a lower layer in the original precision; return its h, and its gates if the kernel leaves them."""
        autocast = self._record.autocast
        with torch.autocast("cpu", autocast, enabled=autocast is not None):
            h, gates = layer.run_with_gates(x, h0, c0)
            return h.to(self.precision), gates

    def _replay(self, layer: Layer, gates: np.ndarray | None, *tensors: Tensor | None) -> None:
        single = {key: weight.to(self.dtype) for key, weight in layer.parameters.items()}
        layer = Layer(layer.kind, layer.index, layer.reverse, single, layer.relu)
        x, h, h0, c0 = (None if tensor is None else tensor.to(self.dtype).numpy() for tensor in tensors)
        assert x is not None
        assert h is not None
        assert h0 is not None
        self.runs.append(DirectionPass(layer, layer.values(gates, x, h, h0, c0), h0, c0))

    def _drop(self, x: Tensor, random: torch.Generator) -> Tensor:
        """Return the dropout mask between layers, drawn as PyTorch draws it on the CPU."""
        keep = 1.0 - self._record.arguments.dropout
        drawn = self.layout.pack(x)
        if keep == 0.0:
            return torch.zeros_like(x)
        return self.layout.unpack(torch.empty_like(drawn).bernoulli_(keep, generator=random).div_(keep))

    def _check(self) -> None:
        """Raise RuntimeError if the recovered gates do not reproduce the top layer's h."""
        real = True if self.layout.padding is None else ~self.layout.padding[..., None].numpy()
        for run in self.runs[-self._record.arguments.directions :]:
            again = run.layer.cell.hidden_of(run.layer.weights, run.values, run.h0)
            apart = np.abs(np.where(real, again - run.values["h"], 0.0)).max(initial=0.0)
            size = max(1.0, float(np.abs(run.values["h"]).max(initial=0.0)))
            if not apart <= self._near * size + _rounding(run) and np.isfinite(run.values["h"]).all():
                raise RuntimeError(
                    f"{self.name}: the gates recovered for this call do not reproduce the hidden states that it returned "
                    f"(difference {apart:.2g}), so capture shows none of it. One possible cause: another thread drew random "
                    "numbers at the same time. Call .eval() or set dropout=0."
                )

    def _backward(self) -> None:
        """Backpropagate through every layer, from the kernel's outputs to all other quantities."""
        arguments = self._record.arguments
        grads = [None if one is None else one.to("cpu", self.dtype) for one in self._record.output_grads]
        outside = grads[0]
        d_x = torch.zeros_like(self._output, dtype=self.dtype) if outside is None else self.layout.open(outside)
        ends = [None, *grads[1:]] if self._record.kernel.stepped else grads[1:]
        d_ends = [None if end is None else self.layout.open_states(end) for end in (*ends, None)[:2]]
        for layer_index in range(arguments.layers - 1, -1, -1):
            d_h = _times(d_x, self._kept[layer_index]).chunk(arguments.directions, -1)
            first = layer_index * arguments.directions
            runs = self.runs[first :][: arguments.directions]
            stage = [self._backpropagate(run, first + k, d_h[k], d_ends) for k, run in enumerate(runs)]
            parts = [self._flip_if_reverse(run)(torch.from_numpy(one.values["x"])) for run, one in zip(runs, stage, strict=True)]
            d_x = parts[0] if len(parts) == 1 else parts[0] + parts[1]
            for run, one in zip(runs, stage, strict=True):
                run.grads = {**one.values, "x": self._flip_if_reverse(run)(d_x).numpy()}

    def _backpropagate(self, run: DirectionPass, index: int, d_h: Tensor, d_ends: list[Tensor | None]) -> Derivatives:
        """Backpropagate through one layer and direction."""
        d_h, d_c = self._flip_if_reverse(run)(d_h).contiguous(), None
        if d_ends[0] is not None:
            d_h = self.layout.add_last(d_h, d_ends[0][index])
        if d_ends[1] is not None:
            d_c = self.layout.add_last(torch.zeros_like(torch.from_numpy(run.values["c"])), d_ends[1][index]).numpy()
        return run.layer.bptt(run.values, run.h0, run.c0, d_h.numpy(), d_c)

    def _flip_if_reverse(self, run: DirectionPass) -> Callable[[Tensor], Tensor]:
        """Return the conversion between text order and the pass's order of computation; it is its own inverse."""
        return self.layout.turn if run.layer.reverse else _as_is

    def traces(self) -> list[LayerTrace]:
        """Return one trace for each layer and direction, in text order."""
        with computing():
            return [self._trace(run) for run in self.runs]

    def _trace(self, run: DirectionPass) -> LayerTrace:
        lengths = None if self.layout.lengths is None else self.layout.lengths.numpy()
        return LayerTrace(
            self.name,
            run.layer.kind,
            run.layer.index,
            run.layer.reverse,
            self._in_text_order(run, run.values),
            run.h0,
            run.c0,
            None if run.grads is None else Gradients(self._in_text_order(run, run.grads)),
            lengths,
            None if run.grads is not None else self._record.grads_missing,
        )

    def _in_text_order(self, run: DirectionPass, values: Mapping[str, Steps]) -> dict[str, Steps]:
        if not run.layer.reverse and self.layout.padding is None:
            return dict(values)
        turn = self._flip_if_reverse(run)
        ordered = {symbol: turn(torch.from_numpy(steps)) for symbol, steps in values.items()}
        if self.layout.padding is not None:
            blank = self.layout.padding[..., None]
            ordered = {symbol: steps.masked_fill(blank, torch.nan) for symbol, steps in ordered.items()}
        return {symbol: steps.numpy() for symbol, steps in ordered.items()}


def _rounding(run: DirectionPass) -> float:
    """Return the rounding error that a pre-activation may have; it grows with the size of the weights."""
    weights, values = run.layer.weights, run.values
    by_input = np.abs(weights.ih).sum(1).max() * np.abs(values["x"]).max(initial=0.0)
    by_hidden = np.abs(weights.hh).sum(1).max() * max(np.abs(values["h"]).max(initial=0.0), np.abs(run.h0).max(initial=0.0))
    return float(4 * np.finfo(values["h"].dtype).eps * (by_input + by_hidden))


@contextmanager
def computing() -> Iterator[None]:
    """Compute in isolation: no autograd, autocast, default device or active capture of the caller."""
    with torch.no_grad(), torch.autocast("cpu", enabled=False), torch._C.DisableTorchFunction():
        yield


def _times(steps: Tensor, factors: Tensor | None) -> Tensor:
    return steps if factors is None else steps * factors.to(steps.dtype)


def _as_is(steps: Tensor) -> Tensor:
    return steps
