"""What a judge of sentiment made of a text: after every word, of each word alone, and what each word and unit brought.

The judge's classes run from the most negative to the most positive; with an odd number the middle one is neutral. What is
attributed is the balance b = ln p(positive) − ln p(negative), neutral left aside: 0 is undecided, +1 is odds of e to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from lstm_viz.models.language import LanguageModel
from lstm_viz.reading import Reader
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.trace import Trace

Words = Float[np.ndarray, " time"]

#: Points and weights on 0..1 that integrate the balance's slope along a step far beyond single precision (Gauss-Legendre).
_POINTS, _WEIGHTS = (0.5 * part for part in np.polynomial.legendre.leggauss(16))


@dataclass(frozen=True, eq=False)
class Judgement:
    """A text and what one judge thinks of it, word by word.

    `score[t]` is the expected class after word t, from −2 to 2, and `balance[t]` the balance; `before` is the balance before
    the first word. `alone[t]` is the score of word t read by itself. Two ways say what word t brought to the last balance:
    `by_gradient[t]`, the gradient by its embedding times the embedding (a first-order share), and `left_out[t]`, the balance
    of the text less that of the text without word t. `by_unit[t, j]` is what the change of unit j of the last layer at word t
    did to the balance: over units it sums to the step's change.
    """

    trace: Trace
    before: float
    score: Words
    balance: Words
    alone: Words
    by_gradient: Words
    left_out: Words
    by_unit: Float[np.ndarray, "time unit"]


@dataclass(frozen=True)
class Balance:
    """ln p(positive) − ln p(negative) after a step, as an objective; negative steps count from the end."""

    step: int = -1

    def words(self, tokens: Sequence[str]) -> str:
        """What it measures, in one plain phrase for the screen."""
        return f"how far the text up to word {self.step % len(tokens) + 1} tips to the positive" if tokens else "nothing yet"

    def value(self, logits: Float[np.ndarray, "time class"], ids: Int[np.ndarray, " time"], vocabulary: Vocabulary) -> float:
        """The balance after the step; zero for an empty text."""
        return float(balance(logits)[self.step]) if len(logits) else 0.0

    def by_logits(
        self, probs: Float[np.ndarray, "time class"], ids: Int[np.ndarray, " time"], vocabulary: Vocabulary
    ) -> Float[np.ndarray, "time class"]:
        """Each positive class's share among the positive ones, less each negative one's; zero at other steps."""
        slopes = np.zeros_like(probs)
        if len(probs):
            slopes[self.step] = _slopes(probs[self.step])
        return slopes


def judge(reader: Reader, text: str) -> Judgement:
    """Read a text and say of every word what it did; raises ValueError for a model that is no judge.

    Leaving out takes time that grows with the square of the words; 60 of them take some hundredths of a second.
    """
    model = reader.model
    if model.foretells or not model.config.words:
        raise ValueError("this model judges no words: a word model with classes from negative to positive is wanted")
    trace = reader.read(text, Balance())
    logits = _decode(model, trace.layers[-1].h[:, 0])
    balances, first = balance(logits), trace.layers[0]
    return Judgement(
        trace=trace,
        before=float(balance(_decode(model, trace.layers[-1].h0))[0]),
        score=score(logits),
        balance=balances,
        alone=score(_last_logits(model, trace.ids[:, None])),
        by_gradient=np.zeros(0) if first.grads is None else (first.grads.x * first.x).sum(-1)[:, 0],
        left_out=balances[-1:] - balance(_last_logits(model, _without_each(trace.ids))),
        by_unit=_by_unit(model, trace),
    )


def score(logits: Float[np.ndarray, "time class"]) -> Words:
    """The expected class, its values spread evenly from −2 to 2."""
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    return shares @ np.linspace(-2.0, 2.0, logits.shape[1], dtype=logits.dtype) / shares.sum(-1)


def balance(logits: Float[np.ndarray, "time class"]) -> Words:
    """ln p(positive) − ln p(negative), the neutral class left aside."""
    negative, positive = _sides(logits.shape[1])
    return np.logaddexp.reduce(logits[:, positive], axis=1) - np.logaddexp.reduce(logits[:, negative], axis=1)


def _sides(classes: int) -> tuple[slice, slice]:
    return slice(0, classes // 2), slice(classes - classes // 2, classes)


def _slopes(probs: Float[np.ndarray, "... class"]) -> Float[np.ndarray, "... class"]:
    """The balance's derivative by the logits, whose softmax is given."""
    slopes = np.zeros_like(probs)
    # A side that underflowed has no shares to tell apart; its slope is 0, not 0 / 0.
    least = np.finfo(probs.dtype).tiny
    for side, sign in zip(_sides(probs.shape[-1]), (-1.0, 1.0), strict=True):
        slopes[..., side] = sign * probs[..., side] / np.maximum(probs[..., side].sum(-1, keepdims=True), least)
    return slopes


def _without_each(ids: Int[np.ndarray, " time"]) -> Int[np.ndarray, "left_out others"]:
    """Row t holds all words but word t."""
    return np.stack([np.delete(ids, left_out) for left_out in range(len(ids))]) if len(ids) else np.zeros((0, 0), ids.dtype)


def _last_logits(model: LanguageModel, texts: Int[np.ndarray, "text time"]) -> Float[np.ndarray, "text class"]:
    """The logits after the last word of each text of equal length, all read side by side."""
    if not texts.size:
        return _decode(model, np.zeros((len(texts), model.config.hidden), model.decoder.weight.detach().numpy().dtype))
    with torch.inference_mode():
        hidden, _ = model.rnn(model.embedding(torch.from_numpy(np.ascontiguousarray(texts.T))))
    return _decode(model, hidden[-1].numpy())


def _decode(model: LanguageModel, hidden: Float[np.ndarray, "time unit"]) -> Float[np.ndarray, "time class"]:
    return hidden @ model.decoder.weight.detach().numpy().T + model.decoder.bias.detach().numpy()


def _by_unit(model: LanguageModel, trace: Trace) -> Float[np.ndarray, "time unit"]:
    """Each unit's change times the balance's mean slope by that unit along the step from h_{t−1} to h_t.

    The balance bends over the hidden state; its slope averaged over the straight step (Aumann & Shapley 1974) makes the
    parts sum to the change. With two classes this is decoder weight × Δh.
    """
    layer = trace.layers[-1]
    after = layer.h[:, 0]
    step = np.diff(np.concatenate((layer.h0, after)), axis=0)
    mean = np.zeros((len(after), model.decoder.out_features), after.dtype)
    for point, weight in zip(_POINTS, _WEIGHTS, strict=True):
        logits = _decode(model, after - (0.5 - point) * step)
        shares = np.exp(logits - logits.max(-1, keepdims=True))
        mean += weight * _slopes(shares)
    return (mean @ model.decoder.weight.detach().numpy()) * step
