"""Arrays and a few words in one safetensors file: written as they lie in memory, read with nothing in the file called."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

#: Names of safetensors' types for those that are written here.
_TYPES = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64", "uint8": "U8"}


def write(path: str | Path, texts: Mapping[str, str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a file whole or not at all; beside the arrays themselves no memory is taken.

    Args:
        path: Where to; what stands there is replaced once all has been written.
        texts: Texts that go into the file's header.
        arrays: Numbers by name, of any shape.
    """
    header: dict[str, object] = {"__metadata__": dict(texts)}
    end = 0
    for name, values in arrays.items():
        begin, end = end, end + values.nbytes
        header[name] = {"dtype": _TYPES[values.dtype.name], "shape": list(values.shape), "data_offsets": [begin, end]}
    packed = json.dumps(header).encode()
    # Eight bytes at a time, so that the numbers lie where a processor likes them.
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
    """Read what `write` wrote; ValueError where the file is none of that kind, is cut off, or says more than it holds."""
    try:
        with safe_open(str(path), "np") as file:
            texts = dict(file.metadata() or {})
            return texts, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is no file of numbers in the safetensors format ({error})") from error
