"""What the shipped judge of sentences understands, on sentences of our own, and where it honestly fails."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lstm_viz import Reader, load
from lstm_viz.sentiment import SentimentResult, classify_sentiment
from lstm_viz.ui.state.models import CLASSIFIERS, available_models


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load("sst-lstm"))


def read(reader: Reader, text: str) -> SentimentResult:
    return classify_sentiment(reader, text)


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("This movie is great.", True),
        ("THIS MOVIE IS GREAT!!!", True),
        ("A well-made, charming and funny film.", True),
        ("An utterly boring, lifeless mess.", False),
        ("unwatchable", False),
        ("This movie is not great.", False),
        ("dont waste your time", False),
        ("I loved the actors, but the plot is a mess.", False),
    ],
)
def test_plain_sentences_land_on_their_side(reader: Reader, text: str, positive: bool) -> None:
    found = read(reader, text)
    assert (found.balance[-1] > 0.5) if positive else (found.balance[-1] < -0.5)
    assert (found.score[-1] > 0) == positive


def test_not_turns_the_sentence_though_great_alone_is_positive(reader: Reader) -> None:
    found = read(reader, "This movie is not great.")
    tokens = found.trace.tokens
    assert found.isolated[tokens.index("great")] > 1
    assert found.occlusion[tokens.index("not")] < -1


def test_before_any_opinion_it_has_none(reader: Reader) -> None:
    found = read(reader, "This movie is great.")
    assert np.abs(found.score[:3]).max() < 0.3


def test_what_nobody_wrote_is_marked(reader: Reader) -> None:
    found = read(reader, "Soooo gOOd, xqzzt 😀")
    assert dict(zip(found.trace.tokens, found.trace.known.tolist(), strict=True)) == {
        "Soooo": True, "gOOd": True, ",": True, "xqzzt": False, "😀": False,
    }  # fmt: skip


def test_it_answers_in_five_classes_and_holds_no_sentence(reader: Reader) -> None:
    model = reader.model
    assert model.outputs == ("very negative", "negative", "neutral", "positive", "very positive")
    assert not any(re.search(r"\s", symbol) for symbol in model.vocabulary.tokens)
    sides = float(re.search(r"test: ([\d.]+)% of 1,821", model.metadata["scores"])[1])  # type: ignore[index]
    assert sides >= 84.9


def test_pages_that_ask_what_comes_next_offer_no_judge() -> None:
    assert all(load(name).predicts_next_token for name in available_models())
    assert not any(load(name).predicts_next_token for name in CLASSIFIERS)
