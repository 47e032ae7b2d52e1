"""What the memory page shows at the moment, read once for all its lenses."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.text.labels import label
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.view import session
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import exhibit

#: Pictures that grow with the square of the text show this many letters.
WINDOW = 120


@dataclass(frozen=True, eq=False)
class Scene:
    """A text as the chosen network read it, with the layer, unit and step that are looked at."""

    view: View
    trace: Trace
    layer: LayerTrace
    step: int

    @property
    def unit(self) -> int:
        """The chosen unit."""
        return self.view.unit

    @property
    def state(self) -> str:
        """What the chosen cell's memory is called."""
        return "cell state" if self.layer.kind == "lstm" else "hidden state"

    @property
    def keeps(self) -> str:
        """The symbol of the gate by which the chosen cell keeps; of its state where it has none."""
        return {"lstm": "f", "gru": "z", "rnn": "h"}[self.layer.kind]

    @property
    def window(self) -> tuple[int, int]:
        """The first step and the one behind the last of at most `WINDOW`, the chosen one among them."""
        last = max(self.step + 1, min(self.layer.steps, self.step + 1 + WINDOW // 3))
        return max(last - WINDOW, 0), last

    def named(self, step: int) -> str:
        """A step as sentences name it."""
        return f"‘{label(self.trace.tokens[step])}’ (step {step})"


def compose() -> Scene:
    """Read the session's text with its network."""
    view = session.foretelling()
    shown = exhibit(view.model)
    view = view.inside(len(shown.layers), shown.model.config.hidden, (view.colour,))
    trace = session.reader(view.model).read(view.read)
    return Scene(view, trace, trace.layers[view.layer], view.step_in(len(trace.tokens)))
