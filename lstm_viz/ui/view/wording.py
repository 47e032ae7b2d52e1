"""Symbols and numbers as sentences have them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from lstm_viz.text.labels import label

#: What means something to Markdown within a sentence, formulas and Streamlit's own signs included.
_SIGNS = r"[\\`*_\[\]~$<&:]"
#: What begins something else in Markdown, wherever it stands: at the beginning of a line and in a table too.
_MARKS = frozenset("\\`*_{}[]()<>#+-.!|$~:&")


def escaped(written: str) -> str:
    """What Markdown, within a sentence, prints as it stands."""
    return re.sub(f"({_SIGNS})", r"\\\1", written)


def plain(sentence: str) -> str:
    """A sentence written in Markdown as it is read: without the signs of bold type and of what was escaped."""
    return re.sub(rf"\\({_SIGNS})|\*\*", lambda found: found[1] or "", sentence)


def foreign(text: str) -> str:
    """What came in somebody's file, for Markdown: no letter of it is markup, an emoji's code, a formula or the end of a cell."""
    return "".join(f"\\{each}" if each in _MARKS else each for each in " ".join(text.split()))


def in_figure(text: str) -> str:
    """What came in somebody's file, for a figure, which takes some HTML."""
    return escape(text, quote=False)


def named(tokens: Sequence[str], step: int) -> str:
    """A step as sentences name it: the symbol that is read there, and its number; for Markdown."""
    return f"‘{escaped(label(tokens[step]))}’ (step {step})"


def minus(written: str) -> str:
    """A number already written, with a minus sign in the place of a hyphen."""
    return written.replace("-", "−")
