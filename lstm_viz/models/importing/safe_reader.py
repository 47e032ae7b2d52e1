"""Read a checkpoint file without executing anything in it, and without using more memory than the file's size.

`torch.save` writes a zip archive with a pickle, which is a program. It is read by PyTorch's restricted reader
(`weights_only=True`) with the tensors mapped from the file, and only after every global that it names was found on a short
allowlist: the reader allows more functions, and some of them allocate as much memory as they are asked to.
"""

from __future__ import annotations

import json
import pickletools
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from lstm_viz.models.importing.errors import UnsafeCheckpoint, UnsupportedCheckpoint, format_error, format_list

#: Limits on a file: bytes in all, entries, bytes of the part that is not tensors, and its opcodes and tuples.
LARGEST = 2**30
_ENTRIES = 10_000
_HEADER = 2 * 2**20
_STEPS = 500_000
#: Limit on nested tuples, which are hashed by recursion and could overflow a thread's stack.
_TUPLES = 20_000

#: The globals that the pickle of a state dict may name, beside the storage types.
_HARMLESS = {
    "collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter", "torch.Size", "torch.device",
}  # fmt: skip
_NUMBERS = {
    *(f"torch.{name}Storage" for name in ("Float", "Half", "Double", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")),
    *("torch.float32", "torch.float16", "torch.float64", "torch.bfloat16", "torch.int64"),
}
#: Advice for a Keras model.
_KERAS = (
    "as Keras saves models, which are not supported; copy its weights into an LSTM of the same size in PyTorch and give the file "
    "that torch.save(model.state_dict(), path) writes"
)
_SAVE = "save its weights alone: torch.save(model.state_dict(), path) with PyTorch 1.6 or newer, or safetensors"


@dataclass(frozen=True, eq=False)
class Contents:
    """A file's content: nested dictionaries of tensors and plain values; `metadata` is a safetensors file's."""

    values: Mapping[Any, Any]
    metadata: Mapping[str, str]


def read_archive(path: Path, name: str) -> Contents:
    """Open a .safetensors file or one that `torch.save` wrote; `name` is used in messages.

    Raises UnsafeCheckpoint if opening could run code or exhaust the memory, UnsupportedCheckpoint for other formats.
    """
    if not path.is_file():
        raise UnsupportedCheckpoint(f"{name} is a folder; give the path of one .pt, .pth or .safetensors file")
    size = path.stat().st_size
    if size > LARGEST:
        raise UnsupportedCheckpoint(f"{name} is larger than {LARGEST // 2**20:,} MB; {_SAVE}")
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:4] == b"PK\x03\x04":
        return Contents(_torch_archive(path, name, size), {})
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size - 8:
        return _safetensors(path, name, int.from_bytes(head[:8], "little"))
    if _is_pickle(head):
        raise UnsafeCheckpoint(f"{name} is a bare pickle, a program that runs when it is opened, so it was not; {_SAVE}")
    if head[:8] == b"\x89HDF\r\n\x1a\n":
        raise UnsupportedCheckpoint(f"{name} is an HDF5 file (.h5), {_KERAS}")
    raise UnsupportedCheckpoint(f"{name} is neither a safetensors file nor one that torch.save wrote; {_SAVE}")


def _safetensors(path: Path, name: str, header: int) -> Contents:
    if header > _HEADER:
        raise UnsafeCheckpoint(f"{name} claims a header of {header:,} bytes; up to {_HEADER:,} are read")
    try:
        with safe_open(str(path), framework="pt") as file:
            # The library has checked that the file holds the data that each tensor's shape claims.
            return Contents({key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {})  # noqa: SIM118
    except (SafetensorError, OSError, TypeError, AttributeError) as error:
        raise UnsupportedCheckpoint(f"{name} is a damaged safetensors file ({format_error(error)}); save it again") from error


def _torch_archive(path: Path, name: str, size: int) -> Mapping[Any, Any]:
    _check_names(_inspected(path, name, size), name)
    try:
        values = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
    except Exception as error:  # a damaged pickle may raise anything in PyTorch's reader
        raise UnsupportedCheckpoint(f"{name} is damaged, PyTorch cannot read it ({format_error(error)}); {_SAVE}") from error
    if not isinstance(values, Mapping):
        raise UnsupportedCheckpoint(f"{name} holds a {type(values).__name__} where a state dict was expected; {_SAVE}")
    return values


def _inspected(path: Path, name: str, size: int) -> bytes:
    """Check that an archive is as `torch.save` writes it, without compressed or duplicate entries; return its pickle."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            files = [entry.filename for entry in entries]
            if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
                raise UnsafeCheckpoint(f"{name} is a compressed archive, which could fill the memory when unpacked; {_SAVE}")
            claimed = sum(entry.file_size for entry in entries)
            if claimed > size or len(entries) > _ENTRIES or len({file.casefold() for file in files}) < len(files):
                raise UnsafeCheckpoint(
                    f"{name} claims {len(entries):,} entries of {claimed:,} bytes in a file of {size:,}, some of them twice or "
                    f"inside one another; {_SAVE}"
                )
            if any(file.endswith("/constants.pkl") or "/code/" in file for file in files):
                raise UnsafeCheckpoint(f"{name} holds a program (TorchScript), which is not run here; {_SAVE}")
            pickles = [entry for entry in entries if entry.filename.endswith("/data.pkl")]
            if "model.weights.h5" in files:
                raise UnsupportedCheckpoint(f"{name} is a Keras archive (.keras), {_KERAS}")
            if len(pickles) != 1:
                raise UnsupportedCheckpoint(f"{name} is a zip archive, but torch.save did not write it; {_SAVE}")
            if pickles[0].file_size > _HEADER:
                raise UnsupportedCheckpoint(
                    f"{name} holds {pickles[0].file_size:,} bytes beside its tensors, up to {_HEADER:,} are read; {_SAVE}"
                )
            return archive.read(pickles[0])
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, EOFError) as error:
        if isinstance(error, (UnsafeCheckpoint, UnsupportedCheckpoint)):
            raise
        raise UnsupportedCheckpoint(f"{name} is a damaged archive ({format_error(error)}); copy or save it again") from error


def _check_names(program: bytes, name: str) -> None:
    """Parse a pickle without running it, and refuse it if it names anything but tensors and dictionaries."""
    strange, tuples = set(), 0
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(program)):
            tuples += opcode.name.startswith("TUPLE")
            if opcode.name == "GLOBAL":
                called = str(argument).replace(" ", ".")
                if called not in _HARMLESS | _NUMBERS:
                    strange.add(called)
            elif opcode.name in ("STACK_GLOBAL", "INST", "OBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"):
                strange.add(opcode.name.lower())
            if step > _STEPS or tuples > _TUPLES:
                raise UnsafeCheckpoint(f"{name} holds far more beside its tensors than a state dict does; {_SAVE}")
    except UnsafeCheckpoint:
        raise
    except Exception as error:  # a damaged pickle may raise anything in pickletools
        raise UnsupportedCheckpoint(f"{name} is damaged ({format_error(error)}); copy or save it again") from error
    if strange:
        raise UnsafeCheckpoint(
            f"{name} holds more than weights: to open it {format_list(strange)} would have to be called, and that could run "
            f"anything, "
            f"so it was not opened; {_SAVE}"
        )


def _is_pickle(head: bytes) -> bool:
    """Return True for the beginning of a pickle: a protocol number, or a complete pickle of protocol 0."""
    if head[:1] == b"\x80" and head[1:2] <= b"\x05":
        return True
    try:
        return any(opcode.name == "STOP" for opcode, _, _ in pickletools.genops(head))
    except Exception:  # other bytes may raise anything in pickletools
        return False


def nested(values: Mapping[Any, Any], deepest: int = 4) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """Yield a dictionary and those within it, each once and with its path, outer ones first."""
    seen, row = set(), [("", values)]
    for _ in range(deepest):
        below: list[tuple[str, Mapping[Any, Any]]] = []
        for path, each in row:
            if id(each) in seen:
                continue
            seen.add(id(each))
            yield path, each
            inner = ((key, value) for key, value in each.items() if isinstance(value, Mapping))
            below += [(f"{path}{key if isinstance(key, (str, int)) else '?'}.", value) for key, value in inner]
        row = below


def tensors_of(values: Mapping[Any, Any]) -> dict[str, Tensor]:
    """Return the tensors directly in a dictionary, by name."""
    return {key: value for key, value in values.items() if isinstance(key, str) and isinstance(value, Tensor)}


def parsed(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return a safetensors file's metadata, with lists and dictionaries parsed from JSON."""
    read: dict[str, Any] = {}
    for key, text in metadata.items():
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        read[key] = value if isinstance(value, (list, dict, str)) else text
    return read
