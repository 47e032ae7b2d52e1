"""The files that `torch.save`, `torch.jit.save` and `pickle.dump` write, opened as data.

- a zip archive: `data.pkl` with the storages in entries beside it (since PyTorch 1.6, and TorchScript, whose code is not read);
- five pickles in a row and the storages behind them (before 1.6): `torch.serialization`, `_legacy_save`;
- a pickle of any values, in which a tensor's storage is a file of the second kind within the pickle.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Collection
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lstm_viz.models.importing.inert_values import Budget, CostlyPickle, DamagedPickle, Global, UnsupportedValue
from lstm_viz.models.importing.plain_types import KNOWN
from lstm_viz.models.importing.records import to_plain
from lstm_viz.models.importing.tensor_rebuilding import Storage, rebuilding, storage_type
from lstm_viz.models.importing.unpickler import unpickle

#: Limits: entries of an archive, bytes of its pickle, and pickles one after another in a file.
_ENTRIES = 10_000
PICKLE = 64 * 2**20
_IN_A_ROW = 16

#: How the names of weights end that an archive of something else may hold.
_WEIGHTS = (".safetensors", ".pt", ".pth", ".ckpt", ".th", ".h5", ".keras", ".npz", "pytorch_model.bin")

#: How a file of `torch.save` before 1.6 begins (`torch.serialization.MAGIC_NUMBER` and `PROTOCOL_VERSION`).
_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001


class NotTorch(ValueError):
    """The archive was written by something else; the message says what it holds."""


def _instead(names: Collection[str]) -> str:
    """Return what an archive holds in place of torch.save's pickle, and what to give."""
    if any(name.rpartition("/")[2] == "saved_model.pb" for name in names):
        return "holds a TensorFlow SavedModel, which is a program; save the Keras model as .keras, or its weights as .weights.h5"
    if any(name.rpartition("/")[2] in ("archive_format", "serialized_exported_program.json") for name in names):
        return "holds what torch.export saved, which is a program"
    weights = sorted(name for name in names if name.lower().endswith(_WEIGHTS))
    if weights:
        return f"holds {weights[0][-60:]!r}; unpack it and give that file, with a vocabulary beside it if there is one"
    return "holds no data.pkl"


def read_zip(path: Path, size: int) -> Any:
    """Read the value that `torch.save` wrote into a zip archive, or TorchScript; its tensors are mapped from the file.

    Raises ActingPickle, CostlyPickle, DamagedPickle, UnsupportedValue, NotTorch, zipfile.BadZipFile, OSError.
    """
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        pickles = [name for name in entries if name.rpartition("/")[2] == "data.pkl"]
        # Only names are looked at in an archive of something else, which may be compressed.
        if not pickles:
            raise NotTorch(_instead(entries))
        check_entries(archive.infolist(), size)
        if len(pickles) > 1:
            raise NotTorch("holds several data.pkl")
        folder = pickles[0][: -len("data.pkl")]
        entry = entries[pickles[0]]
        if entry.file_size > PICKLE:
            raise CostlyPickle(f"it holds {entry.file_size:,} bytes beside its tensors, up to {PICKLE:,} are read")
        program = archive.read(entry)
        order = entries.get(f"{folder}byteorder")
        swapped = order is not None and order.file_size <= 10 and archive.read(order).strip() == b"big"
    whole: Any = torch.UntypedStorage.from_file(str(path), False, size)
    storages: dict[str, torch.UntypedStorage] = {}

    def storage(reference: Any) -> Storage:
        kind, dtype, key, _, count, *_ = _reference(reference)
        if kind != "storage" or not isinstance(key, str):
            raise DamagedPickle("it refers to something that is no storage")
        named = entries.get(f"{folder}data/{key}") or entries.get(f"{folder}tensors/{key}")
        length = count * dtype.itemsize
        if named is None or length > named.file_size:
            raise DamagedPickle(f"a storage claims {length:,} bytes, the file holds {named.file_size if named else 0:,}")
        if key not in storages:
            start = _start(whole, named.header_offset, named.file_size, size)
            storages[key] = whole[start : start + named.file_size]
            if start % 16:
                storages[key] = storages[key].clone()
        untyped = storages[key][:length]
        if swapped:
            untyped = untyped.clone()
            untyped.byteswap(dtype)
        return Storage(dtype, untyped)

    budget = Budget(len(program))
    value, _ = unpickle(program, budget, known=_constructors(None), persistent=storage)
    return to_plain(value, budget)


def check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Check that what is read of an archive is stored as it is, once, and within its size; CostlyPickle otherwise."""
    relevant = [entry for entry in entries if "/code/" not in f"/{entry.filename}" and not entry.filename.endswith(".debug_pkl")]
    if any(entry.flag_bits & 1 for entry in relevant):
        raise NotTorch("is encrypted")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in relevant):
        raise CostlyPickle("it is a compressed archive, which could fill the memory when unpacked")
    claimed, names = sum(entry.file_size for entry in relevant), {entry.filename.casefold() for entry in entries}
    if claimed > size or len(entries) > _ENTRIES or len(names) < len(entries):
        raise CostlyPickle(
            f"it claims {len(entries):,} entries of {claimed:,} bytes in a file of {size:,}, some of them twice or inside one "
            "another"
        )


def _start(whole: Any, header: int, length: int, size: int) -> int:
    """Return where an entry's content begins, behind its local header (APPNOTE of the zip format, 4.3.7)."""
    fixed = bytes(whole[header : header + 30]) if 0 <= header <= size - 30 else b""
    if fixed[:4] != b"PK\x03\x04":
        raise DamagedPickle("an entry of the archive has no header")
    start = header + 30 + sum(struct.unpack("<HH", fixed[26:30]))
    if start + length > size:
        raise DamagedPickle("an entry of the archive goes beyond its end")
    return start


def _reference(reference: Any) -> tuple[Any, ...]:
    """Return a storage's reference, checked: (kind, type of items, key, device, number of items, …)."""
    if type(reference) is not tuple or len(reference) not in (5, 6) or type(reference[4]) is not int or reference[4] < 0:
        raise DamagedPickle("it refers to something that is no storage")
    kind, named, *rest = reference
    return (kind, storage_type(named), *rest)


def _constructors(read: Callable[[bytes], Any] | None) -> dict[Global, Any]:
    return {**KNOWN, **rebuilding(read or (lambda _: Global("torch.storage", "_load_from_bytes")))}


def read_pickles(path: Path, size: int) -> Any:
    """Read a file that begins with a pickle: of `torch.save` before 1.6, or of `pickle.dump`.

    Several pickles in a row are a tuple. Raises ActingPickle, CostlyPickle, DamagedPickle, UnsupportedValue.
    """
    with path.open("rb") as file, mmap(file.fileno(), size, access=ACCESS_READ) as data:
        budget = Budget(size)
        known = _constructors(lambda within: _read_legacy(within, budget, _constructors(None)))
        value, end = unpickle(data, budget, known=known, persistent=_no_storage)
        if value == _MAGIC and type(value) is int:
            return to_plain(_read_legacy(data, budget, known), budget)
        values = [value]
        while end < size and len(values) < _IN_A_ROW:
            try:
                value, end = unpickle(data, budget, start=end, known=known)
            except DamagedPickle:
                break
            values.append(value)
        return to_plain(values[0] if len(values) == 1 else tuple(values), budget)


def _no_storage(_: Any) -> Any:
    raise DamagedPickle("it refers to objects outside of the file")


def _read_legacy(data: bytes | mmap, budget: Budget, known: dict[Global, Any]) -> Any:
    """Read what `torch.save` wrote before 1.6: number, protocol, system, value, keys of storages; then the storages."""
    magic, end = unpickle(data, budget)
    protocol, end = unpickle(data, budget, start=end)
    system, end = unpickle(data, budget, start=end)
    if magic != _MAGIC or protocol != _PROTOCOL:
        raise DamagedPickle("it is no file of torch.save, but begins like one")
    if type(system) is dict and system.get("little_endian") is False:
        raise UnsupportedValue("was saved on a big-endian machine")
    storages = _LegacyStorages(data, budget)
    value, end = unpickle(data, budget, start=end, known=known, persistent=storages.refer)
    keys, end = unpickle(data, budget, start=end)
    storages.fill(keys, end)
    return value


class _LegacyStorages:
    """The storages of a file from before 1.6: made where the value refers to them, filled from what follows the value."""

    def __init__(self, data: bytes | mmap, budget: Budget) -> None:
        self._data, self._budget = data, budget
        #: Each storage by its key, and the bytes of one of its items.
        self._storages: dict[str, tuple[torch.UntypedStorage, int]] = {}
        self._claimed = 0

    def refer(self, reference: Any) -> Any:
        """Return the storage that the pickle refers to, or a view of it; the class of a module for the module's source."""
        if type(reference) is tuple and len(reference) == 4 and reference[0] == "module":
            return reference[1]
        kind, dtype, key, _, count, *view = _reference(reference)
        if kind != "storage" or not isinstance(key, str):
            raise DamagedPickle("it refers to something that is no storage")
        if key not in self._storages:
            self._storages[key] = self._allocate(count * dtype.itemsize), dtype.itemsize
        untyped = self._storages[key][0]
        if view and view[0] is not None:
            _, offset, items = view[0] if type(view[0]) is tuple and len(view[0]) == 3 else (0, -1, 0)
            proper = all(type(number) is int and number >= 0 for number in (offset, items))
            if not proper or (offset + items) * dtype.itemsize > untyped.nbytes():
                raise DamagedPickle("a view of a storage goes beyond it")
            untyped = untyped[offset * dtype.itemsize : (offset + items) * dtype.itemsize]
        return Storage(dtype, untyped)

    def _allocate(self, length: int) -> torch.UntypedStorage:
        self._claimed += length
        if self._claimed > len(self._data):
            raise DamagedPickle(f"a storage claims {length:,} bytes, the file holds fewer")
        # The same bytes may be read many times from within a pickle.
        self._budget.take(length)
        return torch.UntypedStorage(length)

    def fill(self, keys: Any, start: int) -> None:
        """Copy the numbers of all storages, which follow each other from `start` on in the order of the keys."""
        if type(keys) is not list or sorted(map(str, keys)) != sorted(self._storages):
            raise DamagedPickle("its list of storages is not that of its tensors")
        for key in keys:
            untyped, width = self._storages[key]
            count = int.from_bytes(self._data[start : start + 8], "little", signed=True)
            start += 8
            if count * width != untyped.nbytes() or untyped.nbytes() > len(self._data) - start:
                raise DamagedPickle(f"the storage {key[:40]!r} has other numbers than the file holds")
            if untyped.nbytes():
                target = torch.empty(0, dtype=torch.uint8, device="cpu").set_(untyped).numpy()
                target[:] = np.frombuffer(self._data, np.uint8, untyped.nbytes(), start)
                start += untyped.nbytes()
