"""What came in somebody's file, as text that is nothing but text wherever it is written."""

from __future__ import annotations

from html import escape

#: What begins something else in Markdown.
_MARKS = frozenset("\\`*_{}[]()<>#+-.!|$~:&")


def plain(text: str) -> str:
    """For Markdown: no letter of it is markup, an emoji's code, a formula or the end of a table's cell."""
    return "".join(f"\\{each}" if each in _MARKS else each for each in " ".join(text.split()))


def in_figure(text: str) -> str:
    """For a figure, which takes some HTML."""
    return escape(text, quote=False)
