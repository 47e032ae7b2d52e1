"""Sampling, against the probabilities that `trace` gives, softmax by PyTorch, and the definitions of the cuts word by word."""

from itertools import combinations, islice

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from lstm_viz.models.sampling import Sampling, draw, gumbel_noise, sample
from lstm_viz.reader import trace
from tests.facts import facts
from tests.tiny import KINDS, tiny


@pytest.mark.parametrize("kind", KINDS)
def test_a_cold_sample_follows_the_likeliest_symbols(kind: str) -> None:
    model, text = tiny(kind), "The"
    for symbol in sample(model, "The", 12, temperature=1e-4):
        # The prompt and all that was written, read anew from the start: the carried state must say the same.
        probs = trace(model, text).probs[-1]
        probs[0] = 0.0
        assert symbol == model.vocabulary.tokens[probs.argmax()]
        text += symbol


def test_symbols_come_as_often_as_they_are_likely() -> None:
    model, draws = tiny(), 1500
    written = [sample(model, "The", 1, temperature=2.0, seed=seed) for seed in range(draws)]
    logits = np.log(trace(model, "The").probs[-1].astype(float)) / 2.0
    logits[0] = -np.inf
    wanted = np.exp(logits) / np.exp(logits).sum()
    found = np.array([written.count(symbol) for symbol in model.vocabulary.tokens]) / draws
    # Five standard deviations of a binomial share.
    assert np.all(np.abs(found - wanted) <= 5 * np.sqrt(wanted * (1 - wanted) / draws) + 1e-12)


def test_a_seed_is_a_sample() -> None:
    model = tiny()
    assert sample(model, "T", 30, seed=1) == sample(model, "T", 30, seed=1) != sample(model, "T", 30, seed=2)
    assert sample(model, "T", 0) == ""


def test_what_cannot_be_sampled_is_said() -> None:
    with pytest.raises(ValueError, match="prompt is empty"):
        sample(tiny(), "", 3)
    with pytest.raises(ValueError, match="must be above 0"):
        sample(tiny(), "T", 3, temperature=0.0)


logits = st.lists(st.floats(-8, 8), min_size=3, max_size=7).map(np.array)


@given(logits, st.floats(0.05, 5))
def test_chances_are_the_softmax_of_what_may_be_written(values: np.ndarray, temperature: float) -> None:
    wanted = torch.tensor(values[1:] / temperature).softmax(0).numpy()
    found = Sampling(temperature).probabilities(values)
    assert found[0] == 0.0
    np.testing.assert_allclose(found[1:], wanted, atol=1e-12)


@given(logits, st.floats(0.1, 3), st.integers(1, 9))
def test_top_k_leaves_the_k_likeliest(values: np.ndarray, temperature: float, k: int) -> None:
    plain, cut = Sampling(temperature).probabilities(values), Sampling(temperature, top_k=k).probabilities(values)
    left = np.flatnonzero(cut)
    assert len(left) == min(k, len(values) - 1)
    # Nothing that was cut is likelier than anything that was left, and those left keep their proportions.
    others = [plain[number] for number in range(1, len(values)) if number not in left]
    assert min(plain[left]) >= max(others, default=0.0)
    np.testing.assert_allclose(cut[left], plain[left] / plain[left].sum(), atol=1e-12)


@settings(max_examples=60)
@given(logits, st.sampled_from([None, 2, 4]), st.floats(0.01, 0.999))
def test_top_p_leaves_the_fewest_that_reach_p_together(values: np.ndarray, k: int | None, p: float) -> None:
    plain = Sampling(1.3, top_k=k).probabilities(values)
    cut = Sampling(1.3, k, p).probabilities(values)
    left = np.flatnonzero(cut)
    # Of all sets there are: none with fewer symbols reaches p, and of those with as many none reaches further.
    numbers = range(1, len(values))
    fewer = [sum(plain[list(each)]) for size in range(len(left)) for each in combinations(numbers, size)]
    as_many = [sum(plain[list(each)]) for each in combinations(numbers, len(left))]
    assert plain[left].sum() >= p - 1e-12
    assert max(fewer) < p + 1e-12
    assert plain[left].sum() == pytest.approx(max(as_many))
    np.testing.assert_allclose(cut[left], plain[left] / plain[left].sum(), atol=1e-12)


def test_the_cuts_by_hand() -> None:
    values = np.log([0.9, 0.4, 0.3, 0.2, 0.1])  # the first stands for the unknown and takes no part
    np.testing.assert_allclose(Sampling().probabilities(values), [0, 0.4, 0.3, 0.2, 0.1])
    np.testing.assert_allclose(Sampling(top_k=2).probabilities(values), [0, 4 / 7, 3 / 7, 0, 0])
    np.testing.assert_allclose(Sampling(top_p=0.75).probabilities(values), [0, 4 / 9, 3 / 9, 2 / 9, 0])
    # 3/7 of what top-k left is needed to reach 0.75, where 0.3 of the whole would have been too little.
    np.testing.assert_allclose(Sampling(top_k=2, top_p=0.75).probabilities(values), [0, 4 / 7, 3 / 7, 0, 0])
    # Squared by the temperature before anything is cut: 16 + 9 of 30 reach 0.8.
    np.testing.assert_allclose(Sampling(0.5, top_p=0.8).probabilities(values), [0, 16 / 25, 9 / 25, 0, 0])
    np.testing.assert_allclose(Sampling(1e-300).probabilities(values), [0, 1, 0, 0, 0])
    np.testing.assert_allclose(Sampling(1.0, None, 1.0).probabilities(values), Sampling().probabilities(values))


@pytest.mark.parametrize("how", [Sampling(), Sampling(0.6), Sampling(1.5, 4), Sampling(1.0, None, 0.8), Sampling(2.0, 5, 0.9)])
def test_many_draws_come_as_often_as_their_chances(how: Sampling) -> None:
    values, count = np.array([3.0, 1.2, 0.4, 0.1, -0.3, -1.0, 0.9, -2.0]), 20_000
    chances = how.probabilities(values)
    # The same logits at every place: what is drawn does not change what is expected.
    drawn = np.bincount(list(islice(draw(values, lambda _: values, how, 11), count)), minlength=len(values))
    possible = chances > 0
    assert not drawn[~possible].any()
    assert chisquare(drawn[possible], chances[possible] * count).pvalue > 0.001


def test_the_dice_depend_on_seed_and_place_alone() -> None:
    whole = list(islice(gumbel_noise(5, 7), 20))
    for place in (0, 1, 13):
        np.testing.assert_array_equal(list(islice(gumbel_noise(5, 7, place), 20 - place)), whole[place:])
    assert not np.array_equal(next(gumbel_noise(6, 7)), whole[0])


def test_a_cut_sample_holds_only_what_was_left() -> None:
    model, text = tiny(), "The"
    for symbol in sample(model, "The", 15, 3.0, seed=2, top_k=2):
        probs = trace(model, text).probs[-1].copy()
        probs[0] = 0.0
        assert model.vocabulary.index[symbol] in np.argsort(-probs)[:2]
        text += symbol


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"temperature": -1.0}, "must be above 0"),
        ({"temperature": float("nan")}, "must be above 0"),
        ({"temperature": float("inf")}, "finite"),
        ({"top_k": 0}, "at least 1 token"),
        ({"top_p": 0.0}, facts("top-p", 0, 1)),
        ({"top_p": 1.5}, facts("top-p", 0, 1)),
    ],
)
def test_settings_that_leave_nothing_are_refused(settings: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Sampling(**settings)
