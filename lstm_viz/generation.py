"""Text generation: every generated token with its alternatives, each of which may be chosen instead.

A `Generation` is immutable: extending, truncating and choosing another token each return a new one. The token drawn at a
position depends only on the network, the text before it, the settings and the seed, not on how the generation was split.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.models.checks import require_language_model, require_text, require_whole
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import Logits, Sampling, gumbel_noise
from lstm_viz.results import Result

#: Number of alternatives shown for a position.
SHOWN = 8


@dataclass(frozen=True)
class Alternative:
    """A possible token at a position: its probability under the model, and its probability of being drawn.

    Examples:
        >>> from lstm_viz import generation
        >>> begun = generation.start(lstm_viz.load("counting"), "aabb")
        >>> first, *_ = generation.alternatives(begun.model, begun.expected, lstm_viz.Sampling())
        >>> first.token, round(first.probability, 2)
        ('\\n', 1.0)
    """

    token: str
    token_id: int
    probability: float
    chance: float


@dataclass(frozen=True, eq=False, repr=False)
class GeneratedToken(Result):
    """A generated token by its id, with ln p of every token at its position; `seed` is None if it was chosen by a user.

    Examples:
        >>> from lstm_viz import generation
        >>> text = generation.extend(generation.start(lstm_viz.load("counting"), "aab"), 2, lstm_viz.Sampling(), seed=1)
        >>> text.tokens[0].token_id, text.tokens[0].log_probs.shape
        (3, (4,))
    """

    token_id: int
    log_probs: Logits
    sampling: Sampling
    seed: int | None

    @property
    def probability(self) -> float:
        """Return the model's probability of this token, 0..1."""
        return float(np.exp(self.log_probs[self.token_id]))

    @property
    def surprise(self) -> float:
        """Return −ln p of this token, in nats."""
        return -float(self.log_probs[self.token_id])

    @property
    def entropy(self) -> float:
        """Return the entropy of the model's distribution, −Σ p ln p, in nats (Shannon 1948)."""
        log_probs = self.log_probs.astype(np.float64)
        return -float(np.exp(log_probs) @ log_probs)


@dataclass(frozen=True, eq=False, repr=False)
class Generation(Result):
    """A prompt and the text generated so far.

    `expected` is ln p of every token at the next position, `state` the model's state there.

    Examples:
        >>> from lstm_viz import generation
        >>> text = generation.extend(generation.start(lstm_viz.load("counting"), "aab"), 2, lstm_viz.Sampling(), seed=1)
        >>> text.prompt, text.text
        ('aab', 'aabb\\n')
    """

    model: LanguageModel
    prompt: str
    tokens: tuple[GeneratedToken, ...]
    expected: Logits
    state: Any

    @property
    def generated(self) -> tuple[str, ...]:
        """Return the generated tokens."""
        return tuple(self.model.vocabulary.tokens[token.token_id] for token in self.tokens)

    @property
    def text(self) -> str:
        """Return the prompt with the generated text."""
        return self.prompt + self.model.vocabulary.decode(token.token_id for token in self.tokens)

    @property
    def surprise(self) -> Float[np.ndarray, " written"]:
        """Return −ln p of each generated token, in nats."""
        return np.array([token.surprise for token in self.tokens])

    @property
    def entropy(self) -> Float[np.ndarray, " written"]:
        """Return the entropy of the model's distribution before each generated token, in nats."""
        return np.array([token.entropy for token in self.tokens])


def start(model: LanguageModel, prompt: str) -> Generation:
    """Read a prompt, from which text is generated.

    Args:
        model: A language model.
        prompt: At least one character.

    Returns:
        A generation without generated tokens.

    Raises:
        ValueError: The prompt is empty, or the model is a classifier.
        TypeError: The model is not a `LanguageModel`, or the prompt not a str.

    Examples:
        >>> from lstm_viz import generation
        >>> bool(np.isclose(np.exp(generation.start(lstm_viz.load("counting"), "aabb").expected).sum(), 1.0, atol=1e-5))
        True
    """
    require_language_model(model)
    require_text(prompt, "prompt")
    if not prompt:
        raise ValueError("the prompt is empty; give at least one character to continue from")
    return Generation(model, prompt, (), *_read(model, model.vocabulary.encode(prompt), None))


def extend(generation: Generation, count: int, sampling: Sampling, seed: int) -> Generation:
    """Generate `count` more tokens, each drawn as `sampling` says.

    Args:
        generation: The text so far.
        count: How many tokens to draw.
        sampling: How they are drawn.
        seed: Seed of the random numbers.

    Returns:
        A new generation with these tokens at its end.

    Raises:
        ValueError: The count or the seed is not a whole number of 0 or more.

    Examples:
        >>> from lstm_viz import generation
        >>> generation.extend(generation.start(lstm_viz.load("counting"), "aaab"), 3, lstm_viz.Sampling(), seed=1).text
        'aaabbb\\n'
    """
    require_whole(count, "count")
    fresh, expected, state = list(generation.tokens), generation.expected, generation.state
    for noise in islice(gumbel_noise(seed, len(expected), len(fresh)), count):
        token_id = sampling.argmax_with_noise(expected, noise)
        fresh.append(GeneratedToken(token_id, expected, sampling, seed))
        expected, state = _read(generation.model, np.array([token_id]), state)
    return replace(generation, tokens=tuple(fresh), expected=expected, state=state)


def append(generation: Generation, token_id: int, sampling: Sampling) -> Generation:
    """Append a chosen token, by its id in the vocabulary.

    Args:
        generation: The text so far.
        token_id: The token's id, from 1.
        sampling: The settings under which its alternatives are shown.

    Returns:
        A new generation with this token at its end.

    Raises:
        ValueError: The vocabulary has no such token.

    Examples:
        >>> from lstm_viz import generation
        >>> model = lstm_viz.load("counting")
        >>> generation.append(generation.start(model, "aa"), model.vocabulary.tokens.index("b"), lstm_viz.Sampling()).text
        'aab'
    """
    symbols = len(generation.model.vocabulary)
    if not 0 < token_id < symbols:
        raise ValueError(f"token {token_id} cannot be generated; this model has tokens 1 to {symbols - 1}")
    expected, state = _read(generation.model, np.array([token_id]), generation.state)
    tokens = (*generation.tokens, GeneratedToken(token_id, generation.expected, sampling, None))
    return replace(generation, tokens=tokens, expected=expected, state=state)


def truncate(generation: Generation, position: int) -> Generation:
    """Remove a generated token and all after it.

    Args:
        generation: The text so far.
        position: The first token to remove, counted from 0 at the first generated token.

    Returns:
        A new generation that ends before this position.

    Raises:
        ValueError: The position is out of range.

    Examples:
        >>> from lstm_viz import generation
        >>> text = generation.extend(generation.start(lstm_viz.load("counting"), "aaab"), 3, lstm_viz.Sampling(), seed=1)
        >>> generation.truncate(text, 1).text
        'aaabb'
    """
    if not 0 <= position <= len(generation.tokens):
        raise ValueError(f"position {position} is out of range; the generated text has positions 0 to {len(generation.tokens)}")
    if position == len(generation.tokens):
        return generation
    remaining = generation.tokens[:position]
    ids = np.concatenate((generation.model.vocabulary.encode(generation.prompt), [token.token_id for token in remaining])).astype(
        np.int64
    )
    _, state = _read(generation.model, ids, None)
    # The distribution at this position is known already, exactly.
    return replace(generation, tokens=remaining, expected=generation.tokens[position].log_probs, state=state)


def alternatives(
    model: LanguageModel, log_probs: Logits, sampling: Sampling, count: int = SHOWN, among: int | None = None
) -> tuple[Alternative, ...]:
    """Return the most likely tokens at a position, best first.

    Args:
        model: The model.
        log_probs: ln p of every token there [vocab], such as `Generation.expected`.
        sampling: How a token is drawn.
        count: How many tokens to return.
        among: The id of a token that is always included; None for none.

    Returns:
        The tokens, each with its probability under the model and its probability of being drawn.

    Examples:
        >>> from lstm_viz import generation
        >>> begun = generation.start(lstm_viz.load("counting"), "aabb")
        >>> [each.token for each in generation.alternatives(begun.model, begun.expected, lstm_viz.Sampling(), count=2)]
        ['\\n', 'b']
    """
    sampled, probabilities = sampling.probabilities(log_probs), np.exp(log_probs.astype(np.float64))
    ranked = [int(token_id) for token_id in np.argsort(-log_probs, kind="stable") if token_id][:count]
    if among is not None and among not in ranked:
        ranked[-1] = among
    symbols = model.vocabulary.tokens
    return tuple(Alternative(symbols[each], each, float(probabilities[each]), float(sampled[each])) for each in ranked)


def _read(model: LanguageModel, ids: np.ndarray, state: Any) -> tuple[Logits, Any]:
    """Read tokens from a state: return ln p of the next token, and the new state."""
    with torch.inference_mode():
        logits, state = model(torch.from_numpy(ids)[:, None], state)
        return logits[-1, 0].log_softmax(-1).numpy(), state
