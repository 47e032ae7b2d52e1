"""Documents, books and logs as other people's programs write them: their text, and nothing that they hold beside it."""

from __future__ import annotations

import pytest

from lstm_viz.text.decoding import UnreadableText, read_text
from tests.text.test_archives import pack

MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_a_document_s_deleted_text_fields_and_second_forms_are_left_out() -> None:
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in ("Name", "Age"))
    box = "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
    changes = (
        "<w:p><w:r><w:t>kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
        "<w:r><w:instrText> PAGE </w:instrText></w:r></w:p>"
    )
    body = (
        f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>{changes}<w:p><w:r><mc:AlternateContent xmlns:mc='{MC}'><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    xml = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    data = pack({"[Content_Types].xml": "<Types/>", "word/document.xml": xml})
    assert read_text(data).text.split("\n") == ["Name", "Age", "kept new", "box", "", ""]


def test_an_opendocument_s_spaces_come_back_and_old_text_and_comments_do_not() -> None:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    xml = (
        f'<o:document-content xmlns:o="{space}:office:1.0" xmlns:t="{space}:text:1.0"><o:body><o:text>'
        "<t:tracked-changes><t:p>old</t:p></t:tracked-changes>"
        '<t:p>A<t:s t:c="3"/>B<t:s/>C<o:annotation><t:p>why?</t:p></o:annotation></t:p>'
        '<t:p>D<t:s t:c="99999999999"/></t:p></o:text></o:body></o:document-content>'
    )
    text = read_text(pack({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": xml})).text
    assert text.startswith("A   B C\nD")
    assert len(text) < 2000


def test_a_fictionbook_s_pictures_are_no_text() -> None:
    book = (
        '<?xml version="1.0" encoding="windows-1251"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description>'
        "<title-info><first-name>Лев</first-name></title-info></description><body><section><p>Все счастливые семьи</p></section>"
        '</body><binary id="i.jpg">/9j/4AAQ</binary></FictionBook>'
    ).encode("cp1251")
    assert read_text(book, text_alone=True).text.strip() == "Все счастливые семьи"


def test_other_xml_keeps_elements_of_these_names() -> None:
    xml = b'<?xml version="1.0"?><a><description>one</description><p>two</p><Fallback>three</Fallback></a>'
    assert read_text(xml, text_alone=True).text == "onetwo\nthree"


CONTAINER = '<container><rootfiles><rootfile full-path="OPS/the%20package.xml"/></rootfiles></container>'
PACKAGE = (
    '<package><manifest><item id="a" href="text/ch%201.xhtml" media-type="application/xhtml+xml"/><item id="b" '
    'href="../OPS/ch2.xhtml#x" media-type="application/xhtml+xml"/><item id="m" href="missing.xhtml" '
    'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="b"/><itemref idref="a"/><itemref idref="m"/>'
    '<itemref idref="zz"/></spine></package>'
)


def chapter(text: str) -> str:
    return (
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title><style>p{{}}</style></head>'
        f"<body><p>{text}&nbsp;&mdash; café</p><script>no()</script></body></html>"
    )


def test_a_book_with_escaped_paths_and_chapters_that_are_missing() -> None:
    book = pack({"META-INF/container.xml": CONTAINER, "OPS/the package.xml": PACKAGE, "OPS/text/ch 1.xhtml": chapter("One"),
                 "OPS/ch2.xhtml": chapter("Two")})  # fmt: skip
    assert read_text(book).text == "Two\xa0— café\n\nOne\xa0— café\n"


LOG = b"\x1b[32m2024-01-01\x1b[0m \x1b[1;31mERROR\x1b[0m disk full\r\n\x1b[2K\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n" * 20


def test_colours_of_a_terminal_are_told_and_left_out_if_wanted() -> None:
    as_it_stands, alone = read_text(LOG), read_text(LOG, text_alone=True)
    assert (as_it_stands.form, as_it_stands.text.count("\x1b")) == ("ansi", 180)
    assert any("ANSI" in note for note in as_it_stands.notes)
    assert alone.text == "2024-01-01 ERROR disk full\nlink\n" * 20


def test_an_escape_of_another_kind_is_no_colour() -> None:
    assert read_text("吾輩は猫である。\n".encode("iso2022_jp") * 9).form == "plain"


@pytest.mark.parametrize(
    ("text", "encoding", "chosen"),
    [
        ("1\n00:00:01,600 --> 00:00:04,200\n<i>Wo gehst du hin, großer Bär?</i>\n\n", "cp1252", "cp1252"),
        ("Все счастливые семьи похожи друг на друга, каждая несчастна по-своему.\n", "cp1251", "cp1251"),
        ("吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n", "shift_jis", "cp932"),
        ("\u200e[31.12.23, 23:59:58] Anna: Guten Rutsch \U0001f389\u202f\n", "utf-8", "utf-8"),
        ("e\u0301 Z\u0351\u036b\u0343a \u1112\u1161\u11ab\n", "utf-8", "utf-8"),
    ],
)  # fmt: skip
def test_subtitles_prose_and_chats_keep_every_character(text: str, encoding: str, chosen: str) -> None:
    read = read_text((text * 5).encode(encoding), name="theirs.txt")
    assert (read.text, read.encoding) == (text * 5, chosen)


def test_two_megabytes_in_one_line_are_one_line() -> None:
    line = "lorem ipsum dolor " * 120_000
    assert read_text(line.encode()).text == line


def test_names_between_zero_bytes_are_no_text() -> None:
    with pytest.raises(UnreadableText, match="binary"):
        read_text(b"./a.txt\0./b.txt\0./c d.txt\0")
