"""Symbols become numbers and come back; what was never seen becomes the unknown symbol, never nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.vocabulary import UNKNOWN, Vocabulary, WordVocabulary

ABC = Vocabulary.of("cabbage")


def test_symbols_are_sorted_once_each_behind_the_unknown_one() -> None:
    assert ABC.tokens == (UNKNOWN, "a", "b", "c", "e", "g")
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
    assert vocabulary.tokens == (UNKNOWN, "a")
    assert UNKNOWN not in vocabulary
    assert vocabulary.encode(UNKNOWN).tolist() == [0]


@pytest.mark.parametrize("symbols", [(), ("a", "b"), (UNKNOWN, "a", "a"), (UNKNOWN, "ab"), (UNKNOWN, ""), (UNKNOWN, 7)])
def test_what_is_no_vocabulary_is_refused(symbols: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="first"):
        Vocabulary(symbols)


WORDS = WordVocabulary.of(("a", "so", "too", "well", "made", "film", "feel-good", "cliche", "...", "n't", "do"))


@pytest.mark.parametrize(
    ("text", "forms", "known"),
    [
        ("A FILM", ["a", "film"], [True, True]),
        ("well-made", ["well", "made"], [True, True]),
        ("feel-good", ["feel-good"], [True]),
        ("ill-made/well", ["ill", "made", "well"], [False, True, True]),
        ("soooo tooo Clichés cliché", ["so", "too", "clichés", "cliche"], [True, True, False, True]),
        ("don't…", ["do", "n't", "..."], [True, True, True]),
        ("- /", ["-", "/"], [False, False]),
        ("", [], []),
    ],
)  # fmt: skip
def test_words_are_found_by_hand(text: str, forms: list[str], known: list[bool]) -> None:
    found = WORDS.split(text)
    assert list(found.normalized) == forms
    assert [form in WORDS for form in found.normalized] == known
    assert (WORDS.encode(text) != 0).tolist() == known
    assert WORDS.decode(WORDS.encode(text)) == " ".join(
        form if is_known else UNKNOWN for form, is_known in zip(forms, known, strict=True)
    )


@given(st.text(st.sampled_from("ab-/'é. so😀\n"), max_size=30))
def test_words_stand_where_their_spans_say(text: str) -> None:
    found = WORDS.split(text)
    ends = [0, *found.spans[:, 1].tolist()]
    assert [text[start:end] for start, end in found.spans] == list(found.surface)
    assert all(start >= end for start, end in zip(found.spans[:, 0], ends, strict=False))
    between = "".join(text[end:start] for end, start in zip(ends, [*found.spans[:, 0].tolist(), len(text)], strict=True))
    assert set(between) <= set(" \n-/")
    assert all(found.surface)


@pytest.mark.parametrize("symbols", [(), ("one", "two"), (UNKNOWN, "one", "one"), (UNKNOWN, ""), (UNKNOWN, 7)])
def test_what_is_no_vocabulary_of_words_is_refused(symbols: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="first"):
        WordVocabulary(symbols)
