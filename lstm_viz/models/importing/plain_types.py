"""What the globals of Python and NumPy that stand for plain data make, by functions of this project.

Each takes a call's arguments and gives plain data, or UNKNOWN for arguments that are none of such a call. Copies are charged to
the budget, as a file may share one list among a million calls.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_viz.models.importing.inert_values import (
    UNKNOWN,
    Budget,
    Constructor,
    DamagedPickle,
    Global,
    PickledObject,
    UnsupportedValue,
)

#: Codes of NumPy's plain types: whole numbers, floating point, complex, truth values, text and bytes of fixed width, objects.
CODE = re.compile(r"[<>|=]?(?:[iu][1248]|f[248]|c8|c16|b1|[US]\d{1,6}|O8?)")
_DTYPE = Global("numpy", "dtype")
_ARRAYS = frozenset(Global(f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core"))
_TRANSPARENT = ("latin1", "latin-1", "iso-8859-1")


def _copied(kind: type, args: tuple[Any, ...], budget: Budget, each: int) -> Any:
    """Return a container of the first argument's items."""
    if len(args) != 1 or type(args[0]) not in (list, tuple, set, frozenset):
        return kind() if args == () else UNKNOWN
    budget.take(each * len(args[0]))
    return kind(args[0])


def _simple(key: Any) -> bool:
    """Return True for what can be hashed at once, and collides with few others."""
    return type(key) in (str, float, bool, bytes, type(None)) or (type(key) is int and key.bit_length() <= 60)


def _set(args: tuple[Any, ...], budget: Budget) -> Any:
    fit = not args or (len(args) == 1 and type(args[0]) in (list, tuple, set, frozenset) and all(map(_simple, args[0])))
    return _copied(set, args, budget, 80) if fit else UNKNOWN


def _frozenset(args: tuple[Any, ...], budget: Budget) -> Any:
    items = _set(args, budget)
    return frozenset(items) if type(items) is set else UNKNOWN


def _ordered_dict(args: tuple[Any, ...], budget: Budget) -> Any:
    """Return a dictionary: empty, of a dictionary, or of Python 2's list of pairs."""
    if args == ():
        return {}
    if len(args) != 1:
        return UNKNOWN
    if type(args[0]) is dict:
        budget.take(100 * len(args[0]))
        return dict(args[0])
    pairs = args[0] if type(args[0]) is list and all(type(each) in (list, tuple) and len(each) == 2 for each in args[0]) else None
    if pairs is None or not all(_simple(key) for key, _ in pairs):
        return UNKNOWN
    budget.take(100 * len(pairs))
    return dict(pairs)


def _default_dict(args: tuple[Any, ...], budget: Budget) -> Any:
    return {} if len(args) <= 1 else _ordered_dict(args[1:], budget)


def _deque(args: tuple[Any, ...], budget: Budget) -> Any:
    return _copied(list, args[:1], budget, 8)


def _complex(args: tuple[Any, ...], _: Budget) -> Any:
    return complex(*args) if len(args) == 2 and all(type(part) in (int, float) for part in args) else UNKNOWN


def _bytes(args: tuple[Any, ...], budget: Budget) -> Any:
    """Return bytes given as such, or as text of the characters 0 to 255, as protocols 0 to 2 save them."""
    if args == ():
        return b""
    if len(args) == 1 and type(args[0]) is bytes:
        return args[0]
    if len(args) == 2 and type(args[0]) is str and args[1] in _TRANSPARENT:
        budget.take(len(args[0]))
        try:
            return args[0].encode("latin-1")
        except UnicodeEncodeError as error:
            raise DamagedPickle("it encodes text as bytes that does not fit") from error
    return UNKNOWN


def _path(args: tuple[Any, ...], budget: Budget) -> Any:
    if not all(type(part) is str for part in args):
        return UNKNOWN
    budget.take(4 * sum(map(len, args)))
    return "/".join(args).replace("//", "/") if args else "."


# NumPy.


def dtype_of(described: Any) -> np.dtype[Any] | None:
    """Return the NumPy type that a record describes; None for structured ones, dates and others that are not plain."""
    if isinstance(described, PickledObject) and described.function == _DTYPE and described.args:
        code, state = described.args[0], described.state
        order = state[1] if type(state) is tuple and len(state) >= 2 else None
        if type(code) is bytes:
            code = code.decode("latin-1")
        if type(code) is str and CODE.fullmatch(code):
            dtype = np.dtype(code)
            return dtype.newbyteorder(order) if order in ("<", ">") else dtype
    return None


def _shape(shape: Any) -> tuple[int, ...] | None:
    fit = type(shape) is tuple and len(shape) <= 32 and all(type(size) is int and 0 <= size < 2**40 for size in shape)
    return shape if fit else None


def array_of(record: PickledObject, budget: Budget) -> Any:
    """Return the array that NumPy's `_reconstruct` and its state describe; None if it is not of a plain type.

    An array of objects becomes a list if it has one dimension. Others are copies of the file's bytes, floating point numbers in
    this machine's order, so that a tensor can be made of them without another copy.
    """
    state = record.state
    if record.function not in _ARRAYS or type(state) is not tuple or len(state) not in (4, 5):
        return None
    shape, described, by_columns, content = state[-4:]
    kind, sizes = dtype_of(described), _shape(shape)
    if kind is None or sizes is None:
        return None
    if kind.hasobject:
        fit = type(content) is list and len(content) == math.prod(sizes) and len(sizes) == 1
        return content if fit else None
    return _numbers(content, kind, sizes, "F" if by_columns else "C", budget)


def _numbers(content: Any, kind: np.dtype[Any], sizes: tuple[int, ...], order: Any, budget: Budget) -> np.ndarray[Any, Any]:
    # Python 2 wrote bytes as a string, which was decoded where that can be undone.
    content = content.encode("utf-8", "surrogatepass") if type(content) is str else content
    count = math.prod(sizes)
    if type(content) is not bytes or len(content) != count * kind.itemsize or order not in ("C", "F"):
        raise DamagedPickle("a NumPy array claims other numbers than it holds")
    if count and not kind.itemsize:
        raise DamagedPickle("a NumPy array claims items without any bytes")
    if not count:
        return np.zeros(sizes, kind)
    budget.take(6 * len(content))
    array = np.frombuffer(bytearray(content), kind).reshape(sizes, order=order)
    return array.astype(kind.newbyteorder("=")) if kind.kind == "f" and not kind.isnative else array


def _scalar(args: tuple[Any, ...], budget: Budget) -> Any:
    kind = dtype_of(args[0]) if len(args) == 2 else None
    if kind is None or kind.hasobject or not kind.itemsize:
        return UNKNOWN
    return _numbers(args[1], kind, (1,), "C", budget)[0].item()


def _from_buffer(args: tuple[Any, ...], budget: Budget) -> Any:
    kind, sizes = (dtype_of(args[1]), _shape(args[2])) if len(args) == 4 else (None, None)
    if kind is None or sizes is None or kind.hasobject:
        return UNKNOWN
    return _numbers(args[0], kind, sizes, args[3], budget)


def _joblib_array(args: tuple[Any, ...], budget: Budget) -> Any:
    """Read an array that joblib wrote behind its description; return it and where it ends."""
    state, data, position = args
    kind = dtype_of(state.get("dtype")) if isinstance(state, Mapping) else None
    sizes = _shape(state.get("shape")) if isinstance(state, Mapping) else None
    if kind is None or sizes is None or kind.hasobject:
        raise UnsupportedValue("holds an array of objects that joblib saved; give the arrays of numbers alone")
    if state.get("numpy_array_alignment_bytes") is not None and position < len(data):
        position += 1 + data[position]
    length = math.prod(sizes) * kind.itemsize
    if length > len(data) - position:
        raise DamagedPickle("an array of joblib claims more numbers than the file holds")
    budget.take(length)
    return _numbers(bytes(data[position : position + length]), kind, sizes, state.get("order"), budget), position + length


def numeric(array: np.ndarray[Any, Any]) -> bool:
    """Return True for an array of real numbers in floating point."""
    return array.dtype.kind == "f"


_PATHS = ("PosixPath", "WindowsPath", "Path", "PurePath", "PurePosixPath", "PureWindowsPath")
#: The functions that make plain data, by the global they stand for.
KNOWN: dict[Global, Constructor] = {
    Global("collections", "OrderedDict"): _ordered_dict,
    Global("collections", "Counter"): _ordered_dict,
    Global("collections", "defaultdict"): _default_dict,
    Global("collections", "deque"): _deque,
    Global("builtins", "set"): _set,
    Global("builtins", "frozenset"): _frozenset,
    Global("builtins", "complex"): _complex,
    Global("builtins", "bytearray"): _bytes,
    Global("builtins", "bytes"): _bytes,
    Global("_codecs", "encode"): _bytes,
    **{Global(module, name): _path for module in ("pathlib", "pathlib._local") for name in _PATHS},
    **{Global(f"numpy.{core}.multiarray", "scalar"): _scalar for core in ("core", "_core")},
    **{Global(f"numpy.{core}.numeric", "_frombuffer"): _from_buffer for core in ("core", "_core")},
    Global("joblib", "array"): _joblib_array,
}
