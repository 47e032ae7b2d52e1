"""The bytes of a pickle, read as the arguments of its opcodes; lengths are checked before anything is taken."""

from __future__ import annotations

import re
from mmap import mmap

from lstm_viz.models.importing.inert_values import Budget, DamagedPickle

_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"\n": b""}


class PickleStream:
    """A place in a pickle's bytes."""

    def __init__(self, data: bytes | mmap, start: int, budget: Budget) -> None:
        self.data, self.position, self.end, self.budget = data, start, len(data), budget

    def bytes_of(self, count: int) -> bytes:
        """Return the next bytes, after a check that there are so many."""
        if not 0 <= count <= self.end - self.position:
            raise DamagedPickle(f"it claims {count:,} bytes at {self.position:,}, and holds {self.end - self.position:,}")
        self.budget.take(count)
        self.position += count
        return self.data[self.position - count : self.position]

    def number(self, size: int, signed: bool = False) -> int:
        """Return the next little-endian integer of `size` bytes."""
        start, self.position = self.position, self.position + size
        if self.position > self.end:
            raise DamagedPickle("it ends too early")
        return int.from_bytes(self.data[start : self.position], "little", signed=signed)

    def byte(self) -> int:
        """Return the next byte."""
        self.position += 1
        return self.data[self.position - 1]

    def line(self, longest: int | None = None) -> bytes:
        """Return what comes before the next line feed."""
        end = self.data.find(b"\n", self.position, self.end if longest is None else min(self.position + longest, self.end))
        if end < 0:
            raise DamagedPickle(f"a line at {self.position:,} has no end")
        content = self.bytes_of(end - self.position)
        self.position += 1
        return content

    def text(self, data: bytes) -> str:
        """Decode UTF-8; wide characters make a text up to four times as long."""
        self.budget.take(4 * len(data))
        return data.decode("utf-8", "surrogatepass")

    def python2_string(self, data: bytes) -> str | bytes:
        """Return a string of Python 2, text or bytes, as text where it can be; encoding it gives the bytes back."""
        try:
            return self.text(data)
        except UnicodeDecodeError:
            return data

    def quoted(self) -> str | bytes:
        """Return the string in quotes, with escapes, before the next line feed."""
        quoted = self.line().strip()
        if len(quoted) < 2 or quoted[:1] not in b"'\"" or quoted[-1:] != quoted[:1]:
            raise DamagedPickle("a string has no quotes")
        return self.python2_string(_ESCAPE.sub(_unescaped, quoted[1:-1]))


def _unescaped(match: re.Match[bytes]) -> bytes:
    part = match[1]
    if part[:1] == b"x":
        return bytes([int(part[1:], 16)])
    if part[:1].isdigit() and part[:1] < b"8":
        return bytes([int(part, 8) & 0xFF])
    return _LETTERS.get(part, part)
