"""Escape and format text for Markdown and HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from lstm_viz.text.labels import label

#: Characters with a meaning in inline Markdown, including formulas and Streamlit's own signs.
_INLINE_MARKUP = r"[\\`*_\[\]~$<&:]"
#: Characters that start a Markdown block, at the beginning of a line or in a table.
_BLOCK_MARKUP = frozenset("\\`*_{}[]()<>#+-.!|$~:&")


#: Characters that change the text direction (Unicode bidirectional controls) or are invisible.
_BIDI_CONTROLS = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
#: Control characters, line and paragraph separators, and lone surrogates: none of them can be displayed.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
#: What Markdown turns into a link by itself; an invisible word joiner prevents it.
_AUTOLINKS = re.compile(r"www(?=\\\.)|https?(?=\\:)|@", re.IGNORECASE)
#: Longest user-supplied sentence and name that are shown, in characters.
MAX_LENGTH, MAX_NAME_LENGTH = 600, 60


def escape_inline(text: str) -> str:
    """Escape text so that inline Markdown prints it verbatim."""
    return re.sub(f"({_INLINE_MARKUP})", r"\\\1", _BIDI_CONTROLS.sub("", text))


def strip_markdown(sentence: str) -> str:
    """Remove the signs of bold type and the escapes from a Markdown sentence."""
    return re.sub(rf"\\({_INLINE_MARKUP})|\*\*", lambda match: match[1] or "", sentence)


def sanitize(text: str, longest: int = MAX_LENGTH) -> str:
    """Bring user-supplied text onto one line, without direction controls; cut out the middle if it is long."""
    line = " ".join(_UNPRINTABLE.sub(" ", _BIDI_CONTROLS.sub("", text)).split())
    if len(line) <= longest:
        return line
    head = (longest - 1) * 2 // 3
    return f"{line[:head]}…{line[len(line) - (longest - 1 - head) :]}"


def escape_block(text: str, longest: int = MAX_LENGTH) -> str:
    """Escape user-supplied text for Markdown: no markup, emoji code, formula or table separator takes effect."""
    marked = "".join(f"\\{each}" if each in _BLOCK_MARKUP else each for each in sanitize(text, longest))
    return _AUTOLINKS.sub("\\g<0>\u2060", marked)


def escape_file_name(name: str) -> str:
    """Escape a file name for Markdown; keep its beginning and end if it is long."""
    return escape_block(name, MAX_NAME_LENGTH)


def escape_html(text: str) -> str:
    """Escape user-supplied text for a figure, which interprets some HTML."""
    return escape(text, quote=False)


def format_step(tokens: Sequence[str], step: int) -> str:
    """Format a step for a sentence, in Markdown: the token read there, and its number."""
    return f"‘{escape_inline(label(tokens[step]))}’ (step {step})"
