"""The memory layout of one call's sequences, and its conversion to [time, batch, unit]."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Layout:
    """Convert a kernel's data to [time, batch, unit].

    `stepped` is True for one-step kernels, whose data have no time axis. `batch_sizes` and `order` are those of a packed
    sequence, on the CPU: once opened, shorter sequences are padded with zeros and in the caller's order.
    """

    batch_first: bool = False
    stepped: bool = False
    batch_sizes: Tensor | None = None
    order: Tensor | None = None

    @cached_property
    def lengths(self) -> Tensor | None:
        """Return the length of each packed sequence in the caller's order, [batch]; None if all are equally long."""
        if self.batch_sizes is None:
            return None
        step, column = self._places
        return torch.zeros(int(self.batch_sizes[0]), dtype=torch.long).index_add_(0, column, torch.ones_like(step))

    def open(self, data: Tensor) -> Tensor:
        """Return the kernel's data as [time, batch, unit]."""
        if self.batch_sizes is not None:
            steps = data.new_zeros(len(self.batch_sizes), int(self.batch_sizes[0]), data.shape[-1])
            steps[self._places] = data
            return steps
        return data[None] if self.stepped else data.transpose(0, 1) if self.batch_first else data

    def pack(self, steps: Tensor) -> Tensor:
        """Convert [time, batch, unit] to the layout between a kernel's layers: rows of packed data, or unchanged."""
        return steps if self.batch_sizes is None else steps[self._places]

    def unpack(self, data: Tensor) -> Tensor:
        """Invert `pack`."""
        return data if self.batch_sizes is None else self.open(data)

    def open_states(self, states: Tensor) -> Tensor:
        """Return the kernel's initial or final states as [run, batch, unit]."""
        if self.stepped:
            return states[None]
        if self.order is None:
            return states
        opened = torch.empty_like(states)
        opened[:, self.order] = states
        return opened

    def turn(self, steps: Tensor) -> Tensor:
        """Reverse each sequence, with the padding still at its end; turning twice changes nothing."""
        if self.lengths is None:
            return steps.flip(0)
        time = torch.arange(len(steps))[:, None]
        source = torch.where(time < self.lengths, self.lengths - 1 - time, time)
        return steps[source, torch.arange(len(self.lengths))]

    def add_last(self, steps: Tensor, states: Tensor) -> Tensor:
        """Return steps with states [batch, unit] added to each sequence's last step."""
        steps, lengths = steps.clone(), self.lengths
        last = torch.full((steps.shape[1],), len(steps)) if lengths is None else lengths
        steps[last - 1, torch.arange(steps.shape[1])] += states
        return steps

    @cached_property
    def padding(self) -> Tensor | None:
        """Return True for padding, [time, batch]; None if there is none."""
        if self.lengths is None:
            return None
        return torch.arange(int(self.lengths.max()))[:, None] >= self.lengths

    @cached_property
    def _places(self) -> tuple[Tensor, Tensor]:
        """Return the time and the batch entry of each row of packed data."""
        assert self.batch_sizes is not None, "only packed sequences have rows"
        step = torch.repeat_interleave(torch.arange(len(self.batch_sizes)), self.batch_sizes)
        row = torch.cat([torch.arange(int(size)) for size in self.batch_sizes])
        return step, row if self.order is None else self.order[row]
