"""A typed text becomes words as the Penn Treebank has them: don't → do n't, film's → film 's, marks on their own.

The forms are lower-cased, with one kind of double quote, one apostrophe, `--` for every dash and `...` for every ellipsis.
Source of the rules: the treebank's tokenizer (MacIntyre 1995), widened to what people type: curly quotes, emoticons, emoji,
"dont", marks without a blank behind them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from lstm_viz.text.tokens import Tokens

#: How the treebank writes what its own brackets and quotes must not be taken for, lower-cased.
ESCAPES = {
    "-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "-lcb-": "{", "-rcb-": "}", "``": '"', "''": '"',
}  # fmt: skip

# A letter or digit, with the accents that may stand as code points of their own behind it.
_SIGN = r"(?:[^\W_][\u0300-\u036F]*)"
_ENDINGS = r"(?:s|re|ve|ll|d|m)"
_MODALS = "do|does|did|is|was|are|were|has|have|had|could|would|should|ca|ai"
#: The first alternative that fits at a place is taken; the last takes any code point that no other wants.
_WORD = re.compile(
    rf"""
      https?://\S+ | www\.\S+
    | [:;=]['’]?-?[)(\]\[DPp](?!\w) | <3                                # emoticons
    | \.{{2,}} | … | -{{2,}} | [–—―] | ``|''
    | (?:[^\W\d_]\.){{2,}}                                              # U.S.
    | (?:mr|mrs|ms|dr|st|jr|sr|vs|bros|prof)\.(?=\s|$)
    | can(?=not\b)
    | (?:{_MODALS})(?=nt\b) | (?<=\w)nt\b                               # dont
    | {_SIGN}+?(?=n['’]t\b) | n['’]t\b
    | ['’](?:{_ENDINGS}|em|til|n)\b | ['’]\d0s\b
    | \d+(?:[.,:/]\d+)+
    | {_SIGN}+(?:(?:['’](?!{_ENDINGS}\b)|[-/&]){_SIGN}+)*               # o'clock, well-made, and/or
    | [!?]+ | \*+
    | [\U0001F1E6-\U0001F1FF]{{2}}                                      # flags
    | \S(?:[\uFE0F\U0001F3FB-\U0001F3FF]|\u200D\S)*                     # emoji with their modifiers
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SAME = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


def split(text: str) -> Tokens:
    """The words of a text with their places; every code point but blanks belongs to one word."""
    spans = [match.span() for match in _WORD.finditer(text)]
    surface = tuple(text[start:end] for start, end in spans)
    return Tokens(surface, tuple(map(normalize, surface)), np.array(spans, dtype=np.int64).reshape(-1, 2))


def normalize(word: str) -> str:
    """One word as a vocabulary knows it, whether typed or from the treebank."""
    plain = unicodedata.normalize("NFC", word).lower()
    plain = ESCAPES.get(plain, plain).translate(_SAME)
    if plain == "nt":
        return "n't"
    if plain in ("–", "—", "―") or (len(plain) > 1 and not plain.strip("-")):
        return "--"
    if plain == "…" or (len(plain) > 1 and not plain.strip(".")):
        return "..."
    return "".join(sorted(set(plain))) if not plain.strip("!?") else plain


def detokenize(word: str) -> str:
    """A treebank's leaf as a person would have typed it."""
    plain = word.replace("\\/", "/").replace("\\*", "*").replace("\N{NO-BREAK SPACE}", " ")
    return ESCAPES.get(plain.lower(), plain)


def fallbacks(word: str) -> Iterator[str]:
    """A form, then what it may be found under: without accents, with letters repeated three times or more drawn in."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    yield from (word, plain, _DRAWN_OUT.sub(r"\1\1", plain), _DRAWN_OUT.sub(r"\1", plain))


_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
