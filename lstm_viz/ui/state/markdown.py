"""Symbols and numbers as sentences have them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from lstm_viz.text.labels import label

#: What means something to Markdown within a sentence, formulas and Streamlit's own signs included.
_INLINE_MARKUP = r"[\\`*_\[\]~$<&:]"
#: What begins something else in Markdown, wherever it stands: at the beginning of a line and in a table too.
_BLOCK_MARKUP = frozenset("\\`*_{}[]()<>#+-.!|$~:&")


#: What turns the direction of a sentence round (Unicode's bidirectional controls) or is not seen at all.
_BIDI_CONTROLS = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
#: Control characters, line and paragraph separators, and halves of pairs, none of which can be shown.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
#: What Markdown makes a link of without any sign; a word joiner, which is not seen, keeps it from that.
_AUTOLINKS = re.compile(r"www(?=\\\.)|https?(?=\\:)|@", re.IGNORECASE)
#: The longest sentence, and the longest name, of a stranger's that is shown, in characters.
MAX_LENGTH, MAX_NAME_LENGTH = 600, 60


def escape_inline(text: str) -> str:
    """What Markdown, within a sentence, prints as it stands."""
    return re.sub(f"({_INLINE_MARKUP})", r"\\\1", _BIDI_CONTROLS.sub("", text))


def strip_markdown(sentence: str) -> str:
    """A sentence written in Markdown as it is read: without the signs of bold type and of what was escaped."""
    return re.sub(rf"\\({_INLINE_MARKUP})|\*\*", lambda match: match[1] or "", sentence)


def sanitize(text: str, longest: int = MAX_LENGTH) -> str:
    """What came from a stranger, on one line: nothing that turns its direction, its middle left out if long."""
    line = " ".join(_UNPRINTABLE.sub(" ", _BIDI_CONTROLS.sub("", text)).split())
    if len(line) <= longest:
        return line
    head = (longest - 1) * 2 // 3
    return f"{line[:head]}…{line[len(line) - (longest - 1 - head) :]}"


def escape_block(text: str, longest: int = MAX_LENGTH) -> str:
    """What came from a stranger, for Markdown: no letter of it is markup, an emoji's code, a formula or the end of a cell."""
    marked = "".join(f"\\{each}" if each in _BLOCK_MARKUP else each for each in sanitize(text, longest))
    return _AUTOLINKS.sub("\\g<0>\u2060", marked)


def escape_file_name(name: str) -> str:
    """A stranger's name of a file, for Markdown; its beginning and its end where it is long."""
    return escape_block(name, MAX_NAME_LENGTH)


def escape_html(text: str) -> str:
    """What came in somebody's file, for a figure, which takes some HTML."""
    return escape(text, quote=False)


def format_step(tokens: Sequence[str], step: int) -> str:
    """A step as sentences name it: the symbol that is read there, and its number; for Markdown."""
    return f"‘{escape_inline(label(tokens[step]))}’ (step {step})"


def with_minus_sign(text: str) -> str:
    """A number already written, with a minus sign in the place of a hyphen."""
    return text.replace("-", "−")
