"""Objectives: what the gradients are of. Each says in words what it measures and gives its value and its derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.text.labels import label
from lstm_viz.text.vocabulary import Vocabulary

Probabilities = Float[np.ndarray, "time vocab"]
Logits = Float[np.ndarray, "time vocab"]


class Objective(Protocol):
    """One number computed from what a model expected at each step."""

    def describe(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """The number itself, from the logits after each step, [time, vocab]."""

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Its derivative by the logits after each step, [time, vocab], given the softmax of those logits."""


@dataclass(frozen=True)
class TextLoss:
    """The mean surprise over a text, −(1/(T−1)) Σ ln p(token t | tokens before it) for t = 1 … T−1, in nats.

    Examples:
        >>> lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.TextLoss()).layers[0].grads.h.shape
        (4, 1, 4)
    """

    def describe(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        return "how surprised the model was by this text, on average over its symbols (nats)"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """The mean surprise; zero below two tokens, where nothing is predicted."""
        predicted = len(ids) - 1
        if predicted < 1:
            return 0.0
        return -float(_log_softmax(logits)[np.arange(predicted), ids[1:]].mean())

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
class NextToken:
    """The log-probability, in nats, that `token` follows after `step`; negative steps count from the end.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.NextToken(1, "b"))
        >>> print(read.layers[0].grads.magnitude("h")[:, 0].round(1))     # nothing after step 1 can matter
        [0.9 5.8 0.  0. ]
    """

    step: int
    token: str

    def describe(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        if not tokens:
            return f"the log-probability that ‘{label(self.token)}’ comes next (nats)"
        step = _inside(self.step, len(tokens))
        return f"the log-probability that ‘{label(self.token)}’ comes after ‘{label(tokens[step])}’ at step {step} (nats)"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """ln p of the symbol after the step; zero for an empty text. Raises ValueError where either is not there."""
        token_id = self._token_id(vocabulary)
        return float(_log_softmax(logits)[_inside(self.step, len(logits)), token_id]) if len(logits) else 0.0

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """One-hot of the symbol − p at the step, zero elsewhere; raises ValueError where either is not there."""
        token_id, slopes = self._token_id(vocabulary), np.zeros_like(probs)
        if len(probs):
            step = _inside(self.step, len(probs))
            slopes[step] = -probs[step]
            slopes[step, token_id] += 1.0
        return slopes

    def _token_id(self, vocabulary: Vocabulary) -> int:
        if self.token not in vocabulary.tokens:
            raise ValueError(f"the model has no symbol {self.token!r}; choose one of its {len(vocabulary)}")
        return vocabulary.tokens.index(self.token)


@dataclass(frozen=True)
class LikeliestNext:
    """The log-probability, in nats, of the symbol that is likeliest after `step`; negative steps count from the end.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> lstm_viz.trace(model, "aabb", lstm_viz.LikeliestNext()).objective
        'the log-probability that ‘⏎’ comes after ‘b’ at step 3 (nats)'
    """

    step: int = -1

    def fixed(self, probs: Probabilities, symbols: Sequence[str]) -> NextToken:
        """The same question about the symbol that is likeliest now; ValueError where the step is not there."""
        step = _inside(self.step, len(probs))
        return NextToken(step, symbols[int(probs[step].argmax())])

    def describe(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        if not tokens:
            return "the log-probability of the likeliest next symbol (nats)"
        step = _inside(self.step, len(tokens))
        return f"the log-probability of the likeliest next symbol after ‘{label(tokens[step])}’ at step {step} (nats)"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """The largest ln p after the step; zero for an empty text."""
        return float(_log_softmax(logits)[_inside(self.step, len(logits))].max()) if len(logits) else 0.0

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """One-hot of the likeliest symbol − p at the step, zero elsewhere."""
        if not len(probs):
            return np.zeros_like(probs)
        return self.fixed(probs, vocabulary.tokens).by_logits(probs, ids, vocabulary)


def fix_target(objective: Objective, probs: Probabilities, symbols: Sequence[str]) -> Objective:
    """Name the symbol that a `LikeliestNext` means for these probabilities; other objectives stay as they are."""
    return objective.fixed(probs, symbols) if isinstance(objective, LikeliestNext) and len(probs) else objective


@dataclass(frozen=True)
class ClassLogit:
    """The logit of one class after a step: before the softmax, so that other classes do not enter.

    Negative steps count from the end; `name` is what the class is called.

    Examples:
        >>> objective = lstm_viz.ClassLogit(4, name="very positive")
        >>> lstm_viz.trace(lstm_viz.load("sst-lstm"), "a warm film", objective).objective
        'the logit of class ‘very positive’ after the last step'
    """

    index: int
    step: int = -1
    name: str = ""

    def describe(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        called = f"class ‘{self.name}’" if self.name else f"class {self.index}"
        step = _inside(self.step, len(tokens)) if tokens else -1
        if step in (-1, len(tokens) - 1):
            return f"the logit of {called} after the last step"
        return f"the logit of {called} after {tokens[step]!r} at step {step}"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """That logit; zero for an empty text. Raises ValueError where class or step is not there."""
        self._check(logits.shape[1])
        return float(logits[_inside(self.step, len(logits)), self.index]) if len(logits) else 0.0

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """One at the class after the step, zero elsewhere; raises ValueError where either is not there."""
        self._check(probs.shape[1])
        slopes = np.zeros_like(probs)
        if len(probs):
            slopes[_inside(self.step, len(probs)), self.index] = 1.0
        return slopes

    def _check(self, classes: int) -> None:
        if not 0 <= self.index < classes:
            raise ValueError(f"class {self.index} is not there; the model has classes 0 to {classes - 1}")


def _log_softmax(logits: Logits) -> Logits:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def _inside(step: int, steps: int) -> int:
    if not -steps <= step < steps:
        raise ValueError(f"step {step} lies outside a text of {steps} steps; choose {-steps} to {steps - 1}")
    return step % steps
