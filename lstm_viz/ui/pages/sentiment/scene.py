"""The shared text as the judge read it, once for all that the sentiment page draws."""

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

#: Who judges: the page's network is always this one, and the other pages go on with theirs.
SENTIMENT_MODEL = "sst-lstm"
#: Pictures show so many words, as more have no room for their names.
WINDOW = 40
#: Below this the likeliest of five classes is hardly likelier than the others.
MIN_TOP_PROBABILITY = 1 / 3


@dataclass(frozen=True, eq=False)
class SentimentState:
    """A text and what the judge thinks of it, with the word that is looked at and the window of words that is drawn."""

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
        """False for words that the judge has never seen."""
        return self.result.trace.known

    @property
    def classes(self) -> tuple[str, ...]:
        """What the judge answers, from the most negative to the most positive."""
        return get_model(SENTIMENT_MODEL).model.outputs

    @property
    def probs(self) -> Float[np.ndarray, " class"]:
        """The probabilities of the classes after the last word."""
        return self.result.trace.probs[-1]

    @property
    def visible(self) -> slice:
        """The words that are drawn."""
        return slice(self.first, self.last)

    @property
    def window_note(self) -> str:
        """Which words are drawn, where not all are."""
        if self.last - self.first == len(self.tokens):
            return ""
        if self.last == len(self.tokens):
            return f" The last {self.last - self.first} of {len(self.tokens)} words are drawn."
        return f" Words {self.first + 1} to {self.last} of {len(self.tokens)} are drawn."

    def token_colors(self) -> TokenColors:
        """Each word coloured by the verdict after it, blue for positive and red for negative: the scale runs backwards."""
        return TokenColors(self.result.score, 2.0, -2.0, True, "by the verdict so far")

    def format_step(self, step: int) -> str:
        """A word as sentences name it."""
        return f"‘{escape_inline(self.tokens[step])}’"

    def in_explore(self, unit: int) -> View:
        """The view that shows a unit of the last layer at the chosen word in the explorer."""
        last = len(get_model(SENTIMENT_MODEL).layers) - 1
        return replace(self.view, model=SENTIMENT_MODEL, layer=last, unit=unit, step=self.step, zoom="unit", colour="unit.c")


def current_state(leave_out: bool) -> SentimentState:
    """Have the shared text judged; its words are left out, which takes the longest, only where that is shown."""
    view, reader = session.current(), session.reader(SENTIMENT_MODEL)
    steps = len(reader.model.vocabulary.split(view.read).normalized)
    step = view.step_in(steps)
    first, last = window(step, steps)
    return SentimentState(
        view, classify_sentiment(reader, view.read, slice(first, last) if leave_out else slice(0)), step, first, last
    )


def window(step: int, steps: int) -> tuple[int, int]:
    """The first word drawn and the one behind the last: the text's last ones, or, where it is earlier, around the chosen."""
    last = steps if step >= steps - WINDOW else max(step + 1 + WINDOW // 3, WINDOW)
    return max(last - WINDOW, 0), last


def signed(value: float, digits: int = 1) -> str:
    """A number as sentences have it, with a minus of a plus's width; what rounds to nothing has no sign."""
    text = f"{value:+.{digits}f}"
    return text[1:] if not float(text) else text.replace("-", "−")
