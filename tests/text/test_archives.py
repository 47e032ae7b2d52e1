"""Archives, books, documents, pages and rows: one text with its parts apart, and nothing that harms."""

import bz2
import gzip
import io
import itertools
import json
import lzma
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping

import pytest

from lstm_viz.text.decoding import Choices, UnreadableText, read_text, read_texts
from lstm_viz.text.markup import detect_markup, strip_markup
from lstm_viz.text.rows import find_columns

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pack(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str) -> bytes:
    document = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return pack({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def epub(chapters: dict[str, str], spine: list[str]) -> bytes:
    items = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in chapters)
    order = "".join(f'<itemref idref="{name}"/>' for name in spine)
    package = f"<package><manifest>{items}</manifest><spine>{order}</spine></package>"
    container = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    return pack(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": package}
        | {f"OEBPS/{name}.xhtml": content for name, content in chapters.items()}
    )


def test_the_files_of_a_zip_are_parts_of_one_text() -> None:
    file = read_text(
        pack(
            {
                "a.txt": "één\n",
                "b/": "",
                "b/c.txt": "Привет, как дела".encode("cp1251"),
                "__MACOSX/._a": b"\0\1",
                "d.png": b"\x89PNG\r\n\x1a\n",
            }
        )
    )
    assert file.parts == ("één\n", "Привет, как дела")
    assert file.starts == (0, 4)
    assert file.part_names == ("a.txt", "b/c.txt")
    assert any("guessed" in note and note.startswith("b/c.txt") for note in file.notes)
    assert any("d.png" in note for note in file.notes)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_streams_are_read(compress: Callable[[bytes], bytes]) -> None:
    text = "Grüße aus Köln. " * 100
    assert read_text(compress(text.encode("utf-16"))).text == text
    assert read_text(compress(text[:80].encode()) + compress(text[80:].encode())).text in (text, text[:80])


def test_a_cut_gzip_gives_what_came() -> None:
    import random

    text = "".join(random.Random(1).choices("abcdefghij ", k=20_000))
    file = read_text(gzip.compress(text.encode())[:-2000])
    assert text.startswith(file.text)
    assert len(file.text) > 10_000
    assert "middle" in file.notes[0]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, lambda data: pack({"zeros.txt": data})])
def test_a_bomb_is_stopped_while_it_is_unpacked(compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(b"a" * 200_000_000)
    tracemalloc.start()
    with pytest.raises(UnreadableText, match="once unpacked"):
        read_text(bomb)
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


def locked() -> bytes:
    data = bytearray(pack({"a.txt": "text"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pack({"../evil.txt": "text"}), "leads outside"),
        (pack({"/etc/evil.txt": "text"}), "leads outside"),
        (pack({"a\\..\\b.txt": "text"}), "leads outside"),
        (pack({"inner.zip": pack({"a.txt": "text"})}), "another archive"),
        (gzip.compress(gzip.compress(b"text")), "another archive"),
        (pack({}), "no file"),
        (pack({"a.png": b"\x89PNG\r\n\x1a\n"}), "PNG"),
        (pack({"a.txt": "text"})[:-30], "broken"),
        (locked(), "password"),
        (pack({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "a workbook"),
        (pack({"archive/data.pkl": b""}), "PyTorch"),
        (docx("<w:p>"), "broken"),
        (docx("<!DOCTYPE a>"), "broken"),
        (pack({"mimetype": "application/epub+zip"}), "broken EPUB"),
        (epub({}, ["a"]), "no chapter"),
        (gzip.compress(b"text")[:6], "archive"),
        (b"\xfd7zXZ\x00broken", "archive"),
    ],
    ids=itertools.count(),  # the bytes themselves hold the time at which they were packed
)
def test_what_cannot_be_unpacked_is_refused_by_reason(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableText, match=says):
        read_text(data)


def test_a_document_and_a_book_give_their_text() -> None:
    body = "<w:p><w:r><w:t>Grüße, </w:t><w:tab/><w:t>Welt</w:t></w:r></w:p><w:p><w:t>two</w:t><w:br/><w:t>lines</w:t></w:p>"
    assert read_text(docx(body)).text == "Grüße, \tWelt\ntwo\nlines\n"
    book = epub(
        {"two": "<html><body><p>Second.</p></body></html>", "one": "<html><body><h1>Fir<b>st</b></h1></body></html>"},
        ["one", "two"],
    )
    assert read_text(book).text == "First\n\nSecond.\n"


def test_a_page_is_said_to_be_one_and_read_alone_if_wanted() -> None:
    head, body = (
        "<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body>",
        "<p>A <b>bo</b>ld&nbsp;word.</p><script>x<y</script><p>Next</p></body></html>",
    )
    page = head + body
    assert read_text(page.encode()).text == page
    assert "HTML" in read_text(page.encode()).notes[0]
    alone = read_text(page.encode(), text_alone=True)
    assert alone.text == "A bold\xa0word.\n\nNext\n"
    assert alone.form == "html"


def test_rtf_is_read_in_its_own_code_page() -> None:
    rtf = rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\f0 \'cf\'f0\'e8\'e2\'e5\'f2, {\b world}\par next}"
    assert read_text(rtf, text_alone=True).text == "Привет, world\nnext"
    assert read_text(rtf).form == "rtf"


def test_markdown_and_code_stay_as_they_are() -> None:
    for text in ("# Title\n\n*bold* <b>x</b>\n", "if a < b: print('<html>')\n"):
        assert detect_markup(text) == "plain"
        assert read_text(text.encode(), text_alone=True).text == text


@pytest.mark.parametrize(
    ("page", "text"),
    [("<div>" * 50_000 + "x", "x\n"), ("<" * 50_000 + " x", "<" * 50_000 + " x\n"), ("<a b='" * 20_000 + "x</a>", "")],
)
def test_hostile_pages_are_read_or_refused(page: str, text: str) -> None:
    if text:
        assert strip_markup("<html>" + page, "html") == text
    else:
        with pytest.raises(UnreadableText, match="no text"):
            strip_markup("<html>" + page, "html")


def test_entities_are_not_expanded() -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
    with pytest.raises(UnreadableText, match="broken"):
        read_text(laughs.encode(), text_alone=True)


def test_rows_are_parts() -> None:
    table = 'id;review\n1;"Good ""very""\nindeed"\n2;\n3;Bad\n'.encode("cp1252")
    file = read_text(table, name="reviews.csv", column="review")
    assert file.parts == ('Good "very"\nindeed\n', "Bad\n")
    assert file.starts == (0, 19)
    assert find_columns(table.decode(), "reviews.csv") == ("review",)
    assert read_text(table, name="reviews.csv").text == table.decode()
    with pytest.raises(UnreadableText, match="no column"):
        read_text(table, name="reviews.csv", column="nothing")


def test_lists_of_json_are_rows_and_broken_ones_are_counted() -> None:
    lines = "\n".join([json.dumps({"id": 1, "text": "één\n"}), "{broken", json.dumps({"text": "two"}), "[1]"])
    file = read_text(lines.encode(), name="a.jsonl", column="text")
    assert file.parts == ("één\n", "two\n")
    assert "2 broken rows" in file.notes[0]


def test_several_files_are_one_text_within_one_limit() -> None:
    files = [("a.txt", "é".encode()), ("b.csv", b"t\none\ntwo words"), ("c.png", b"\x89PNG\r\n\x1a\n"), ("d.txt", b"d" * 40)]
    file, refused = read_texts(files, 60, {"b.csv": Choices(column="t")})
    assert file.parts[:2] == ("é\n", "one\n")
    assert file.part_names[:3] == ("a.txt", "b.csv: row 1", "b.csv: row 2")
    assert any("c.png" in message for message in refused)
    with pytest.raises(UnreadableText, match="PNG"):
        read_texts([files[2]])


def test_files_that_the_limit_leaves_no_room_for_are_named() -> None:
    file, refused = read_texts([("a.txt", b"a" * 60), ("b.txt", b"b"), ("c.txt", b"c")], 60)
    assert file.text == "a" * 60
    assert [message.split(" ")[0] for message in refused] == ["b.txt", "c.txt"]
