"""One call of a recurrent module: its layers replayed, and its gradients when a backward pass comes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from lstm_viz.capture.layers import Layer, Recurrent, layers_of
from lstm_viz.capture.layout import Layout
from lstm_viz.cells import State, Steps
from lstm_viz.cells.weights import Derivatives, by_weights
from lstm_viz.trace import Gradients, LayerTrace

Ends = tuple[Tensor | None, Tensor | None]


@dataclass(eq=False)
class Run:
    """One layer and direction in one call, in its order of computation: the reverse direction's last step comes first."""

    layer: Layer
    values: dict[str, Steps]
    h0: State
    c0: State | None
    grads: Mapping[str, Steps] | None = None

    def keep(self, found: Mapping[str, Steps]) -> None:
        """Keep derivatives; those of several backward passes add up, as they do in `.grad`."""
        before = self.grads
        self.grads = found if before is None else {symbol: found[symbol] + before[symbol] for symbol in found}


class Call:
    """The runs of one call, lowest layer first, forward direction before reverse.

    `x` is the module's input and `states` its states before the first step, opened to [time, batch, unit] and
    [run, batch, unit]. `outputs` are the layers' own [time, batch, unit], None where a layer has to run once more.
    """

    def __init__(
        self, module: Recurrent, layout: Layout, x: Tensor, states: Ends, outputs: Sequence[Tensor | None]
    ) -> None:
        self.layout = layout
        self.runs: list[Run] = []
        self._directions = 2 if getattr(module, "bidirectional", False) else 1
        self._kept: list[Tensor | None] = []
        layers = layers_of(module)
        for number, output in enumerate(outputs):
            stage = [layer for layer in layers if layer.number == number]
            x = self._pass(stage, x, states, output)
            self._kept.append(None if number == len(outputs) - 1 else _drop(module, layout, x))
            x = _times(x, self._kept[-1])
        self.output = x

    def _pass(self, stage: list[Layer], x: Tensor, states: Ends, output: Tensor | None) -> Tensor:
        """Run one layer, both directions, over its input, or take its output where that is known."""
        known = None if output is None else output.chunk(len(stage), -1)
        seen: list[Tensor] = []
        for direction, layer in enumerate(stage):
            h0, c0 = (None if state is None else state[len(self.runs)] for state in states)
            assert h0 is not None, "every recurrent cell has a hidden state"
            turn = self.layout.turn if layer.reverse else _as_is
            inputs = turn(x).contiguous()
            h = layer.run(inputs, h0, c0) if known is None else turn(known[direction])
            if self.layout.padding is not None:
                h = h.masked_fill(self.layout.padding[..., None].to(h.device), 0.0)
            seen.append(turn(h))
            self._replay(layer, inputs, h, h0, c0)
        return seen[0] if len(seen) == 1 else torch.cat(seen, -1)

    def _replay(self, layer: Layer, *tensors: Tensor | None) -> None:
        # Copies: the caller may write into an input or an output after the call.
        x, h, h0, c0 = (None if tensor is None else tensor.detach().cpu().numpy().copy() for tensor in tensors)
        assert x is not None
        assert h is not None
        assert h0 is not None
        self.runs.append(Run(layer, {**layer.cell.replay(layer.weights, x, h, h0, c0), "h": h, "x": x}, h0, c0))

    def ends(self) -> Ends:
        """The states after each run's last step, [run, batch, unit]."""
        return tuple(
            torch.stack([self.layout.last(torch.from_numpy(run.values[symbol])) for run in self.runs])
            if symbol in self.runs[0].values
            else None
            for symbol in "hc"
        )  # type: ignore[return-value]

    def differentiate(self, d_output: Tensor, d_ends: Ends, with_weights: bool) -> tuple[Tensor, Ends, list[Tensor]]:
        """Go back through every layer.

        `d_output` [time, batch, unit] and `d_ends` [run, batch, unit] are the derivatives by the output and by the last
        states. Returns those by the input, by the first states, and by the weights, in the order of the runs.
        """
        found: list[Derivatives] = []
        d_x = d_output
        for number in range(len(self._kept) - 1, -1, -1):
            d_h = _times(d_x, self._kept[number]).chunk(self._directions, -1)
            stage = [self._back(number * self._directions + k, d_h[k], d_ends) for k in range(self._directions)]
            runs = self.runs[number * self._directions :][: self._directions]
            parts = [self._turned(run)(torch.from_numpy(one.values["x"])) for run, one in zip(runs, stage, strict=True)]
            d_x = parts[0] if len(parts) == 1 else parts[0] + parts[1]
            for run, one in zip(runs, stage, strict=True):
                run.keep({**one.values, "x": self._turned(run)(d_x).numpy()})
            found = stage + found
        d_h0 = torch.from_numpy(np.stack([one.h0 for one in found]))
        cells = [one.c0 for one in found if one.c0 is not None]
        d_c0 = torch.from_numpy(np.stack(cells)) if cells else None
        weights = [self._by_weights(run, one) for run, one in zip(self.runs, found, strict=True)] if with_weights else []
        return d_x, (d_h0, d_c0), [slope for several in weights for slope in several]

    def _back(self, index: int, d_h: Tensor, d_ends: Ends) -> Derivatives:
        """Go back through one run."""
        run = self.runs[index]
        d_h, d_c = self._turned(run)(d_h), None
        if d_ends[0] is not None:
            d_h = self.layout.add_last(d_h, d_ends[0][index])
        if d_ends[1] is not None:
            d_c = self.layout.add_last(torch.zeros_like(torch.from_numpy(run.values["c"])), d_ends[1][index]).numpy()
        return run.layer.cell.bptt(run.layer.weights, run.values, run.h0, run.c0, d_h.numpy(), d_c)

    def _by_weights(self, run: Run, derivatives: Derivatives) -> list[Tensor]:
        slopes = by_weights(run.layer.weights, run.values, run.h0, derivatives)
        return [torch.from_numpy(slopes[name]) for name in run.layer.parameters]

    def _turned(self, run: Run) -> Callable[[Tensor], Tensor]:
        """Between the order of the text and a run's order of computation; the same way there and back."""
        return self.layout.turn if run.layer.reverse else _as_is

    def traces(self, name: str) -> list[LayerTrace]:
        """What was captured, one trace a run, time running forward in the text."""
        lengths = None if self.layout.lengths is None else self.layout.lengths.numpy()
        return [
            LayerTrace(
                name,
                run.layer.kind,
                run.layer.number,
                run.layer.reverse,
                self._in_text_order(run, run.values),
                run.h0,
                run.c0,
                None if run.grads is None else Gradients(self._in_text_order(run, run.grads)),
                lengths,
            )
            for run in self.runs
        ]

    def _in_text_order(self, run: Run, values: Mapping[str, Steps]) -> dict[str, Steps]:
        if not run.layer.reverse and self.layout.padding is None:
            return dict(values)
        turn = self._turned(run)
        ordered = {symbol: turn(torch.from_numpy(steps)) for symbol, steps in values.items()}
        if self.layout.padding is not None:
            blank = self.layout.padding[..., None]
            ordered = {symbol: steps.masked_fill(blank, torch.nan) for symbol, steps in ordered.items()}
        return {symbol: steps.numpy() for symbol, steps in ordered.items()}


def _drop(module: nn.Module, layout: Layout, x: Tensor) -> Tensor | None:
    """The factors by which dropout between layers multiplies, drawn in the caller's layout, as the module itself does."""
    probability = getattr(module, "dropout", 0.0)
    if not module.training or probability == 0.0:
        return None
    drawn = torch.ones_like(layout.close(x) if layout.packed is not None else x)
    kept = dropout(drawn, probability)
    return layout.open(kept) if layout.packed is not None else kept


def _times(steps: Tensor, factors: Tensor | None) -> Tensor:
    return steps if factors is None else steps * factors.to(steps.device)


def _as_is(steps: Tensor) -> Tensor:
    return steps
