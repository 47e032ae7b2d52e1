"""Objectives: the scalars that gradients are taken of. Each describes itself and gives its value and its derivative."""

from __future__ import annotations

import operator
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
    """A scalar computed from a model's outputs at each step.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.TextLoss())
        >>> read.objective
        "the model's mean surprise over the tokens of this text (nats)"
    """

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """Return its value, from the logits after each step, [time, vocab]."""

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Return its derivative by the logits after each step, [time, vocab], given their softmax."""


@dataclass(frozen=True)
class TextLoss:
    """The mean surprise over a text, −(1/(T−1)) Σ ln p(token t | tokens before it) for t = 1 … T−1, in nats.

    Examples:
        >>> lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.TextLoss()).layers[0].grads.h.shape
        (4, 1, 4)
    """

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""
        return "the model's mean surprise over the tokens of this text (nats)"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """Return the mean surprise; zero below two tokens, where nothing is predicted."""
        predicted = len(ids) - 1
        if predicted < 1:
            return 0.0
        return -float(_log_softmax(logits)[np.arange(predicted), ids[1:]].mean())

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Return (p − one-hot of the next token) / (T−1); zeros below two tokens, where nothing is predicted."""
        gradients = probs.copy()
        gradients[-1:] = 0.0
        predicted = len(ids) - 1
        if predicted > 0:
            gradients[np.arange(predicted), ids[1:]] -= 1.0
            gradients /= predicted
        return gradients


@dataclass(frozen=True)
class NextToken:
    """The log-probability, in nats, that `token` follows after `step`; negative steps count from the end.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.NextToken(1, "b"))
        >>> print(read.layers[0].grads.magnitude("h")[:, 0].round(1))     # steps after 1 have no effect
        [0.9 5.8 0.  0. ]
    """

    step: int
    token: str

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""
        if not tokens:
            return f"the log-probability that ‘{label(self.token)}’ comes next (nats)"
        step = check_step(self.step, len(tokens))
        return f"the log-probability that ‘{label(self.token)}’ comes after ‘{label(tokens[step])}’ at step {step} (nats)"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """Return ln p of the token after the step; zero for an empty text. ValueError if either is out of range."""
        token_id = self._token_id(vocabulary)
        return float(_log_softmax(logits)[check_step(self.step, len(logits)), token_id]) if len(logits) else 0.0

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Return one-hot of the token − p at the step, zero elsewhere; ValueError if the step or the target is out of range."""
        token_id, gradients = self._token_id(vocabulary), np.zeros_like(probs)
        if len(probs):
            step = check_step(self.step, len(probs))
            gradients[step] = -probs[step]
            gradients[step, token_id] += 1.0
        return gradients

    def _token_id(self, vocabulary: Vocabulary) -> int:
        if self.token not in vocabulary.tokens:
            raise ValueError(f"the model has no token {self.token!r}; choose one of its {len(vocabulary)}")
        return vocabulary.tokens.index(self.token)


@dataclass(frozen=True)
class LikeliestNext:
    """The log-probability, in nats, of the most likely token after `step`; negative steps count from the end.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> lstm_viz.trace(model, "aabb", lstm_viz.LikeliestNext()).objective
        'the log-probability that ‘⏎’ comes after ‘b’ at step 3 (nats)'
    """

    step: int = -1

    def fixed(self, probs: Probabilities, symbols: Sequence[str]) -> NextToken:
        """Return the objective for the currently most likely token; ValueError if the step is out of range."""
        step = check_step(self.step, len(probs))
        return NextToken(step, symbols[int(probs[step].argmax())])

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""
        if not tokens:
            return "the log-probability of the most likely next token (nats)"
        step = check_step(self.step, len(tokens))
        return f"the log-probability of the most likely next token after ‘{label(tokens[step])}’ at step {step} (nats)"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """Return the largest ln p after the step; zero for an empty text."""
        return float(_log_softmax(logits)[check_step(self.step, len(logits))].max()) if len(logits) else 0.0

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Return one-hot of the most likely token − p at the step, zero elsewhere."""
        if not len(probs):
            return np.zeros_like(probs)
        return self.fixed(probs, vocabulary.tokens).by_logits(probs, ids, vocabulary)


def fix_target(objective: Objective, probs: Probabilities, symbols: Sequence[str]) -> Objective:
    """Fix the target of a `LikeliestNext` or `LikeliestClass` for these probabilities; other objectives stay as they are.

    Args:
        objective: Any objective.
        probs: The model's probabilities after each step, [time, output].
        symbols: A name for each output: the tokens, or the classes.

    Returns:
        A `NextToken` or `ClassLogit` with the most likely target, or the objective itself.

    Raises:
        ValueError: The objective's step is out of range.

    Examples:
        >>> from lstm_viz.gradients import fix_target
        >>> model = lstm_viz.load("counting")
        >>> fix_target(lstm_viz.LikeliestNext(), lstm_viz.trace(model, "aabb").probs, model.vocabulary.tokens)
        NextToken(step=3, token='\\n')
    """
    return objective.fixed(probs, symbols) if isinstance(objective, (LikeliestNext, LikeliestClass)) and len(probs) else objective


@dataclass(frozen=True)
class ClassLogit:
    """The logit of one class after a step: before the softmax, so that other classes have no influence.

    `index` is the class, from 0, and `name` its name in descriptions. Negative steps count from the end.

    Examples:
        >>> objective = lstm_viz.ClassLogit(4, name="very positive")
        >>> lstm_viz.trace(lstm_viz.load("sst-lstm"), "a warm film", objective).objective
        'the logit of class ‘very positive’ after the last step'
    """

    index: int
    step: int = -1
    name: str = ""

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""
        called = f"class ‘{self.name}’" if self.name else f"class {self.index}"
        step = check_step(self.step, len(tokens)) if tokens else -1
        if step in (-1, len(tokens) - 1):
            return f"the logit of {called} after the last step"
        return f"the logit of {called} after {tokens[step]!r} at step {step}"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """Return that logit; zero for an empty text. ValueError if class or step is out of range."""
        self._check(logits.shape[1])
        return float(logits[check_step(self.step, len(logits)), self.index]) if len(logits) else 0.0

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Return one at the class after the step, zero elsewhere; ValueError if the step or the target is out of range."""
        self._check(probs.shape[1])
        gradients = np.zeros_like(probs)
        if len(probs):
            gradients[check_step(self.step, len(probs)), self.index] = 1.0
        return gradients

    def _check(self, classes: int) -> None:
        if not isinstance(self.index, (int, np.integer)):
            raise ValueError(f"the class is {self.index!r}; its index was wanted, from 0 to {classes - 1}")
        if not 0 <= self.index < classes:
            raise ValueError(f"class {self.index} is out of range; the model has classes 0 to {classes - 1}")


@dataclass(frozen=True)
class LikeliestClass:
    """The logit of the most likely class after the last step."""

    def fixed(self, probs: Probabilities, symbols: Sequence[str]) -> ClassLogit:
        """Return the objective for the class that is the most likely one now."""
        best = int(probs[-1].argmax())
        return ClassLogit(best, -1, symbols[best])

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""
        return "the logit of the most likely class after the last step"

    def value(self, logits: Logits, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """Return the largest logit after the last step; zero for an empty text."""
        return float(logits[-1].max()) if len(logits) else 0.0

    def by_logits(self, probs: Probabilities, ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> Probabilities:
        """Return one at the most likely class after the last step, zero elsewhere."""
        gradients = np.zeros_like(probs)
        if len(probs):
            gradients[-1, int(probs[-1].argmax())] = 1.0
        return gradients


def require_objective(objective: object) -> None:
    """Raise TypeError for what is neither an objective nor None."""
    if isinstance(objective, type):
        raise TypeError(f"the objective is the class {objective.__name__}; an instance was wanted: {objective.__name__}(…)")
    if objective is not None and not hasattr(objective, "by_logits"):
        kind = type(objective).__name__
        raise TypeError(f"the objective is of type {kind}; one such as lstm_viz.TextLoss() was wanted, or None for no gradients")


def _log_softmax(logits: Logits) -> Logits:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def check_step(step: int, steps: int) -> int:
    """Return a step counted from 0; ValueError unless it is a whole number from −steps to steps − 1."""
    try:
        step = operator.index(step)
    except TypeError:
        raise ValueError(f"the step is {step!r}; a whole number was wanted, from {-steps} to {steps - 1}") from None
    if not -steps <= step < steps:
        raise ValueError(f"step {step} lies outside a text of {steps} steps; choose {-steps} to {steps - 1}")
    return step % steps
