"""From a file's bytes to text, whatever its encoding; what is no text is refused with a message that says why."""

from __future__ import annotations

import codecs
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from charset_normalizer import from_bytes

from lstm_viz.results import Result
from lstm_viz.text.binaries import MOST_CONTROLS, holds_data, name_binary

#: The largest file read by default, in bytes.
LIMIT = 5 * 2**20

#: Byte order marks, the longer first: UTF-32's begins with UTF-16's.
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: Encodings to weigh where neither UTF-8 nor a mark tells. Where two fit alike the earlier wins: Western first because
#: it is the most common, then those that leave bytes undefined, as a text that avoids these bytes is no accident.
LEGACY: tuple[str, ...] = (
    *("cp1252", "cp1253", "cp1255", "cp1250", "cp1251", "koi8_r", "cp1256"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)

#: So many characters of telling lines settle an encoding as well as a whole book would.
SAMPLE = 8_192


class UnreadableText(ValueError):
    """The bytes are no text that can be read; the message says what came, what was wanted and what to do."""


@dataclass(frozen=True, repr=False)
class TextFile(Result):
    """A text with \\n line ends, the encoding it came in, and remarks for the person who brought it.

    A text may have parts that have nothing to do with each other: the files of an archive, the rows of a table. `starts` holds
    the index of each part's first character, ascending from 0, and `part_names` what each is called ("" where there is but
    one). Whoever reads on across `text` resets the network's state at each start.

    Example:
        >>> file = TextFile("ab\\ncd", "utf-8", starts=(0, 3), part_names=("one.txt", "two.txt"))
        >>> file.parts
        ('ab\\n', 'cd')
    """

    text: str
    encoding: str
    notes: tuple[str, ...] = ()
    starts: tuple[int, ...] = (0,)
    part_names: tuple[str, ...] = ("",)

    @property
    def parts(self) -> tuple[str, ...]:
        """The text of each part; joined, they are `text`."""
        ends = (*self.starts[1:], len(self.text))
        return tuple(self.text[start:end] for start, end in zip(self.starts, ends, strict=True))


def read_text(source: bytes | str | os.PathLike[str], limit: int = LIMIT) -> TextFile:
    """Read a text from bytes or from the file at a path; at most `limit` bytes.

    Characters are kept as they came, without Unicode normalisation; only line ends become \\n, and the notes say so.
    Raises UnreadableText for empty, binary, damaged, oversized and missing files.
    """
    name, data = ("the file", source) if isinstance(source, bytes) else _load(Path(source), limit)
    if len(data) > limit:
        raise UnreadableText(f"{name} is larger than {_megabytes(limit)}, the most that is read; bring a part of it")
    if not data:
        raise UnreadableText(f"{name} is empty; bring a file with text in it")
    if kind := name_binary(data):
        raise UnreadableText(f"{name} looks like {kind}; plain text was wanted, so save it as a text file (UTF-8)")
    text, encoding, notes = _decode(data, name)
    if not text.strip():
        raise UnreadableText(f"{name} holds only blanks; bring a file with text in it")
    text, more = _mend_line_ends(text)
    return TextFile(text, encoding, notes + more)


def _load(path: Path, limit: int) -> tuple[str, bytes]:
    # Devices and pipes have no end, and one byte beyond the limit is enough to know that a file is too large.
    if not path.is_file():
        raise UnreadableText(f"there is no file {path.name or path}; a text file was wanted")
    try:
        with path.open("rb") as file:
            return path.name, file.read(limit + 1)
    except OSError as error:
        raise UnreadableText(f"{path.name} could not be opened: {error.strerror}") from error


def _decode(data: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Try what is certain first: a mark, then strict UTF-8, then UTF-16 by its NULs; guess only after these."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding, ()
            except UnicodeDecodeError as error:
                place = f"damaged at byte {len(mark) + error.start:,}"
                raise UnreadableText(f"{name} is {encoding.upper()} but {place}; save it again") from error
    if (unmarked := _decode_unmarked_utf16(data)) is not None:
        return unmarked
    if holds_data(data):
        raise UnreadableText(f"{name} holds binary data; plain text was wanted, so save it as a text file (UTF-8)")
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        return _guess(data, name)


def _decode_unmarked_utf16(data: bytes) -> tuple[str, str, tuple[str, ...]] | None:
    # ASCII characters have a NUL as their upper byte: NULs then stand at odd places only, or at even places only.
    even, odd = b"\x00" in data[0::2], b"\x00" in data[1::2]
    if even == odd:
        return None
    encoding = "utf-16-be" if even else "utf-16-le"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    strange = sum(count for character, count in Counter(text).items() if category(character) in ("Cc", "Cn", "Co"))
    if strange - text.count("\n") - text.count("\r") - text.count("\t") > MOST_CONTROLS * len(text):
        return None
    return text, encoding, (f"No byte order mark; read as {encoding.upper()}.",)


def _guess(data: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    fits = sorted(_weigh(data), key=lambda fit: fit[0])
    if not fits:
        raise UnreadableText(f"the encoding of {name} cannot be told; save it as UTF-8")
    _, text, encoding = fits[0]
    return text, encoding, (f"The encoding was guessed: {encoding}. If letters look wrong, save the file as UTF-8.",)


def _weigh(data: bytes) -> Iterator[tuple[tuple[float, float], str, str]]:
    """Yield (misfit, text, encoding) for each legacy encoding in which the bytes make sense; the least misfit is best.

    Misfit is charset-normalizer's chaos in coarse steps, then its coherence with a known language. Each encoding is
    asked about alone and about one whole sample, as both its early exits and its short last chunks mislead.
    """
    for encoding in LEGACY:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Lines of plain ASCII read the same in all of them.
        telling = "\n".join(line for line in text.splitlines() if not line.isascii())[:SAMPLE].encode(encoding)
        match = from_bytes(telling, steps=1, chunk_size=len(telling), cp_isolation=[encoding]).best()
        if match is not None:
            yield (match.chaos // 0.1, round(-match.coherence, 2)), text, encoding


def _mend_line_ends(text: str) -> tuple[str, tuple[str, ...]]:
    windows = text.count("\r\n")
    old_mac = text.count("\r") - windows
    if not windows and not old_mac:
        return text, ()
    kinds = " and ".join(kind for kind, count in (("CR LF", windows), ("CR", old_mac)) if count)
    return (
        text.replace("\r\n", "\n").replace("\r", "\n"),
        (f"{windows + old_mac:,} line ends ({kinds}) are read as one newline each.",),
    )


def _megabytes(size: int) -> str:
    return f"{size / 2**20:g} MB" if size >= 2**20 else f"{size:,} bytes"
