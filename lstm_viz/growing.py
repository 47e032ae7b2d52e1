"""Arrays that grow at their end, like a typed text, without copying the previous content each time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


class Growing:
    """Arrays [time, …] by name, all of one length; returned arrays are never modified."""

    def __init__(self, first: Mapping[str, np.ndarray]) -> None:
        self._buffers = dict(first)
        self._length = len(next(iter(first.values())))

    def extended(self, shared: int, more: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the first `shared` steps followed by `more`, as one array each; `more` has the same names."""
        length = shared + len(next(iter(more.values())))
        if length != shared:
            self._make_room(shared, length)
            for name, values in more.items():
                self._buffers[name][shared:length] = values
            self._length = length
        return {name: buffer[:length] for name, buffer in self._buffers.items()}

    def _make_room(self, shared: int, length: int) -> None:
        """Allocate new memory if `length` steps do not fit, or if the steps after `shared` were returned before."""
        room = len(next(iter(self._buffers.values())))
        if shared == self._length and length <= room:
            return
        room = length + max(64, length // 4)
        for name, buffer in self._buffers.items():
            self._buffers[name] = np.empty((room, *buffer.shape[1:]), buffer.dtype)
            self._buffers[name][:shared] = buffer[:shared]
