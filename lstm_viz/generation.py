"""A text while it is being written: every symbol with what else could have stood there, and any of them open to change.

A `Generation` is a value: writing on, going back and taking another symbol each give a new one. What is drawn at a place depends
on the network, the text before it, the settings and the seed, and on nothing else: not on how often the writing stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import Logits, Sampling, gumbel_noise, require_language_model
from lstm_viz.results import Result

#: How many symbols a place is shown to have had for a choice.
SHOWN = 8


@dataclass(frozen=True)
class Alternative:
    """A symbol that could stand at a place: its probability under the model as it is, and its chance to be drawn there."""

    token: str
    token_id: int
    probability: float
    chance: float


@dataclass(frozen=True, eq=False, repr=False)
class GeneratedToken(Result):
    """A written symbol by its number, and ln p of every symbol at its place; `seed` is None where a person put it there."""

    token_id: int
    log_probs: Logits
    sampling: Sampling
    seed: int | None

    @property
    def probability(self) -> float:
        """How likely the model held this symbol, 0..1."""
        return float(np.exp(self.log_probs[self.token_id]))

    @property
    def surprise(self) -> float:
        """−ln p of this symbol, in nats."""
        return -float(self.log_probs[self.token_id])

    @property
    def entropy(self) -> float:
        """How undecided the model was: the mean surprise that it expected, −Σ p ln p, in nats (Shannon 1948)."""
        log_probs = self.log_probs.astype(np.float64)
        return -float(np.exp(log_probs) @ log_probs)


@dataclass(frozen=True, eq=False, repr=False)
class Generation(Result):
    """A prompt and what a model has written after it so far.

    `expected` is ln p of every symbol for the place that comes next, `state` the model's state there.
    """

    model: LanguageModel
    prompt: str
    tokens: tuple[GeneratedToken, ...]
    expected: Logits
    state: Any

    @property
    def generated(self) -> tuple[str, ...]:
        """The written symbols."""
        return tuple(self.model.vocabulary.tokens[token.token_id] for token in self.tokens)

    @property
    def text(self) -> str:
        """The prompt with everything that was written after it."""
        return self.prompt + self.model.vocabulary.decode(token.token_id for token in self.tokens)

    @property
    def surprise(self) -> Float[np.ndarray, " written"]:
        """−ln p of each written symbol, in nats."""
        return np.array([token.surprise for token in self.tokens])

    @property
    def entropy(self) -> Float[np.ndarray, " written"]:
        """How undecided the model was before each written symbol, in nats."""
        return np.array([token.entropy for token in self.tokens])


def start(model: LanguageModel, prompt: str) -> Generation:
    """Read a prompt, ready to write on; ValueError for an empty one, or for a model that answers with classes."""
    require_language_model(model)
    if not prompt:
        raise ValueError("the prompt is empty; give at least one character to write on from")
    return Generation(model, prompt, (), *_read(model, model.vocabulary.encode(prompt), None))


def extend(generation: Generation, count: int, sampling: Sampling, seed: int) -> Generation:
    """Write `count` symbols more, each drawn as `sampling` says."""
    fresh, expected, state = list(generation.tokens), generation.expected, generation.state
    for noise in islice(gumbel_noise(seed, len(expected), len(fresh)), count):
        token_id = sampling.argmax_with_noise(expected, noise)
        fresh.append(GeneratedToken(token_id, expected, sampling, seed))
        expected, state = _read(generation.model, np.array([token_id]), state)
    return replace(generation, tokens=tuple(fresh), expected=expected, state=state)


def append(generation: Generation, token_id: int, sampling: Sampling) -> Generation:
    """Write a symbol of one's own choice, by its number in the vocabulary."""
    symbols = len(generation.model.vocabulary)
    if not 0 < token_id < symbols:
        raise ValueError(f"symbol {token_id} cannot be written; this model has symbols 1 to {symbols - 1}")
    expected, state = _read(generation.model, np.array([token_id]), generation.state)
    tokens = (*generation.tokens, GeneratedToken(token_id, generation.expected, sampling, None))
    return replace(generation, tokens=tokens, expected=expected, state=state)


def truncate(generation: Generation, position: int) -> Generation:
    """Take back everything from the written symbol `position` on, counted from 0; its beginning stays as it is."""
    if not 0 <= position <= len(generation.tokens):
        raise ValueError(f"there is no place {position} to go back to; the draft has places 0 to {len(generation.tokens)}")
    if position == len(generation.tokens):
        return generation
    remaining = generation.tokens[:position]
    ids = np.concatenate((generation.model.vocabulary.encode(generation.prompt), [token.token_id for token in remaining])).astype(
        np.int64
    )
    _, state = _read(generation.model, ids, None)
    # What was expected here is known already, to the last digit.
    return replace(generation, tokens=remaining, expected=generation.tokens[position].log_probs, state=state)


def alternatives(
    model: LanguageModel, log_probs: Logits, sampling: Sampling, count: int = SHOWN, among: int | None = None
) -> tuple[Alternative, ...]:
    """The likeliest symbols, best first, with their chances under `sampling`; `among` is one that is listed in any case."""
    chances, probabilities = sampling.probabilities(log_probs), np.exp(log_probs.astype(np.float64))
    ranked = [int(token_id) for token_id in np.argsort(-log_probs, kind="stable") if token_id][:count]
    if among is not None and among not in ranked:
        ranked[-1] = among
    symbols = model.vocabulary.tokens
    return tuple(Alternative(symbols[each], each, float(probabilities[each]), float(chances[each])) for each in ranked)


def _read(model: LanguageModel, ids: np.ndarray, state: Any) -> tuple[Logits, Any]:
    """Read symbols from a state on: ln p of what comes next, and the state behind them."""
    with torch.inference_mode():
        logits, state = model(torch.from_numpy(ids)[:, None], state)
        return logits[-1, 0].log_softmax(-1).numpy(), state
