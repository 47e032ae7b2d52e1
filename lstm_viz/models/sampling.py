"""Sampling from a language model: each next token is drawn from the predicted distribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from numbers import Integral, Real

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.models.checks import require_language_model, require_text, require_whole
from lstm_viz.models.language import LanguageModel

#: The id of every vocabulary's unknown token.
_UNKNOWN = 0

#: Logits, or ln p, which differ from them by a constant only.
Logits = Float[np.ndarray, " vocab"]


@dataclass(frozen=True)
class Sampling:
    """How a token is drawn from the predicted distribution; None for no cut-off.

    `temperature` divides the logits: below 1 is more conservative, above 1 more random. Then `top_k` keeps the k most likely
    tokens (Fan et al. 2018), and `top_p` the fewest of these whose probabilities sum to at least p (nucleus sampling,
    Holtzman et al. 2020), in this order. The unknown token is never drawn.

    Examples:
        >>> logits = np.log([0.1, 0.5, 0.3, 0.1])     # the first token is the unknown token
        >>> lstm_viz.Sampling(temperature=0.5, top_k=2).probabilities(logits).round(3).tolist()
        [0.0, 0.735, 0.265, 0.0]
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.temperature, Real) or not 0.0 < self.temperature < math.inf:
            raise ValueError(f"the temperature is {self.temperature!r}; it must be above 0 and finite")
        if self.top_k is not None and not (isinstance(self.top_k, Integral) and self.top_k >= 1):
            raise ValueError(f"top-k is {self.top_k!r}; at least 1 token must be left to draw from, or None for no cut")
        if self.top_p is not None and not 0.0 < self.top_p <= 1.0:
            raise ValueError(f"top-p is {self.top_p}; it must be above 0 and at most 1, or None for no cut")

    def scores(self, logits: Logits) -> Float[np.ndarray, " vocab"]:
        """Return ln of each token's probability to be drawn, float64, up to a constant; −∞ for tokens that were cut off."""
        scores = np.array(logits, dtype=np.float64)
        scores[_UNKNOWN] = -np.inf
        # Close to temperature 0, scores of all but the most likely token may underflow, as intended.
        with np.errstate(over="ignore"):
            scores = (scores - scores.max()) / self.temperature
        if self.top_k is not None or self.top_p is not None:
            order = np.argsort(-scores, kind="stable")
            scores[order[self._nucleus_size(scores[order]) :]] = -np.inf
        return scores

    def probabilities(self, logits: Logits) -> Float[np.ndarray, " vocab"]:
        """Return each token's probability to be drawn, float64; they sum to 1."""
        weights = np.exp(self.scores(logits))
        return weights / weights.sum()

    def argmax_with_noise(self, logits: Logits, noise: Float[np.ndarray, " vocab"]) -> int:
        """Return the token drawn with this noise: the one with the largest score + noise."""
        return int((self.scores(logits) + noise).argmax())

    def _nucleus_size(self, ranked: Float[np.ndarray, " vocab"]) -> int:
        """Return how many tokens the nucleus holds, given the scores in descending order."""
        count = len(ranked) if self.top_k is None else min(self.top_k, len(ranked))
        if self.top_p is None or self.top_p == 1.0:
            return count
        weights = np.exp(ranked[:count])
        reached = np.cumsum(weights / weights.sum())
        return min(int(np.searchsorted(reached, self.top_p)) + 1, count)


def sample(
    model: LanguageModel, prompt: str, count: int, temperature: float = 1.0, seed: int = 0,
    top_k: int | None = None, top_p: float | None = None,
) -> str:  # fmt: skip
    """Draw `count` tokens that follow a prompt, as `Sampling` says; the same seed gives the same text.

    Args:
        model: A language model.
        prompt: The text to continue, at least one character.
        count: How many tokens to draw.
        temperature: Divides the logits: below 1 is more conservative, above 1 more random.
        seed: Seed of the random numbers.
        top_k: Draw from the k most likely tokens only; None for no cut-off.
        top_p: Draw from the fewest tokens whose probabilities sum to at least p; None for no cut-off.

    Returns:
        The generated text, without the prompt.

    Raises:
        ValueError: An empty prompt, a negative count or seed, invalid `Sampling` settings, or a classifier.
        TypeError: The model is not a `LanguageModel`, or the prompt not a str.

    Examples:
        >>> lstm_viz.sample(lstm_viz.load("counting"), "aaab", 3, seed=1)
        'bb\\n'
    """
    require_language_model(model)
    require_text(prompt, "prompt")
    require_whole(count, "count")
    if not prompt:
        raise ValueError("the prompt is empty; give at least one character to continue from")
    state = None

    def advance(ids: np.ndarray) -> Logits:
        nonlocal state
        with torch.inference_mode():
            logits, state = model(torch.from_numpy(ids)[:, None], state)
        return logits[-1, 0].numpy()

    sampling = Sampling(temperature, top_k, top_p)
    first = advance(model.vocabulary.encode(prompt))
    return model.vocabulary.decode(islice(draw(first, lambda token_id: advance(np.array([token_id])), sampling, seed), count))


def draw(logits: Logits, advance: Callable[[int], Logits], sampling: Sampling, seed: int = 0) -> Iterator[int]:
    """Yield tokens without end, each drawn by `sampling`; `advance` reads one and returns the next logits.

    The drawn token has the largest score + noise, with standard Gumbel noise (Gumbel 1954; Maddison et al. 2014). The noise
    depends on the seed and the position alone, so that two models, or one model before and after an intervention, generate
    different tokens only where their predictions differ.
    """
    for noise in gumbel_noise(seed, len(logits)):
        symbol = sampling.argmax_with_noise(logits, noise)
        yield symbol
        logits = advance(symbol)


def gumbel_noise(seed: int, vocabulary_size: int, position: int = 0) -> Iterator[Float[np.ndarray, " vocab"]]:
    """Yield the noise of every position from `position` on, without end: one standard Gumbel variable for each token."""
    require_whole(seed, "seed")
    generator = np.random.default_rng(seed)
    generator.gumbel(size=(position, vocabulary_size))
    while True:
        yield generator.gumbel(size=vocabulary_size)
