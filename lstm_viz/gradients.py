"""Objectives: what the gradients are of. Each says in words what it measures and gives its derivative by the logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.text.vocabulary import Vocabulary

Probabilities = Float[np.ndarray, "time vocab"]


class Objective(Protocol):
    """One number computed from what a model expected at each step."""

    def words(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Its derivative by the logits after each step, [time, vocab], given the softmax of those logits."""


@dataclass(frozen=True)
class TextLoss:
    """The mean surprise over a text, −(1/(T−1)) Σ ln p(token t | tokens before it) for t = 1 … T−1, in nats."""

    def words(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        return "how surprised the model was by this text, on average over its symbols (nats)"

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """(p − one-hot of what came next) / (T−1); zeros below two tokens, where nothing is predicted."""
        slopes = probs.copy()
        slopes[-1:] = 0.0
        predicted = len(ids) - 1
        if predicted > 0:
            slopes[np.arange(predicted), ids[1:]] -= 1.0
            slopes /= predicted
        return slopes


@dataclass(frozen=True)
class NextSymbol:
    """The log-probability, in nats, that `symbol` follows after `step`; negative steps count from the end."""

    step: int
    symbol: str

    def words(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        if not tokens:
            return f"the log-probability that {self.symbol!r} comes next (nats)"
        step = _inside(self.step, len(tokens))
        return f"the log-probability that {self.symbol!r} comes after {tokens[step]!r} at step {step} (nats)"

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """One-hot of the symbol − p at the step, zero elsewhere; raises ValueError where either is not there."""
        if self.symbol not in vocabulary.symbols:
            raise ValueError(f"the model has no symbol {self.symbol!r}; choose one of its {len(vocabulary)}")
        slopes = np.zeros_like(probs)
        if len(probs):
            step = _inside(self.step, len(probs))
            slopes[step] = -probs[step]
            slopes[step, vocabulary.symbols.index(self.symbol)] += 1.0
        return slopes


@dataclass(frozen=True)
class ClassLogit:
    """The logit of one class after the last step: before the softmax, so that other classes do not enter."""

    index: int

    def words(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        return f"the logit of class {self.index} after the last step"

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """One at the class after the last step, zero elsewhere; raises ValueError for a class that is not there."""
        if not 0 <= self.index < probs.shape[1]:
            raise ValueError(f"class {self.index} is not there; the model has classes 0 to {probs.shape[1] - 1}")
        slopes = np.zeros_like(probs)
        slopes[-1:, self.index] = 1.0
        return slopes


def _inside(step: int, steps: int) -> int:
    if not -steps <= step < steps:
        raise ValueError(f"step {step} lies outside a text of {steps} steps; choose {-steps} to {steps - 1}")
    return step % steps
