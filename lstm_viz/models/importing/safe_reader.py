"""Read a checkpoint file without executing anything in it, and without using more memory than the file's size justifies.

What `torch.save` and `pickle.dump` write holds a pickle, which is a program. It is read as data (`unpickler`): nothing that it
names is imported or called. This module tells kinds of files apart and says in words what was wrong with one.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from lstm_viz.models.importing import numpy_files, torch_files
from lstm_viz.models.importing.errors import UnsafeCheckpoint, UnsupportedCheckpoint, format_error, format_list
from lstm_viz.models.importing.inert_values import ActingPickle, CostlyPickle, DamagedPickle, UnsupportedValue
from lstm_viz.models.importing.plain_types import numeric
from lstm_viz.models.importing.records import Attributes, ModuleFacts
from lstm_viz.models.importing.tensor_rebuilding import Storage

#: Limits on a file: bytes in all, and of a safetensors header.
LARGEST = 2**30
_HEADER = 2 * 2**20
#: Lists up to this length are looked into for weights, as [model, criterion, optimizer].
_SHORT = 16

_SAVE = "save its weights alone: torch.save(model.state_dict(), path), or safetensors"
#: How files begin that often come in place of weights, what they are, and what to do.
_OTHERS = {
    b"version https://git-lfs": ("a pointer of Git LFS", "download the file itself, for instance by git lfs pull"),
    b"<!doctype html": ("a web page", "download the file itself, not the page about it"),
    b"<html": ("a web page", "download the file itself, not the page about it"),
    b"GGUF": ("a GGUF file, which holds a transformer", "give an LSTM, a GRU or a plain RNN"),
    b"TFL3": ("a TensorFlow Lite model", "give the Keras model that it was converted from"),
}
#: How an ONNX model begins: the format's version, then who wrote it or the graph.
_ONNX = re.compile(rb"\x08[\x01-\x1f][\x12:]", re.DOTALL)
#: How compressed files begin, what they are, and how to unpack them.
_PACKED = {
    b"\x1f\x8b": ("with gzip", "gunzip"), b"BZh": ("with bzip2", "bunzip2"), b"\xfd7zXZ\x00": ("with xz", "unxz"),
    b"(\xb5/\xfd": ("with zstandard", "unzstd"), b"7z\xbc\xaf'\x1c": ("with 7-Zip", "7z x"), b"Rar!": ("with RAR", "unrar"),
    **dict.fromkeys((b"x\x01", b"x^", b"x\x9c", b"x\xda"), ("with zlib, as joblib does", "save it with compress=0")),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Contents:
    """A file's content.

    Attributes:
        values: Nested dictionaries of tensors and plain values. A module is its state dict with dotted names and its own plain
            attributes, another object the dictionary of its attributes (both are `Attributes`, which know the class), a short
            list the dictionary of its items by number. Classes and functions are inert `Global`.
        metadata: A safetensors file's.
        modules: What each saved module says of itself, by its name in `values`, such as “model.rnn”; empty for state dicts.
        max_bytes: How many bytes of numbers the file may hold: its size, or what a compressed .npz claims.
    """

    values: Mapping[Any, Any]
    metadata: Mapping[str, str]
    modules: Mapping[str, ModuleFacts] = field(default_factory=dict)
    max_bytes: int = 0


def read_archive(path: Path, name: str) -> Contents:
    """Open a file of weights: .safetensors, or what `torch.save`, `torch.jit.save`, `pickle.dump` or `numpy.savez` wrote.

    Args:
        path: The file.
        name: What messages call it.

    Raises:
        UnsafeCheckpoint: The file names functions that could act on the computer, or would exhaust the memory.
        UnsupportedCheckpoint: It is of another format, damaged, or holds neither a dictionary nor a module.
    """
    head, size = _beginning(path, name)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size - 8:
        return _safetensors(path, name, int.from_bytes(head[:8], "little"), size)
    value = _value(path, name, head, size)
    max_bytes = size
    if isinstance(value, numpy_files.Arrays):
        max_bytes = max(size, sum(array.nbytes for array in value.values()))
    if isinstance(value, (list, tuple)) and len(value) <= _SHORT and any(isinstance(each, Mapping) for each in value):
        value = dict(enumerate(value))
    if not isinstance(value, Mapping):
        raise UnsupportedCheckpoint(f"{name} holds {_described(value)} where a state dict or a module was expected; {_SAVE}")
    modules = {
        f"{path_inside}{inner}".rstrip("."): facts
        for path_inside, each in nested(value)
        if isinstance(each, Attributes)
        for inner, facts in (each.modules or {}).items()
    }
    return Contents(value, {}, modules, max_bytes)


def read_plain(path: Path, name: str) -> Any:
    """Read any pickled or NumPy value as plain data, for instance a vocabulary; several pickles in a row are a tuple.

    Raises UnsafeCheckpoint and UnsupportedCheckpoint as `read_archive` does.

    Examples:
        >>> import pickle
        >>> _ = (folder / "vocab.pkl").write_bytes(pickle.dumps({"a": 0, "b": 1}))
        >>> read_plain(folder / "vocab.pkl", "vocab.pkl")
        {'a': 0, 'b': 1}
    """
    head, size = _beginning(path, name)
    return _value(path, name, head, size)


def _beginning(path: Path, name: str) -> tuple[bytes, int]:
    if not path.is_file():
        raise UnsupportedCheckpoint(f"{name} is a folder; give the path of one .pt, .pth, .pkl, .npz or .safetensors file")
    size = path.stat().st_size
    if size > LARGEST:
        raise UnsupportedCheckpoint(f"{name} is larger than {LARGEST // 2**20:,} MB; {_SAVE}")
    with path.open("rb") as file:
        return file.read(4096), size


def _value(path: Path, name: str, head: bytes, size: int) -> Any:
    """Read a file's value by how it begins, and say what is wrong in words."""
    _refuse_by_name(head, name)
    try:
        if head[:6] == b"\x93NUMPY":
            return numpy_files.read_array(path, size)
        if head[:4] == b"PK\x03\x04":
            return numpy_files.read_arrays(path) if numpy_files.is_npz(path) else torch_files.read_zip(path, size)
        return torch_files.read_pickles(path, size)
    except ActingPickle as error:
        raise UnsafeCheckpoint(
            f"{name} names functions that could run anything on this computer ({format_list(error.names)}), so it was not "
            f"opened; a file of weights needs none of them: {_SAVE}"
        ) from error
    except CostlyPickle as error:
        raise UnsafeCheckpoint(f"{name} was not opened: {error}; {_SAVE}") from error
    except UnsupportedValue as error:
        raise UnsupportedCheckpoint(f"{name} {format_error(error)}") from error
    except torch_files.NotTorch as error:
        raise UnsupportedCheckpoint(f"{name} is a zip archive, but torch.save did not write it: it {error}; {_SAVE}") from error
    except DamagedPickle as error:
        if _looks_like_pickle(head):
            raise UnsupportedCheckpoint(f"{name} is damaged: {format_error(error)}; copy or save it again") from error
        return _no_format(name)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, EOFError, RuntimeError) as error:
        raise UnsupportedCheckpoint(f"{name} is a damaged archive ({format_error(error)}); copy or save it again") from error


def _no_format(name: str) -> Any:
    raise UnsupportedCheckpoint(
        f"{name} is neither a safetensors file nor one that torch.save, pickle, NumPy or Keras wrote; {_SAVE}"
    )


def _refuse_by_name(head: bytes, name: str) -> None:
    """Refuse formats that are known, but not read, with advice."""
    if not head:
        raise UnsupportedCheckpoint(f"{name} is empty; copy or save it again")
    for begins, (what, advice) in _OTHERS.items():
        if head.lstrip()[: len(begins)].lower() == begins.lower() or head[4:8] == begins:
            raise UnsupportedCheckpoint(f"{name} is {what}, not the weights themselves; {advice}")
    for begins, (how, advice) in _PACKED.items():
        if head.startswith(begins):
            raise UnsupportedCheckpoint(f"{name} is compressed {how}; unpack it ({advice}) and give the file within")
    if _ONNX.match(head):
        raise UnsupportedCheckpoint(f"{name} is an ONNX model; give the PyTorch or Keras file that it was exported from")
    if head[257:262] == b"ustar" or head.startswith((b"sys_info\x00", b"pickle\x00", b"storages\x00", b"tensors\x00")):
        raise UnsupportedCheckpoint(
            f"{name} is a tar archive; unpack it (tar -xf) and give the checkpoint within. If that is how PyTorch 0.1 saved it, "
            f"open it with a PyTorch before 2.6 and {_SAVE}"
        )


def _looks_like_pickle(head: bytes) -> bool:
    return head[:4] == b"PK\x03\x04" or (head[:1] == b"\x80" and head[1:2] <= b"\x05")


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, Storage):
        return "a storage without a tensor"
    return f"a {type(value).__name__}" + (f" of {len(value):,}" if isinstance(value, (str, list, tuple, set)) else "")


def _safetensors(path: Path, name: str, header: int, size: int) -> Contents:
    if header > _HEADER:
        raise UnsafeCheckpoint(f"{name} claims a header of {header:,} bytes; up to {_HEADER:,} are read")
    try:
        with safe_open(str(path), framework="pt") as file:
            # The library has checked that the file holds the data that each tensor's shape claims.
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            return Contents(tensors, file.metadata() or {}, max_bytes=size)
    except (SafetensorError, OSError, TypeError, AttributeError) as error:
        raise UnsupportedCheckpoint(f"{name} is a damaged safetensors file ({format_error(error)}); save it again") from error


def nested(values: Mapping[Any, Any], deepest: int = 4) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """Yield a dictionary and those within it, each once and with its path, outer ones first."""
    visited, row = set(), [("", values)]
    for _ in range(deepest):
        below: list[tuple[str, Mapping[Any, Any]]] = []
        for path, each in row:
            if id(each) in visited:
                continue
            visited.add(id(each))
            yield path, each
            below += [(f"{path}{key}.", value) for key, value in _inner(each)]
        row = below


def _inner(values: Mapping[Any, Any]) -> Iterator[tuple[Any, Mapping[Any, Any]]]:
    """Yield the dictionaries directly in a dictionary, or in short lists in it, with their keys."""
    for key, value in values.items():
        named = key if isinstance(key, (str, int)) else "?"
        if isinstance(value, Mapping):
            yield named, value
        elif isinstance(value, (list, tuple)) and len(value) <= _SHORT:
            yield from ((f"{named}.{place}", item) for place, item in enumerate(value) if isinstance(item, Mapping))


def tensors_of(values: Mapping[Any, Any]) -> dict[str, Tensor]:
    """Return the tensors directly in a dictionary, by name, and its arrays of floating point numbers as tensors."""
    tensors = {}
    for key, value in values.items():
        if isinstance(value, np.ndarray) and numeric(value):
            value = torch.from_numpy(value)
        if isinstance(key, str) and isinstance(value, Tensor):
            tensors[key] = value
    return tensors


def parsed(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return a safetensors file's metadata, with lists and dictionaries parsed from JSON."""
    entries: dict[str, Any] = {}
    for key, text in metadata.items():
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        entries[key] = value if isinstance(value, (list, dict, str)) else text
    return entries
