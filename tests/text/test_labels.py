"""Every code point shows something on the screen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.labels import label


@pytest.mark.parametrize(
    ("symbol", "shown"),
    [
        ("a", "a"), ("é", "é"), ("😀", "😀"), ("א", "א"), (" ", "␣"), ("\n", "⏎"), ("\t", "⇥"), ("\0", "␀"), ("\x1b", "␛"),
        ("\x7f", "7F"), ("\u0301", "◌\u0301"), ("\u200d", "zwj"), ("\u00a0", "nbsp"), ("\u3000", "3000"), ("\u202e", "202E"),
        ("\ud83d", "D83D"), ("<unk>", "<unk>"),
    ],
)  # fmt: skip
def test_labels_by_hand(symbol: str, shown: str) -> None:
    assert label(symbol) == shown


@given(st.characters(codec=None))
def test_a_label_is_never_blank_and_never_steers_the_line(symbol: str) -> None:
    shown = label(symbol)
    assert shown.strip()
    # Controls, direction marks and separators would act on the text around them.
    assert not [part for part in shown if unicodedata.category(part)[0] in "CZ"]
