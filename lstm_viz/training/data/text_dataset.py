"""A person's own text as something to learn from, or a clear word on why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from lstm_viz.results import Result
from lstm_viz.text.labels import label
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.data.text_sources import Corpus, split
from lstm_viz.training.tasks.charlm import BpttConfig

#: Fewest and most characters that are learned from.
LEAST, LARGEST = 400, 2_000_000
#: At most so many different characters are told apart, and so many are held out.
SYMBOLS, HELD_OUT = 1000, 10_000

#: Streams by size: the first whose two windows of every stream fit into the text is taken.
_STREAMS = ((16, 64), (8, 64), (8, 32), (4, 32))


class UnusableText(ValueError):
    """Nothing can be learned from the text; the message says what came, what was wanted and what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class TextDataset(Result):
    """A text in its two parts with the characters that are told apart.

    `unknown` is the share of the text's characters that are too rare for that, `different` how many different ones there
    are, and `unigram_loss` the held-out loss, in nats a character, of guessing by the letters' frequencies alone.
    """

    corpus: Corpus
    vocabulary: Vocabulary
    different: int
    unknown: float
    bptt: BpttConfig
    unigram_loss: float

    @property
    def note(self) -> str | None:
        """What a person should know about this text, in a sentence."""
        if self.different < len(self.vocabulary):
            return None
        return (
            f"The text has {self.different:,} different characters. The {len(self.vocabulary) - 1:,} most frequent are learned; "
            f"the others, {self.unknown:.1%} of the text, all count as one unknown character."
        )


def prepare_text(text: str) -> TextDataset:
    """See whether a text can be learned from and cut it; raises UnfitText with a message for people."""
    check(text)
    corpus = split(text, most=HELD_OUT)
    vocabulary = corpus.vocabulary(most=SYMBOLS)
    if len(vocabulary) < 3:
        only = f"‘{label(vocabulary.tokens[-1])}’"
        raise UnusableText(
            f"The text says only {only}, over and over: there is nothing to tell apart. Bring one with more letters."
        )
    train, held_out = vocabulary.encode(corpus.train), vocabulary.encode(corpus.held_out)
    unknown = (np.count_nonzero(train == 0) + np.count_nonzero(held_out == 0)) / len(text)
    return TextDataset(
        corpus, vocabulary, len(set(text)), unknown, fit(len(train)), unigram_loss(train, held_out, len(vocabulary))
    )


def check(text: str) -> None:
    """Raise UnfitText where a text is empty, too short, too long, or no text."""
    if not text.strip():
        came = "There is no text yet" if not text else "There are only blanks"
        raise UnusableText(f"{came}. Paste or upload at least {LEAST} characters.")
    if "\0" in text:
        raise UnusableText("This is data, not text: it holds NUL characters, which no text has. Save it as plain text (UTF-8).")
    if len(text) < LEAST:
        raise UnusableText(f"This text has {len(text)} characters; {LEAST} is the least, some thousands are better. Add more.")
    if len(text) > LARGEST:
        raise UnusableText(f"This text has {len(text):,} characters; {LARGEST:,} is the most. Bring a part of it.")


def fit(symbols: int) -> BpttConfig:
    """The widest streams that a training part of so many symbols can fill."""
    fitting = [BpttConfig(batch, window) for batch, window in _STREAMS if symbols - 1 >= 2 * batch * window]
    return (fitting or [BpttConfig(*_STREAMS[-1])])[0]


def unigram_loss(train: Int[np.ndarray, " time"], held_out: Int[np.ndarray, " time"], symbols: int) -> float:
    """Held-out loss, nats a symbol, of one who knows only how frequent each symbol is in training: −mean ln p.

    p = (count + 1) / (all + symbols), so that what never occurred is not held impossible (Laplace's rule of succession).
    """
    counts = np.bincount(train, minlength=symbols) + 1.0
    return float(-np.log(counts[held_out[1:]] / counts.sum()).mean())
