"""Visible labels of tokens, as many characters are invisible by themselves."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SPACE = "\N{OPEN BOX}"
_NAMED = {"\n": "\N{RETURN SYMBOL}", "\t": "\N{RIGHTWARDS ARROW TO BAR}", " ": SPACE, "\N{NO-BREAK SPACE}": "nbsp",
          "\N{ZERO WIDTH JOINER}": "zwj", "\N{ZERO WIDTH NON-JOINER}": "zwnj", "\N{ZERO WIDTH SPACE}": "zwsp"}  # fmt: skip


@lru_cache(4096)
def label(token: str) -> str:
    """Return a visible label of one code point: itself, a sign for white space and controls, a base for combining marks."""
    if token in _NAMED:
        return _NAMED[token]
    kind = unicodedata.category(token) if len(token) == 1 else ""
    if kind.startswith("M"):
        return "\N{DOTTED CIRCLE}" + token
    if kind == "Cc" and ord(token) < 0x20:
        return chr(0x2400 + ord(token))
    if kind.startswith(("C", "Z")):
        return f"{ord(token):X}"
    return token
