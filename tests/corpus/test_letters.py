"""Letters that a network does not know: counted, and kept out of what is ranked and averaged."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz import corpus
from lstm_viz.corpus import Hit, Scan
from lstm_viz.corpus.letters import CharacterIds, known_letters
from lstm_viz.models.catalog import load
from lstm_viz.text.vocabulary import Vocabulary

LETTERS = st.text(st.sampled_from("abc \n’😀é\ufffd\ud800") | st.characters(), max_size=200)


@given(LETTERS, st.sets(st.characters(codec="utf-8"), max_size=20))
def test_letters_are_numbered_and_counted_as_one_by_one(text: str, known: set[str]) -> None:
    vocabulary = Vocabulary.of(known)
    np.testing.assert_array_equal(CharacterIds(vocabulary).at(text, np.zeros(1, int), len(text))[:, 0], vocabulary.encode(text))
    counts = corpus.count_unknown(vocabulary, text)
    assert counts == Counter(letter for letter in text if letter not in vocabulary)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    np.testing.assert_array_equal(known_letters(text, counts), [letter in vocabulary for letter in text])


@given(LETTERS.filter(bool), st.lists(st.integers(0, 199), min_size=1, max_size=5), st.integers(1, 80))
def test_letters_from_several_places_on_are_numbered_side_by_side(text: str, starts: list[int], steps: int) -> None:
    vocabulary = Vocabulary.of("abc é’")
    starts = [start % len(text) for start in starts]
    found = CharacterIds(vocabulary).at(text, np.array(starts), steps)
    assert found.shape == (steps, len(starts))
    for lane, start in zip(found.T, starts, strict=True):
        wanted = vocabulary.encode(text[start : start + steps])
        np.testing.assert_array_equal(lane[: len(wanted)], wanted)


def test_a_text_of_many_pieces_is_counted_whole() -> None:
    assert corpus.count_unknown(Vocabulary.of("ab"), "ab😀" * 50_000) == {"😀": 50_000}


def test_unknown_letters_take_no_part_in_ranking_and_means() -> None:
    text = "a" * 64 + "é" * 20 + "a" * 44 + "é" * 40 + "a" * 24 + "a" * 64
    nats = np.where(np.array(list(text)) == "é", 20.0, np.repeat([1.0, 2.0, 9.0, 3.0], 64)).astype(np.float32)
    nats[0] = np.nan
    scan = Scan(text, "rnn", nats, np.zeros(1, int), np.zeros((1, 1, 1)), None, {}, unknown={"é": 60})
    # Of the third passage less than half is known.
    assert scan.surprising(5) == [Hit(192, 3.0), Hit(64, 2.0), Hit(0, 1.0)]
    assert scan.surprising(5, least=True)[0] == Hit(0, 1.0)
    assert scan.unknown_count == 60
    known = np.array([letter == "a" for letter in text[1:]])
    assert scan.loss == pytest.approx(nats[1:].mean())
    assert scan.known_loss == pytest.approx(nats[1:][known].mean())
    begins, means = scan.bins(4)
    assert begins.tolist() == [0, 64, 128, 192]
    assert means == pytest.approx([1.0, 2.0, 9.0, 3.0])


def test_a_scan_says_what_its_network_does_not_know() -> None:
    scan = corpus.scan(load("shakespeare-lstm"), "He said “no” – 😀😀.")
    assert scan.unknown == {"😀": 2, "–": 1, "“": 1, "”": 1}
    assert "no" not in repr(scan).split()
