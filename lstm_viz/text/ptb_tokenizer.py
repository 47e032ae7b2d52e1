"""Split typed text into the Penn Treebank's words: don't → do n't, film's → film 's, punctuation separate.

The forms are lower-cased, with one kind of double quote, one apostrophe, `--` for every dash and `...` for every ellipsis.
Source of the rules: the treebank's tokenizer (MacIntyre 1995), extended to typed text: curly quotes, emoticons, emoji,
"dont", punctuation without a blank after it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from lstm_viz.text.tokens import Tokens

#: The treebank's escapes for brackets and quotes, in lower case.
ESCAPES = {
    "-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "-lcb-": "{", "-rcb-": "}", "``": '"', "''": '"',
}  # fmt: skip

# A letter or digit, with accents as separate code points after it.
_SIGN = r"(?:[^\W_][\u0300-\u036F]*)"
_ENDINGS = r"(?:s|re|ve|ll|d|m)"
_MODALS = "do|does|did|is|was|are|were|has|have|had|could|would|should|ca|ai"
#: The first alternative that matches is taken; the last matches any other code point.
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
    """Split a text into words with their spans; every code point but blanks belongs to one word."""
    spans = [match.span() for match in _WORD.finditer(text)]
    surface = tuple(text[start:end] for start, end in spans)
    return Tokens(surface, tuple(map(normalize, surface)), np.array(spans, dtype=np.int64).reshape(-1, 2))


def normalize(word: str) -> str:
    """Return a word in the one form that vocabularies have: lower case, with the treebank's quotes, dashes and dots.

    Examples:
        >>> normalize("Can’t"), normalize("…"), normalize("-LRB-")
        ("can't", '...', '(')
    """
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
    """Return a treebank's leaf as it is typed."""
    plain = word.replace("\\/", "/").replace("\\*", "*").replace("\N{NO-BREAK SPACE}", " ")
    return ESCAPES.get(plain.lower(), plain)


def fallbacks(word: str) -> Iterator[str]:
    """Yield a form and its fallbacks: without accents, with repeated letters reduced."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    yield from (word, plain, _DRAWN_OUT.sub(r"\1\1", plain), _DRAWN_OUT.sub(r"\1", plain))


_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
