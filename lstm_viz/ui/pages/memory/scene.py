"""What the memory page shows at the moment, read once for all its lenses."""

from __future__ import annotations

from lstm_viz.gates import KEEP_GATE
from lstm_viz.ui.state.reading import TextState, current_view_and_reader

#: Pictures that grow with the square of the text show this many letters.
WINDOW = 120


class MemoryState(TextState):
    """A reading, and how its memory is called and kept."""

    @property
    def state_name(self) -> str:
        """What the chosen cell's memory is called."""
        return "cell state" if self.layer.kind == "lstm" else "hidden state"

    @property
    def keeps(self) -> str:
        """The symbol of the gate by which the chosen cell keeps; of its state where it has none."""
        return KEEP_GATE.get(self.layer.kind, "h")

    @property
    def window(self) -> tuple[int, int]:
        """The first step and the one behind the last of at most `WINDOW`, the chosen one among them."""
        last = max(self.step + 1, min(self.layer.steps, self.step + 1 + WINDOW // 3))
        return max(last - WINDOW, 0), last


def current_state() -> MemoryState:
    """Read the session's text with its network."""
    view, _, reader = current_view_and_reader()
    trace = reader.read(view.read)
    return MemoryState(view, trace, view.step_in(len(trace.tokens)))
