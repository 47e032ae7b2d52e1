"""Decode bytes of any encoding: certain encodings first, then a guess with a note that it is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lstm_viz.results import Result
from lstm_viz.text.encodings import ENCODINGS, informative_part, is_escaped, rank
from lstm_viz.text.file_signatures import looks_binary
from lstm_viz.text.files import REPLACEMENT, UnreadableText
from lstm_viz.text.unicode_forms import (
    MARKS,
    decode_damaged_utf8,
    decode_marked,
    decode_unmarked,
    find_damage,
    join_surrogates,
    may_be_accident,
)

#: One byte in this many may be invalid in a guessed encoding, as in a damaged file.
_MOST_DAMAGE = 0.002
#: Tolerated NULs in a text: one, or one byte in a hundred. More means binary data.
_MOST_NULS = 0.01
#: Number of letters from which a text makes sense in one byte order only.
_LONG = 12
#: Size in bytes of a file of a letter or two, which may be UTF-16 even if it has no NUL.
_TINY = 4
_HIGH_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
#: Maximum number of alternative encodings named in a note.
_NAMED = 3


@dataclass(frozen=True, repr=False)
class Decoded(Result):
    """A text, its encoding, notes on it, and the candidate encodings, most likely first."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


def decode(data: bytes, name: str = "the file", encoding: str | None = None) -> Decoded:
    """Decode the bytes of a text in the given encoding, or in the detected one.

    Certain evidence is tried first: a byte order mark, UTF-16 and UTF-32 by their NULs, strict UTF-8, UTF-8 with damage. A
    guess comes only after these, and a note says that it is one. Raises UnreadableText.
    """
    if encoding is not None:
        return _decode_as(data, name, encoding)
    try:
        marked = decode_marked(data)
    except ValueError as error:
        raise UnreadableText(f"{name} is {error}; save it again") from error
    if marked is not None:
        text, detected = marked
        body = data.lstrip(b"\xff\xfe")
        if detected.startswith("utf-16") and len(body) > 1 and body.isascii() and not body.count(0):
            doubt = f"Its byte order mark says {detected.upper()}, but its bytes look like plain ASCII."
            return Decoded(text, detected, (doubt, *_damage_notes(text)), (detected, "utf-8"))
        return Decoded(text, detected, _damage_notes(text))
    return _decode_unmarked(data, name)


def _decode_as(data: bytes, name: str, encoding: str) -> Decoded:
    if encoding not in ENCODINGS:
        raise UnreadableText(f"{encoding} is not a supported encoding; choose one of {', '.join(ENCODINGS)}")
    data = next((data.removeprefix(mark) for mark, marked in MARKS if marked == encoding), data)
    text = join_surrogates(data) if encoding == "utf-8" else _replace(data, encoding)
    text = text.replace("\0", REPLACEMENT)
    if text.count(REPLACEMENT) == len(text):
        raise UnreadableText(f"no letter of {name} is {encoding}; choose another encoding")
    return Decoded(text, encoding, _damage_notes(text), (encoding,))


def _decode_unmarked(data: bytes, name: str) -> Decoded:
    nuls = data.count(0)
    bare = data.replace(b"\0", b"") if nuls else data
    padded = nuls and data.rstrip(b"\0\r\n ").count(0) == 0 and len(bare) > 1
    stray = (nuls <= max(1, _MOST_NULS * len(data)) and len(bare) > 1) or padded
    # ISO-2022-KR shifts between its two alphabets by control bytes.
    binary = looks_binary(bare.translate(None, b"\x0e\x0f") if b"\x1b$)C" in bare[:100] else bare)
    if (nuls and not (stray and _is_utf8(bare))) or binary:
        if wide := decode_unmarked(data, strict=len(data) > 2):
            return _choose_wide(wide)
        if binary or not stray:
            raise UnreadableText(f"{name} holds binary data; plain text was wanted, so save it as a text file (UTF-8)")
    if not nuls:
        return _decode_bytes(data, name)
    if len(bare) <= 2 * _LONG and (wide := decode_unmarked(data)):
        # With so few letters, NULs at the end may as well be halves of letters.
        names = tuple(dict.fromkeys((*(encoding for _, encoding in wide), "utf-8")))
        if any(other.rstrip("\0") != bare.decode("utf-8", "replace") for other, _ in wide):
            text, encoding = wide[0]
            return Decoded(text, encoding, (_guess_note(encoding, [*names[1:]]), *_damage_notes(text)), names)
    decoded = _decode_bytes(bare if padded else data, name)
    text = decoded.text.replace("\0", REPLACEMENT)
    ending = (f"{nuls:,} NUL bytes at its end are left out.",) if padded else ()
    return Decoded(text, decoded.encoding, (*ending, *decoded.notes, *_damage_notes(text, decoded.text)), decoded.candidates)


def _choose_wide(fits: list[tuple[str, str]]) -> Decoded:
    """Return UTF-16 or UTF-32 without a mark; a guess if a short text makes sense in both byte orders."""
    (text, encoding), *others = fits
    if not others or len(text) > _LONG:
        return Decoded(text, encoding, (f"No byte order mark; read as {encoding.upper()}.", *_damage_notes(text)), (encoding,))
    names = [encoding for _, encoding in others]
    return Decoded(text, encoding, (_guess_note(encoding, names), *_damage_notes(text)), (encoding, *names))


def _guess_note(encoding: str, others: list[str]) -> str:
    otherwise = f" It may be {' or '.join(others)} as well." if others else ""
    return f"The encoding was guessed: {encoding}.{otherwise} If letters look wrong, say which it is, or save the file as UTF-8."


def _decode_bytes(data: bytes, name: str) -> Decoded:
    if data.isascii():
        if is_escaped(data):
            return _guess(data, name, "utf-8")
        text = data.decode("ascii")
        may_be_wide = len(data) == 2 and text.isprintable()
        return _guess_with_alternatives(text, "utf-8", [], data) if may_be_wide else Decoded(text, "utf-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        damaged = decode_damaged_utf8(data)
        return _guess(data, name) if damaged is None else Decoded(damaged, "utf-8", _damage_notes(damaged))
    if may_be_accident(data, text):
        return _guess_with_alternatives(text, "utf-8", ["utf-8", *rank(data)], data)
    return Decoded(text, "utf-8")


def _guess(data: bytes, name: str, otherwise: str | None = None) -> Decoded:
    ranked = rank(data)
    if otherwise is not None:
        if not ranked or ranked[0] in ("ascii", otherwise):
            return Decoded(data.decode(otherwise), otherwise)
        ranked.append(otherwise)
    damage = max(1, int(_MOST_DAMAGE * len(data)))
    if not ranked:
        ranked = [encoding for _, encoding in decode_unmarked(data)]
    later: str | None = None
    for encoding in ranked:
        text = _replace(data, encoding)
        if text.count(REPLACEMENT) > damage or text.count(REPLACEMENT) == len(text):
            continue
        # C1 control characters do not occur in text: the encoding that has letters there is right.
        if _HIGH_CONTROLS.search(text):
            later = later or encoding
            continue
        return _guess_with_alternatives(text, encoding, ranked, data)
    if later is not None:
        return _guess_with_alternatives(_replace(data, later), later, ranked, data)
    raise UnreadableText(f"the encoding of {name} cannot be told; say which it is, or save it as UTF-8")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return decode_damaged_utf8(data) is not None
    return True


def _replace(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode(encoding, "replace")


def _guess_with_alternatives(text: str, encoding: str, ranked: list[str], data: bytes) -> Decoded:
    """Return a guess with its alternatives: the next encodings in which the text reads differently."""
    if len(data) <= _TINY:
        ranked = [*(wide for _, wide in decode_unmarked(data, strict=False)), *ranked]
    sample = informative_part(data)
    candidates, texts = [encoding], {_replace(sample, encoding)}
    for candidate in ranked:
        if len(candidates) > _NAMED:
            break
        preview = _replace(data[: 2**16], candidate) if len(data) > 2**16 else _replace(data, candidate)
        if (
            candidate != encoding
            and candidate in ENCODINGS
            and REPLACEMENT not in preview
            and preview not in texts
            and preview[:60_000] not in text
        ):
            candidates.append(candidate)
            texts.add(preview)
    note = _guess_note(encoding, candidates[1:])
    return Decoded(text, encoding, (note, *_damage_notes(text)), tuple(candidates))


def _damage_notes(text: str, before: str = "") -> tuple[str, ...]:
    damage = find_damage(text, before)
    if damage is None:
        return ()
    places = "1 place" if damage.count == 1 else f"{damage.count:,} places"
    first = "it is" if damage.count == 1 else "the first is"
    where = f"character {damage.character:,}, in line {damage.line:,}"
    return (f"{places} could not be decoded and became {REPLACEMENT}; {first} {where}.",)
