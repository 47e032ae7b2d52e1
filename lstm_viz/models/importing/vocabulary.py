"""Vocabularies of imported checkpoints: found in the file or given by the user, converted to this project's."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count as counting
from itertools import islice, product
from typing import Any

import numpy as np

from lstm_viz.models.importing.records import array_items
from lstm_viz.models.importing.safe_reader import nested
from lstm_viz.results import Result
from lstm_viz.text import ptb_tokenizer
from lstm_viz.text.tokens import Tokens
from lstm_viz.text.vocabulary import UNKNOWN, Vocabulary, WordVocabulary

#: A string of characters, a list of tokens, or a dictionary between tokens and ids.
Given = str | Sequence[str] | Mapping[str, int] | Mapping[int, str]

_TOKENS = (
    *("char", "chars", "character", "ch", "chr", "c", "letter", "letters", "word", "words", "w", "token", "tokens", "tok", "t"),
    *("symbol", "symbols", "sym", "vocab", "item"),
)
_NUMBERS = ("idx", "ix", "id", "ids", "int", "index", "indices", "indexes", "i", "num", "number", "n", "mapping", "map", "dict")
#: Common names of a list of tokens, in lower case without separators.
_CALLED = {
    *("chars", "characters", "allchars", "allcharacters", "allletters", "letters", "charset", "alphabet", "symbols", "tokens"),
    *("vocab", "vocabulary", "charvocab", "wordvocab", "itos", "stoi", "dictionary", "lookup", "uniquechars", "words"),
    *(name for symbol, to, number in product(_TOKENS, ("2", "to", ""), _NUMBERS)
      for name in (f"{symbol}{to}{number}", f"{number}{to}{symbol}")),
}  # fmt: skip
_SPECIAL = re.compile(r"^(?:<[^<>\s]{1,20}>|\[[A-Z_]{1,20}\]|pad|unk|oov|eos|sos|bos|eot)$", re.IGNORECASE)
_UNKNOWN = re.compile(r"^\W*(?:unk|unknown|oov)\W*$", re.IGNORECASE)
_LINE_END = ("<eos>", "</s>", "<EOS>", "<nl>")
_SIGNS = {"pad": "␀", "sos": "␂", "bos": "␂", "s": "␂", "start": "␂", "eos": "␃", "/s": "␃", "end": "␃", "eot": "␄"}
#: Maximum number of ids without a typeable token, beyond which a vocabulary is taken for words or a wrong one.
_ODD = 16
#: Maximum number of a file's lists to examine.
_TRIED = 20


@dataclass(frozen=True, eq=False, repr=False)
class ImportedVocabulary(Result):
    """A vocabulary, and the network's own id of each token; `order[0]` is None if the network has no unknown token."""

    vocabulary: Vocabulary
    order: tuple[int | None, ...]
    notes: tuple[str, ...] = ()


class WordsAsWritten(WordVocabulary):
    """Words split as in another project: at blanks if that gives a known word, else as the Penn Treebank does.

    A word is looked up as written before it is in lower case; the end of a line is a token if the vocabulary has one.
    """

    def split(self, text: str) -> Tokens:
        """Split a text into words and look each up."""
        ending = next((each for each in _LINE_END if each in self.index), None)
        entries: list[tuple[int, int, str]] = []
        for chunk in re.finditer(r"\n|[^\S\n]*([^\s]+)", text):
            start, surface = (chunk.start(1), chunk[1]) if chunk[1] else (chunk.start(), chunk[0])
            if surface == "\n":
                entries += [(start, start + 1, ending)] if ending else []
            elif surface in self.index:
                entries.append((start, start + len(surface), surface))
            else:
                pieces = ptb_tokenizer.split(surface)
                for piece, form, index in zip(pieces.surface, pieces.normalized, pieces.spans[:, 0].tolist(), strict=True):
                    known = [(0, len(piece), piece)] if piece in self.index else self._parts(piece, form)
                    entries += [(start + index + first, start + index + last, each) for first, last, each in known]
        return Tokens(
            surface=tuple(text[start:end] for start, end, _ in entries),
            normalized=tuple(form for _, _, form in entries),
            spans=np.array([(start, end) for start, end, _ in entries], dtype=np.int64).reshape(-1, 2),
        )


def tokens_of_entries(entries: Mapping[Any, Any], count: int) -> list[str | None] | None:
    """Find `count` tokens in a file; None if it has no list of tokens, ValueError if none of its lists fits."""
    problem: ValueError | None = None
    for key, value in islice(_lists(entries), _TRIED):
        try:
            return ordered(value, count)
        except ValueError as error:
            problem = problem or ValueError(f"its entry {key[:40]!r} {error}")
    if problem is not None:
        raise problem
    return None


def _lists(entries: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the entries with common names of a token list that may be one."""
    for _, each in nested(entries):
        for key, value in each.items():
            called = isinstance(key, str) and re.sub(r"[\W_]", "", key).lower() in _CALLED
            value = _from_json(array_items(value)) if called else array_items(value)
            # For a dictionary that contains others only the first entry is examined, as there could be very many.
            deeper = isinstance(value, Mapping) and isinstance(next(iter(value.values()), None), (Mapping, list))
            if called and isinstance(value, (str, list, tuple, Mapping)) and not deeper:
                yield key, value


def _from_json(value: Any) -> Any:
    """Return the dictionary or list of a JSON text, as Keras's Tokenizer keeps its words; anything else as it is."""
    if not isinstance(value, str) or value[:2] not in ('{"', '["'):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def ordered(tokens: Any, count: int) -> list[str | None]:
    """Return tokens in the order of their ids, None for a missing one; ValueError unless they are `count` different ones."""
    tokens = array_items(tokens)
    if isinstance(tokens, Mapping):
        row = _by_number(tokens, count)
    elif isinstance(tokens, (str, list, tuple)):
        row = list(tokens)
    else:
        raise ValueError(f"is a {type(tokens).__name__}; a string, a list of tokens or a dictionary of their ids was wanted")
    row = [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in row]
    if len(row) != count:
        raise ValueError(f"names {len(row):,} tokens, the network has {count:,}")
    if any(each is not None and not isinstance(each, str) for each in row):
        raise ValueError("has a token that is not a text")
    named = [each for each in row if each is not None]
    if len(set(named)) < len(named):
        (twice, _), *_ = Counter(named).most_common(1)
        raise ValueError(f"names the token {twice[:20]!r} twice")
    if any(0xD800 <= ord(sign) <= 0xDFFF for each in named for sign in each):
        raise ValueError("holds half a surrogate pair, which is not a character")
    return row


def _by_number(tokens: Mapping[Any, Any], count: int) -> list[Any]:
    pairs: list[tuple[Any, Any]] = list(tokens.items())
    if pairs and all(isinstance(value, str) for _, value in pairs):
        pairs = [(value, int(key) if isinstance(key, str) and key.isdecimal() and len(key) < 9 else key) for key, value in pairs]
    row: list[Any] = [None] * count
    for token, number in pairs:
        if type(number) is not int or not 0 <= number < count or row[number] is not None:
            raise ValueError(f"gives a token the id {_short(number)}; each of 0 to {count - 1} was wanted once")
        row[number] = token
    if row.count(None) > _ODD:
        raise ValueError(f"names {count - row.count(None):,} tokens, the network has {count:,}")
    return row


def _short(number: Any) -> str:
    """Format an invalid id for a message."""
    return str(number) if type(number) is bool or (type(number) is int and abs(number) < 10**12) else f"{type(number).__name__}"


def build_vocabulary(row: Sequence[str | None]) -> ImportedVocabulary:
    """Build a vocabulary from tokens in the order of their ids; ValueError for subword pieces, which cannot be typed."""
    unknown = next((index for index, each in enumerate(row) if each is not None and _is_unknown(each)), None)
    plain = [each for each in row if each and not _SPECIAL.match(each) and not _is_unknown(each)]
    long = [each for each in plain if len(each) > 1]
    if sum(each.startswith(("Ġ", "▁", "##")) or each.endswith(("@@", "</w>")) for each in long) > 0.1 * len(plain):
        raise ValueError("names subword pieces; characters or whole words are supported")
    by_words = 2 * len(long) > len(plain)
    if not by_words and len(long) > _ODD:
        raise ValueError(f"mixes characters with longer pieces like {long[0][:20]!r}; characters or whole words are supported")
    others = [index for index in range(len(row)) if index != unknown]
    used = {each for each in row if each is not None}
    named, notes = [], []
    for index in others:
        each = row[index]
        if not each or (len(each) > 1 and not by_words):
            sign = f"<{index}>" if by_words else _sign(each or "", used)
            notes.append(f"{sign} stands for {each!r}" if each else f"{sign} stands for id {index}, which has no name")
            each = sign
            used.add(each)
        named.append(each)
    kind = WordsAsWritten if by_words else Vocabulary
    return ImportedVocabulary(kind((UNKNOWN, *named)), (unknown, *others), tuple(notes))


def _is_unknown(token: str) -> bool:
    return token == UNKNOWN or (len(token) > 1 and _UNKNOWN.match(token) is not None)


def _sign(token: str, used: set[str]) -> str:
    """Return a single visible character, not in use, for a token that is not a single character."""
    wished = _SIGNS.get(token.strip("<>[]").lower())
    if wished is not None and wished not in used:
        return wished
    return next(sign for sign in map(chr, counting(0x2460)) if sign not in used)
