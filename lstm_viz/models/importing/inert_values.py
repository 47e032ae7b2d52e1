"""What a pickle's globals, calls and objects are here: values that stand for themselves; and what reading one may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: What a file may make this process hold: a base, and so many bytes for each of its own.
_BASE = 96 * 2**20
_EACH = 16
#: Limit on the opcodes of a file's pickles.
STEPS = 5_000_000


class DamagedPickle(ValueError):
    """The bytes are not a pickle, or it uses what a file cannot hold; the message says which."""


class UnsupportedValue(ValueError):
    """It holds values of a sort that is not read, such as sparse tensors; the message names it, after the file's name."""


class CostlyPickle(ValueError):
    """Reading it would take more memory or time than its length justifies."""


class ActingPickle(ValueError):
    """It names functions that act on the computer; `names` lists them."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(", ".join(sorted(names)[:20]))
        self.names = frozenset(names)


class Budget:
    """The bytes that may still be taken for what a file of `length` bytes holds, and the steps of its pickles."""

    __slots__ = ("left", "steps")

    def __init__(self, length: int) -> None:
        self.left = _BASE + _EACH * length
        self.steps = STEPS

    def take(self, count: int) -> None:
        """Account for `count` bytes before they are taken; CostlyPickle if none are left."""
        self.left -= count
        if self.left < 0:
            raise CostlyPickle("it would take far more memory than its length")


@dataclass(frozen=True, slots=True)
class Global:
    """A name that a pickle would import, `module.name`; it stands for itself only."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class PickledObject:
    """A call or an object that a pickle would make, as data.

    Attributes:
        function: What would be called, or the object's class: a `Global`, or the record of one.
        args: The positional arguments.
        kwargs: The named arguments.
        state: What the object would be given to restore itself from; usually the dictionary of its attributes.
        items: What would be appended to it, for subclasses of lists.
        entries: What would be set in it by key, for subclasses of dictionaries.
    """

    function: Any
    args: tuple[Any, ...] = ()
    kwargs: Mapping[Any, Any] = field(default_factory=dict)
    state: Any = None
    items: list[Any] | None = None
    entries: dict[Any, Any] | None = None

    @property
    def class_name(self) -> str:
        """Return the name of the function or class without its module, “?” if that is itself a record."""
        return self.function.name.rpartition(".")[2] if isinstance(self.function, Global) else "?"


#: Makes plain data from a call's arguments; UNKNOWN if they are not those of such a call, which is then kept as a record.
Constructor = Callable[[tuple[Any, ...], Budget], Any]
UNKNOWN = object()
