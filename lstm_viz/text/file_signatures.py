"""Recognise binary files by their first bytes, so that a message can name the format."""

from __future__ import annotations

#: First bytes of common binary formats, from their specifications, and their names.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"AT&TFORM", "a DjVu document"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"bplist00", "a binary property list of Apple's"),
    (b"PK\x03\x04", "a ZIP archive (docx, xlsx, epub and PyTorch checkpoints are such)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls, .ppt)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a Java class or a macOS program"),
    (b"\x00asm", "a WebAssembly program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"PAR1", "a Parquet table"),
    (b"OggS\x00", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"ID3\x03", "an MP3 recording"),
    (b"ID3\x04", "an MP3 recording"),
    *((bytes([0x80, protocol]), "a Python pickle") for protocol in range(2, 6)),
)

#: Bytes that occur in no text of any 8-bit or multi-byte encoding but UTF-16 and UTF-32 (tab, line ends and escape do).
CONTROLS = bytes(byte for byte in (*range(0x20), 0x7F) if byte not in b"\b\t\n\v\f\r\x1b")

#: How far into a file a PDF may begin.
_BEFORE_PDF = 1024

#: Damaged or very old text has a few control bytes; binary data has one in ten.
MOST_CONTROLS = 0.01


def name_binary(data: bytes) -> str | None:
    """Return the name of a binary format by its first bytes; None if they are not a known signature."""
    if data[:4] == b"RIFF" and data[8:12] in (b"WAVE", b"AVI ", b"WEBP"):
        return "a recording or an image (RIFF)"
    if data[257:262] == b"ustar":
        return "a tar archive"
    if data[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        return "a book for Kindle or Palm"
    if data[4:8] == b"ftyp":
        return "a film, a recording or an image (MP4, HEIC)"
    # Some programs put a line before a PDF.
    if b"%PDF-" in data[:_BEFORE_PDF] and looks_binary(data[: 2**16]):
        return "a PDF document"
    return next((name for signature, name in SIGNATURES if data.startswith(signature)), None)


def looks_binary(data: bytes) -> bool:
    """Return True if NUL bytes or many control bytes show that this is not text in an 8-bit or multi-byte encoding."""
    controls = len(data) - len(data.translate(None, CONTROLS))
    return b"\x00" in data or controls > MOST_CONTROLS * len(data)
