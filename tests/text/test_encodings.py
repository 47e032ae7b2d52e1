"""What is known of an encoding for certain, what is guessed and said to be, and what a damaged file still gives."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.decoding import UnreadableText, read_text
from lstm_viz.text.encodings import ENCODINGS

TURKISH = "Yaşlı gemici her sabah kıyıya çıkar, uzun uzun durgun suya bakardı; kimseyi beklemiyordu, yağmur çiseliyordu."
HUNGARIAN = "Az öreg tengerész minden reggel kiment a partra, és hosszan nézte a nyugodt vizet; csak a szőlőt őrizte."
CZECH = "Starý námořník každé ráno vycházel na břeh a dlouho hleděl na klidnou vodu, ač nikoho nečekal."
RUSSIAN = "Старый моряк каждое утро выходил на берег и долго смотрел на спокойную воду, никого не ожидая."
UKRAINIAN = "Старий моряк щоранку виходив на берег і довго дивився на спокійну воду; її колір був іншим."
GREEK = "Ο γέρος ναύτης έβγαινε κάθε πρωί στην ακτή και κοίταζε για πολλή ώρα τη ήρεμη θάλασσα."
THAI = "กะลาสีเฒ่าออกไปที่ชายฝั่งทุกเช้าและมองน้ำอันสงบนิ่งอยู่นาน"
JAPANESE = "年老いた船乗りは毎朝浜辺に出て、静かな海をいつまでも眺めていた。"
CHINESE = "老水手每天早晨来到海边，久久地望着平静的海面，他并没有在等谁。"
KOREAN = "늙은 뱃사람은 매일 아침 바닷가에 나와 고요한 바다를 오래도록 바라보았다."
LITHUANIAN = "Senas jūreivis kiekvieną rytą išeidavo į krantą ir ilgai žiūrėdavo į ramų vandenį."
GERMAN = "Die Straße war plötzlich voller fröhlicher Hühner, und der Bäcker rief schöne Grüße über die Brücke."

GUESSED = [
    *(("cp1254", TURKISH), ("cp857", TURKISH), ("cp1250", HUNGARIAN), ("iso8859-2", HUNGARIAN), ("cp852", CZECH)),
    *(("cp866", RUSSIAN), ("iso8859-5", RUSSIAN), ("mac-cyrillic", RUSSIAN), ("koi8-u", UKRAINIAN), ("cp874", THAI)),
    *(("cp1257", LITHUANIAN), ("cp737", GREEK), ("iso8859-7", GREEK), ("iso2022_jp", JAPANESE), ("iso2022_kr", KOREAN)),
    *(("hz", CHINESE), ("johab", KOREAN), ("cp850", GERMAN), ("mac-roman", GERMAN * 3), ("cp037", GERMAN)),
]


@pytest.mark.parametrize(("encoding", "text"), GUESSED)
def test_one_line_is_read_right_and_said_to_be_a_guess(encoding: str, text: str) -> None:
    file = read_text(text.encode(encoding))
    assert file.text == text
    assert "guessed" in file.notes[0]
    assert file.candidates[0] == file.encoding


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["hello 一 there ", "hello", JAPANESE, CHINESE, KOREAN, RUSSIAN, "a b\n" * 9])
def test_wide_unicode_needs_no_mark(encoding: str, text: str) -> None:
    assert read_text(text.encode(encoding)).text == text


def test_a_stray_nul_changes_one_letter_and_is_told() -> None:
    good = "A good line of text.\n" * 1000
    file = read_text(good.encode() + b"\0more\n")
    assert file.text == good + "\ufffdmore\n"
    assert file.encoding == "utf-8"
    assert "1 place" in file.notes[0]
    assert "21,001" in file.notes[0]
    assert "line 1,001" in file.notes[0]


@pytest.mark.parametrize("padding", [1, 64, 5000])
def test_nuls_that_fill_up_a_file_are_left_out(padding: int) -> None:
    assert read_text(b"A line of text that was padded\n" + padding * b"\0").text.startswith("A line of text that was padded\n")


@pytest.mark.parametrize(
    ("damaged", "count", "first"),
    [
        (lambda whole: whole[:-1] + b"\xc3", 1, 3200),
        (lambda whole: whole[:3] + b"\xff" + whole[4:], 2, 3),
        (lambda whole: whole + "語".encode()[:2], 1, 3201),
        (lambda whole: b"\xef\xbb\xbf" + whole + b"\xe9", 1, 3201),
    ],
)
def test_damaged_utf_8_stays_utf_8(damaged: Callable[[bytes], bytes], count: int, first: int) -> None:
    whole = "Grüße aus Köln. " * 200
    file = read_text(damaged(whole.encode()))
    assert file.encoding == "utf-8"
    assert file.text.count("\ufffd") == count
    assert file.text.index("\ufffd") + 1 == first
    assert f"{first:,}" in file.notes[0]
    assert f"{count} place" in file.notes[0]


@given(text=st.text(st.sampled_from("aé語👩 \n"), min_size=30), cut=st.integers(1, 3))
def test_a_cut_inside_the_last_letter_costs_that_letter_alone(text: str, cut: int) -> None:
    whole = f"été 語 {text}".encode()
    file = read_text(whole + "👩".encode()[:cut])
    assert file.text == f"été 語 {text}\ufffd"


def test_surrogates_in_pairs_are_joined() -> None:
    pair = "\ud83d\ude00".encode("utf-8", "surrogatepass")
    file = read_text(b"caf\xc3\xa9 " + pair)
    assert file.text == "café 😀"


def test_cut_utf_16_with_a_mark_is_read() -> None:
    file = read_text("Grüße".encode("utf-16") + b"a")
    assert file.text == "Grüße\ufffd"
    assert len(file.notes) == 1


def test_a_person_may_say_the_encoding() -> None:
    for encoding in ("cp1251", "koi8-r"):
        assert read_text(RUSSIAN.encode(encoding), encoding=encoding).text == RUSSIAN
    assert read_text(b"\xff\xfea\0", encoding="utf-16-le").text == "a"
    assert "decoded" in read_text(GERMAN.encode("cp1252"), encoding="utf-8").notes[0]
    with pytest.raises(UnreadableText, match="supported"):
        read_text(b"abc", encoding="rot13")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_that_is_offered_reads_something(encoding: str) -> None:
    assert read_text("Text 1".encode(encoding), encoding=encoding).text == "Text 1"


def test_a_mark_that_lies_is_doubted() -> None:
    file = read_text(b"\xff\xfeplain words")
    assert "ASCII" in file.notes[0]
    assert file.candidates == ("utf-16-le", "utf-8")


@pytest.mark.parametrize(
    ("text", "encoding"), [("ä", "cp1252"), ("Ж", "cp1251"), ("ł", "cp1250"), ("語", "shift_jis"), ("é", "utf-8")]
)
def test_one_letter_is_never_taken_for_certain_where_it_is_not(text: str, encoding: str) -> None:
    file = read_text(text.encode(encoding))
    assert "guessed" in file.notes[0]
