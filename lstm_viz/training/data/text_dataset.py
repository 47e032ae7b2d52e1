"""A user's text as a training set, or a clear error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from lstm_viz.results import Result
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.data.text_sources import Corpus, split
from lstm_viz.training.tasks.charlm import BpttConfig

#: Minimum and maximum number of characters.
LEAST, LARGEST = 400, 2_000_000
#: Maximum size of the vocabulary, and maximum number of held-out characters.
SYMBOLS, HELD_OUT = 1000, 10_000

#: BPTT settings by size: the first that fits two windows of every stream into the text is used.
_STREAMS = ((16, 64), (8, 64), (8, 32), (4, 32))


class UnusableText(ValueError):
    """The text cannot be used for training; the message says what came, what was wanted and what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class TextDataset(Result):
    """A text split into training and held-out part, with its vocabulary.

    `unknown` is the share of the text's characters that are too rare for the vocabulary, `different` the number of distinct
    characters, and `unigram_loss` the held-out loss, in nats a character, of predicting by character frequency alone.
    """

    corpus: Corpus
    vocabulary: Vocabulary
    different: int
    unknown: float
    bptt: BpttConfig
    unigram_loss: float

    @property
    def note(self) -> str | None:
        """Return a note for the user about this text, or None."""
        if self.different < len(self.vocabulary):
            return None
        return (
            f"The text has {self.different:,} different characters. The {len(self.vocabulary) - 1:,} most frequent are learned; "
            f"the others, {format_percent(self.unknown, 1)} of the text, all count as one unknown character."
        )


def prepare_text(text: str) -> TextDataset:
    """Check a text and split it; raises UnusableText with a message for the user."""
    check(text)
    corpus = split(text, most=HELD_OUT)
    vocabulary = corpus.vocabulary(most=SYMBOLS)
    if len(vocabulary) < 3:
        only = f"‘{label(vocabulary.tokens[-1])}’"
        raise UnusableText(
            f"The text says only {only}, over and over: there is nothing to learn. Use one with more different characters."
        )
    train, held_out = vocabulary.encode(corpus.train), vocabulary.encode(corpus.held_out)
    unknown = (np.count_nonzero(train == 0) + np.count_nonzero(held_out == 0)) / len(text)
    return TextDataset(
        corpus, vocabulary, len(set(text)), unknown, fit(len(train)), unigram_loss(train, held_out, len(vocabulary))
    )


def check(text: str) -> None:
    """Raise UnusableText if a text is empty, too short, too long, or binary data."""
    if not text.strip():
        problem = "There is no text yet" if not text else "There are only blanks"
        raise UnusableText(f"{problem}. Paste or upload at least {LEAST} characters.")
    if "\0" in text:
        raise UnusableText("This is data, not text: it holds NUL characters, which no text has. Save it as plain text (UTF-8).")
    if len(text) < LEAST:
        raise UnusableText(f"This text has {len(text)} characters; {LEAST} are needed, some thousands are better. Add more.")
    if len(text) > LARGEST:
        raise UnusableText(f"This text has {len(text):,} characters; {LARGEST:,} is the most. Use a part of it.")


def fit(symbols: int) -> BpttConfig:
    """Return the widest BPTT settings that a training part of this many tokens can fill."""
    fitting = [BpttConfig(batch, window) for batch, window in _STREAMS if symbols - 1 >= 2 * batch * window]
    return (fitting or [BpttConfig(*_STREAMS[-1])])[0]


def unigram_loss(train: Int[np.ndarray, " time"], held_out: Int[np.ndarray, " time"], symbols: int) -> float:
    """Compute the held-out loss, in nats a token, of a model that knows only token frequencies: −mean ln p.

    p = (count + 1) / (total + tokens), so that unseen tokens have a probability above 0 (Laplace's rule of succession).
    """
    counts = np.bincount(train, minlength=symbols) + 1.0
    return float(-np.log(counts[held_out[1:]] / counts.sum()).mean())
