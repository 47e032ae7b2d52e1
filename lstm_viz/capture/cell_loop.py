"""Join successive one-step calls, of nn.LSTMCell or of nn.LSTM in a Python loop, into one trace for each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from lstm_viz.capture.call import ModuleCall
from lstm_viz.capture.kernels import Arguments
from lstm_viz.capture.record import Record
from lstm_viz.cells import Steps
from lstm_viz.trace import Gradients, LayerTrace


@dataclass(eq=False)
class CellLoop:
    """Calls of one module, each starting from the state that the previous call returned; at first a single call.

    `changed` lists the indices in `records` of calls whose state was changed in between, for example by dropout.
    """

    name: str
    records: list[Record] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)

    def takes(self, record: Record) -> bool:
        """Return True if a call can be the next step: one step of the same kernel with the same batch size."""
        last = self.records[-1]
        arguments = (last.arguments, record.arguments)
        if record.steps() != 1 or any(each.bidirectional or each.batch_sizes is not None for each in arguments):
            return False
        return last.kernel == record.kernel and _shapes(last.last()) == _shapes(record.first())

    def continues(self, record: Record) -> bool:
        """Return True if a call starts from exactly the states that the last one returned."""
        pairs = zip(self.records[-1].last(), record.first(), strict=True)
        return all(torch.equal(one, other) for one, other in pairs)

    def traces(self) -> list[LayerTrace]:
        """Return one trace for each layer. Steps that no backward pass reached have zero gradients if others were reached."""
        parts = [_batched_traces(self.name, records) for records in _groups(self.records)]
        return [self._join(list(layer)) for layer in zip(*parts, strict=True)]

    def passes(self) -> int:
        """Return the number of backward passes over all calls."""
        return sum(record.passes for record in self.records)

    def _join(self, parts: Sequence[LayerTrace]) -> LayerTrace:
        if len(parts) == 1 and not self.changed:
            return parts[0]
        first = parts[0]
        values = _concatenate([part.values for part in parts])
        blocked = next((record.blocked for record in self.records if record.blocked and record.passes), None)
        reached = next((part.grads for part in parts if part.grads is not None), None)
        grads = None
        if reached is not None and blocked is None:
            grads = Gradients(_concatenate([_or_zeros(part, reached) for part in parts]))
        starts = np.cumsum([0, *(record.steps() for record in self.records)])
        return replace(
            first, values=values, grads=grads, changed=tuple(int(starts[k]) for k in self.changed),
            grads_missing=None if grads is not None else blocked or first.grads_missing,
        )  # fmt: skip


def _groups(records: Sequence[Record]) -> list[list[Record]]:
    """Group one-step calls that share their weights; they are computed as one batch, as every state is known."""
    groups: list[list[Record]] = []
    for record in records:
        before = groups[-1][-1] if groups else None
        if before is not None and _can_batch(before, record):
            groups[-1].append(record)
        else:
            groups.append([record])
    return groups


def _can_batch(one: Record, other: Record) -> bool:
    return (
        one.steps() == other.steps() == 1
        and one.arguments.weights is other.arguments.weights
        and one.random is other.random is None
        and one.autocast == other.autocast
        and one.arguments.batch_first == other.arguments.batch_first
        and (one.passes > 0, one.blocked) == (other.passes > 0, other.blocked)
    )


def _batched_traces(name: str, records: list[Record]) -> list[LayerTrace]:
    """Return the traces of several one-step calls, computed as one call of one step over a larger batch."""
    if len(records) == 1:
        return ModuleCall(name, records[0]).traces()
    first, stepped = records[0], records[0].kernel.stepped
    batch_axis = 0 if stepped or first.arguments.batch_first else 1
    states_axis = 0 if stepped else 1
    arguments = first.arguments
    merged = Record(
        first.kernel,
        Arguments(
            torch.cat([record.arguments.x for record in records], batch_axis),
            torch.cat([record.arguments.h0 for record in records], states_axis),
            None if arguments.c0 is None else torch.cat([_required(record.arguments.c0) for record in records], states_axis),
            arguments.weights, arguments.biases, arguments.layers, 0.0, False, arguments.batch_first,
        ),
        tuple(
            torch.cat([record.outputs[k] for record in records], batch_axis if k == 0 else states_axis)
            for k in range(len(first.outputs))
        ),
        autocast=first.autocast,
        blocked=first.blocked,
        output_grads=_merged_output_grads(records, batch_axis, states_axis),
        passes=first.passes,
    )  # fmt: skip
    count = len(records)
    return [
        replace(
            trace,
            values=_in_time(trace.values, count),
            h0=trace.h0[: len(trace.h0) // count],
            c0=None if trace.c0 is None else trace.c0[: len(trace.c0) // count],
            grads=None if trace.grads is None else Gradients(_in_time(trace.grads.values, count)),
        )
        for trace in ModuleCall(name, merged).traces()
    ]


def _merged_output_grads(records: Sequence[Record], batch_axis: int, states_axis: int) -> list[Tensor | None]:
    if not records[0].output_grads:
        return []
    merged: list[Tensor | None] = []
    for k in range(len(records[0].outputs)):
        if all(record.output_grads[k] is None for record in records):
            merged.append(None)
            continue
        grads = [torch.zeros_like(record.outputs[k]) if (one := record.output_grads[k]) is None else one for record in records]
        merged.append(torch.cat(grads, batch_axis if k == 0 else states_axis))
    return merged


def _in_time(values: Mapping[str, Steps], count: int) -> dict[str, Steps]:
    """Reshape [1, step · batch, unit] to [step, batch, unit]."""
    return {symbol: steps.reshape(count, -1, steps.shape[-1]) for symbol, steps in values.items()}


def _or_zeros(part: LayerTrace, reached: Gradients) -> Mapping[str, Steps]:
    if part.grads is not None:
        return part.grads.values
    return {symbol: np.zeros((part.steps, *steps.shape[1:]), steps.dtype) for symbol, steps in reached.values.items()}


def _concatenate(steps: list[Mapping[str, Steps]]) -> dict[str, Steps]:
    return {symbol: np.concatenate([step[symbol] for step in steps]) for symbol in steps[0]}


def _shapes(states: Sequence[Tensor]) -> list[tuple[torch.Size, torch.dtype]]:
    return [(state.shape, state.dtype) for state in states]


def _required(state: Tensor | None) -> Tensor:
    assert state is not None, "an LSTM has a cell state"
    return state
