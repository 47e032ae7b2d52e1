"""PyTorch's tensors rebuilt from a file's pickle, on storages that hold no more than the file does.

The functions that a file names stand in `torch._utils`; these are this project's own, for dense tensors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lstm_viz.models.importing.inert_values import (
    UNKNOWN,
    Budget,
    Constructor,
    DamagedPickle,
    Global,
    PickledObject,
    UnsupportedValue,
)

#: Types of storages by their names.
STORAGES = {
    "FloatStorage": torch.float32, "DoubleStorage": torch.float64, "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16, "LongStorage": torch.int64, "IntStorage": torch.int32, "ShortStorage": torch.int16,
    "CharStorage": torch.int8, "ByteStorage": torch.uint8, "BoolStorage": torch.bool,
    "ComplexFloatStorage": torch.complex64, "ComplexDoubleStorage": torch.complex128,
    "UntypedStorage": torch.uint8, "_UntypedStorage": torch.uint8,
}  # fmt: skip
_TYPES = {
    name: getattr(torch, name)
    for name in (
        "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64",
        "bool", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
    )
}  # fmt: skip
#: A tensor may have more items than its storage (a stride of 0 repeats them) up to this number.
_REPEATED = 2**16


@dataclass(frozen=True, eq=False)
class Storage:
    """The bytes of a file's storage, and the type of its items."""

    dtype: torch.dtype
    untyped: torch.UntypedStorage


def _other_type(named: Any) -> UnsupportedValue:
    advice = "; these are quantized weights, so save the network as it was before" if re.search("QU?Int", str(named)) else ""
    return UnsupportedValue(f"holds numbers of the type {str(named)[:60]}{advice}")


def storage_type(named: Any) -> torch.dtype:
    """Return the type of the items of a storage's class."""
    dtype = STORAGES.get(named.name) if isinstance(named, Global) and named.module.partition(".")[0] == "torch" else None
    if dtype is None:
        raise _other_type(named)
    return dtype


def _strided(storage: Any, offset: Any, size: Any, stride: Any, dtype: torch.dtype | None = None) -> Tensor:
    """Return a view of a storage, after a check that it lies within it."""
    sizes = [size, stride]
    fit = all(type(each) in (tuple, list) and all(type(n) is int and 0 <= n < 2**62 for n in each) for each in sizes)
    if not isinstance(storage, Storage) or type(offset) is not int or not fit or not len(size) == len(stride) <= 32:
        raise DamagedPickle("a tensor has no proper storage, shape or stride")
    dtype = dtype or storage.dtype
    capacity = storage.untyped.nbytes() // dtype.itemsize
    count = math.prod(size)
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True)) if count else 0
    if offset < 0 or last >= max(capacity, 1) or (count and not capacity):
        raise DamagedPickle(f"a tensor of shape {tuple(size)[:8]} claims more numbers than its storage holds")
    if count > max(capacity, _REPEATED):
        raise DamagedPickle(f"a tensor of shape {tuple(size)[:8]} repeats the {capacity:,} numbers of its storage")
    if not count:
        return torch.empty(tuple(min(length, 2**31) for length in size), dtype=dtype, device="cpu")
    return torch.empty(0, dtype=dtype, device="cpu").set_(storage.untyped, offset, tuple(size), tuple(stride))


def _tensor(args: tuple[Any, ...], _: Budget) -> Any:
    return _strided(*args[:4]) if len(args) >= 4 else UNKNOWN


def _tensor_of_type(args: tuple[Any, ...], _: Budget) -> Any:
    named = args[6] if len(args) >= 7 else None
    if not isinstance(named, Global) or named.name not in _TYPES:
        raise _other_type(named)
    storage, offset, size, stride = args[:4]
    return _strided(storage, offset, size, stride, _TYPES[named.name])


def _unwrap_parameter(args: tuple[Any, ...], _: Budget) -> Any:
    """Return the tensor that a parameter wraps."""
    return args[0] if args and isinstance(args[0], Tensor) else UNKNOWN


def _of_type(args: tuple[Any, ...], budget: Budget) -> Any:
    """Return the tensor of a subclass or with attributes: `_rebuild_from_type_v2(function, class, arguments, state)`."""
    maker = REBUILDING.get(args[0]) if len(args) == 4 and isinstance(args[0], Global) and type(args[2]) is tuple else None
    return UNKNOWN if maker is None or maker is _of_type else maker(args[2], budget)


def _unsupported(what: str) -> Constructor:
    def refuse(_: tuple[Any, ...], __: Budget) -> Any:
        raise UnsupportedValue(f"holds {what}")

    return refuse


def _size(args: tuple[Any, ...], _: Budget) -> Any:
    return tuple(args[0]) if len(args) == 1 and type(args[0]) in (tuple, list) and len(args[0]) < 100 else UNKNOWN


def _device(args: tuple[Any, ...], _: Budget) -> Any:
    fit = 1 <= len(args) <= 2 and all(type(part) in (str, int) for part in args)
    return ":".join(str(part)[:40] for part in args) if fit else UNKNOWN


def _unwrap_list(args: tuple[Any, ...], _: Budget) -> Any:
    """Return the list that TorchScript wraps to say its type."""
    return args[0] if args else UNKNOWN


_QUANTIZED = _unsupported("quantized tensors; save the network from before it was quantized")
_SPARSE = _unsupported("sparse tensors; save them as dense ones: value.to_dense()")

#: The functions that rebuild PyTorch's values, by the global that they stand for.
REBUILDING: dict[Global, Constructor] = {
    Global("torch._utils", "_rebuild_tensor"): _tensor,
    Global("torch._utils", "_rebuild_tensor_v2"): _tensor,
    Global("torch._utils", "_rebuild_tensor_v3"): _tensor_of_type,
    Global("torch._utils", "_rebuild_parameter"): _unwrap_parameter,
    Global("torch._utils", "_rebuild_parameter_with_state"): _unwrap_parameter,
    Global("torch.nn.parameter", "Parameter"): _unwrap_parameter,
    Global("torch.nn.parameter", "Buffer"): _unwrap_parameter,
    Global("torch.autograd.variable", "Variable"): _unwrap_parameter,
    Global("torch._tensor", "_rebuild_from_type_v2"): _of_type,
    Global("torch._utils", "_rebuild_qtensor"): _QUANTIZED,
    Global("torch._utils", "_rebuild_sparse_tensor"): _SPARSE,
    Global("torch._utils", "_rebuild_sparse_csr_tensor"): _SPARSE,
    Global("torch", "Size"): _size,
    Global("torch", "device"): _device,
    **{Global("torch.jit._pickle", f"build_{kind}list"): _unwrap_list for kind in ("int", "double", "bool", "tensor")},
    Global("torch.jit._pickle", "restore_type_tag"): _unwrap_list,
}

#: Gives the storage in the bytes that `torch.storage._load_from_bytes` is called with, where a tensor was pickled by itself.
StorageReader = Callable[[bytes], Any]


def rebuilding(read: StorageReader) -> dict[Global, Constructor]:
    """Return the functions that rebuild PyTorch's values, with `read` for storages that a plain pickle holds as bytes."""

    def load_from_bytes(args: tuple[Any, ...], _: Budget) -> Any:
        return read(args[0]) if len(args) == 1 and type(args[0]) is bytes else UNKNOWN

    return {**REBUILDING, Global("torch.storage", "_load_from_bytes"): load_from_bytes}


def is_module(value: Any) -> bool:
    """Return True for the record of an `nn.Module`, or of one that TorchScript saved."""
    if not isinstance(value, PickledObject) or type(value.state) is not dict:
        return False
    if isinstance(value.function, Global) and value.function.module.split(".")[0] == "__torch__":
        return True
    return type(value.state.get("_modules")) is dict and type(value.state.get("_parameters")) is dict
