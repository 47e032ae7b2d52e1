"""Track which tensors were computed from the states that a call returned, to recognise the next step of a loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from lstm_viz.capture.record import Record

#: Maximum number of calls remembered for one state; the latest are kept.
MOST = 8


class Descent:
    """For each live tensor, the calls whose states it was computed from, through any functions that keep the size."""

    def __init__(self) -> None:
        self._from: Any = WeakIdKeyDictionary()
        self._serial = 0

    def begin(self, states: Iterable[Tensor], record: Record) -> None:
        """Register the states that a call returned."""
        self._serial += 1
        for state in states:
            self._from[state] = {record: self._serial}

    def follow(self, args: Iterable[Any], result: Any) -> None:
        """Propagate the origins of a function's arguments to its result."""
        known = [(tensor, self._from[tensor]) for tensor in _tensors(args) if tensor in self._from]
        if not known:
            return
        for output in _tensors((result,)):
            origins: dict[Record, int] = {}
            for tensor, records in known:
                if tensor.numel() == output.numel():
                    origins |= records
            if origins:
                latest = sorted(origins.items(), key=lambda pair: pair[1])[-MOST:]
                self._from[output] = dict(latest)

    def of(self, states: Iterable[Tensor | None]) -> set[Record]:
        """Return the calls whose states these were computed from."""
        return {record for state in states if state is not None for record in self._from.get(state, ())}


def _tensors(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from (each for each in value if isinstance(each, Tensor))
