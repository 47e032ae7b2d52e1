"""A text while it is being written: every symbol with what else could have stood there, and any of them open to change.

A `Draft` is a value: writing on, going back and taking another symbol each give a new one. What is drawn at a place depends
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
from lstm_viz.models.sampling import Logits, Sampling, check_foretells, dice
from lstm_viz.results import Result

#: How many symbols a place is shown to have had for a choice.
SHOWN = 8


@dataclass(frozen=True)
class Alternative:
    """A symbol that could stand at a place: its probability under the model as it is, and its chance to be drawn there."""

    symbol: str
    number: int
    probability: float
    chance: float


@dataclass(frozen=True, eq=False, repr=False)
class Pick(Result):
    """A written symbol by its number, and ln p of every symbol at its place; `seed` is None where a person put it there."""

    number: int
    log_probs: Logits
    sampling: Sampling
    seed: int | None

    @property
    def probability(self) -> float:
        """How likely the model held this symbol, 0..1."""
        return float(np.exp(self.log_probs[self.number]))

    @property
    def surprise(self) -> float:
        """−ln p of this symbol, in nats."""
        return -float(self.log_probs[self.number])

    @property
    def entropy(self) -> float:
        """How undecided the model was: the mean surprise that it expected, −Σ p ln p, in nats (Shannon 1948)."""
        log_probs = self.log_probs.astype(np.float64)
        return -float(np.exp(log_probs) @ log_probs)


@dataclass(frozen=True, eq=False, repr=False)
class Draft(Result):
    """A prompt and what a model has written after it so far.

    `expected` is ln p of every symbol for the place that comes next, `state` the model's state there.
    """

    model: LanguageModel
    prompt: str
    picks: tuple[Pick, ...]
    expected: Logits
    state: Any

    @property
    def written(self) -> tuple[str, ...]:
        """The written symbols."""
        return tuple(self.model.vocabulary.symbols[pick.number] for pick in self.picks)

    @property
    def text(self) -> str:
        """The prompt with everything that was written after it."""
        return self.prompt + self.model.vocabulary.decode(pick.number for pick in self.picks)

    @property
    def surprise(self) -> Float[np.ndarray, " written"]:
        """−ln p of each written symbol, in nats."""
        return np.array([pick.surprise for pick in self.picks])

    @property
    def entropy(self) -> Float[np.ndarray, " written"]:
        """How undecided the model was before each written symbol, in nats."""
        return np.array([pick.entropy for pick in self.picks])


def begin(model: LanguageModel, prompt: str) -> Draft:
    """Read a prompt, ready to write on; ValueError for an empty one, or for a model that answers with classes."""
    check_foretells(model)
    if not prompt:
        raise ValueError("the prompt is empty; give at least one character to write on from")
    return Draft(model, prompt, (), *_read(model, model.vocabulary.encode(prompt), None))


def go_on(draft: Draft, count: int, sampling: Sampling, seed: int) -> Draft:
    """Write `count` symbols more, each drawn as `sampling` says."""
    fresh, expected, state = list(draft.picks), draft.expected, draft.state
    for noise in islice(dice(seed, len(expected), len(fresh)), count):
        number = sampling.pick(expected, noise)
        fresh.append(Pick(number, expected, sampling, seed))
        expected, state = _read(draft.model, np.array([number]), state)
    return replace(draft, picks=tuple(fresh), expected=expected, state=state)


def put(draft: Draft, number: int, sampling: Sampling) -> Draft:
    """Write a symbol of one's own choice, by its number in the vocabulary."""
    symbols = len(draft.model.vocabulary)
    if not 0 < number < symbols:
        raise ValueError(f"symbol {number} cannot be written; this model has symbols 1 to {symbols - 1}")
    expected, state = _read(draft.model, np.array([number]), draft.state)
    picks = (*draft.picks, Pick(number, draft.expected, sampling, None))
    return replace(draft, picks=picks, expected=expected, state=state)


def back(draft: Draft, place: int) -> Draft:
    """Take back everything from the written symbol `place` on, counted from 0; its beginning stays as it is."""
    if not 0 <= place <= len(draft.picks):
        raise ValueError(f"there is no place {place} to go back to; the draft has places 0 to {len(draft.picks)}")
    if place == len(draft.picks):
        return draft
    kept = draft.picks[:place]
    ids = np.concatenate((draft.model.vocabulary.encode(draft.prompt), [pick.number for pick in kept])).astype(np.int64)
    _, state = _read(draft.model, ids, None)
    # What was expected here is known already, to the last digit.
    return replace(draft, picks=kept, expected=draft.picks[place].log_probs, state=state)


def alternatives(
    model: LanguageModel, log_probs: Logits, sampling: Sampling, count: int = SHOWN, among: int | None = None
) -> tuple[Alternative, ...]:
    """The likeliest symbols, best first, with their chances under `sampling`; `among` is one that is listed in any case."""
    chances, probabilities = sampling.chances(log_probs), np.exp(log_probs.astype(np.float64))
    ranked = [int(number) for number in np.argsort(-log_probs, kind="stable") if number][:count]
    if among is not None and among not in ranked:
        ranked[-1] = among
    symbols = model.vocabulary.symbols
    return tuple(Alternative(symbols[each], each, float(probabilities[each]), float(chances[each])) for each in ranked)


def _read(model: LanguageModel, ids: np.ndarray, state: Any) -> tuple[Logits, Any]:
    """Read symbols from a state on: ln p of what comes next, and the state behind them."""
    with torch.inference_mode():
        logits, state = model(torch.from_numpy(ids)[:, None], state)
        return logits[-1, 0].log_softmax(-1).numpy(), state
