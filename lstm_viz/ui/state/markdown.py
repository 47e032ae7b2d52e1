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


#: What turns the direction of a sentence round (Unicode's bidirectional controls) or is not seen at all.
_TURNING = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
#: Control characters, line and paragraph separators, and halves of pairs, none of which can be shown.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
#: What Markdown makes a link of without any sign; a word joiner, which is not seen, keeps it from that.
_LINKED = re.compile(r"www(?=\\\.)|https?(?=\\:)|@", re.IGNORECASE)
#: The longest sentence, and the longest name, of a stranger's that is shown, in characters.
LONGEST, LONGEST_NAME = 600, 60


def escaped(written: str) -> str:
    """What Markdown, within a sentence, prints as it stands."""
    return re.sub(f"({_SIGNS})", r"\\\1", _TURNING.sub("", written))


def plain(sentence: str) -> str:
    """A sentence written in Markdown as it is read: without the signs of bold type and of what was escaped."""
    return re.sub(rf"\\({_SIGNS})|\*\*", lambda found: found[1] or "", sentence)


def harmless(text: str, longest: int = LONGEST) -> str:
    """What came from a stranger, on one line: nothing that turns its direction, its middle left out if long."""
    line = " ".join(_UNSEEN.sub(" ", _TURNING.sub("", text)).split())
    if len(line) <= longest:
        return line
    head = (longest - 1) * 2 // 3
    return f"{line[:head]}…{line[len(line) - (longest - 1 - head) :]}"


def foreign(text: str, longest: int = LONGEST) -> str:
    """What came from a stranger, for Markdown: no letter of it is markup, an emoji's code, a formula or the end of a cell."""
    marked = "".join(f"\\{each}" if each in _MARKS else each for each in harmless(text, longest))
    return _LINKED.sub("\\g<0>\u2060", marked)


def file_name(name: str) -> str:
    """A stranger's name of a file, for Markdown; its beginning and its end where it is long."""
    return foreign(name, LONGEST_NAME)


def in_figure(text: str) -> str:
    """What came in somebody's file, for a figure, which takes some HTML."""
    return escape(text, quote=False)


def named(tokens: Sequence[str], step: int) -> str:
    """A step as sentences name it: the symbol that is read there, and its number; for Markdown."""
    return f"‘{escaped(label(tokens[step]))}’ (step {step})"


def minus(written: str) -> str:
    """A number already written, with a minus sign in the place of a hyphen."""
    return written.replace("-", "−")
