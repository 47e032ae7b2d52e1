"""What a file's inert records say, as dictionaries: modules become state dicts and facts, other objects their attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from lstm_viz.models.importing.inert_values import Budget, CostlyPickle, Global, PickledObject
from lstm_viz.models.importing.plain_types import array_of
from lstm_viz.models.importing.tensor_rebuilding import is_module

#: Limits on modules within modules, and on tuples within tuples, below which records stay as they are.
_MODULES = 10_000
_DEEP = 40


@dataclass(frozen=True, eq=False)
class ModuleFacts:
    """What a saved module says of itself.

    Attributes:
        name: Its name within the file, with dots, as before its tensors' names; empty for the file's only module.
        class_name: Its class without the package, such as “LSTM”.
        module: The package of its class, such as “torch.nn.modules.rnn”, or “” if unknown.
        attributes: Its plain attributes by name: numbers, texts, lists, dictionaries such as tables of tokens, and objects as
            `Attributes`. Neither tensors nor modules, nor names that begin with an underscore.
    """

    name: str
    class_name: str
    module: str
    attributes: Mapping[str, Any]


class Attributes(dict[Any, Any]):
    """A saved object as a dictionary: its attributes by name, or its items if it is a subclass of a dictionary.

    Attributes:
        class_name: The object's class without the package.
        modules: For an `nn.Module`, its facts and those of the modules in it, by their names within it.
    """

    class_name: str = ""
    modules: Mapping[str, ModuleFacts] | None = None


def to_plain(value: Any, budget: Budget | None = None) -> Any:
    """Replace the records in what `unpickle` gave by dictionaries, in place; return the value.

    A module becomes its state dict with dotted names, together with its own plain attributes; other objects become the
    dictionary of their attributes. What was shared stays shared. Classes and functions stay `Global`.
    """
    return _Conversion(budget or Budget(0)).convert(value)


class _Conversion:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._made: dict[int, Any] = {}
        # What was replaced is kept, so that no other object takes its number.
        self._kept: list[Any] = []
        self._queue: list[tuple[Any, Any]] = []

    def convert(self, root: Any) -> Any:
        """Convert a value and, without recursion, what it contains."""
        converted = self._replaced(root)
        while self._queue:
            source, target = self._queue.pop()
            if isinstance(source, PickledObject):
                self._fill(source, target)
            elif type(target) is list:
                target[:] = [self._replaced(item) for item in source]
            else:
                for key in source:
                    target[key] = self._replaced(source[key])
        return converted

    def _replaced(self, value: Any, depth: int = 0) -> Any:
        """Return what stands for a value; what it contains is converted later."""
        kind = type(value)
        if kind not in (dict, list, tuple, PickledObject):
            return value
        if id(value) in self._made:
            return self._made[id(value)]
        self._kept.append(value)
        if kind is tuple:
            replacement: Any = value
            if depth < _DEEP and any(type(item) in (dict, list, tuple, PickledObject) for item in value):
                replacement = tuple(self._replaced(item, depth + 1) for item in value)
        elif kind is PickledObject:
            replacement = self._stand_in(value)
        else:
            replacement = value
            self._queue.append((value, value))
        self._made[id(value)] = replacement
        return replacement

    def _stand_in(self, record: PickledObject) -> Any:
        """Return the still empty dictionary or list for a record, or the array that it is."""
        array = array_of(record, self._budget)
        if array is not None:
            return self._replaced(array)
        if record.items is not None and not record.entries and not _attributes(record):
            self._queue.append((record.items, record.items))
            return record.items
        attributes = Attributes()
        attributes.class_name = record.class_name
        self._queue.append((record, attributes))
        return attributes

    def _fill(self, record: PickledObject, target: Attributes) -> None:
        if is_module(record):
            self._fill_module(record, target)
            return
        entries: dict[Any, Any] = {**(record.entries or {}), **_attributes(record)}
        if record.items is not None:
            entries["items"] = record.items
        if not entries:
            entries = _restored(record)
        for key, value in entries.items():
            target[key] = self._replaced(value)

    def _fill_module(self, record: PickledObject, target: Attributes) -> None:
        facts = {}
        for path, module in _modules_in(record):
            attributes, tensors = _split(module)
            plain = {name: self._replaced(value) for name, value in attributes.items()}
            package = module.function.module if isinstance(module.function, Global) else ""
            facts[path] = ModuleFacts(path, module.class_name, package, plain)
            target.update({f"{path}.{name}" if path else name: value for name, value in tensors.items()})
            if not path:
                target.update({name: value for name, value in plain.items() if name not in tensors})
        target.modules = facts


def _attributes(record: PickledObject) -> dict[str, Any]:
    """Return an object's attributes: its state if that is a dictionary, or with the slots beside it."""
    states = record.state if type(record.state) is tuple and len(record.state) == 2 else (record.state,)
    if not all(state is None or type(state) is dict for state in states):
        return {}
    return {name: value for state in states if state for name, value in state.items() if isinstance(name, str)}


def _restored(record: PickledObject) -> dict[str, Any]:
    """Return what is known of an object that is not its attributes: arguments, or a state of its own form."""
    state = record.state
    if type(state) is tuple and len(state) == 4 and type(state[2]) is list and record.class_name.startswith("Vocab"):
        # torchtext's vocabularies in C++ save (version, numbers, tokens, tensors).
        return {"itos": state[2]}
    entries: dict[str, Any] = {"args": record.args} if record.args else {}
    return entries | ({"state": state} if state is not None else {})


def _modules_in(record: PickledObject) -> Iterator[tuple[str, PickledObject]]:
    """Yield a module and those in it with their dotted names, outer ones first; CostlyPickle if there is no end to them."""
    row: list[tuple[str, PickledObject, int]] = [("", record, 0)]
    for number in range(_MODULES):
        if not row:
            return
        path, module, depth = row.pop()
        yield path, module
        below = module.state.get("_modules", module.state)
        inner = [(f"{path}.{name}" if path else str(name), each, depth + 1) for name, each in below.items() if is_module(each)]
        if depth > _DEEP or number + len(row) + len(inner) > _MODULES:
            break
        row += reversed(inner)
    raise CostlyPickle("its modules contain each other without end")


def _split(module: PickledObject) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return a module's plain attributes, and its parameters and the buffers that belong to its state dict."""
    state = module.state
    if "_modules" in state:
        buffers, left_out = state.get("_buffers"), state.get("_non_persistent_buffers_set")
        named = {**state["_parameters"], **(buffers if type(buffers) is dict else {})}
        hidden = left_out if isinstance(left_out, (set, frozenset)) else frozenset()
    else:
        named, hidden = state, frozenset()
    tensors = {
        name: value for name, value in named.items() if isinstance(name, str) and isinstance(value, Tensor) and name not in hidden
    }
    attributes = {
        name: value
        for name, value in state.items()
        if isinstance(name, str) and not name.startswith("_") and not isinstance(value, Tensor) and not is_module(value)
    }
    return attributes, tensors


def array_items(value: Any) -> Any:
    """Return an array of one dimension as a list, so that tokens may be saved as either; anything else as it is."""
    return value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "USiu" else value
