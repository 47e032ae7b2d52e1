"""Clean a typed line or name: bound its length, put it on one line, and remove invisible characters."""

from __future__ import annotations

import unicodedata

import regex

#: Longest line and longest name, in code points.
MAX_LINE, MAX_NAME = 200, 24

#: Combining marks in a row that are kept; more would be drawn over the neighbouring lines.
MAX_MARKS = 4

#: Joiners that emoji and some scripts need; every other format character (directions, tags, marks of order) is removed.
_JOINERS = "\u200c\u200d"

#: Characters that are drawn as nothing although Unicode counts them among letters and symbols.
_BLANK = "\u2800\u3164\u115f\u1160\uffa0"


def clean_line(text: str) -> str:
    """Return a line as it may be shown: controls, directions, surrogates and unassigned code points removed, 200 at most.

    Examples:
        >>> clean_line("to be\\nor\\x00 not")
        'to be or not'
    """
    characters: list[str] = []
    marks = 0
    # Four times as much is looked at: nobody waits for a million characters to be cleaned.
    for character in text[: 4 * MAX_LINE]:
        category = unicodedata.category(character)
        if character in "\n\t" or category in ("Zl", "Zp"):
            character = " "
        elif category in ("Cc", "Cs", "Co", "Cn") or (category == "Cf" and character not in _JOINERS):
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            characters.append(character)
    return "".join(characters[:MAX_LINE])


def clean_name(text: str) -> str:
    """Return a nickname as it may be shown, cut between whole characters; empty if nothing of it can be seen.

    Examples:
        >>> clean_name("  Ada \\u202e Lovelace ")
        'Ada Lovelace'
    """
    line = unicodedata.normalize("NFC", " ".join(clean_line(text).split()))
    name = ""
    for cluster in regex.findall(r"\X", line):
        if len(name) + len(cluster) > MAX_NAME:
            break
        name += cluster
    visible = any(unicodedata.category(each)[0] in "LNPS" and each not in _BLANK for each in name)
    return name.strip() if visible else ""
