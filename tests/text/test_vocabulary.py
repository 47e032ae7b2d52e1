"""Symbols become numbers and come back; what was never seen becomes the unknown symbol, never nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.vocabulary import UNKNOWN, Vocabulary

ABC = Vocabulary.of("cabbage")


def test_symbols_are_sorted_once_each_behind_the_unknown_one() -> None:
    assert ABC.symbols == (UNKNOWN, "a", "b", "c", "e", "g")
    assert len(ABC) == 6


def test_encoding_by_hand() -> None:
    ids = ABC.encode("bad cab")
    assert ids.tolist() == [2, 1, 0, 0, 3, 1, 2]
    assert ids.dtype == np.int64


def test_nothing_is_encoded_as_nothing() -> None:
    assert ABC.encode("").shape == (0,)


@given(st.text(), st.text())
def test_every_code_point_gets_one_number_and_known_ones_come_back(learned: str, read: str) -> None:
    vocabulary = Vocabulary.of(learned)
    ids = vocabulary.encode(read)
    assert len(ids) == len(read)
    expected = "".join(symbol if symbol in learned else UNKNOWN for symbol in read)
    assert vocabulary.decode(ids) == expected
    assert [symbol in vocabulary for symbol in read] == (ids != 0).tolist()


def test_the_unknown_symbol_itself_is_not_known() -> None:
    vocabulary = Vocabulary.of("a" + UNKNOWN)
    assert vocabulary.symbols == (UNKNOWN, "a")
    assert UNKNOWN not in vocabulary
    assert vocabulary.encode(UNKNOWN).tolist() == [0]


@pytest.mark.parametrize("symbols", [(), ("a", "b"), (UNKNOWN, "a", "a"), (UNKNOWN, "ab"), (UNKNOWN, ""), (UNKNOWN, 7)])
def test_what_is_no_vocabulary_is_refused(symbols: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="first"):
        Vocabulary(symbols)
