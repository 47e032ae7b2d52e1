"""The shared text as the view's network reads it: what the pages that ask about a text begin with."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.reader import Reader
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.state import markdown, session
from lstm_viz.ui.state.models import DisplayModel, get_model
from lstm_viz.ui.state.view import View


@dataclass(frozen=True, eq=False)
class TextState:
    """A text as the chosen network read it, with the layer, unit and step that are looked at."""

    view: View
    trace: Trace
    step: int

    @property
    def layer(self) -> LayerTrace:
        """The layer that is looked at."""
        return self.trace.layers[self.view.layer]

    @property
    def unit(self) -> int:
        """The chosen unit."""
        return self.view.unit

    def format_step(self, step: int) -> str:
        """A step as sentences name it."""
        return markdown.format_step(self.trace.tokens, step)


def current_view_and_reader() -> tuple[View, DisplayModel, Reader]:
    """The view, moved to where its network has a layer and a unit, the network, and the session's reader of it."""
    view = session.view_for_language_model()
    display_model = get_model(view.model)
    view = view.clamped(len(display_model.layers), display_model.model.config.hidden, (view.colour,))
    return view, display_model, session.reader(view.model)
