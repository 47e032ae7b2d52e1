"""State of the units page, computed once for all its questions."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.gates import MEMORY_STATE, Quantity, quantity
from lstm_viz.ui.state import session
from lstm_viz.ui.state.models import DisplayModel, get_model
from lstm_viz.ui.state.reading import TextState

#: Figures along the text show this many tokens.
WINDOW = 100


@dataclass(frozen=True, eq=False)
class UnitsState(TextState):
    """A text read by the chosen network, with the network as it is displayed."""

    display: DisplayModel

    @property
    def memory(self) -> Quantity:
        """The quantity that is the cell's memory: c of an LSTM, h otherwise."""
        return quantity(self.layer.kind, MEMORY_STATE[self.layer.kind])

    @property
    def words(self) -> bool:
        """True if a token is a word."""
        return self.display.model.config.words

    @property
    def one(self) -> str:
        """What a token is: a letter or a word."""
        return "word" if self.words else "letter"

    @property
    def window(self) -> tuple[int, int]:
        """The range of at most `WINDOW` tokens drawn along the text, as first and end; it contains the selected one."""
        last = max(self.step + 1, min(self.layer.steps, self.step + 1 + WINDOW // 3))
        return max(last - WINDOW, 0), max(last, min(WINDOW, self.layer.steps))


def current_state() -> UnitsState:
    """Read the session's text with its network; classifiers are read too."""
    view = session.view_for_text_page()
    display = get_model(view.model)
    view = view.clamped(len(display.layers), display.model.config.hidden, (view.colour,))
    trace = session.reader(view.model).read(view.input_text)
    return UnitsState(view, trace, view.step_in(len(trace.tokens)), display)
