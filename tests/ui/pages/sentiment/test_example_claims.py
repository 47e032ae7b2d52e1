"""What the judge's examples promise in words is measured here on the weights that ship."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz import Reader, load
from lstm_viz.sentiment import SentimentResult, classify_sentiment
from lstm_viz.ui.state.examples import SENTIMENT

READER = Reader(load("sst-lstm"))
TEXTS = {each.name: each.text for each in SENTIMENT}


def read(name: str) -> SentimentResult:
    return classify_sentiment(READER, TEXTS[name])


def at(found: SentimentResult, word: str, values: np.ndarray) -> float:
    """The number of a word's last occurrence."""
    tokens = found.trace.tokens
    return float(values[len(tokens) - 1 - tokens[::-1].index(word)])


def test_praise_is_decided_by_one_word_and_grows_surer() -> None:
    found = read("Positive")
    assert at(found, "wonderful", found.score) > 1 > 0.1 > found.score[0]
    assert (found.score[2:] > found.score[1]).all()
    assert found.score[-1] > at(found, "wonderful", found.score) + 0.3


def test_blame_is_tipped_by_dull_and_small_words_do_nothing() -> None:
    found = read("Negative")
    assert at(found, "dull", found.score) < -1 < -0.1 < found.score[0]
    assert found.score[-1] < -1.5
    for word in ("with", "in", "its"):
        assert abs(at(found, word, found.isolated)) < 0.1
        assert abs(at(found, word, found.occlusion)) < 0.05


def test_not_takes_the_praise_out_of_good() -> None:
    found = read("Not good")
    assert at(found, "good", found.isolated) > 1
    assert abs(at(found, "good", found.occlusion)) < 0.1
    assert found.score[-1] < -0.3
    assert found.score[-1] - at(found, "not", found.occlusion) > 1


@pytest.mark.parametrize("name", ["Isn't bad", "Double negation"])
def test_double_negation_is_read_wrong(name: str) -> None:
    found = read(name)
    assert found.score[-1] < -0.5
    assert found.trace.probs[-1].argmax() == 1


def test_not_turns_what_is_good_round_and_makes_what_is_bad_a_little_milder() -> None:
    spoilt, mended = read("Not good"), read("Isn't bad")
    assert at(spoilt, "not", spoilt.occlusion) < -1.5
    assert spoilt.score[-1] < 0 < spoilt.score[-1] - at(spoilt, "not", spoilt.occlusion)
    assert 0.2 < at(mended, "n't", mended.occlusion) < 0.6


def test_the_second_negation_makes_it_worse() -> None:
    found = read("Double negation")
    assert at(found, "n't", found.occlusion) < -0.05
    assert np.diff(found.score)[6] < -0.1
    assert found.trace.tokens[7] == "n't"


def test_but_softens_and_the_second_half_wins() -> None:
    found = read("But")
    assert at(found, ",", found.score) + 0.1 < at(found, "but", found.score) < 0
    assert found.score[-1] > 0.3
    assert found.trace.probs[-1].argmax() == 3


def test_turned_round_but_takes_half_of_the_praise_and_thin_all_of_it() -> None:
    found = read("But, turned round")
    praise, softened = at(found, ",", found.score), at(found, "but", found.score)
    assert praise > 1
    assert softened == pytest.approx(praise / 2, abs=0.1)
    assert at(found, "is", found.score) > 0.1
    assert at(found, "thin", found.score) < -0.5
    assert found.trace.probs[-1].argmax() == 1


def test_sarcasm_is_taken_at_its_word() -> None:
    found = read("Sarcasm")
    assert found.score[-1] > 0.5
    assert at(found, "masterpiece", found.occlusion) > 1
    assert abs(at(found, "paint", found.occlusion)) < 0.25


def test_the_highest_praise_is_tipped_to_blame() -> None:
    found = read("Never better")
    assert found.trace.probs[-1].argmax() == 1
    assert at(found, "have", found.score) > -0.1 > -0.2 > at(found, "never", found.score)
    assert at(found, "better", found.isolated) > 0.5
    assert at(found, "better", found.score) < at(found, "a", found.score) - 0.1
    assert found.score[-1] - at(found, "never", found.occlusion) > 0.4


def test_what_it_has_never_seen_does_nothing_and_a_smile_counts_as_blame() -> None:
    found = read("Never seen")
    known = dict(zip(found.trace.tokens, found.trace.known.tolist(), strict=True))
    assert [token for token, there in known.items() if not there] == ["zorbly", "😡"]
    assert len(set(found.trace.ids[~found.trace.known])) == 1
    assert abs(at(found, "zorbly", found.occlusion)) < 0.15
    assert abs(at(found, "😡", found.occlusion)) < 0.1
    assert at(found, ":)", found.isolated) < -0.3
    assert at(found, ":)", found.occlusion) < -0.15
    assert not any(ord(sign) >= 0x1F300 for symbol in READER.model.vocabulary.tokens for sign in symbol)


def test_made_up_words_leave_it_neutral() -> None:
    found = classify_sentiment(READER, "The zorbly is frumious.")
    assert found.trace.probs[-1].argmax() == 2
    assert np.abs(found.score).max() < 0.1


def test_every_example_points_at_a_word_that_its_line_speaks_of() -> None:
    spoken = ["but", "but", "not", "n't", "n't", "never", "masterpiece", "wonderful", "dull", ":)"]
    assert [read(each.name).trace.tokens[each.step] for each in SENTIMENT] == spoken
