"""Other people's programs, run three times: as they are, under `capture`, and step by step as the textbook has it.

Under capture outputs, gradients, buffers and random numbers must be the program's own to the last bit; what was captured must
agree with the steps, whose formulas and whose gradients, by autograd, owe nothing to `lstm_viz`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lstm_viz import Capture, capture
from tests.reference import gru_step, keep, lstm_step, rnn_step

#: Builds a program anew: the whole network, the part to watch, and what to run, which returns whatever it likes.
Build = Callable[[], tuple[nn.Module, nn.Module, Callable[[], Any]]]
GATES = {"lstm": "ifgo", "gru": "rzn", "rnn": "h"}


@dataclass
class Calls(TorchFunctionMode):
    """Goes through every recurrent kernel's call step by step, in the caller's own graph, and keeps every quantity.

    `found` holds one list for each layer and direction of each call: a dict of [batch, unit] tensors a step.
    """

    watched: nn.Module
    found: list[tuple[int, int, list[dict[str, Tensor]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if func not in {getattr(torch, each) for each in KERNELS}:
            return func(*args, **(kwargs or {}))
        kind = name.split("_")[0]
        relu = "relu" in name
        if name.endswith("cell"):
            x, hx, *weights = args
            h, c = hx if kind == "lstm" else (hx, None)
            w = dict(zip(("ih", "hh", "b_ih", "b_hh"), (each for each in weights if each is not None), strict=False))
            run = self.unroll(kind, relu, [keepable(x)], h, c, w, weights[0], 0, [None])
            return (run[0]["h"] * 1, run[0]["c"] * 1) if kind == "lstm" else run[0]["h"] * 1
        return self.whole(kind, relu, args)

    def whole(self, kind: str, relu: bool, args: Any) -> Any:
        packed = isinstance(args[3], list | tuple)
        data, sizes, hx, flat, biases, layers, dropout, train, both, *first = args if packed else (args[0], None, *args[1:])
        batch_first = bool(first and first[0])
        h0, c0 = hx if kind == "lstm" else (hx, None)
        if packed:
            counts = sizes.tolist()
            steps = list(data.split(counts))
        else:
            steps = list((data.transpose(0, 1) if batch_first else data).unbind(0))
            counts = [steps[0].shape[0]] * len(steps)
        directions = 2 if both else 1
        each = len(flat) // (layers * directions)
        names = ("ih", "hh", *(("b_ih", "b_hh") if biases else ()), "hr")
        hs, cs = [], []
        for layer in range(layers):
            outputs, steps = [], [keepable(step) for step in steps]
            for direction in range(directions):
                k = layer * directions + direction
                w = dict(zip(names, flat[k * each : (k + 1) * each], strict=False))
                run = self.unroll(kind, relu, steps, h0[k], None if c0 is None else c0[k], w, flat[0], k, counts, direction == 1)
                outputs.append([step["h"] for step in run])
                hs.append(last(run, "h", counts, direction))
                if c0 is not None:
                    cs.append(last(run, "c", counts, direction))
            steps = [torch.cat(pair, -1) for pair in zip(*outputs, strict=True)]
            if train and dropout and layer < layers - 1:
                joined = torch.cat(steps) if packed else torch.stack(steps)
                # As torch.dropout draws on the CPU; the same numbers are drawn whatever the precision.
                joined = nn.functional.dropout(joined, dropout)
                steps = list(joined.split(counts)) if packed else list(joined.unbind(0))
        output = torch.cat(steps) if packed else torch.stack(steps)
        output = output.transpose(0, 1) if batch_first else output
        return (output, torch.stack(hs), *([] if c0 is None else [torch.stack(cs)]))

    def unroll(
        self, kind: str, relu: bool, xs: list[Tensor], h: Tensor, c: Tensor | None, w: dict[str, Tensor], first: Tensor,
        k: int, counts: list[Any], backwards: bool = False,
    ) -> list[dict[str, Tensor]]:  # fmt: skip
        run = []
        h_all, c_all = h, c
        order = range(len(xs) - 1, -1, -1) if backwards else range(len(xs))
        for t in order:
            n = counts[t] or len(xs[t])
            x = xs[t]
            h_t, c_t = h_all[:n], None if c_all is None else c_all[:n]
            if kind == "lstm":
                step = lstm_step(w, x, h_t, c_t)
            else:
                step = gru_step(w, x, h_t) if kind == "gru" else rnn_step(w, x, h_t, relu)
            if torch.is_grad_enabled():
                step = {symbol: keep(value) for symbol, value in step.items()}
            step["x"] = x
            h_all = torch.cat([step["h"], h_all[n:]])
            c_all = None if c_all is None else torch.cat([step["c"], c_all[n:]])
            run.append(step)
        run = run[::-1] if backwards else run
        ours = {id(p) for p in self.watched.parameters()}
        theirs = {id(p) for p in self.others} if hasattr(self, "others") else set()
        if id(first) in ours or id(first) not in theirs:
            self.found.append((k, len(xs), run))
        return run

    others: Any = ()


KERNELS = ("lstm", "gru", "rnn_tanh", "rnn_relu", "lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell")


def keepable(tensor: Tensor) -> Tensor:
    return keep(tensor * 1) if torch.is_grad_enabled() else tensor


def last(run: list[dict[str, Tensor]], symbol: str, counts: list[int], direction: int) -> Tensor:
    if direction == 1:
        return run[0][symbol]
    rows = [run[max(t for t in range(len(run)) if counts[t] > row)][symbol][row] for row in range(counts[0])]
    return torch.stack(rows)


@contextmanager
def precision(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@dataclass
class Outcome:
    output: list[Tensor]
    grads: dict[str, Tensor | None]
    buffers: dict[str, Tensor]
    random: Tensor
    around: Any


def tensors(output: Any) -> list[Tensor]:
    if isinstance(output, Tensor):
        return [output.detach().clone()]
    if isinstance(output, dict):
        output = list(output.values())
    return [each for part in output for each in tensors(part)] if isinstance(output, list | tuple) else []


def run(build: Build, around: Callable[[nn.Module, nn.Module], Any]) -> Outcome:
    torch.manual_seed(3)
    np.random.seed(3)
    net, watched, go = build()
    with around(net, watched) as inside:
        output = go()
    grads = {name: None if p.grad is None else p.grad.clone() for name, p in net.named_parameters()}
    buffers = {name: buffer.clone() for name, buffer in net.named_buffers()}
    return Outcome(tensors(output), grads, buffers, torch.get_rng_state(), inside)


def untouched(build: Build) -> Capture:
    """Assert that capture changes nothing of a program; returns the capture."""
    plain = run(build, lambda net, watched: nullcontext())
    seen = run(build, lambda net, watched: capture(watched))
    assert len(plain.output) == len(seen.output)
    for one, other in zip(plain.output, seen.output, strict=True):
        assert torch.equal(one, other)
    assert plain.grads.keys() == seen.grads.keys()
    for name, grad in plain.grads.items():
        assert (grad is None) == (seen.grads[name] is None), name
        assert grad is None or torch.equal(grad, seen.grads[name]), name
    assert all(torch.equal(buffer, seen.buffers[name]) for name, buffer in plain.buffers.items())
    assert torch.equal(plain.random, seen.random)
    cap = seen.around
    before = torch.get_rng_state()
    assert isinstance(cap.layers, tuple)
    assert torch.equal(before, torch.get_rng_state())  # reading draws no random numbers either
    return cap


def stepwise(build: Build) -> Calls:
    def around(net: nn.Module, watched: nn.Module) -> Calls:
        calls = Calls(watched)
        ours = {id(p) for p in watched.parameters()}
        calls.others = [p for p in net.parameters() if id(p) not in ours]
        return calls

    return run(build, around).around


def agrees(build: Build, bound: float = 1e-9, gradients: bool = True) -> Capture:
    """Assert that capture changes nothing, and that all it shows is what the steps show, call by call."""
    cap, wanted = untouched(build), stepwise(build)
    ours = [(layer, t) for layer in cap.layers for t in range(layer.steps)]
    runs = wanted.found
    assert sum(layer.steps for layer in cap.layers) == sum(len(steps) for _, _, steps in runs), "as many steps"
    assert ours
    if len(cap.layers) != len(runs):  # calls of one step were joined: compare each layer's steps from end to end
        assert len({layer.layer for layer in cap.layers}) == len(cap.layers), "one loop at a time"
        runs = [(k, 0, [step for j, _, steps in runs if j == k for step in steps]) for k in sorted({k for k, _, _ in runs})]
    largest = max(float(step[symbol].detach().abs().max()) for _, _, steps in runs for step in steps for symbol in ("h", "x"))
    slopes = [step[s].grad for _, _, steps in runs for step in steps for s in step if step[s].grad is not None]
    steepest = max((float(slope.abs().max()) for slope in slopes), default=1.0)
    for layer, (k, _, steps) in zip(cap.layers, runs, strict=True):
        both = any(each.reverse for each in cap.layers)
        assert (layer.layer, layer.reverse) == (k // 2, k % 2 == 1) if both else layer.layer == k
        reached = any(value.grad is not None for step in steps for value in step.values())
        assert (layer.grads is not None) == (reached and gradients), layer.grads_missing
        assert (layer.grads is None) == (layer.grads_missing is not None)
        order = None if layer.lengths is None else np.argsort(-layer.lengths, kind="stable")
        for t, step in enumerate(steps):
            rows = slice(None) if order is None else order[: len(step["h"])]
            for symbol in layer.values:
                value = step[symbol].detach().numpy()
                assert np.abs(layer[symbol][t][rows] - value).max() <= bound * max(1.0, largest), (k, t, symbol)
            if layer.grads is None:
                continue
            for symbol in layer.grads.values:
                grad = step[symbol].grad
                expected = np.zeros(step[symbol].shape) if grad is None else grad.numpy()
                assert np.abs(layer.grads[symbol][t][rows] - expected).max() <= bound * max(steepest, 1e-3), (k, t, symbol)
    return cap
