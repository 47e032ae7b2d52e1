"""A hundred odd files and sources: each is read or refused in a short sentence, and nothing else happens."""

import array
import bz2
import contextlib
import gzip
import io
import os
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lstm_viz.text.decoding import TextFile, UnreadableText, read_text
from lstm_viz.text.encodings import ENCODINGS

CHANCE = random.Random(7)
LINE = "Ein Vogel flog über die Brücke, größer als jeder zuvor.\n"


def pack(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


ODD: dict[str, bytes] = {
    "nothing": b"",
    "one NUL": b"\0",
    "NULs": bytes(4000),
    "NULs and a letter": bytes(4000) + b"a",
    "UTF-8 mark alone": b"\xef\xbb\xbf",
    "UTF-16 mark alone": b"\xff\xfe",
    "UTF-32 mark alone": b"\xff\xfe\0\0",
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbfab",
    "mark and an odd byte": b"\xff\xfea",
    "mark that lies": b"\xfe\xff" + LINE.encode(),
    "UTF-7": "Grüße aus Köln, schöne Grüße".encode("utf-7"),
    "EBCDIC": LINE.encode("cp500") * 9,
    "PDF": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF",
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "ELF": b"\x7fELF\x02" + bytes(64),
    "SQLite": b"SQLite format 3\0" + bytes(84),
    "gzip cut in its head": gzip.compress(b"text")[:5],
    "gzip cut": gzip.compress(LINE.encode() * 200)[:-9],
    "gzip with a wrong sum": gzip.compress(LINE.encode())[:-8] + bytes(8),
    "gzip of nothing": gzip.compress(b""),
    "gzip of a PNG": gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(64)),
    "bzip2 cut": bz2.compress(LINE.encode() * 50)[:-9],
    "ZIP head alone": b"PK\x03\x04",
    "ZIP of nothing": pack("a.txt", b""),
    "ZIP of an ELF": pack("a", b"\x7fELF" + bytes(64)),
    "ZIP with an odd name": pack("a\u202egpj.txt", b"text"),
    "ZIP of many": pack("x" * 60_000, b"text"),
    "docx, broken": pack("word/document.xml", b"<w:p"),
    "EPUB without a container": pack("mimetype", b"application/epub+zip"),
    "EPUB of nothing": pack("META-INF/container.xml", b"<container/>"),
    "OpenDocument, not text": pack("content.xml", b"<a/>"),
    "HTML whose charset lies": b"<html><meta charset=koi8-r><p>" + LINE.encode() + b"</p></html>",
    "HTML whose charset is unknown": b"<html><meta charset=klingon><p>" + LINE.encode("cp1252") + b"</p></html>",
    "XML with an encoding": b'<?xml version="1.0" encoding="windows-1251"?><a>' + "Привет, как дела".encode("cp1251") + b"</a>",
    "XML, broken": b'<?xml version="1.0"?><a><b></a>',
    "RTF": rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}",
    "RTF, broken": rb"{\rtf1\ansi \'zz \u-99999999999999 \bin9999999",
    "RTF, deep": b"{\\rtf1" + b"{" * 3000,
    "CR": LINE.replace("\n", "\r").encode() * 3,
    "NEL and LS": (LINE + "\x85\u2028\u2029").encode(),
    "NEL of Latin-1": LINE.encode("latin-1") + b"\x85x",
    "blanks": b" \t\r\n" * 50,
    "wide blanks": "\u3000\u2003".encode(),
    "form feeds": b"\f\v\x1c" * 3,
    "one long line": b"word " * 1_000_000,
    "a long line of accents": "é".encode("latin-1") * 300_000,
    "surrogate alone in UTF-16": b"\xff\xfea\0" + b"\x00\xd8" + b"b\0" * 40,
    "surrogate alone in UTF-8 (WTF-8)": b"caf\xc3\xa9 \xed\xa0\x80 " + LINE.encode() * 9,
    "CESU-8": "x\ud83d\ude00y é".encode("utf-8", "surrogatepass"),
    "Java's UTF-8": b"a\xc0\x80b" + LINE.encode() * 9,
    "overlong": b"\xc0\xaf\xe0\x80\xaf" * 5,
    "five-byte UTF-8": b"\xf8\x88\x80\x80\x80 " + LINE.encode() * 9,
    "mixed lines": (LINE.encode() + LINE.encode("cp1252")) * 9,
    "UTF-8 twice": LINE.encode().decode("latin-1").encode(),
    "Big5-HKSCS": "老水手每天早晨來到海邊，係佢嘅嘢".encode("big5hkscs"),
    "GB18030 in four bytes": "老水手每天早晨来到海边𠀀㐀".encode("gb18030"),
    "VISCII": b"Ti\xaang Vi\xaet c\xf3 d\xa4u, v\xe0 nh\xe6ng ch\xe6 \xf0\xa3c bi\xaet.",
    "TCVN": b"Ti\xd5ng Vi\xd6t c\xf3 d\xcau",
    "JSON, broken": b'{"a": 1}\n{"a": \n',
    "CSV with open quotes": b'a,b\n"x,y\nz',
    "NUL between words": b"a\0b\0c\0d\0e\0f",
    "escapes of a terminal": b"\x1b[31mred\x1b[0m and \x1b]0;title\x07" * 9,
    "ISO-2022-JP, cut": "年老いた船乗りは".encode("iso2022_jp")[:-4],
    "HZ, cut": "老水手每天".encode("hz")[:-3],
    "tildes": b"~{ this is no HZ ~} but a ~{ of signs",
    "plus and minus": b"a+bcd-e and C++-code +- x+abc-",
    "random": CHANCE.randbytes(3000),
    "random high": bytes(CHANCE.randrange(128, 256) for _ in range(3000)),
    "doubles": struct.pack("<200d", *(CHANCE.gauss(0, 1) for _ in range(200))),
    "UTF-16 of one letter": "é".encode("utf-16-le"),
    "UTF-32, cut": LINE.encode("utf-32-le")[:-3],
    "UTF-16 in both orders": "abc".encode("utf-16-le") + "abc".encode("utf-16-be"),
    "private letters": "\ue000\ue001".encode() * 9,
    "noncharacters": "\uffff\ufffe\U0010ffff".encode(),
    "combining marks": ("a" + "\u0301" * 5000).encode(),
    "U+FFFD of its own": "a\ufffdb".encode(),
    "right to left": "\u202eabc\u202c שלום".encode(),
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈".encode("utf-16-be"),
    "tar": bytes(257) + b"ustar" + bytes(250),
    "pickle": b"\x80\x04\x95" + bytes(20),
    **{f"{encoding}": "Text 1, zwei".encode(encoding) for encoding in ENCODINGS},
}


def read_or_message(data: bytes, **options: Any) -> TextFile | str:
    try:
        return read_text(data, **options)
    except UnreadableText as error:
        return str(error)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("text_alone", [False, True])
def test_odd_bytes_are_read_or_refused_shortly(kind: str, text_alone: bool) -> None:
    file = read_or_message(ODD[kind], text_alone=text_alone)
    if isinstance(file, str):
        assert len(file) < 250
        assert "\n" not in file
        return
    assert file.text.strip()
    assert "".join(file.parts) == file.text
    assert not any("\ud800" <= letter <= "\udfff" or letter == "\r" for letter in file.text)


@pytest.mark.parametrize("byte", range(256))
def test_every_byte_alone_is_read_or_refused(byte: int) -> None:
    with contextlib.suppress(UnreadableText):
        assert read_text(bytes([byte])).text.strip()


@pytest.mark.parametrize("form", ["name.csv", "name.tsv", "name.jsonl"])
@pytest.mark.parametrize(
    "kind", ["CSV with open quotes", "JSON, broken", "one long line", "random high", "mixed lines", "NEL and LS"]
)
def test_odd_rows_are_read_or_refused(kind: str, form: str) -> None:
    for column in ("a", "nothing", ""):
        file = read_or_message(ODD[kind], name=form, column=column)
        if isinstance(file, str):
            assert len(file) < 250
            assert "\n" not in file
        else:
            assert file.text.strip()
            assert "".join(file.parts) == file.text


def test_sources_of_every_kind_give_the_same(tmp_path: Path) -> None:
    path, data = tmp_path / "a.txt", LINE.encode()
    path.write_bytes(data)
    with path.open("rb") as opened, path.open(encoding="utf-8") as typed:
        sources = [
            data,
            bytearray(data),
            memoryview(data),
            array.array("B", data).tobytes(),
            path,
            str(path),
            opened,
            typed,
            io.BytesIO(data),
        ]
        assert {read_text(source).text for source in sources} == {LINE}  # type: ignore[arg-type]


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text("text")
    locked.chmod(0)
    sources: list[object] = [tmp_path, tmp_path / "none.txt", "a\0b", "x" * 5000, None, 7, ["a"], "/dev/zero", ""]
    if os.geteuid():
        sources.append(locked)
    for source in sources:
        with pytest.raises(UnreadableText) as refusal:
            read_text(source)  # type: ignore[arg-type]
        assert len(str(refusal.value)) < 250


def test_no_more_of_a_file_is_read_than_the_limit() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            self.taken += size
            return b"a" * size

    source = Endless()
    with pytest.raises(UnreadableText, match="larger"):
        read_text(source, limit=1000)  # type: ignore[arg-type]
    assert source.taken <= 1001
