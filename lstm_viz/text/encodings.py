"""The supported encodings, and a ranking of those that a text's bytes are likely to be in."""

from __future__ import annotations

import codecs
import re

import chardet

#: The encodings that a user may choose: Unicode first, then by script, each by the name of Python's codec.
ENCODINGS: dict[str, str] = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16, little-endian)",
    "utf-16-be": "Unicode (UTF-16, big-endian)",
    "utf-32-le": "Unicode (UTF-32, little-endian)",
    "utf-32-be": "Unicode (UTF-32, big-endian)",
    "utf-7": "Unicode (UTF-7)",
    "cp1252": "Western European (Windows-1252)",
    "latin-1": "Western European (ISO 8859-1)",
    "iso8859-15": "Western European (ISO 8859-15)",
    "mac-roman": "Western European (Mac Roman)",
    "mac-iceland": "Icelandic (Mac)",
    "cp437": "Western European (DOS 437)",
    "cp850": "Western European (DOS 850)",
    "cp858": "Western European (DOS 858)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859-2": "Central European (ISO 8859-2)",
    "iso8859-16": "Romanian (ISO 8859-16)",
    "mac-latin2": "Central European (Mac)",
    "cp852": "Central European (DOS 852)",
    "cp1254": "Turkish (Windows-1254)",
    "iso8859-9": "Turkish (ISO 8859-9)",
    "mac-turkish": "Turkish (Mac)",
    "cp857": "Turkish (DOS 857)",
    "cp1257": "Baltic (Windows-1257)",
    "iso8859-4": "Baltic (ISO 8859-4)",
    "iso8859-13": "Baltic (ISO 8859-13)",
    "cp775": "Baltic (DOS 775)",
    "iso8859-10": "Nordic (ISO 8859-10)",
    "cp865": "Nordic (DOS 865)",
    "cp861": "Icelandic (DOS 861)",
    "iso8859-14": "Celtic (ISO 8859-14)",
    "iso8859-3": "Maltese, Esperanto (ISO 8859-3)",
    "cp860": "Portuguese (DOS 860)",
    "cp863": "Canadian French (DOS 863)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "koi8-u": "Ukrainian (KOI8-U)",
    "cp866": "Cyrillic (DOS 866)",
    "cp855": "Cyrillic (DOS 855)",
    "cp1125": "Ukrainian (DOS 1125)",
    "iso8859-5": "Cyrillic (ISO 8859-5)",
    "mac-cyrillic": "Cyrillic (Mac)",
    "koi8-t": "Tajik (KOI8-T)",
    "kz1048": "Kazakh (KZ-1048)",
    "ptcp154": "Cyrillic, Asian (PTCP154)",
    "cp1253": "Greek (Windows-1253)",
    "iso8859-7": "Greek (ISO 8859-7)",
    "mac-greek": "Greek (Mac)",
    "cp737": "Greek (DOS 737)",
    "cp869": "Greek (DOS 869)",
    "cp1255": "Hebrew (Windows-1255)",
    "iso8859-8": "Hebrew (ISO 8859-8)",
    "cp862": "Hebrew (DOS 862)",
    "cp1256": "Arabic (Windows-1256)",
    "iso8859-6": "Arabic (ISO 8859-6)",
    "cp864": "Arabic (DOS 864)",
    "cp720": "Arabic (DOS 720)",
    "cp874": "Thai (Windows-874)",
    "tis-620": "Thai (TIS-620)",
    "cp1258": "Vietnamese (Windows-1258)",
    "shift_jis": "Japanese (Shift JIS)",
    "cp932": "Japanese (Windows-932)",
    "shift_jis_2004": "Japanese (Shift JIS 2004)",
    "euc_jp": "Japanese (EUC-JP)",
    "euc_jis_2004": "Japanese (EUC-JIS 2004)",
    "iso2022_jp_ext": "Japanese (ISO-2022-JP)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "hz": "Chinese, simplified (HZ)",
    "big5": "Chinese, traditional (Big5)",
    "cp950": "Chinese, traditional (Windows-950)",
    "big5hkscs": "Chinese, traditional (Big5-HKSCS)",
    "cp949": "Korean (Windows-949)",
    "johab": "Korean (Johab)",
    "iso2022_kr": "Korean (ISO-2022-KR)",
    "cp037": "EBCDIC (US)",
    "cp500": "EBCDIC (international)",
    "cp1026": "EBCDIC (Turkish)",
    "cp1140": "EBCDIC (US, with euro sign)",
}

#: Prior frequency of encodings, for texts too short to decide by their letters. Today's text that is not in Unicode is
#: nearly always in an encoding of Windows or of East Asia; those of DOS, Macs and mainframes are rare.
_RARE = {
    **dict.fromkeys(("iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15", "koi8-r"), 0.7),
    **dict.fromkeys(("iso8859-3", "iso8859-4", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-16", "iso8859-6"), 0.3),
    **dict.fromkeys(("cp437", "cp850", "cp858", "cp866", "cp852", "koi8-u", "mac-roman", "cp857"), 0.25),
    **dict.fromkeys(("mac-cyrillic", "mac-greek", "mac-turkish", "mac-latin2", "mac-iceland", "cp855", "cp1125"), 0.12),
    **dict.fromkeys(("cp737", "cp775", "cp860", "cp861", "cp862", "cp863", "cp865", "cp869", "cp720", "cp864"), 0.12),
    **dict.fromkeys(("koi8-t", "kz1048", "ptcp154", "cp1006", "hp-roman8", "johab", "cp1258"), 0.08),
    **dict.fromkeys(("cp037", "cp424", "cp500", "cp875", "cp1026", "cp1140", "cp273"), 0.02),
}
#: Number of letters beyond ASCII up to which the prior counts in full; beyond it, its weight decreases.
_SHORT = 3

#: Supersets that files really use in place of the encodings that they include.
_INCLUDES = {
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
}
#: Supersets that decode a few characters differently: the subsets are preferred if they fit.
_MEANT: dict[str, tuple[str, ...]] = {
    "shift_jis_2004": ("shift_jis", "cp932"),
    "shift_jisx0213": ("shift_jis", "cp932"),
    "euc_jis_2004": ("euc_jp",),
    "euc_jisx0213": ("euc_jp",),
    "big5hkscs": ("big5", "cp950"),
    "shift_jis": ("shift_jis", "cp932"),
    "big5": ("big5", "cp950", "big5hkscs"),
}

#: East Asian multi-byte encodings; and their prior for a few letters within Latin words.
_EASTERN = frozenset(
    (
        *("shift_jis", "cp932", "shift_jis_2004", "euc_jp", "euc_jis_2004", "gb18030", "gb2312", "gbk"),
        *("big5", "cp950", "big5hkscs", "cp949", "euc_kr", "johab"),
    )
)
_AMONG_LATIN = 0.01
_FEW_RUNS = 12
_WITHIN = re.compile(rb"[A-Za-z][\x80-\xff]{1,2}(?=[A-Za-z])")

#: Number of bytes of informative lines that are enough to detect an encoding.
_SAMPLE = 2**16
_PLAIN = re.compile(rb"[\x00-\x7f]*")
#: The escapes of ISO-2022, HZ and UTF-7: pure ASCII bytes that encode other letters.
_ESCAPES = re.compile(rb"\x1b[$(]|\x1b\$\)C|~\{|\+[A-Za-z0-9/+]{2,}-")


def is_escaped(data: bytes) -> bool:
    """Return True if plain ASCII bytes may encode other letters by the escapes of ISO-2022, HZ or UTF-7."""
    return _ESCAPES.search(data) is not None


def rank(data: bytes) -> list[str]:
    """Return the possible encodings of the bytes, the most likely first, by the names of Python's codecs.

    The ranking is chardet's, by letters, their pairs and a page's own declaration; if it is unsure, as with a word or two, the
    prior frequency of the encodings is included.
    """
    sample = informative_part(data)
    guesses = chardet.detect_all(sample, ignore_threshold=True, compat_names=False, max_bytes=2 * _SAMPLE)
    beyond = len(data.translate(None, bytes(range(0x80))))
    doubt = min(1.0, (_SHORT / max(beyond, 1)) ** 2)
    weights: dict[str, float] = {}
    for each in guesses:
        encoding, confidence = each["encoding"], each["confidence"] or 0.0
        if encoding is None or not _is_known(encoding):
            continue
        wider = _INCLUDES.get(encoding, encoding)
        weight = confidence * _RARE.get(wider, 1.0) ** doubt
        # The narrower one is tried if a byte is invalid in the wider one.
        for index, intended in enumerate((*_MEANT.get(wider, ()), wider, encoding)):
            weights[intended] = max(weights.get(intended, 0.0), weight * (1 - index * 1e-3))
    if _within_words(data):
        for encoding in weights:
            if encoding in _EASTERN:
                weights[encoding] *= _AMONG_LATIN
        weights["cp1252"] = max(weights.get("cp1252", 0.0), _AMONG_LATIN)
    return sorted(weights, key=lambda encoding: -weights[encoding])


def _within_words(data: bytes) -> bool:
    """Return True if the bytes beyond ASCII are few and single or in pairs within words of ASCII letters, like accents."""
    runs = re.findall(rb"[\x80-\xff]+", data[:_SAMPLE])
    if not 0 < len(runs) <= _FEW_RUNS or max(len(run) for run in runs) > 2:
        return False
    return 2 * len(_WITHIN.findall(data[:_SAMPLE])) >= len(runs)


def informative_part(data: bytes) -> bytes:
    """Return the part of a text that reveals its encoding: its first lines that are not plain ASCII, or have escapes."""
    if len(data) <= _SAMPLE:
        return data
    if data.isascii():
        first = _ESCAPES.search(data)
        return data[max(first.start() - 100, 0) : first.start() + _SAMPLE] if first else data[:_SAMPLE]
    lines: list[bytes] = []
    size, position = 0, 0
    # A page declares its encoding at its beginning.
    head = data[:1024].lower()
    if b"charset" in head or b"encoding=" in head:
        lines.append(data[: data.find(b"\n", 1000) + 1 or 1000])
    while size < _SAMPLE:
        plain = _PLAIN.match(data, position)
        position = plain.end() if plain else position
        if position >= len(data):
            break
        start = max(data.rfind(b"\n", 0, position) + 1, position - 2_000)
        end = data.find(b"\n", position)
        end = min(len(data) if end < 0 else end + 1, start + _SAMPLE)
        lines.append(data[start:end])
        size += end - start
        position = end
    return b"".join(lines)


def _is_known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding) is not None
    except LookupError:
        return False
