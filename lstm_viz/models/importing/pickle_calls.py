"""What stands for the calls of a pickle: plain data where this project has a function for it, else an inert record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lstm_viz.models.importing.acting_globals import acts, acts_when_called
from lstm_viz.models.importing.inert_values import (
    UNKNOWN,
    ActingPickle,
    Budget,
    Constructor,
    CostlyPickle,
    DamagedPickle,
    Global,
    PickledObject,
)

#: Limit on different names.
_GLOBALS = 5_000
_GETATTR = Global("builtins", "getattr")
#: Python 2's names of modules and types, which protocols 0 to 2 use, and the present ones.
_RENAMED = {"__builtin__": "builtins", "copy_reg": "copyreg", "exceptions": "builtins"}
_TYPES = {"unicode": "str", "basestring": "str", "long": "int", "xrange": "range", "unichr": "chr"}
_IDENTIFIER = re.compile(r"(?!__)[^\W\d]\w{0,200}")


class Calls:
    """The globals that one pickle names, and what their calls become.

    `getattr` could reach anything, but methods and inner classes are saved with it. So it is counted (`loose`) whenever it comes
    onto the stack, and counted off where it is used for such a thing; a pickle that keeps one loose could act.
    """

    def __init__(self, known: Mapping[Global, Constructor], budget: Budget) -> None:
        self._known, self._budget = known, budget
        self._globals: dict[tuple[str, str], Global] = {}
        self._acting: set[str] = set()
        #: The pickle's own `getattr`.
        self.getattr: Any = UNKNOWN
        self.loose = 0

    def check_acting(self) -> None:
        """Raise ActingPickle if a global was named that could act."""
        if self.loose:
            self._acting.add(str(_GETATTR))
        if self._acting:
            raise ActingPickle(self._acting)

    def name_global(self, module: str, name: str) -> Global:
        """Return the inert global of a name; note it if it could act."""
        module = _RENAMED.get(module, module)
        name = _TYPES.get(name, name) if module == "builtins" else name
        known_global = self._globals.get((module, name))
        if known_global is None:
            self._budget.take(300)
            if len(self._globals) >= _GLOBALS:
                raise CostlyPickle(f"it names more than {_GLOBALS:,} classes and functions")
            known_global = self._globals[module, name] = Global(module, name)
            if known_global == _GETATTR:
                self.getattr = known_global
            elif acts(module, name):
                self._acting.add(f"{module}.{name}"[:120])
        return known_global

    def call(self, function: Any, args: Any, kwargs: Any = None, making: bool = False) -> Any:
        """Return plain data for a call of a known global, else the call's record."""
        callable_ = isinstance(function, (Global, PickledObject))
        if not callable_ or type(args) is not tuple or not isinstance(kwargs, (dict, type(None))):
            raise DamagedPickle(f"it calls a {type(function).__name__} with a {type(args).__name__}")
        self._budget.take(200)
        if isinstance(function, Global):
            if function == _GETATTR and not making and kwargs is None:
                return self._attribute(args)
            if acts_when_called(function.module, function.name):
                self._acting.add(str(function)[:120])
            if function.module == "copyreg":
                return self._copyreg(function, args, kwargs)
            maker = self._known.get(function) if not kwargs else None
            result = UNKNOWN if maker is None else maker(args, self._budget)
            if result is not UNKNOWN:
                return result
        return PickledObject(function, args, kwargs or {})

    def _attribute(self, args: tuple[Any, ...]) -> Any:
        """Return what stands for `getattr(args)`, with which methods and inner classes are saved; else leave it loose."""
        if len(args) != 2 or type(args[1]) is not str or not _IDENTIFIER.fullmatch(args[1]):
            return PickledObject(_GETATTR, args)
        if isinstance(args[0], Global) and len(args[0].name) < 1000:
            self.loose -= 1
            return self.name_global(args[0].module, f"{args[0].name}.{args[1]}")
        if isinstance(args[0], PickledObject):
            self.loose -= 1
        return PickledObject(_GETATTR, args)

    def _copyreg(self, function: Global, args: tuple[Any, ...], kwargs: Any) -> Any:
        """Return the object that `copyreg`'s functions would make, as protocols 0 and 1 save objects."""
        if function.name == "_reconstructor" and len(args) == 3 and isinstance(args[0], (Global, PickledObject)):
            record = PickledObject(args[0])
            if args[1] == Global("builtins", "dict") and type(args[2]) is dict:
                record.entries = args[2]
            elif args[1] == Global("builtins", "list") and type(args[2]) is list:
                record.items = args[2]
            elif args[2] is not None:
                record.args = (args[2],)
            return record
        if function.name == "__newobj__" and args:
            return self.call(args[0], args[1:], making=True)
        if function.name == "__newobj_ex__" and len(args) == 3:
            return self.call(*args, making=True)
        return PickledObject(function, args, kwargs or {})
