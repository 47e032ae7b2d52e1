"""NumPy's files, .npy and .npz, read without their pickles."""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from lstm_viz.models.importing.inert_values import CostlyPickle, UnsupportedValue
from lstm_viz.models.importing.plain_types import CODE
from lstm_viz.models.importing.torch_files import NotTorch

#: Limits: bytes of all arrays of an archive, and how much larger than the file they may be.
_LARGEST = 2**29
_RATIO = 50
_ENTRIES = 10_000
#: A header: the type's code, whether the first index runs fastest, and the shape.
_HEADER = re.compile(
    rb"\{'descr': '([^']{1,20})', 'fortran_order': (True|False), 'shape': \(((?:\d{1,15}, ?)*(?:\d{1,15})?)\), ?\}\s*"
)


class Arrays(dict[str, Any]):
    """The arrays of an .npz file by name."""


def is_npz(path: Path) -> bool:
    """Return True for a zip archive of .npy files; zipfile.BadZipFile if it is damaged."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return bool(names) and all(name.endswith(".npy") for name in names)


def read_array(path: Path, size: int) -> np.ndarray[Any, Any]:
    """Read an .npy file; ValueError for one of objects, which is a pickle, or one that claims more than it holds."""
    with path.open("rb") as file:
        return _read(file, size)


def read_arrays(path: Path) -> Arrays:
    """Read an .npz file, also a compressed one; CostlyPickle if it would be far larger than the file."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        claimed = sum(entry.file_size for entry in entries)
        if len(entries) > _ENTRIES or claimed > min(_LARGEST, _RATIO * path.stat().st_size + 2**20):
            raise CostlyPickle(f"it claims {len(entries):,} arrays of {claimed:,} bytes")
        if any(entry.flag_bits & 1 for entry in entries):
            raise NotTorch("is encrypted")
        arrays = Arrays()
        for entry in entries:
            with archive.open(entry) as file:
                arrays[entry.filename.removesuffix(".npy")] = _read(file, entry.file_size)
        return arrays


def _read(file: Any, size: int) -> np.ndarray[Any, Any]:
    """Read an array of at most `size` bytes (format: documentation of `numpy.lib.format`), without evaluating its header."""
    begins = file.read(8)
    if begins[:6] != b"\x93NUMPY" or begins[6:7] not in (b"\x01", b"\x02"):
        raise ValueError("its .npy format is unknown")
    length = int.from_bytes(file.read(2 if begins[6:7] == b"\x01" else 4), "little")
    header = _HEADER.fullmatch(file.read(length)) if length <= 10_000 else None
    code = header[1].decode("latin-1") if header is not None else ""
    if "O" in code:
        raise UnsupportedValue(
            "holds a NumPy array of objects, which is a pickle; save the arrays by their names: numpy.savez(path, **weights)"
        )
    if header is None or not CODE.fullmatch(code):
        raise ValueError("its arrays are not of plain numbers or texts, but fields or damaged")
    kind = np.dtype(code)
    shape = tuple(int(part) for part in header[3].decode("latin-1").split(",") if part.strip())
    count = math.prod(shape)
    if len(shape) > 32 or count * kind.itemsize > size or (not kind.itemsize and count > 10**6):
        raise ValueError("an array claims more numbers than the file holds")
    content = file.read(count * kind.itemsize)
    if len(content) < count * kind.itemsize:
        raise ValueError("an array ends too early")
    flat = np.frombuffer(bytearray(content), kind) if content else np.zeros(count, kind)
    flat = flat.astype(kind.newbyteorder("=")) if kind.kind == "f" and not kind.isnative else flat
    return flat.reshape(shape, order="F" if header[2] == b"True" else "C")
