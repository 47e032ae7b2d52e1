"""Sampling, against the probabilities that `trace` gives for the same prompt."""

import numpy as np
import pytest

from lstm_viz.models.sampling import sample
from lstm_viz.reading import trace
from tests.tiny import KINDS, tiny


@pytest.mark.parametrize("kind", KINDS)
def test_a_cold_sample_follows_the_likeliest_symbols(kind: str) -> None:
    model, text = tiny(kind), "The"
    for symbol in sample(model, "The", 12, temperature=1e-4):
        # The prompt and all that was written, read anew from the start: the carried state must say the same.
        probs = trace(model, text).probs[-1]
        probs[0] = 0.0
        assert symbol == model.vocabulary.symbols[probs.argmax()]
        text += symbol


def test_symbols_come_as_often_as_they_are_likely() -> None:
    model, draws = tiny(), 1500
    written = [sample(model, "The", 1, temperature=2.0, seed=seed) for seed in range(draws)]
    logits = np.log(trace(model, "The").probs[-1].astype(float)) / 2.0
    logits[0] = -np.inf
    wanted = np.exp(logits) / np.exp(logits).sum()
    found = np.array([written.count(symbol) for symbol in model.vocabulary.symbols]) / draws
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
