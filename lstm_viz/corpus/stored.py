"""Arrays and texts in one safetensors file: written without a copy in memory, read without executing anything."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

#: Names of safetensors' types for those that are written here.
_TYPES = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64", "uint8": "U8", "int8": "I8", "bool": "BOOL"}


def write(path: str | Path, texts: Mapping[str, str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a file atomically; beside the arrays themselves no memory is used.

    Args:
        path: The path; an existing file is replaced once all has been written.
        texts: Texts for the file's header.
        arrays: Arrays by name, of any shape.
    """
    header: dict[str, object] = {"__metadata__": dict(texts)}
    end = 0
    for name, values in arrays.items():
        begin, end = end, end + values.nbytes
        header[name] = {"dtype": _TYPES[values.dtype.name], "shape": list(values.shape), "data_offsets": [begin, end]}
    packed = json.dumps(header).encode()
    # The header is padded to 8 bytes, so that the arrays are aligned.
    packed += b" " * (-len(packed) % 8)
    beside = Path(f"{path}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(len(packed).to_bytes(8, "little") + packed)
            for values in arrays.values():
                file.write(np.ascontiguousarray(values).reshape(-1).view(np.uint8).data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: str | Path) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """Read what `write` wrote; ValueError for another kind of file, a truncated file, or inconsistent sizes."""
    try:
        with safe_open(str(path), "np") as file:
            texts = dict(file.metadata() or {})
            return texts, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is not a safetensors file ({error})") from error
