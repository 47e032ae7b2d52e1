"""What is left of lines and names: bounded, visible, in one direction."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.classroom.cleaning import MAX_LINE, MAX_NAME, clean_line, clean_name

#: Any code points, lone surrogates and controls too.
TEXTS = st.text(st.characters() | st.sampled_from("\x00\u202e\u2066\ud800\ufeff\u0301\u200d\U0001f469\n\t\u2028"))
ALLOWED = {"\u200c", "\u200d"}


@settings(max_examples=50)
@given(TEXTS)
def test_nothing_invisible_or_endless_is_left(text: str) -> None:
    line = clean_line(text)
    assert len(line) <= MAX_LINE
    assert all(unicodedata.category(each)[0] not in "C" or each in ALLOWED for each in line)
    assert not {"\n", "\t", "\u2028", "\u2029"} & set(line)
    assert line.encode() and clean_line(line) == line if line else True


@given(TEXTS)
def test_a_name_is_seen_or_empty(text: str) -> None:
    name = clean_name(text)
    assert len(name) <= MAX_NAME
    assert name == name.strip()
    assert not name or any(unicodedata.category(each)[0] in "LNPS" for each in name)
    assert clean_name(name) == name


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=MAX_LINE))
def test_what_can_be_seen_stays(text: str) -> None:
    assert clean_line(text) == text


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("to be\r\nor not", "to be or not"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\ud83d lone", " lone"),
        ("مرحبا", "مرحبا"),
        ("Z" + "\u0301" * 40, "Z" + "\u0301" * 4),
        ("x" * 10**6, "x" * MAX_LINE),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
    ],
)
def test_lines(typed: str, line: str) -> None:
    assert clean_line(typed) == line


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("\u200d\u200d", ""),
        ("\u2800\u3164", ""),
        ("\u0301", ""),
        ("👩‍👩‍👧‍👦" * 30, "👩‍👩‍👧‍👦" * 3),
        ("नमस्ते", "नमस्ते"),
        ("\u202eadA", "adA"),
    ],
)
def test_names(typed: str, name: str) -> None:
    assert clean_name(typed) == name
