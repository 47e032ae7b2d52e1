"""The shared text, read by the view's network: what the analysis pages start from."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.reader import Reader
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.state import markdown, session
from lstm_viz.ui.state.models import DisplayModel, get_model
from lstm_viz.ui.state.view import View


@dataclass(frozen=True, eq=False)
class TextState:
    """A text read by the chosen network, with the selected layer, unit and step."""

    view: View
    trace: Trace
    step: int

    @property
    def layer(self) -> LayerTrace:
        """The selected layer."""
        return self.trace.layers[self.view.layer]

    @property
    def unit(self) -> int:
        """The selected unit."""
        return self.view.unit

    def format_step(self, step: int) -> str:
        """Format a step for a sentence."""
        return markdown.format_step(self.trace.tokens, step)


def current_view_and_reader() -> tuple[View, DisplayModel, Reader]:
    """Return the view, clamped to the layers and units of its network, the network, and the session's reader for it."""
    view = session.view_for_language_model()
    display_model = get_model(view.model)
    view = view.clamped(len(display_model.layers), display_model.model.config.hidden, (view.colour,))
    return view, display_model, session.reader(view.model)
