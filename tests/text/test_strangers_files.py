"""Mailboxes, notebooks, chats, archives and books as people have them: the text that they mean, or a refusal that names them."""

from __future__ import annotations

import base64
import gzip
import io
import itertools
import json
import random
import tarfile
import zipfile

import pytest

from lstm_viz.text.decoding import UnreadableText, read_text
from lstm_viz.text.markup import FORMS
from lstm_viz.text.rows import find_columns
from tests.text.test_archives import docx, pack
from tests.text.test_strangers_texts import CONTAINER, chapter

NOISE = random.Random(3).randbytes


def tar(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return buffer.getvalue()


HTML_PART = base64.b64encode("<p>Lieber Bär</p>".encode()).decode()
MAIL = (
    "From: a@b.de\r\nTo: c@d.de\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/alternative;\r\n boundary="xx"\r\n\r\n--xx\r\nContent-Type: text/plain; charset=iso-8859-1\r\n'
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nLieber B=E4r, dieser Satz wurde um=\r\ngebrochen.\r\n--xx\r\n"
    f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{HTML_PART}\r\n--xx--\r\n"
)
SAVED_PAGE = (
    "From: <Saved by Blink>\r\nSubject: T\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=zz\r\n\r\n--zz\r\n"
    "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><head><style>p{}</style></head><body>"
    "<p>Gr=C3=BC=C3=9Fe</p></body></html>\r\n--zz\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "iVBORw0KGgo=\r\n--zz--\r\n"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (MAIL, "Lieber Bär, dieser Satz wurde umgebrochen.\n"),
        (SAVED_PAGE, "Grüße\n"),
        (f"From a@b.de Thu Jan  1 00:00:00 2021\n{MAIL}\nFrom c@d.de Fri Jan  2 00:00:00 2021\n{MAIL}",
         "Lieber Bär, dieser Satz wurde umgebrochen.\n\nLieber Bär, dieser Satz wurde umgebrochen.\n"),
    ],
)  # fmt: skip
def test_mails_and_saved_pages_give_their_text(text: str, wanted: str) -> None:
    read = read_text(text.encode(), text_alone=True)
    assert (read.form, read.text) == ("mail", wanted)
    as_it_stands = read_text(text.encode())
    assert "Content-Transfer-Encoding" in as_it_stands.text
    assert any(FORMS["mail"] in note for note in as_it_stands.notes)


@pytest.mark.parametrize("text", ["From: Anna\nDear Bob,\n", "Subject: x\nDate: y\n\nNo\n", "Content-Type: is a field\n\nx\n"])
def test_a_letter_with_a_few_fields_is_no_mail(text: str) -> None:
    assert read_text(text.encode(), text_alone=True).text == text


def test_a_notebook_is_its_cells_without_their_outputs() -> None:
    cells = [{"cell_type": "markdown", "source": ["# Grüße\n", "text"]},
             {"cell_type": "code", "source": "import os", "outputs": [{"data": {"image/png": "iVBORw0KGgo" * 999}}]}]  # fmt: skip
    data = json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}).encode()
    assert read_text(data, text_alone=True).text == "# Grüße\ntext\n\nimport os\n"
    with pytest.raises(UnreadableText, match="broken"):
        read_text(data[:-20], text_alone=True)


def test_an_exported_chat_is_a_message_a_row() -> None:
    linked = ["Hallo ", {"type": "link", "text": "http://x.de"}]
    when = {"date": "2021-01-01T00:00:00", "edited": "2021-01-01T00:00:00"}
    messages = [{"id": 1, "from": "Anna", "text": linked, **when}, {"id": 2, "from": "Bob", "text": "Grüße!", **when}]
    chat = json.dumps({"name": "Anna", "messages": messages})
    assert find_columns(chat, "result.json")[0] == "text"
    assert read_text(chat.encode(), name="result.json", column="text").parts == ("Hallo http://x.de\n", "Grüße!\n")
    said = [{"messages": [{"role": "user", "content": "Grüße?"}, {"role": "assistant", "content": "Hallo."}]}] * 2
    lines = "\n".join(map(json.dumps, said))
    assert read_text(lines.encode(), name="chat.jsonl", column="messages").parts == ("Grüße?\nHallo.\n",) * 2
    assert find_columns('{"just": "settings"}', "a.json") == ()


def test_the_texts_of_a_tar_are_parts_and_its_links_are_not_followed() -> None:
    data = tar({"a/one.txt": "één\n".encode(), "a/two.txt": b"two\n", "a/._two.txt": b"\0"}, {"passwd": "/etc/passwd"})
    for packed in (data, gzip.compress(data)):
        file = read_text(packed)
        assert (file.parts, file.part_names) == (("één\n", "two\n"), ("a/one.txt", "a/two.txt"))
        assert "Links" in file.notes[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (tar({"../evil.txt": b"x"}), "leads outside"),
        (tar({}, {"passwd": "/etc/passwd"}), "no file|broken"),
        (tar({"a.txt": b"a" * 6_000_000}), "larger than 5 MB|once unpacked"),
        (gzip.compress(tar({"a.txt": b"a" * 60_000_000})), "once unpacked"),
        (tar({"in.zip": pack({"b.txt": "x"})}), "another archive"),
        (tar({"in.zip": b"PK\x03\x04" + NOISE(90)}), "another archive"),
        (pack({name: docx(f"<w:p><w:r><w:t>{name * 999_999}</w:t></w:r></w:p>") for name in ("a.x", "b.x")}), "once unpacked"),
        (pack({"Index/Document.iwa": NOISE(90), "Metadata/DocumentIdentifier": "A1B2"}), "Apple"),
        (b"\n%PDF-1.7\n" + NOISE(900), "PDF"),
        (b"%!PS-Adobe-3.0\n(Hello) show\n", "PostScript"),
        (b"Book" + bytes(56) + b"BOOKMOBI" + NOISE(90), "Kindle"),
        (b"\0\0\0\x18ftypheic" + NOISE(90), "HEIC"),
    ],
    ids=itertools.count(),  # the bytes hold the time at which they were packed
)  # fmt: skip
def test_other_files_are_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableText, match=says) as refusal:
        read_text(data)
    assert len(str(refusal.value)) < 250


def test_documents_in_an_archive_are_read() -> None:
    file = read_text(pack({"a.docx": docx("<w:p><w:r><w:t>Größe</w:t></w:r></w:p>"), "b.txt": "text\n"}))
    assert file.parts == ("Größe\n", "text\n")


def test_a_link_in_a_zip_is_no_text() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr, link.create_system = 0o120777 << 16, 3
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.txt", "text\n")
    file = read_text(buffer.getvalue())
    assert file.text == "text\n"
    assert "Links" in file.notes[0]


def book(data: str | bytes, more: dict[str, str] | None = None, items: str = "", spine: str = "") -> bytes:
    package = (
        f'<package><manifest>{items}<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        f'<spine>{spine}<itemref idref="a"/></spine></package>'
    )
    return pack({"META-INF/container.xml": CONTAINER, "OPS/the package.xml": package, "OPS/a.xhtml": data, **(more or {})})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "iso-8859-5"])
def test_a_chapter_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    page = f'<?xml version="1.0" encoding="{encoding}"?><html><body><p>Привет</p></body></html>'
    assert read_text(book(page.encode(encoding))).text == "Привет\n"


def test_a_book_whose_fonts_are_hidden_is_read_and_one_whose_text_is_locked_is_not() -> None:
    method = "<EncryptedData><EncryptionMethod Algorithm='{}'/></EncryptedData>"
    fonts = method.format("http://www.idpf.org/2008/embedding")
    assert read_text(book(chapter("One"), {"META-INF/encryption.xml": fonts})).text.startswith("One")
    for locked in (method.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc"), fonts + method.format("x"), "<EncryptedData/>"):
        with pytest.raises(UnreadableText, match="DRM"):
            read_text(book(chapter("One"), {"META-INF/encryption.xml": locked}))


def test_a_book_s_table_of_contents_is_no_chapter() -> None:
    items = '<item id="n" href="n.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    data = book(chapter("One"), {"OPS/n.xhtml": chapter("Contents")}, items, '<itemref idref="n"/>')
    assert "Contents" not in read_text(data).text


def test_footnotes_do_not_interrupt_a_sentence_and_are_told() -> None:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    xml = (
        f'<o:document-content xmlns:o="{space}:office:1.0" xmlns:t="{space}:text:1.0"><o:body><o:text><t:p>Text<t:note>'
        "<t:note-citation>1</t:note-citation><t:note-body><t:p>Fuß</t:p></t:note-body></t:note> goes on</t:p></o:text></o:body>"
        "</o:document-content>"
    )
    file = read_text(pack({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": xml}))
    assert file.text == "Text goes on\n"
    assert "footnotes" in file.notes[0]
    assert read_text(docx("<w:p><w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>known</w:t></w:r></w:p>")).text == "well\u2011known\n"


def test_a_part_of_a_page_is_one_if_its_name_says_so() -> None:
    part = "<p>A <b>bold</b> word &amp; more</p>"
    assert read_text(part.encode(), name="a.html", text_alone=True).text == "A bold word & more\n"
    assert read_text(part.encode(), name="a.md", text_alone=True).text == part


def test_colours_far_down_in_a_log_are_told() -> None:
    log = b"plain line\n" * 900 + b"\x1b[31mERROR\x1b[0m\n"
    assert read_text(log, text_alone=True).text == "plain line\n" * 900 + "ERROR\n"


def test_xml_with_a_document_type_is_read_and_verses_are_lines() -> None:
    tei = (
        '<?xml version="1.0"?><!DOCTYPE TEI SYSTEM "tei.dtd"><TEI xmlns="http://www.tei-c.org/ns/1.0">'
        "<teiHeader><p>about</p></teiHeader><text><head>Ode</head><l>one</l><l>two</l></text></TEI>"
    )
    assert read_text(tei.encode(), text_alone=True).text == "Ode\none\ntwo\n"
    with pytest.raises(UnreadableText, match="broken"):
        read_text(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>', text_alone=True)
