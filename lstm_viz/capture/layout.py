"""How the sequences of one call lie in memory, and the one way in which everything else sees them: [time, batch, unit]."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence


@dataclass(frozen=True, eq=False)
class Layout:
    """Opens what a module was given into [time, batch, unit] and closes such steps into what it would have returned.

    `stepped` is True for nn.LSTMCell and its like, whose data have no time axis. `packed` holds the sizes and the order
    of a PackedSequence; opened, its shorter sequences are padded with zeros and stand in the caller's order.
    """

    batched: bool
    batch_first: bool = False
    stepped: bool = False
    packed: PackedSequence | None = None

    @classmethod
    def of(cls, module: nn.Module, given: Tensor | PackedSequence) -> Layout:
        """The layout of what a recurrent module was given."""
        if isinstance(given, PackedSequence):
            return cls(batched=True, packed=given)
        if isinstance(module, nn.RNNCellBase):
            return cls(batched=given.dim() == 2, stepped=True)
        return cls(batched=given.dim() == 3, batch_first=bool(module.batch_first))

    @cached_property
    def lengths(self) -> Tensor | None:
        """Steps of each packed sequence in the caller's order, [batch]; None where all are equally long."""
        if self.packed is None:
            return None
        step, column = self._places
        return torch.zeros(int(self.packed.batch_sizes[0]), dtype=torch.long).index_add_(0, column, torch.ones_like(step))

    def open(self, data: Tensor) -> Tensor:
        """The caller's data as [time, batch, unit]."""
        if self.packed is not None:
            sizes = self.packed.batch_sizes
            steps = data.new_zeros(len(sizes), int(sizes[0]), data.shape[-1])
            steps[self._places] = data
            return steps
        return data.transpose(0, 1) if self.batch_first and self.batched else self.open_states(data)

    def close(self, steps: Tensor) -> Tensor:
        """Steps [time, batch, unit] as the caller's data lie."""
        if self.packed is not None:
            return steps[self._places]
        return steps.transpose(0, 1) if self.batch_first and self.batched else self.close_states(steps)

    def open_states(self, states: Tensor) -> Tensor:
        """The caller's first or last states as [run, batch, unit]."""
        states = states[None] if self.stepped else states
        return states if self.batched else states.unsqueeze(1)

    def close_states(self, states: Tensor) -> Tensor:
        """States [run, batch, unit] as the caller's lie."""
        states = states if self.batched else states.squeeze(1)
        return states[0] if self.stepped else states

    def turn(self, steps: Tensor) -> Tensor:
        """Each sequence the other way round, padding staying at its end; turning twice changes nothing."""
        if self.lengths is None:
            return steps.flip(0)
        time = torch.arange(len(steps))[:, None]
        source = torch.where(time < self.lengths, self.lengths - 1 - time, time)
        return steps[source, torch.arange(len(self.lengths))]

    def last(self, steps: Tensor) -> Tensor:
        """What stands at each sequence's last step, [batch, unit]."""
        return steps[-1] if self.lengths is None else steps[self.lengths - 1, torch.arange(len(self.lengths))]

    def add_last(self, steps: Tensor, states: Tensor) -> Tensor:
        """Steps with states [batch, unit] added to each sequence's last one."""
        steps, lengths = steps.clone(), self.lengths
        last = torch.full((steps.shape[1],), len(steps)) if lengths is None else lengths
        steps[last - 1, torch.arange(steps.shape[1])] += states
        return steps

    @cached_property
    def padding(self) -> Tensor | None:
        """True past the end of a shorter sequence, [time, batch]; None where there is no such place."""
        if self.lengths is None:
            return None
        return torch.arange(int(self.lengths.max()))[:, None] >= self.lengths

    @cached_property
    def _places(self) -> tuple[Tensor, Tensor]:
        """The time and the batch entry of each row of packed data."""
        assert self.packed is not None, "only packed sequences have places"
        sizes, order = self.packed.batch_sizes, self.packed.sorted_indices
        step = torch.repeat_interleave(torch.arange(len(sizes)), sizes)
        row = torch.cat([torch.arange(int(size)) for size in sizes])
        return step, row if order is None else order.cpu()[row]
