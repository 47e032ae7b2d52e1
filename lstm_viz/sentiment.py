"""Sentiment of a text: after every word, of each word alone, and the contribution of each word and unit.

The classes run from the most negative to the most positive; with an odd number the middle one is neutral. The score is the
expected class, from −2 to 2. The balance b = ln p(positive) − ln p(negative) leaves the neutral class out: 0 is undecided,
+1 is odds of e to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from lstm_viz.gradients.objectives import check_step
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader
from lstm_viz.results import Result
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.trace import Trace

Words = Float[np.ndarray, " time"]

#: Points and weights on 0..1 that integrate the score's slope along a step far beyond single precision (Gauss-Legendre).
_POINTS, _WEIGHTS = (0.5 * part for part in np.polynomial.legendre.leggauss(16))


@dataclass(frozen=True, eq=False, repr=False)
class SentimentResult(Result):
    """A text as read by one sentiment classifier, word by word.

    `score[t]` is the score after word t and `balance[t]` the balance; `initial` is the score before the first word.
    `isolated[t]` is the score of word t read alone. Two attributions say what word t contributes to the final score:
    `input_x_gradient[t]`, the gradient by its embedding times the embedding (a first-order share), and `occlusion[t]`, the
    score of the text minus that of the text without word t; NaN if not requested. `unit_contributions[t, j]` is the effect of
    the change of unit j of the last layer at word t on the score: the sum over units is the step's change.

    Examples:
        >>> from lstm_viz.sentiment import classify_sentiment
        >>> result = classify_sentiment(lstm_viz.Reader(lstm_viz.load("sst-lstm")), "not bad")
        >>> np.allclose(result.unit_contributions.sum(axis=1), np.diff(result.score, prepend=result.initial), atol=1e-4)
        True
    """

    _drawn = ("score",)

    trace: Trace
    initial: float
    score: Words
    balance: Words
    isolated: Words
    input_x_gradient: Words
    occlusion: Words
    unit_contributions: Float[np.ndarray, "time unit"]


@dataclass(frozen=True)
class _StepObjective:
    """A function of the logits after one step, as an objective; negative steps count from the end."""

    step: int = -1

    def _values(self, logits: Float[np.ndarray, "time class"]) -> Words:
        """Return the function of the logits of each step."""
        raise NotImplementedError

    def _gradients(self, probs: Float[np.ndarray, " class"]) -> Float[np.ndarray, " class"]:
        """Return the function's derivative by the logits of one step, whose softmax is given."""
        raise NotImplementedError

    def value(self, logits: Float[np.ndarray, "time class"], ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """Return the function's value after the step; zero for an empty text."""
        return float(self._values(logits)[check_step(self.step, len(logits))]) if len(logits) else 0.0

    def by_logits(
        self, probs: Float[np.ndarray, "time class"], ids: Int[np.ndarray, " time"], vocabulary: Vocabulary
    ) -> Float[np.ndarray, "time class"]:
        """Return the function's derivative by the logits after the step; zero at other steps."""
        gradients = np.zeros_like(probs)
        if len(probs):
            step = check_step(self.step, len(probs))
            gradients[step] = self._gradients(probs[step])
        return gradients


@dataclass(frozen=True)
class LogOddsObjective(_StepObjective):
    """ln p(positive) − ln p(negative) after a step, as an objective; negative steps count from the end.

    Examples:
        >>> from lstm_viz.sentiment import LogOddsObjective
        >>> lstm_viz.trace(lstm_viz.load("sst-lstm"), "a warm film", LogOddsObjective()).objective
        'the log odds of positive after word 3'
    """

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""
        return f"the log odds of positive after word {check_step(self.step, len(tokens)) + 1}" if tokens else "nothing yet"

    def _values(self, logits: Float[np.ndarray, "time class"]) -> Words:
        return balance(logits)

    def _gradients(self, probs: Float[np.ndarray, " class"]) -> Float[np.ndarray, " class"]:
        return _balance_gradients(probs)


@dataclass(frozen=True)
class ScoreObjective(_StepObjective):
    """The score after a step, as an objective; negative steps count from the end.

    Examples:
        >>> from lstm_viz.sentiment import ScoreObjective
        >>> lstm_viz.trace(lstm_viz.load("sst-lstm"), "a warm film", ScoreObjective()).objective
        'the sentiment score after word 3, from −2 to 2'
    """

    def describe(self, tokens: Sequence[str]) -> str:
        """Return a short description of what it measures."""
        if not tokens:
            return "nothing yet"
        return f"the sentiment score after word {check_step(self.step, len(tokens)) + 1}, from −2 to 2"

    def _values(self, logits: Float[np.ndarray, "time class"]) -> Words:
        return score(logits)

    def _gradients(self, probs: Float[np.ndarray, " class"]) -> Float[np.ndarray, " class"]:
        return _score_gradients(probs)


def classify_sentiment(reader: Reader, text: str, occlusion: slice = slice(None)) -> SentimentResult:
    """Classify a text and attribute the score to its words.

    The time for occlusion grows with the square of the number of words; 60 words take some hundredths of a second.

    Args:
        reader: A reader with a sentiment classifier, such as `lstm_viz.Reader(lstm_viz.load("sst-lstm"))`.
        text: The text.
        occlusion: The words that are occluded; fewer in a long text.

    Returns:
        The score after each word, from −2 to 2, and the contribution of each word and unit to it, [time] and [time, unit].

    Raises:
        ValueError: The model is not a sentiment classifier.
        TypeError: The reader is not a `Reader`, or the text not a str.

    Examples:
        >>> from lstm_viz.sentiment import classify_sentiment
        >>> reader = lstm_viz.Reader(lstm_viz.load("sst-lstm"))
        >>> [bool(classify_sentiment(reader, text).score[-1] > 0) for text in ("a warm film", "a dull film")]
        [True, False]
    """
    if not isinstance(reader, Reader):
        raise TypeError(f"the reader is of type {type(reader).__name__}; a Reader was wanted: lstm_viz.Reader(model)")
    model = reader.model
    if model.predicts_next_token or not model.config.words:
        raise ValueError("this model is no sentiment classifier: a word model with classes from negative to positive is wanted")
    trace = reader.read(text, ScoreObjective())
    logits = _decode(model, trace.layers[-1].h[:, 0])
    scores, first = score(logits), trace.layers[0]
    return SentimentResult(
        trace=trace,
        initial=float(score(_decode(model, trace.layers[-1].h0))[0]),
        score=scores,
        balance=balance(logits),
        isolated=score(_last_logits(model, trace.ids[:, None], _states(trace, 0))),
        input_x_gradient=np.zeros(0) if first.grads is None else (first.grads.x * first.x).sum(-1)[:, 0],
        occlusion=_occlusion(model, trace, scores, occlusion),
        unit_contributions=_unit_contributions(model, trace),
    )


def score(logits: Float[np.ndarray, "time class"]) -> Words:
    """Compute the expected class, with values spread evenly from −2 to 2.

    Args:
        logits: Logits of the classes, from negative to positive, [time, class].

    Returns:
        The score [time], −2 to 2.

    Examples:
        >>> from lstm_viz.sentiment import score
        >>> score(np.log([[0.1, 0.1, 0.1, 0.2, 0.5]])).round(2)
        array([0.9])
    """
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    return shares @ class_values(logits.shape[1], logits.dtype) / shares.sum(-1)


def balance(logits: Float[np.ndarray, "time class"]) -> Words:
    """Compute ln p(positive) − ln p(negative), without the neutral class.

    Args:
        logits: Logits of the classes, from negative to positive, [time, class].

    Returns:
        The balance [time], in nats; 0 is undecided.

    Examples:
        >>> from lstm_viz.sentiment import balance
        >>> balance(np.log([[0.1, 0.1, 0.1, 0.2, 0.5]])).round(2)             # ln(0.7 / 0.2)
        array([1.25])
    """
    negative, positive = _sides(logits.shape[1])
    return np.logaddexp.reduce(logits[:, positive], axis=1) - np.logaddexp.reduce(logits[:, negative], axis=1)


def class_values(classes: int, dtype: Any) -> Float[np.ndarray, " class"]:
    """Return the value of each class on −2…2.

    Args:
        classes: The number of classes.
        dtype: The type of the numbers.

    Returns:
        The values [class], evenly spaced.

    Examples:
        >>> from lstm_viz.sentiment import class_values
        >>> class_values(5, np.float64)
        array([-2., -1.,  0.,  1.,  2.])
    """
    return np.linspace(-2.0, 2.0, classes, dtype=dtype)


def _score_gradients(probs: Float[np.ndarray, "... class"]) -> Float[np.ndarray, "... class"]:
    """Return the score's derivative by the logits, whose softmax is given: p_k (v_k − Σ v p), for class k of value v_k."""
    values = class_values(probs.shape[-1], probs.dtype)
    return probs * (values - (probs @ values)[..., None])


def _sides(classes: int) -> tuple[slice, slice]:
    return slice(0, classes // 2), slice(classes - classes // 2, classes)


def _balance_gradients(probs: Float[np.ndarray, "... class"]) -> Float[np.ndarray, "... class"]:
    """Return the balance's derivative by the logits, whose softmax is given: ± each class's share of its side."""
    gradients = np.zeros_like(probs)
    # A side that underflowed has no shares; its slope is 0, not 0 / 0.
    least = np.finfo(probs.dtype).tiny
    for side, sign in zip(_sides(probs.shape[-1]), (-1.0, 1.0), strict=True):
        gradients[..., side] = sign * probs[..., side] / np.maximum(probs[..., side].sum(-1, keepdims=True), least)
    return gradients


def units_for_share(parts: Float[np.ndarray, " unit"], share: float = 0.5) -> int:
    """Return how many units, the strongest first, account for a share of the total magnitude of all contributions.

    Args:
        parts: Each unit's contribution [unit].
        share: The share, 0 to 1.

    Returns:
        The number of units.

    Examples:
        >>> from lstm_viz.sentiment import units_for_share
        >>> units_for_share(np.array([0.1, -3.0, 2.0, 0.4]))
        1
    """
    sizes = np.sort(np.abs(parts))[::-1]
    # Each entry is the sum before it: the last unit is never counted twice, however the sum is rounded.
    before = np.cumsum(sizes) - sizes
    return int((before < share * sizes.sum()).sum())


def _occlusion(model: LanguageModel, trace: Trace, scores: Words, which: slice) -> Words:
    """Return each occluded word's contribution; every reading without one starts at the slice's beginning."""
    first, last, _ = which.indices(len(trace.ids))
    contributions = np.full_like(scores, np.nan)
    if first < last:
        rest = trace.ids[first:]
        without = np.stack([np.delete(rest, each) for each in range(last - first)])
        contributions[first:last] = scores[-1] - score(_last_logits(model, without, _states(trace, first)))
    return contributions


def _states(trace: Trace, step: int) -> list[Float[np.ndarray, "layer batch unit"]]:
    """Return the states of all layers before a step: h, and c if the cells have one."""
    parts = [[layer.h[step - 1] if step else layer.h0 for layer in trace.layers]]
    if trace.layers[0].c0 is not None:
        parts.append([layer.c[step - 1] if step else layer.c0 for layer in trace.layers])
    return [np.stack(part) for part in parts]


def _last_logits(
    model: LanguageModel, texts: Int[np.ndarray, "text time"], states: Sequence[Float[np.ndarray, "layer batch unit"]]
) -> Float[np.ndarray, "text class"]:
    """Return the logits after the last word of each text of equal length, read as one batch from the same states."""
    if not texts.size:
        return _decode(model, np.repeat(states[0][-1], len(texts), axis=0))
    begin = [torch.from_numpy(state).expand(-1, len(texts), -1).contiguous() for state in states]
    with torch.inference_mode():
        embedded = model.embedding(torch.from_numpy(np.ascontiguousarray(texts.T)))
        hidden, _ = model.rnn(embedded, tuple(begin) if len(begin) == 2 else begin[0])
    return _decode(model, hidden[-1].numpy())


def _decode(model: LanguageModel, hidden: Float[np.ndarray, "time unit"]) -> Float[np.ndarray, "time class"]:
    return hidden @ model.decoder.weight.detach().numpy().T + model.decoder.bias.detach().numpy()


def _unit_contributions(model: LanguageModel, trace: Trace) -> Float[np.ndarray, "time unit"]:
    """Multiply each unit's change by the score's mean slope by that unit along the step from h_{t−1} to h_t.

    The score is non-linear in the hidden state; its slope averaged over the straight step (Aumann & Shapley 1974) makes the
    contributions sum to the change.
    """
    layer = trace.layers[-1]
    after = layer.h[:, 0]
    step = np.diff(np.concatenate((layer.h0, after)), axis=0)
    mean = np.zeros((len(after), model.decoder.out_features), after.dtype)
    for point, weight in zip(_POINTS, _WEIGHTS, strict=True):
        logits = _decode(model, after - (0.5 - point) * step)
        shares = np.exp(logits - logits.max(-1, keepdims=True))
        mean += weight * _score_gradients(shares / shares.sum(-1, keepdims=True))
    return (mean @ model.decoder.weight.detach().numpy()) * step
