"""State of the sentiment page: the shared text, read by the classifier."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from lstm_viz.sentiment import SentimentResult, classify_sentiment
from lstm_viz.ui.components import TokenColors
from lstm_viz.ui.state import session
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View

#: The page's network; the other pages keep theirs.
SENTIMENT_MODEL = "sst-lstm"
#: How many words are drawn; more would have no room for their labels.
WINDOW = 40
#: Below this the likeliest of five classes is hardly likelier than the others.
MIN_TOP_PROBABILITY = 1 / 3


@dataclass(frozen=True, eq=False)
class SentimentState:
    """A text with the classifier's result, the selected word and the range of words drawn."""

    view: View
    result: SentimentResult
    step: int
    first: int
    last: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """All words and marks of the text."""
        return self.result.trace.tokens

    @property
    def known(self) -> Bool[np.ndarray, " word"]:
        """False for words outside the vocabulary."""
        return self.result.trace.known

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, from the most negative to the most positive."""
        return get_model(SENTIMENT_MODEL).model.outputs

    @property
    def probs(self) -> Float[np.ndarray, " class"]:
        """The probabilities of the classes after the last word."""
        return self.result.trace.probs[-1]

    @property
    def visible(self) -> slice:
        """The range of words drawn."""
        return slice(self.first, self.last)

    @property
    def window_note(self) -> str:
        """A note on which words are drawn, if not all."""
        if self.last - self.first == len(self.tokens):
            return ""
        if self.last == len(self.tokens):
            return f" The last {self.last - self.first} of {len(self.tokens)} words are drawn."
        return f" Words {self.first + 1} to {self.last} of {len(self.tokens)} are drawn."

    def token_colors(self) -> TokenColors:
        """Color each word by the verdict after it; the scale is reversed, so that blue is positive and red negative."""
        return TokenColors(self.result.score, 2.0, -2.0, True, "by the verdict so far")

    def format_step(self, step: int) -> str:
        """Format a word for a sentence."""
        return f"‘{escape_inline(self.tokens[step])}’"

    def in_explore(self, unit: int) -> View:
        """Return the explorer's view of a unit of the last layer at the selected word."""
        last = len(get_model(SENTIMENT_MODEL).layers) - 1
        return replace(self.view, model=SENTIMENT_MODEL, layer=last, unit=unit, step=self.step, zoom="unit", colour="unit.c")


def current_state(leave_out: bool) -> SentimentState:
    """Classify the shared text; occlusion, the slowest part, is computed only if `leave_out`."""
    view, reader = session.current(), session.reader(SENTIMENT_MODEL)
    steps = len(reader.model.vocabulary.split(view.input_text).normalized)
    step = view.step_in(steps)
    first, last = window(step, steps)
    return SentimentState(
        view, classify_sentiment(reader, view.input_text, slice(first, last) if leave_out else slice(0)), step, first, last
    )


def window(step: int, steps: int) -> tuple[int, int]:
    """Return the range of words drawn, as first and end: the last ones, or around the selected word."""
    last = steps if step >= steps - WINDOW else max(step + 1 + WINDOW // 3, WINDOW)
    return max(last - WINDOW, 0), last
