"""Run an imported network part by part: every layer and direction forward, and derivatives of its hidden states back.

Each layer and direction runs once as a fused kernel, and its gates come from there or from one matrix product; gradients come
from the explicit backward pass of `cells`. Only what stands between two recurrent layers is left to autograd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.cells import State, Steps
from lstm_viz.models.imported_network import ImportedNetwork, is_residual
from lstm_viz.trace import Gradients, LayerTrace


@dataclass(frozen=True, eq=False)
class _Direction:
    """One layer and direction: its values, and the states before its first step, in its own order of computation."""

    layer: Layer
    values: dict[str, Steps]
    h0: State
    c0: State | None

    def flip(self, steps: Steps) -> Steps:
        """Convert between text order and the order of computation; it is its own inverse."""
        return np.ascontiguousarray(steps[::-1]) if self.layer.reverse else steps


@dataclass(frozen=True, eq=False)
class _Between:
    """What a part without memory read, as a leaf of autograd, and what it gave."""

    input: Tensor
    output: Tensor


class NetworkPass:
    """One forward pass over embedded tokens or numbers.

    Args:
        network: The network.
        x: What its first part after the embedding reads, [time, batch, input], at least one step.
        differentiable: True if `gradients` is going to be asked for.

    Attributes:
        hidden: What the top recurrent layer gives, both directions side by side, [time, batch, unit].
    """

    def __init__(self, network: ImportedNetwork, x: Float[Tensor, "time batch input"], differentiable: bool) -> None:
        self._stages: list[tuple[_Direction, ...] | _Between] = []
        self._adds: list[bool] = []
        with torch.inference_mode():
            x = x.clone()
        for part in network.body[network.reads_tokens :]:
            if isinstance(part, nn.RNNBase):
                with torch.inference_mode():
                    directions = tuple(_run_direction(layer, x) for layer in layers_of(part))
                    h = torch.from_numpy(np.concatenate([each.flip(each.values["h"]) for each in directions], axis=-1))
                    x = x + h if is_residual(part) else h
                self._stages.append(directions)
                self._adds.append(is_residual(part))
                continue
            with torch.enable_grad():
                leaf = x.detach().clone().requires_grad_(differentiable)
                output = part(leaf)
            self._stages.append(_Between(leaf, output))
            self._adds.append(False)
            x = output.detach()
        self.hidden = x

    def gradients(self, d_hidden: Float[np.ndarray, "time batch unit"]) -> list[Gradients]:
        """Return each layer's and direction's gradients, in the order of `traces`, from the derivatives by `hidden`.

        Each is computed when it is first read: one layer is shown at a time, and the top one needs none of the lower ones.
        The two directions of a layer read the same x: the gradient by it is that of both.
        """
        gradients: list[Gradients] = []
        later: Callable[[], Steps] = lambda: d_hidden  # noqa: E731
        for stage, adds in zip(reversed(self._stages), reversed(self._adds), strict=True):
            if isinstance(stage, _Between):
                later = cache(partial(_backpropagate_part, stage, later))
                continue
            pending = [cache(partial(_backpropagate, each, later, number, len(stage))) for number, each in enumerate(stage)]
            above, by_layer = later, cache(partial(_input_gradient, stage, pending))
            later = cache(partial(_sum, by_layer, above)) if adds else by_layer
            gradients[:0] = [Gradients(_OnDemand(each, one, by_layer)) for each, one in zip(stage, pending, strict=True)]
        return gradients

    def traces(self, gradients: Sequence[Gradients] | None) -> tuple[LayerTrace, ...]:
        """Return one trace for each layer and direction, lowest first, in text order."""
        stages = [stage for stage in self._stages if isinstance(stage, tuple)]
        rows = [(number, each) for number, stage in enumerate(stages) for each in stage]
        grads_of_rows: Sequence[Gradients | None] = gradients or [None] * len(rows)
        return tuple(
            LayerTrace(
                "rnn", each.layer.kind, number, each.layer.reverse,
                {symbol: each.flip(steps) for symbol, steps in each.values.items()}, each.h0, each.c0, grads,
            )
            for (number, each), grads in zip(rows, grads_of_rows, strict=True)
        )  # fmt: skip


class _OnDemand(Mapping[str, Steps]):
    """The derivatives of one layer and direction in text order, computed when one is first read."""

    def __init__(self, direction: _Direction, compute: Callable[[], Mapping[str, Steps]], by_input: Callable[[], Steps]) -> None:
        self._direction, self._own, self._by_input = direction, compute, by_input
        self._flipped: dict[str, Steps] = {}

    def __getitem__(self, symbol: str) -> Steps:
        if symbol not in self._flipped:
            self._flipped[symbol] = self._by_input() if symbol == "x" else self._direction.flip(self._own()[symbol])
        return self._flipped[symbol]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own())

    def __len__(self) -> int:
        return len(self._own())

    def __reduce__(self) -> tuple[type[dict[str, Steps]], tuple[dict[str, Steps]]]:
        return dict, (dict(self),)


def _backpropagate(direction: _Direction, later: Callable[[], Steps], number: int, count: int) -> Mapping[str, Steps]:
    """Return a direction's derivatives in its order of computation, from those by what its layer gives."""
    d_h = direction.flip(np.ascontiguousarray(np.split(later(), count, axis=-1)[number]))
    layer = direction.layer
    return layer.bptt(direction.values, direction.h0, direction.c0, d_h).values


def _input_gradient(stage: tuple[_Direction, ...], pending: Sequence[Callable[[], Mapping[str, Steps]]]) -> Steps:
    """Return the derivatives by what a layer reads, of all its directions."""
    by_x = [each.flip(one()["x"]) for each, one in zip(stage, pending, strict=True)]
    return by_x[0] if len(by_x) == 1 else by_x[0] + by_x[1]


def _sum(one: Callable[[], Steps], other: Callable[[], Steps]) -> Steps:
    return one() + other()


def _backpropagate_part(between: _Between, later: Callable[[], Steps]) -> Steps:
    """Return the derivatives by what a part without memory read."""
    (by_input,) = torch.autograd.grad(between.output, between.input, torch.from_numpy(later()), retain_graph=True)
    gradient: Steps = by_input.numpy()
    return gradient


def _run_direction(layer: Layer, x: Tensor) -> _Direction:
    """Run one layer and direction from zeros."""
    batch, weights = x.shape[1], layer.weights
    h0 = torch.zeros(batch, weights.hh.shape[1], dtype=x.dtype, device=x.device)
    units = weights.hh.shape[1] if weights.hr is None else weights.hr.shape[1]
    c0 = torch.zeros(batch, units, dtype=x.dtype, device=x.device) if layer.kind == "lstm" else None
    values = layer.read(x.flip(0) if layer.reverse else x, h0, c0)
    return _Direction(layer, values, h0.numpy(), None if c0 is None else c0.numpy())
