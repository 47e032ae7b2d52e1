"""A judgement against PyTorch: the text read plainly, autograd, every word really left out, and sums that must close."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.gates import Kind
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.reader import Reader, trace
from lstm_viz.sentiment import LogOddsObjective, ScoreObjective, balance, classify_sentiment, score, units_for_share
from lstm_viz.text.vocabulary import WordVocabulary
from tests.tiny import KINDS, tiny

FIVE = ("very negative", "negative", "neutral", "positive", "very positive")
WORDS = ("a", "good", "bad", "film", "not", "but", ".")
TEXT = "A good film, but not a bad good film."
Plain = Callable[[torch.Tensor], torch.Tensor]
TEXTS = st.lists(st.sampled_from((*WORDS, "unheard-of", "well")), max_size=7).map(" ".join)


def model(kind: Kind = "lstm", classes: tuple[str, ...] = FIVE, layers: int = 2) -> LanguageModel:
    torch.manual_seed(5)
    net = LanguageModel(Config(kind, 3, 4, layers, classes=classes, words=True), WordVocabulary.of(WORDS)).double()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.8)
    return net.eval().requires_grad_(False)


def logits_of(net: LanguageModel, ids: np.ndarray, inputs: torch.Tensor | None = None) -> torch.Tensor:
    """The logits after every word [time, class]; for no word, those of the zero state."""
    if not len(ids):
        return net.decoder(torch.zeros(1, net.config.hidden, dtype=torch.float64))
    hidden, _ = net.rnn(net.embedding(torch.from_numpy(ids)) if inputs is None else inputs)
    return net.decoder(hidden)


def plain_balance(logits: torch.Tensor) -> torch.Tensor:
    """From probabilities, as the definition has it."""
    p = logits.softmax(-1)
    half = p.shape[-1] // 2
    return p[..., -half:].sum(-1).log() - p[..., :half].sum(-1).log()


def plain_score(logits: torch.Tensor) -> torch.Tensor:
    """The mean of the classes' places, weighted by their probabilities."""
    return (logits.softmax(-1) * torch.linspace(-2, 2, logits.shape[-1], dtype=torch.float64)).sum(-1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("classes", [FIVE, ("no", "yes"), ("no", "well", "yes")])
def test_every_number_by_another_way(kind: Kind, classes: tuple[str, ...]) -> None:
    net = model(kind, classes)
    found = classify_sentiment(Reader(net), TEXT)
    ids = found.trace.ids
    inputs = net.embedding(torch.from_numpy(ids)).clone().requires_grad_(True)
    logits = logits_of(net, ids, inputs)
    scores = plain_score(logits)
    scores[-1].backward()

    np.testing.assert_allclose(found.score, scores.detach(), atol=1e-12)
    np.testing.assert_allclose(found.balance, plain_balance(logits).detach(), atol=1e-12)
    assert found.initial == pytest.approx(plain_score(logits_of(net, ids[:0])).item())
    np.testing.assert_allclose(found.input_x_gradient, (inputs.grad * inputs).sum(-1).detach(), atol=1e-12)
    for t, word in enumerate(ids):
        alone = plain_score(logits_of(net, np.array([word])))[0]
        assert found.isolated[t] == pytest.approx(alone.item(), abs=1e-12)
        without = plain_score(logits_of(net, np.delete(ids, t)))[-1]
        assert found.occlusion[t] == pytest.approx((scores[-1] - without).item(), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(text=TEXTS, ends=st.tuples(st.integers(0, 8), st.integers(0, 8)))
def test_words_of_a_slice_are_left_out_as_words_of_the_whole(kind: Kind, text: str, ends: tuple[int, int]) -> None:
    net, asked = model(kind), slice(*ends)
    whole, part = classify_sentiment(Reader(net), text), classify_sentiment(Reader(net), text, asked)
    wanted = np.full_like(whole.occlusion, np.nan)
    wanted[asked] = whole.occlusion[asked]
    np.testing.assert_allclose(part.occlusion, wanted, atol=1e-12)


def test_carriers_by_hand() -> None:
    parts = np.array([0.1, -4.0, 1.0, 2.0, 0.9])
    assert [units_for_share(parts, share) for share in (0.3, 0.5, 0.7, 1.0)] == [1, 1, 2, 5]
    assert units_for_share(np.array([1.0, -1.0, 1.0])) == 2
    assert units_for_share(np.zeros(4)) == units_for_share(np.zeros(0)) == 0


@settings(max_examples=25)
@given(text=TEXTS, classes=st.sampled_from((FIVE, ("no", "yes"))))
def test_what_the_units_brought_sums_to_the_verdict(text: str, classes: tuple[str, ...]) -> None:
    found = classify_sentiment(Reader(model(classes=classes)), text)
    steps = np.diff(np.concatenate(([found.initial], found.score)))
    np.testing.assert_allclose(found.unit_contributions.sum(-1), steps, atol=1e-9)


@pytest.mark.parametrize("classes", [FIVE, ("no", "yes")])
def test_a_unit_brings_its_change_times_the_mean_slope_on_the_way(classes: tuple[str, ...]) -> None:
    net = model(classes=classes)
    found = classify_sentiment(Reader(net), TEXT)
    hidden = torch.from_numpy(np.concatenate((np.zeros((1, 4)), found.trace.layers[-1].h[:, 0])))
    wanted = torch.zeros(len(hidden) - 1, 4, dtype=torch.float64)
    # By autograd, at the middles of very many short pieces of the way.
    for place in (torch.arange(500, dtype=torch.float64) + 0.5) / 500:
        between = (hidden[:-1] + place * hidden.diff(dim=0)).requires_grad_(True)
        plain_score(net.decoder(between)).sum().backward()
        wanted += between.grad * hidden.diff(dim=0) / 500
    np.testing.assert_allclose(found.unit_contributions, wanted, atol=1e-6)


def test_a_unit_that_the_decoder_does_not_hear_brings_nothing() -> None:
    net = model()
    net.decoder.weight[:, 2] = 0.0
    brought = classify_sentiment(Reader(net), TEXT).unit_contributions
    assert not brought[:, 2].any()
    assert brought[:, 1].all()


@pytest.mark.parametrize("step", [0, 2, -1])
@pytest.mark.parametrize(("aim", "plain"), [(LogOddsObjective, plain_balance), (ScoreObjective, plain_score)])
def test_the_objective_is_what_it_differentiates(aim: type[LogOddsObjective | ScoreObjective], plain: Plain, step: int) -> None:
    logits = np.random.default_rng(1).normal(size=(4, 5))
    probs = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    vocabulary, ids = model().vocabulary, np.zeros(4, np.int64)
    objective = aim(step)
    assert objective.value(logits, ids, vocabulary) == pytest.approx(plain(torch.from_numpy(logits))[step].item())
    slopes = objective.by_logits(probs, ids, vocabulary)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += 1e-5
        down[place] -= 1e-5
        numeric = (objective.value(up, ids, vocabulary) - objective.value(down, ids, vocabulary)) / 2e-5
        assert slopes[place] == pytest.approx(numeric, abs=1e-9)


def test_scores_by_hand() -> None:
    certain = np.array([[0.0, 0, 0, 0, 900], [900.0, 0, 0, 0, 0], [0.0, 0, 0, 0, 0], [0.0, 0, 900, 0, 0]])
    np.testing.assert_allclose(score(certain), [2.0, -2.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(balance(np.log([[0.1, 0.1, 0.2, 0.2, 0.4], [0.4, 0.2, 0.1, 0.1, 0.2]])), [np.log(3), -np.log(2)])
    np.testing.assert_allclose(balance(certain)[:3], [900 - np.log(2), np.log(2) - 900, 0.0])


def test_no_word_and_one_word() -> None:
    net = model()
    nothing, one = classify_sentiment(Reader(net), " "), classify_sentiment(Reader(net), "good")
    for each in (
        nothing.score,
        nothing.balance,
        nothing.isolated,
        nothing.input_x_gradient,
        nothing.occlusion,
        nothing.unit_contributions,
    ):
        assert len(each) == 0
    assert nothing.initial == one.initial
    assert one.isolated == pytest.approx(one.score)
    assert one.occlusion == pytest.approx(one.score - one.initial)
    assert LogOddsObjective().describe(()) == ScoreObjective().describe(()) == "nothing yet"
    assert ScoreObjective(-2).describe(("a", "bad", "film")) == "the sentiment score after word 2, from −2 to 2"
    assert trace(net, "a bad film", LogOddsObjective(1)).objective == "the log odds of positive after word 2"


def test_a_model_that_is_no_judge_is_refused() -> None:
    with pytest.raises(ValueError, match="sentiment classifier"):
        classify_sentiment(Reader(tiny()), "good")
