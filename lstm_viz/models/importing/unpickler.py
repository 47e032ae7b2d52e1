"""Read a pickle as data: a stack machine over its opcodes that imports nothing and calls nothing that a file names.

A pickle is a program for a stack machine (opcodes of the protocols 0 to 5: documentation of `pickletools`). Here each global
that it names becomes an inert `Global`, each call of one an inert `PickledObject`. A few globals stand for plain data; the caller
gives functions of this project that make it. Work and memory are bounded before they are taken: there is a limit on opcodes,
and a `Budget` that grows with the length of the program. Nothing here recurses, however deep a file nests.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from mmap import mmap
from typing import Any

from lstm_viz.models.importing.inert_values import (
    STEPS,
    ActingPickle,
    Budget,
    Constructor,
    CostlyPickle,
    DamagedPickle,
    Global,
    PickledObject,
    UnsupportedValue,
)
from lstm_viz.models.importing.pickle_calls import Calls
from lstm_viz.models.importing.pickle_stream import PickleStream

#: Limits: bytes of one integer (Python prints up to 4,300 digits), keys of several parts.
_INTEGER = 1024
_COMPOUND_KEYS = 20_000
_KEY_PARTS = 64
#: Integers of more bits may share a hash, and a dictionary of such keys takes quadratic time.
_KEY_BITS = 60

#: Called for each persistent id, the reference to something outside of the pickle.
PersistentLoader = Callable[[Any], Any]


def unpickle(
    data: bytes | mmap,
    budget: Budget,
    *,
    start: int = 0,
    known: Mapping[Global, Constructor] | None = None,
    persistent: PersistentLoader | None = None,
) -> tuple[Any, int]:
    """Read one pickle as data.

    Args:
        data: The bytes.
        budget: What may be taken; several pickles of a file share one.
        start: Where the pickle begins.
        known: The functions of this project that make plain data in place of a global's call.
        persistent: What gives a persistent id's value; None refuses such ids.

    Returns:
        The value, and where the pickle ends. Globals are `Global`, calls and objects are `PickledObject`; what it shares is
        shared, so a walk has to remember what it has seen.

    Raises:
        ActingPickle: A global could act on the computer, even if it is not called.
        CostlyPickle: The limits are exceeded.
        UnsupportedValue: From `known` or `persistent`.
        DamagedPickle: It is not a pickle.

    Examples:
        >>> import pickle
        >>> value, _ = unpickle(pickle.dumps({"shape": range(3)}), Budget(100))
        >>> value["shape"].function, value["shape"].args
        (Global(module='builtins', name='range'), (0, 3, 1))
    """
    machine = _Machine(data, start, budget, known or {}, persistent)
    try:
        value = machine.run()
    except CostlyPickle:
        machine.calls.check_acting()
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error) as error:
        machine.calls.check_acting()
        if isinstance(error, (DamagedPickle, ActingPickle, UnsupportedValue)):
            raise
        raise DamagedPickle(f"its bytes make no sense at {machine.position:,}") from error
    machine.calls.check_acting()
    return value, machine.position


class _Machine(PickleStream):
    def __init__(
        self,
        data: bytes | mmap,
        start: int,
        budget: Budget,
        known: Mapping[Global, Constructor],
        persistent: PersistentLoader | None,
    ) -> None:
        super().__init__(data, start, budget)
        self.known, self.persistent = known, persistent
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.calls = Calls(known, budget)
        self.compound_keys = 0

    def run(self) -> Any:
        """Execute the opcodes up to STOP and return the value on top of the stack."""
        data, budget = self.data, self.budget
        for number in range(budget.steps):
            if self.position >= self.end:
                raise DamagedPickle("it ends too early")
            code = data[self.position]
            self.position += 1
            if code == _STOP:
                budget.steps -= number
                return self.stack.pop()
            step = _OPCODES.get(code)
            if step is None:
                raise DamagedPickle(_REFUSED.get(code, f"it holds the unknown opcode {code:#04x} at {self.position - 1:,}"))
            budget.left -= _CHEAP.get(code, _COST)
            if budget.left < 0:
                raise CostlyPickle("it would take far more memory than its length")
            step(self)
        raise CostlyPickle(f"it has more than {STEPS:,} steps")

    def marked(self) -> list[Any]:
        """Take what was pushed since the last mark."""
        items, self.stack = self.stack, self.below.pop()
        return items

    # Values that are given in the stream.

    def push(self, value: Any) -> None:
        """Push a value; count `getattr`, which must be used up."""
        if value is self.calls.getattr:
            self.calls.loose += 1
        self.stack.append(value)

    def float_line(self) -> None:
        self.stack.append(float(self.line(100)))

    def int_line(self) -> None:
        line = self.line(2 * _INTEGER)
        self.stack.append(line == b"01" if line in (b"00", b"01") else int(line))

    def long_line(self) -> None:
        self.stack.append(int(self.line(2 * _INTEGER).rstrip(b"L")))

    def long(self, count: int) -> None:
        if count > _INTEGER:
            raise CostlyPickle(f"it holds an integer of {count:,} bytes; up to {_INTEGER:,} are read")
        self.budget.take(2 * count)
        self.stack.append(self.number(count, signed=True))

    def unicode_line(self) -> None:
        line = self.line()
        self.budget.take(4 * len(line))
        self.stack.append(line.decode("raw-unicode-escape"))

    # Containers.

    def empty_set(self) -> None:
        self.budget.take(200)
        self.stack.append(set())

    def append(self, added: list[Any]) -> None:
        target = self.stack[-1]
        self.budget.take(16 * len(added))
        if isinstance(target, PickledObject):
            self.budget.take(64)
            target.items = target.items or []
            target = target.items
        if type(target) is not list:
            raise DamagedPickle(f"it appends to a {type(target).__name__}")
        target.extend(added)

    def set_items(self, pairs: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, PickledObject):
            self.budget.take(64)
            target.entries = {} if target.entries is None else target.entries
            target = target.entries
        if type(target) is not dict or len(pairs) % 2:
            raise DamagedPickle(f"it sets {len(pairs)} items of a {type(target).__name__}")
        self.fill(target, pairs)

    def fill(self, target: dict[Any, Any], pairs: list[Any]) -> None:
        self.budget.take(60 * len(pairs))
        for index in range(0, len(pairs), 2):
            self.check_key(pairs[index])
            target[pairs[index]] = pairs[index + 1]

    def make_dict(self) -> None:
        pairs = self.marked()
        if len(pairs) % 2:
            raise DamagedPickle("a dictionary has a key without a value")
        dictionary: dict[Any, Any] = {}
        self.fill(dictionary, pairs)
        self.stack.append(dictionary)

    def add_items(self) -> None:
        added = self.marked()
        target = self.stack[-1]
        if type(target) is not set:
            raise DamagedPickle(f"it adds to a {type(target).__name__}")
        target.update(self.hashable(added))

    def hashable(self, values: list[Any]) -> list[Any]:
        """Check that values can be hashed in bounded time; return them."""
        self.budget.take(80 * len(values))
        for value in values:
            self.check_key(value)
        return values

    def check_key(self, key: Any) -> None:
        """Check that a key can be hashed and compared in bounded time; DamagedPickle otherwise."""
        if type(key) is str:
            return
        if type(key) is frozenset:
            self.compound_keys += 1
        elif type(key) is tuple:
            self.compound_keys += 1
            parts = list(key[: _KEY_PARTS + 1])
            for part in parts:
                if type(part) is tuple:
                    parts += part[: _KEY_PARTS + 1]
                if len(parts) > _KEY_PARTS or self.compound_keys > _COMPOUND_KEYS:
                    raise CostlyPickle("its keys are too long, or too many of them are tuples")
                if type(part) is not tuple:
                    self.check_key(part)
        elif type(key) is int:
            if key.bit_length() > _KEY_BITS:
                raise DamagedPickle(f"it has a key of {key.bit_length():,} bits")
        elif isinstance(key, (list, dict, set)):
            raise DamagedPickle(f"it uses a {type(key).__name__} as a key")

    # Globals, calls and objects.

    def global_lines(self) -> tuple[str, str]:
        return self.text(self.line(1000)), self.text(self.line(1000))

    def stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise DamagedPickle("the name of a global is not a text")
        self.push(self.calls.name_global(module, name))

    def reduce(self) -> None:
        args, function = self.stack.pop(), self.stack.pop()
        self.push(self.calls.call(function, args))

    def new_object(self) -> None:
        args, function = self.stack.pop(), self.stack.pop()
        self.push(self.calls.call(function, args, making=True))

    def new_object_with_names(self) -> None:
        kwargs, args, function = self.stack.pop(), self.stack.pop(), self.stack.pop()
        self.push(self.calls.call(function, args, kwargs, making=True))

    def instance(self) -> None:
        function = self.calls.name_global(*self.global_lines())
        self.calls.loose += function is self.calls.getattr
        self.push(self.calls.call(function, tuple(self.marked()), making=True))

    def object(self) -> None:
        function, *args = self.marked()
        self.push(self.calls.call(function, tuple(args), making=True))

    def build(self) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if isinstance(target, PickledObject):
            target.state = state
            if str(target.function) == "joblib.numpy_pickle.NumpyArrayWrapper" and Global("joblib", "array") in self.known:
                # joblib writes an array's bytes into the stream behind its description.
                array, self.position = self.known[Global("joblib", "array")]((state, self.data, self.position), self.budget)
                self.stack[-1] = array
        elif isinstance(target, Global):
            raise DamagedPickle(f"it changes {target}"[:200])

    def load_persistent(self, reference: Any) -> None:
        if self.persistent is None:
            raise DamagedPickle("it refers to objects outside of the file")
        self.stack.append(self.persistent(reference))

    # The memo.

    def put(self, index: int) -> None:
        if index not in self.memo:
            self.budget.take(100)
        self.memo[index] = self.stack[-1]

    def pop(self) -> None:
        if self.stack:
            self.stack.pop()
        else:
            self.stack = self.below.pop()

    def mark(self) -> None:
        self.budget.take(64)
        self.below.append(self.stack)
        self.stack = []

    def top(self, count: int) -> tuple[Any, ...]:
        if len(self.stack) < count:
            raise DamagedPickle("its stack is empty")
        items = tuple(self.stack[-count:])
        del self.stack[-count:]
        return items


_STOP = ord(".")
#: What each opcode is charged in bytes: a place on the stack and a small object. What may take more is charged where it is taken.
_COST = 64
#: Opcodes that make no object, and small numbers.
_CHEAP = {
    **dict.fromkeys(b"01aesubpqr\x80\x90\x94\x95", 8),
    **dict.fromkeys(b"(2NKghj)\x88\x89", 16),
    **dict.fromkeys(b"FGIJM\x8a", 40),
}

_Step = Callable[[_Machine], Any]
_OPCODES: dict[int, _Step] = {
    ord(code): step
    for code, step in {
        "(": _Machine.mark, "0": _Machine.pop, "1": _Machine.marked, "2": lambda m: m.push(m.stack[-1]),
        "F": _Machine.float_line, "G": lambda m: m.stack.append(struct.unpack(">d", m.bytes_of(8))[0]),
        "I": _Machine.int_line, "J": lambda m: m.stack.append(m.number(4, signed=True)),
        "K": lambda m: m.stack.append(m.byte()), "M": lambda m: m.stack.append(m.number(2)),
        "L": _Machine.long_line, "\x8a": lambda m: m.long(m.byte()), "\x8b": lambda m: m.long(m.number(4)),
        "N": lambda m: m.stack.append(None), "\x88": lambda m: m.stack.append(True), "\x89": lambda m: m.stack.append(False),
        "P": lambda m: m.load_persistent(m.text(m.line())), "Q": lambda m: m.load_persistent(m.stack.pop()),
        "S": lambda m: m.stack.append(m.quoted()), "T": lambda m: m.stack.append(m.python2_string(m.bytes_of(m.number(4)))),
        "U": lambda m: m.stack.append(m.python2_string(m.bytes_of(m.byte()))), "V": _Machine.unicode_line,
        "X": lambda m: m.stack.append(m.text(m.bytes_of(m.number(4)))),
        "\x8c": lambda m: m.stack.append(m.text(m.bytes_of(m.byte()))),
        "\x8d": lambda m: m.stack.append(m.text(m.bytes_of(m.number(8)))),
        "B": lambda m: m.stack.append(m.bytes_of(m.number(4))), "C": lambda m: m.stack.append(m.bytes_of(m.byte())),
        "\x8e": lambda m: m.stack.append(m.bytes_of(m.number(8))), "\x96": lambda m: m.stack.append(m.bytes_of(m.number(8))),
        "]": lambda m: m.stack.append([]), "a": lambda m: m.append([m.stack.pop()]), "e": lambda m: m.append(m.marked()),
        "l": lambda m: m.push(m.marked()), "}": lambda m: m.stack.append({}), "d": _Machine.make_dict,
        "s": lambda m: m.set_items(list(m.top(2))), "u": lambda m: m.set_items(m.marked()),
        "\x8f": _Machine.empty_set, "\x90": _Machine.add_items,
        "\x91": lambda m: m.push(frozenset(m.hashable(m.marked()))),
        ")": lambda m: m.stack.append(()), "t": lambda m: m.push(tuple(m.marked())),
        "\x85": lambda m: m.stack.append(m.top(1)), "\x86": lambda m: m.stack.append(m.top(2)),
        "\x87": lambda m: m.stack.append(m.top(3)),
        "c": lambda m: m.push(m.calls.name_global(*m.global_lines())), "\x93": _Machine.stack_global,
        "R": _Machine.reduce, "b": _Machine.build, "i": _Machine.instance, "o": _Machine.object,
        "\x81": _Machine.new_object, "\x92": _Machine.new_object_with_names,
        "g": lambda m: m.push(m.memo[int(m.line(20))]), "h": lambda m: m.push(m.memo[m.byte()]),
        "j": lambda m: m.push(m.memo[m.number(4)]), "p": lambda m: m.put(int(m.line(20))), "q": lambda m: m.put(m.byte()),
        "r": lambda m: m.put(m.number(4)), "\x94": lambda m: m.put(len(m.memo)),
        "\x80": lambda m: m.bytes_of(1), "\x95": lambda m: m.bytes_of(8),
    }.items()
}  # fmt: skip
_REFUSED = {
    **dict.fromkeys(b"\x82\x83\x84", "it uses the extension registry (EXT), which no file can bring along"),
    **dict.fromkeys(b"\x97\x98", "it uses buffers outside of the file (NEXT_BUFFER)"),
}
