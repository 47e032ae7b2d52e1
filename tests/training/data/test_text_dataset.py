"""Texts as people bring them: cut for learning, or refused in words that say what to do."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.text.vocabulary import UNKNOWN
from lstm_viz.training.data import text_dataset
from lstm_viz.training.data.text_dataset import LARGEST, LEAST, UnusableText, fit, prepare_text, unigram_loss
from lstm_viz.training.tasks.charlm import CharacterTask
from tests.facts import facts, states
from tests.tiny import TEXT, tiny


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", facts("no text", 400)),
        (" \n\t " * 200, "There are only blanks."),
        ("A few words.", "This text has 12 characters; 400 are needed"),
        ("ab" * 300 + "\0" + "ab" * 300, "NUL characters"),
        ("a" * 1000, facts("only", "‘a’")),
        ("a" * 950 + "b" * 50, facts("only", "‘a’")),
        ("x y" * (LARGEST // 3 + 1), facts("2,000,000")),
    ],
)
def test_what_cannot_be_learned_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(UnusableText, match=complaint):
        prepare_text(text)


@pytest.mark.parametrize("text", ["Привет, мир! " * 40, "床前明月光，疑是地上霜。" * 40, "🙂🙃😀 ha\n" * 60, "ab" * 200])
def test_any_script_can_be_learned(text: str) -> None:
    found = prepare_text(text)
    assert found.corpus.train + found.corpus.held_out == text
    assert set(found.vocabulary.tokens) == {UNKNOWN, *text}
    assert (found.note, found.unknown) == (None, 0.0)


def test_the_rarest_of_very_many_characters_become_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_dataset, "SYMBOLS", 3)
    found = prepare_text("aaabbc" * 100 + "d" * 20)
    assert found.vocabulary.tokens == (UNKNOWN, "a", "b", "c")
    assert found.unknown == pytest.approx(20 / 620)
    assert found.note is not None
    assert states(found.note, "4 different characters", 3)
    assert "3.2% of the text" in found.note


def test_of_equally_frequent_characters_the_first_in_unicode_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_dataset, "SYMBOLS", 2)
    assert prepare_text("cba" * 200).vocabulary.tokens == (UNKNOWN, "a", "b")


def test_no_more_is_held_out_than_is_needed_to_measure() -> None:
    found = prepare_text("hello you " * 20_000)
    assert len(found.corpus.held_out) == text_dataset.HELD_OUT
    assert found.corpus.held_out.endswith("hello you ")


@settings(max_examples=50)
@given(symbols=st.integers(int(0.9 * LEAST), 5000))
def test_streams_fill_every_text_that_is_not_refused(symbols: int) -> None:
    streams = fit(symbols)
    assert streams.steps_an_epoch(symbols) >= 1
    model = tiny()
    ids = np.resize(model.vocabulary.encode(TEXT), symbols)
    CharacterTask(model, ids, ids[:9], streams, 1)


def test_guessing_by_hand() -> None:
    # Of three a and one b, with one more symbol never seen: p(a) = 4/7, p(b) = 2/7, p(c) = 1/7; the first is not predicted.
    train, held_out = np.array([1, 1, 2, 1]), np.array([2, 1, 2, 0])
    expected = -(math.log(4 / 7) + math.log(2 / 7) + math.log(1 / 7)) / 3
    assert unigram_loss(train, held_out, 3) == pytest.approx(expected)


def test_guessing_comes_near_the_entropy_of_a_long_text() -> None:
    text = "the cat sat on the mat. " * 2000
    found, counts = prepare_text(text), Counter(text)
    entropy = -sum(count / len(text) * math.log(count / len(text)) for count in counts.values())
    assert found.unigram_loss == pytest.approx(entropy, abs=0.01)
