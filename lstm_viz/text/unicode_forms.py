"""Decode Unicode: with a byte order mark and without, damaged in places, or truncated within the last letter."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from unicodedata import category

from lstm_viz.text.file_signatures import MOST_CONTROLS
from lstm_viz.text.files import REPLACEMENT

#: Byte order marks, the longer first, as UTF-32's begins with UTF-16's.
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

#: A letter of two to four bytes in UTF-8, including surrogates (as CESU-8 and Java write them).
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
#: A truncated letter at the end.
_CUT = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")
#: Maximum share of damaged sequences, as one in this many; with a UTF-8 mark, more are accepted.
_WHOLE = 10
#: Maximum share of damaged letters in a marked file.
_MOST_DAMAGE = 0.1
#: Fewer multi-byte letters than this, without plain ones beside them, may be valid UTF-8 by accident.
_FEW = 3


@dataclass(frozen=True)
class Damage:
    """The number of places that could not be decoded, and the line and character of the first, from 1."""

    count: int
    line: int
    character: int


def find_damage(text: str, before: str = "") -> Damage | None:
    """Find U+FFFD that replaces undecodable bytes in a decoded text; None if there is none.

    Args:
        text: The result of decoding with replacement.
        before: The preceding undamaged text, whose own U+FFFD do not count.
    """
    count = text.count(REPLACEMENT) - before.count(REPLACEMENT)
    if count <= 0:
        return None
    first = text.index(REPLACEMENT)
    return Damage(count, text.count("\n", 0, first) + 1, first + 1)


def decode_marked(data: bytes) -> tuple[str, str] | None:
    """Decode a text with a byte order mark, with U+FFFD for damage; None if there is no mark.

    Raises ValueError, naming the encoding and the first damaged byte, if too much of it is damaged.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            text = join_surrogates(body) if encoding == "utf-8" else body.decode(encoding, "replace")
            damaged = text.count(REPLACEMENT)
            if (damaged > 1 and damaged > _MOST_DAMAGE * len(text)) or damaged == len(text) > 0:
                raise ValueError(f"{encoding.upper()} but damaged at byte {len(mark) + _first_error(body, encoding):,}")
            return text, encoding
    return None


def _first_error(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def join_surrogates(data: bytes) -> str:
    """Decode UTF-8, including surrogate pairs (CESU-8); damaged bytes become U+FFFD."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if b"\xed" not in data:
        return data.decode("utf-8", "replace")
    text = data.decode("utf-8", "surrogatepass_or_replace")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _surrogatepass_or_replace(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        three = error.object[error.start : error.start + 3]
        if len(three) == 3 and three[0] == 0xED and three[1] >= 0xA0 and three[2] & 0xC0 == 0x80:
            return chr(0xD000 | (three[1] & 0x3F) << 6 | three[2] & 0x3F), error.start + 3
        return REPLACEMENT, error.end
    raise error


codecs.register_error("surrogatepass_or_replace", _surrogatepass_or_replace)


def decode_damaged_utf8(data: bytes) -> str | None:
    """Decode bytes that are UTF-8 but for some damage or a truncated last letter; None if they are not.

    The criterion is that nearly all bytes beyond ASCII form complete UTF-8 letters, which other encodings do not by accident.
    """
    rest = _CUT.sub(b"", data)
    whole = len(_SEQUENCE.findall(rest))
    bad = len(_SEQUENCE.sub(b"", rest).translate(None, bytes(range(0x80))))
    if whole and (bad == 0 or whole >= _WHOLE * bad):
        return join_surrogates(data)
    return None


def may_be_accident(data: bytes, text: str) -> bool:
    """Return True if a text is so short that its bytes may be valid UTF-8 by accident."""
    return not text.isascii() and len(text) <= _FEW and not any(letter.isascii() and letter.isalpha() for letter in text)


def decode_unmarked(data: bytes, strict: bool = True) -> list[tuple[str, str]]:
    """Decode UTF-16 or UTF-32 without a byte order mark: (text, encoding) for each plausible one, the most likely first.

    Unless `strict`, plain ASCII counts as letters of UTF-16 too.
    """
    fits: list[tuple[float, float, str, str]] = []
    bare = data.replace(b"\0", b"")
    plain = not bare.translate(None, bytes(range(0x20, 0x7F)) + b"\t\n\r")
    for encoding in WIDE:
        size = 4 if "32" in encoding else 2
        body = data[: len(data) - len(data) % size]
        if not body:
            continue
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as error:
            # A surrogate pair may be truncated at the end.
            if size == 4 or error.start < len(body) - 2:
                continue
            text = body[:-2].decode(encoding)
        # Plain ASCII with NULs in between would decode to ideographs of two letters each.
        if strict and plain and sum(letter.isascii() for letter in text) * 2 < len(text):
            continue
        if (fit := _plausibility(text)) is not None:
            wide = size == 4 and any(letter.isascii() for letter in text)
            fits.append((fit + wide, _usual_share(text), data.decode(encoding, "replace"), encoding))
    return [(text, encoding) for *_, text, encoding in sorted(fits, reverse=True)]


#: Code points of the scripts that most texts are written in, and of emoji: Latin to Arabic, Thai, kana, ideographs, Hangul.
_USUAL = (
    *((0x09, 0x700), (0xE00, 0xE80), (0x2010, 0x2040), (0x3000, 0x3100), (0x4E00, 0xA000), (0xAC00, 0xD7A4)),
    (0x1F300, 0x1FB00),
)


def _usual_share(text: str) -> float:
    """Return the share of letters of the usual scripts; it decides where two byte orders make sense."""
    return sum(any(low <= ord(letter) < high for low, high in _USUAL) for letter in text) / len(text)


#: Separators of words and sentences in various scripts.
_SEPARATORS = frozenset(" \n\u3000\u3001\u3002\uff0c\uff0e\uff01\uff1f\u0e2f")
#: Control characters that occur in texts.
_ALLOWED = frozenset("\t\n\r\f\v\b\x1b")
#: Minimum share of ASCII and letters of the text's most common scripts: wrongly decoded letters come from many scripts.
_LEAST_PLAUSIBILITY = 0.75


def _plausibility(text: str) -> float | None:
    """Return the share of ASCII and the most common blocks of letters, 0..1; None if it is not a text."""
    counts = Counter(text)
    size = len(text)
    strange = sum(
        n for each, n in counts.items() if category(each) in ("Cc", "Cn", "Co", "Cs") and each not in _ALLOWED
    )
    if not size or strange > MOST_CONTROLS * size:
        return None
    blocks: Counter[int] = Counter()
    ideographs = 0
    for each, n in counts.items():
        code = ord(each)
        if 0x3400 <= code < 0xA000 or 0xAC00 <= code < 0xD7B0 or code >= 0x20000:
            ideographs += n
        else:
            blocks[code >> 8] += n
    # Latin, general punctuation and full-width forms combine with every script, and kana with ideographs.
    common = sum(blocks.pop(block, 0) for block in (0x00, 0x01, 0x20, 0x30, 0xFF))
    has_separators = any(each in counts for each in _SEPARATORS)
    best = max((n for n in blocks.values()), default=0)
    if ideographs > size / 2 and not has_separators and size > 40:
        return None
    plausible = (common + max(best, ideographs)) / size
    # Wrongly decoded bytes look like ideographs; common ones are evidence for real text.
    return plausible + 0.5 * common / size if plausible >= _LEAST_PLAUSIBILITY else None
