"""The frame: everything the browser needs for one drawing, as one byte string.

Layout: uint32 (little endian) length of the header, the header as UTF-8 JSON, zeros up to a multiple of 8, then the
arrays, each at an offset that is a multiple of 8. `payload.js` reads it; typed arrays in the browser are views on these bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

#: The dtypes of a frame, by NumPy's short names; JavaScript has a typed array for each.
DTYPES = ("f4", "u1", "i4")


def pack(
    header: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    cuts: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> bytes:
    """Pack a JSON-ready header and named arrays (any shape; NaN allowed) into one frame.

    Floats of any width are sent as f4. The header gains "arrays": {name: {dtype, shape, offset}}, with offsets counted from the
    end of the padded header. `cuts` names arrays of which only a part is sent, as (axis, first entry): see `delta.py`. Raises
    TypeError for an unsupported dtype, ValueError for NaN or infinity in the header.
    """
    described: dict[str, dict[str, Any]] = {}
    blobs: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        values = sendable(name, array)
        described[name] = {"dtype": values.dtype.str[1:], "shape": list(values.shape), "offset": offset}
        if name in cuts:
            axis, first = cuts[name]
            described[name] |= {"axis": axis, "from": first}
            values = values[(slice(None),) * axis + (slice(first, None),)]
        blob = values.tobytes()
        blobs.append(blob + bytes(-len(blob) % 8))
        offset += len(blobs[-1])
    text = json.dumps({**header, "arrays": described}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    head = _encoded(text)
    size = len(head).to_bytes(4, "little")
    return b"".join((size, head, bytes(-(4 + len(head)) % 8), *blobs))


def _encoded(text: str) -> bytes:
    """Encode JSON as UTF-8; a lone surrogate, as a broken emoji leaves behind, becomes a JSON escape."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(json.loads(text), separators=(",", ":")).encode("ascii")


def sendable(name: str, array: np.ndarray) -> np.ndarray:
    """Convert an array to a supported dtype, little endian and contiguous. Raises TypeError for an unsupported one."""
    kind = "f4" if array.dtype.kind == "f" else array.dtype.str[1:]
    if kind not in DTYPES:
        raise TypeError(f"array {name!r} is {array.dtype}; a frame carries {', '.join(DTYPES)}: convert it first")
    return np.ascontiguousarray(array, dtype=f"<{kind}")
