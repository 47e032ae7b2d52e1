"""The base of all results: a short repr, a thumbnail in a notebook, equality by value, and copies."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, ClassVar, TypeVar

import numpy as np

from lstm_viz.thumbnail import curve, heat_map

#: Maximum length of a repr.
LONGEST = 280
#: Text fields that are short and shown; other texts may be private and are not shown.
_SHOWN = {"kind", "symbol", "state", "encoding", "gate"}

Key = TypeVar("Key")
Value = TypeVar("Value", covariant=True)


class Result:
    """A dataclass of arrays and numbers with a one-line repr and equality by value.

    Declare the dataclass with `repr=False`, and with `eq=False` if it holds arrays. Override `_summary` to show more than
    the fields' shapes. In a notebook the first available field of `_drawn` is drawn as a thumbnail: [time] as a curve, [row,
    column] as a heat map, a result as its own thumbnail.
    """

    _drawn: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        return shorten(f"{type(self).__name__}({', '.join(self._summary())})")

    def _repr_html_(self) -> str:
        return f"<div><code>{html.escape(repr(self))}</code>{self._picture()}</div>"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        return all(same(getattr(self, name), getattr(other, name)) for name in _names(self))

    def __hash__(self) -> int:
        return hash((type(self).__name__, *(_shape(getattr(self, name)) for name in _names(self))))

    def _summary(self) -> Iterator[str]:
        """Yield the parts of the repr: no array's values and no text that was read."""
        for field in fields(self):  # type: ignore[arg-type]
            if field.repr:
                yield f"{field.name}={describe(field.name, getattr(self, field.name))}"

    def _picture(self) -> str:
        """Return a thumbnail as HTML; empty if there is none."""
        for name in self._drawn:
            value = getattr(self, name)
            if isinstance(value, Result):
                return value._picture()
            if isinstance(value, np.ndarray):
                return curve(value, name) if value.ndim == 1 else heat_map(value, name)
        return ""


class FrozenMapping(Mapping[Key, Value]):
    """An immutable mapping that can be pickled and deep-copied, unlike types.MappingProxyType."""

    __slots__ = ("_items",)
    _items: dict[Key, Value]

    def __init__(self, items: Mapping[Key, Value] | None = None) -> None:
        object.__setattr__(self, "_items", dict(items or {}))

    def __getitem__(self, key: Key) -> Value:
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("this mapping is frozen; copy it with dict(…) to change it")

    def __reduce__(self) -> tuple[type[FrozenMapping[Key, Value]], tuple[dict[Key, Value]]]:
        return FrozenMapping, (self._items,)

    def __repr__(self) -> str:
        return shorten(f"FrozenMapping({len(self)} entries: {', '.join(map(str, self))})")


def shorten(text: str, longest: int = LONGEST) -> str:
    """Shorten a text in its middle to at most `longest` characters, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 21]}…{text[-20:]}"


def describe(name: str, value: object) -> str:
    """Describe a field by its type and size, without an array's values or a text."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype.name.rstrip('0123456789') if value.dtype.kind == 'U' else value.dtype}{list(value.shape)}"
    if isinstance(value, str):
        return value if name in _SHOWN and len(value) <= 20 else f"<{len(value):,} characters>"
    if isinstance(value, (bool, int, type(None))):
        return str(value)
    if isinstance(value, (float, np.floating)):
        return f"{value:.5g}"
    if isinstance(value, (tuple, list)):
        kinds = sorted({type(each).__name__ for each in value})
        return f"<{len(value):,} {kinds[0]}>" if len(kinds) == 1 else f"<{len(value):,} items>"
    if isinstance(value, Mapping):
        return f"<{len(value):,} entries>"
    return f"<{type(value).__name__}>"


def same(one: Any, other: Any) -> bool:
    """Return True if two fields are equal: arrays of one shape and dtype, NaN equal to NaN."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (tuple, list)) and type(one) is type(other):
        return len(one) == len(other) and all(map(same, one, other))
    equal = one == other
    if hasattr(equal, "all"):  # two tensors
        return one.shape == other.shape and bool(equal.all())
    return bool(equal) or (one != one and other != other)


def _names(result: Any) -> list[str]:
    return [field.name for field in fields(result)]


def _shape(value: object) -> object:
    """Return a quickly hashed key that is equal for equal values."""
    if isinstance(value, np.ndarray):
        return value.shape
    if isinstance(value, (str, bool, int)):
        return value
    return len(value) if isinstance(value, (tuple, list, Mapping)) else None
