"""A lesson's plain text as Markdown: bold and code are the only markup that takes effect."""

from __future__ import annotations

import re

from lstm_viz.ui.state.markdown import escape_block

_MARKED = re.compile(r"(\*\*[^*\n]+\*\*|`[^`\n]+`)")


def as_markdown(text: str) -> str:
    """Format a lesson's text; links, images, HTML, formulas and icons in it are printed as they are written.

    >>> as_markdown("**One** state")
    '**One** state'
    """
    return "".join(_part(part) for part in _MARKED.split(text))


def _part(part: str) -> str:
    if _MARKED.fullmatch(part):
        return part if part.startswith("`") else f"**{escape_block(part[2:-2])}**"
    edges = len(part) - len(part.lstrip()), len(part.rstrip())
    if not part.strip():
        return " " * bool(part)
    return " " * bool(edges[0]) + escape_block(part) + " " * (edges[1] < len(part))
