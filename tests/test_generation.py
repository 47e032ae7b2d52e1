"""Drafts, against samples drawn in one go, the whole text read anew, and the dice thrown by hand."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.gates import Kind
from lstm_viz.generation import alternatives, append, extend, start, truncate
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.sampling import Sampling, gumbel_noise, sample
from lstm_viz.reader import trace
from lstm_viz.text.vocabulary import Vocabulary
from tests.tiny import KINDS, tiny

HOW = Sampling(0.9, 6, 0.95)


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_is_a_sample_however_often_it_stops(kind: Kind) -> None:
    model = tiny(kind)
    wanted = sample(model, "The h", 40, 0.9, 5, 6, 0.95)
    draft = start(model, "The h")
    for count in (1, 0, 7, 20, 12):
        draft = extend(draft, count, HOW, 5)
    assert "".join(draft.generated) == wanted
    assert draft.text == "The h" + wanted
    assert "".join(extend(start(model, "The h"), 40, HOW, 5).generated) == wanted != sample(model, "The h", 40, 0.9, 6, 6, 0.95)


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_at_each_place_is_what_a_reader_of_the_text_finds(kind: Kind) -> None:
    model = tiny(kind).double()
    draft = extend(start(model, "The c"), 20, HOW, 1)
    read = trace(model, draft.text)
    expected = read.probs[4:-1]
    for place, pick in enumerate(draft.tokens):
        np.testing.assert_allclose(np.exp(pick.log_probs), expected[place], atol=1e-12)
    np.testing.assert_allclose(draft.surprise, read.surprise[5:], atol=1e-10)
    np.testing.assert_allclose(
        draft.entropy, torch.distributions.Categorical(probs=torch.tensor(expected)).entropy().numpy(), atol=1e-10
    )
    np.testing.assert_allclose([pick.probability for pick in draft.tokens], np.exp(-read.surprise[5:]), atol=1e-12)
    np.testing.assert_allclose(np.exp(draft.expected), read.probs[-1], atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 30), st.integers(0, 5), st.integers(0, 5))
def test_writing_again_from_a_place_keeps_what_stands_before_it(place: int, first: int, second: int) -> None:
    whole = extend(start(tiny(), "The"), 30, HOW, first)
    again = extend(truncate(whole, place), 30 - place, HOW, second)
    assert again.generated[:place] == whole.generated[:place]
    # The tail is what the second dice throw at these places, the text so far being what it is.
    text = "The" + "".join(whole.generated[:place])
    for noise, symbol in zip(
        islice(gumbel_noise(second, len(tiny().vocabulary), place), 5), again.generated[place:], strict=False
    ):
        scores = HOW.scores(np.log(trace(tiny(), text).probs[-1])) + noise
        assert symbol == tiny().vocabulary.tokens[scores.argmax()]
        text += symbol
    if first == second:
        assert again.generated == whole.generated


def test_a_symbol_of_ones_own_choice_is_read_like_any_other() -> None:
    model = tiny()
    chosen = model.vocabulary.index["?"]
    draft = append(extend(start(model, "The"), 4, HOW, 2), chosen, HOW)
    assert draft.generated[4] == "?"
    assert draft.tokens[4].seed is None
    assert draft.tokens[3].seed == 2
    np.testing.assert_allclose(np.exp(draft.expected), trace(model, draft.text).probs[-1], atol=1e-6)
    after = extend(draft, 6, HOW, 2)
    assert after.generated[:5] == draft.generated
    assert len(after.tokens) == 11
    for number in (0, -1, len(model.vocabulary)):
        with pytest.raises(ValueError, match="cannot be generated"):
            append(draft, number, HOW)


def test_alternatives_are_the_likeliest_with_both_their_numbers() -> None:
    model = tiny()
    expected = start(model, "The").expected
    found = alternatives(model, expected, HOW, 5)
    probs = trace(model, "The").probs[-1]
    order = [number for number in np.argsort(-probs) if number][:5]
    assert [each.token_id for each in found] == order
    assert [each.token for each in found] == [model.vocabulary.tokens[number] for number in order]
    np.testing.assert_allclose([each.probability for each in found], probs[order], atol=1e-6)
    np.testing.assert_allclose([each.chance for each in found], HOW.probabilities(np.log(probs))[order], atol=1e-6)
    last = int(np.argmin(probs[1:])) + 1
    listed = alternatives(model, expected, HOW, 5, among=last)
    assert [each.token_id for each in listed] == [*order[:4], last]
    assert listed[-1].chance == 0.0
    assert alternatives(model, expected, HOW, 99, among=last)[-1].token_id == last


def test_the_unknown_symbol_is_never_written_nor_offered() -> None:
    model = tiny()
    model.decoder.bias[0] = 30.0
    draft = extend(start(model, "The"), 50, Sampling(5.0), 0)
    assert all(pick.token_id for pick in draft.tokens)
    assert all(each.token_id for each in alternatives(model, draft.expected, Sampling(), 50))


def test_what_cannot_be_written_on_is_said() -> None:
    with pytest.raises(ValueError, match="prompt is empty"):
        start(tiny(), "")
    judge = LanguageModel(Config("lstm", 3, 4, classes=("good", "bad")), Vocabulary.of("ab"))
    with pytest.raises(ValueError, match="language model"):
        start(judge, "a")
    for place in (-1, 4):
        with pytest.raises(ValueError, match="out of range"):
            truncate(extend(start(tiny(), "T"), 3, HOW, 0), place)


def test_characters_that_were_never_seen_may_stand_in_a_prompt() -> None:
    assert len(extend(start(tiny(), "Ω😀 The"), 5, HOW, 0).generated) == 5
