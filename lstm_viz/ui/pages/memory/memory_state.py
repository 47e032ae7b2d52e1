"""State of the memory page, computed once for all its questions."""

from __future__ import annotations

from lstm_viz.gates import KEEP_GATE
from lstm_viz.ui.state.reading import TextState, current_view_and_reader

#: Figures of quadratic size show this many letters.
WINDOW = 120


class MemoryState(TextState):
    """A trace, with the names of its memory and of the gate that keeps it."""

    @property
    def state_name(self) -> str:
        """The name of the cell's memory."""
        return "cell state" if self.layer.kind == "lstm" else "hidden state"

    @property
    def keeps(self) -> str:
        """The symbol of the gate that keeps the memory; of the state if there is no gate."""
        return KEEP_GATE.get(self.layer.kind, "h")

    @property
    def window(self) -> tuple[int, int]:
        """The range of at most `WINDOW` steps drawn, as first and end; it contains the selected one."""
        last = max(self.step + 1, min(self.layer.steps, self.step + 1 + WINDOW // 3))
        return max(last - WINDOW, 0), last


def current_state() -> MemoryState:
    """Read the session's text with its network."""
    view, _, reader = current_view_and_reader()
    trace = reader.read(view.input_text)
    return MemoryState(view, trace, view.step_in(len(trace.tokens)))
