"""read_text against texts whose encoding is known, and against files that are no text."""

import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.text.decoding import TextFile, UnreadableText, read_text

FRENCH = "Le vieux marin préférait la forêt à la mer : là-bas, disait-il, les étés étaient légers, les nuits fraîches."
GERMAN = "„Schöne Grüße“, rief der Bäcker – und die ganze Straße war plötzlich voller fröhlicher Hühner für 5 €."
POLISH = "Stary żeglarz każdego ranka wychodził na brzeg i długo patrzył na spokojną wodę, choć nikogo nie oczekiwał."
RUSSIAN = "Старый моряк каждое утро выходил на берег и долго смотрел на спокойную воду, никого не ожидая."
GREEK = "Ο γέρος ναύτης έβγαινε κάθε πρωί στην ακτή και κοίταζε για πολλή ώρα τη ήρεμη θάλασσα."
HEBREW = "המלח הזקן יצא בכל בוקר אל החוף והביט שעה ארוכה במים השקטים, אף שלא חיכה עוד לאיש."
ARABIC = "كان البحار العجوز يخرج كل صباح إلى الشاطئ وينظر طويلا إلى الماء الهادئ، وهو لا ينتظر أحدا."
JAPANESE = "年老いた船乗りは毎朝浜辺に出て、静かな海をいつまでも眺めていた。だれも待ってはいなかった。"
CHINESE = "老水手每天早晨来到海边，久久地望着平静的海面，他并没有在等谁。"
KOREAN = "늙은 뱃사람은 매일 아침 바닷가에 나와 고요한 바다를 오래도록 바라보았다."

LEGACY = [
    ("latin-1", FRENCH),
    ("cp1252", GERMAN),
    ("cp1250", POLISH),
    ("cp1251", RUSSIAN),
    ("koi8_r", RUSSIAN),
    ("cp1253", GREEK),
    ("cp1255", HEBREW),
    ("cp1256", ARABIC),
    ("shift_jis", JAPANESE),
    ("euc_jp", JAPANESE),
    ("gb18030", CHINESE),
    ("big5", "老水手每天早晨來到海邊，久久地望著平靜的海面，他並沒有在等誰。"),
    ("euc_kr", KOREAN),
]
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], exclude_characters="\ufeff")


@pytest.mark.parametrize(("encoding", "text"), LEGACY)
@settings(max_examples=25)
@given(words=st.integers(0, 12), copies=st.integers(1, 40))
def test_legacy_encodings_are_recognised_in_real_prose(encoding: str, text: str, words: int, copies: int) -> None:
    turned = " ".join([*text.split(" ")[words:], *text.split(" ")[:words]])
    prose = "\n".join([turned] * copies)
    read = read_text(prose.encode(encoding))
    assert read.text == prose
    assert "guessed" in read.notes[0]


@pytest.mark.parametrize("ascii_lines", [1, 100, 20_000])
def test_accents_far_into_an_english_file_are_found(ascii_lines: int) -> None:
    text = "plain words of a long English text\n" * ascii_lines + FRENCH
    assert read_text(text.encode("cp1252")).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@given(text=st.text(CHARACTERS).filter(str.strip))
def test_any_text_comes_back_from_utf_8_and_from_marked_unicode(encoding: str, text: str) -> None:
    assert read_text(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", UNICODE)
@pytest.mark.parametrize("text", [FRENCH, GERMAN, RUSSIAN, JAPANESE, CHINESE, "שלום עולם", "👩‍🚀 e\u0301 flies"])
def test_prose_comes_back_from_every_unicode_encoding(encoding: str, text: str) -> None:
    if encoding in ("utf-16-le", "utf-16-be"):
        text += "\nASCII makes the NULs that tell UTF-16 without a mark\n"
    read = read_text(text.encode(encoding))
    assert read.text == text
    assert read.encoding.startswith(encoding.removesuffix("-sig"))


def test_combining_marks_are_not_normalised() -> None:
    assert read_text("e\u0301".encode()).text == "e\u0301"


def test_line_ends_become_newlines_and_the_notes_count_them() -> None:
    assert read_text(b"a\r\nb\rc\nd") == TextFile(
        "a\nb\nc\nd", "utf-8", ("2 line ends (CR LF and CR) are read as one newline each.",)
    )
    assert read_text(b"a\nb").notes == ()


def test_a_path_is_read_like_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "prose.txt"
    file.write_bytes(RUSSIAN.encode("cp1251"))
    assert read_text(file) == read_text(str(file)) == read_text(RUSSIAN.encode("cp1251"))


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "text")
    return buffer.getvalue()


def _npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(8.0))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "only blanks"),
        (b" \n\t ", "only blanks"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (b"%PDF-1.7\n%text", "a PDF document"),
        (b"\x7fELF\x02\x01\x01", "a Linux program"),
        (_npy(), "a NumPy array"),
        (pickle.dumps({"text": "words"}), "a Python pickle"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "RIFF"),
        (b"words\x00and\x00NULs\x00in\x00them\x00", "binary data"),
        (struct.pack("<400d", *np.linspace(-3, 3, 400)), "binary data"),
        (struct.pack("<400h", *range(400)), "binary data"),
        (bytes(range(1, 32)) * 40, "binary data"),
        (b"\xff\xfea\x00" + 3 * b"\x00\xd8", "damaged at byte 4"),
        (b"\xef\xbb\xbfab\xff\xfe", "damaged at byte 5"),
        (b"\xff\xfe\x00\x00a\x00\x00", "damaged"),
    ],
)
def test_what_is_no_text_is_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableText, match=says):
        read_text(data)


def test_the_size_is_bounded_for_bytes_and_for_files(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_bytes(b"a" * 101)
    for source in (b"a" * 101, file):
        with pytest.raises(UnreadableText, match="larger than 100 bytes"):
            read_text(source, limit=100)
    assert read_text(b"a" * 100, limit=100).text == "a" * 100


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.txt"):
        with pytest.raises(UnreadableText, match=path.name):
            read_text(path)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused_but_nothing_else_happens(data: bytes) -> None:
    try:
        read = read_text(data)
    except UnreadableText:
        return
    assert read.text.strip()
    assert "\r" not in read.text


SINGLE = ("A", "é", "Ж", "中", "ア", "한", "א", "€", "😀", "?", "Ā", "一", "ß", "\u2019", "好")


@pytest.mark.parametrize("ending", ["", "\n", " "])
@pytest.mark.parametrize("letter", SINGLE)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_letter_in_utf_16_without_a_mark_is_read_right_or_doubted(letter: str, ending: str, encoding: str) -> None:
    file = read_text((letter + ending).encode(encoding))
    if file.text != letter + ending:
        assert encoding in file.candidates
        assert any("guessed" in note and encoding in note for note in file.notes)


@pytest.mark.parametrize("letter", ["A", "é", "5"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_latin_letter_and_a_newline_are_certain(letter: str, encoding: str) -> None:
    assert read_text(f"{letter}\n".encode(encoding)).text == f"{letter}\n"
