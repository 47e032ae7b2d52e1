"""Replace unknown characters by plain forms: straight quotes, hyphens, dots, blanks, and letters without accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from lstm_viz.results import Result

#: Replacements of characters, best first; the first with known letters only is used.
_FORMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("‘’‛′´`ʼ‹›", ("'",)),
    **dict.fromkeys("“”„‟″«»\"", ('"', "'")),
    **dict.fromkeys("‐‑‒–−•·", ("-",)),
    **dict.fromkeys("—―", ("--", "-")),
    "…": ("...", "."),
    "‚": (",",),
    "\t": ("    ", " "),
    **dict.fromkeys("\u2028\u2029\x0b\x0c\x85\r", ("\n",)),
    # Zero-width blanks, direction marks, soft hyphens, and variation selectors.
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad\ufe0e\ufe0f", ("",)),
    **dict.fromkeys("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ("",)),
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Plain(Result):
    """A text in plain forms: the new starts of its parts, and the replacement of each replaced character."""

    text: str
    starts: tuple[int, ...]
    forms: dict[str, str]


def plain_form(letter: str, known: Container[str], accents: bool = False) -> str | None:
    """Return the replacement of an unknown character; None if there is none that the network knows.

    Args:
        letter: One code point.
        known: All characters in the network's vocabulary.
        accents: Whether é may become e.

    Examples:
        >>> plain_form("’", set("ab'"))
        "'"
    """
    if letter in known:
        return None
    offered = _FORMS.get(letter, ())
    if unicodedata.category(letter) == "Zs":
        offered = (" ",)
    elif not offered:
        # Ligatures, full-width letters, superscripts; accents are kept by this normalisation form.
        offered = (unicodedata.normalize("NFKC", letter),)
        if accents:
            whole = unicodedata.normalize("NFKD", letter)
            offered = ("".join(each for each in whole if not unicodedata.combining(each)),)
            if unicodedata.combining(letter):
                offered = ("",)
    return next((form for form in offered if form != letter and all(each in known for each in form)), None)


def plain(text: str, known: Container[str], starts: tuple[int, ...] = (0,), accents: bool = False) -> Plain:
    """Replace characters that a network does not know by known plain forms; parts of the text stay parts.

    Args:
        text: Any text.
        known: All characters in the network's vocabulary.
        starts: Where the text's parts begin.
        accents: Whether é may become e.

    Returns:
        The new text. A part that would become empty is left unchanged.
    """
    replacements = {letter: plain_form(letter, known, accents) for letter in set(text)}
    forms = {letter: form for letter, form in replacements.items() if form is not None}
    table = str.maketrans(forms)
    ends = (*starts[1:], len(text))
    parts = [text[start:end].translate(table) or text[start:end] for start, end in zip(starts, ends, strict=True)]
    begins, begin = [], 0
    for part in parts:
        begins.append(begin)
        begin += len(part)
    return Plain("".join(parts), tuple(begins), forms)
