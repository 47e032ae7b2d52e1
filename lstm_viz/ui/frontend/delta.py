"""Delta frames: send only what changed since the previous frame of the connection.

What `Sender.pack` adds to the header of `payload.py`; `payload.js` restores the whole frame.

| field | meaning |
|---|---|
| `same` | names of header fields that equal those of the previous frame and are left out |
| `tails` | {name: n}: only entries from n on of this list are sent; the others equal those of the previous frame |
| `arrays.*.axis`, `arrays.*.from` | along this axis only the entries from `from` on are sent; `shape` is the whole array's |

Both ends keep the previous frame for the lifetime of a connection; the first frame of a connection is complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_viz.ui.frontend.payload import pack, sendable


class Sender:
    """Packs the frames of one connection, in order."""

    def __init__(self) -> None:
        self._header: Mapping[str, Any] = {}
        self._arrays: Mapping[str, np.ndarray] = {}

    def pack(self, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
        """Pack the next frame. If `payload.pack` raises, the state is unchanged."""
        parts = {name: sendable(name, array) for name, array in arrays.items()}
        cuts = {name: _shared(self._arrays[name], array) for name, array in parts.items() if name in self._arrays}
        same = [name for name, value in header.items() if name in self._header and _is_same(value, self._header[name])]
        tails = {
            name: _common_length(value, self._header[name])
            for name, value in header.items()
            if isinstance(value, list) and name not in same and isinstance(self._header.get(name), list)
        }
        tails = {name: count for name, count in tails.items() if count}
        new = {name: value[tails[name] :] if name in tails else value for name, value in header.items() if name not in same}
        packed = pack({**new, "same": same, "tails": tails}, parts, {name: cut for name, cut in cuts.items() if cut[1]})
        self._header, self._arrays = header, parts
        return packed


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _common_length(one: list[Any], other: list[Any]) -> int:
    different = (index for index, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(different, min(len(one), len(other)))


def _shared(before: np.ndarray, now: np.ndarray) -> tuple[int, int]:
    """Return the axis along which an array extends an earlier one and how many entries they share, bit for bit."""
    if before.dtype != now.dtype or before.ndim != now.ndim:
        return 0, 0
    apart = [axis for axis in range(now.ndim) if before.shape[axis] != now.shape[axis]]
    if len(apart) > 1:
        return 0, 0
    axis = apart[0] if apart else 0
    count = min(before.shape[axis], now.shape[axis])
    if before.ctypes.data == now.ctypes.data and before.strides == now.strides:
        # The same memory: arrays that grow are never overwritten where they have been handed out.
        return axis, count
    common = (slice(None),) * axis + (slice(count),)
    equal = _bits(before)[common] == _bits(now)[common]
    if equal.all():
        return axis, count
    return axis, int(equal.all(axis=tuple(other for other in range(now.ndim) if other != axis)).argmin())


def _bits(array: np.ndarray) -> np.ndarray:
    """View floats as integers, so that NaN equals itself."""
    return array.view(np.int32) if array.dtype.kind == "f" else array
