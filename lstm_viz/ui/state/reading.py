"""The shared text as the view's network reads it: what the pages that ask about a text begin with."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.reader import Reader
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.state import markdown, session
from lstm_viz.ui.state.models import Exhibit, exhibit
from lstm_viz.ui.state.view import View


@dataclass(frozen=True, eq=False)
class Reading:
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

    def named(self, step: int) -> str:
        """A step as sentences name it."""
        return markdown.named(self.trace.tokens, step)


def at_hand() -> tuple[View, Exhibit, Reader]:
    """The view, moved to where its network has a layer and a unit, the network, and the session's reader of it."""
    view = session.foretelling()
    shown = exhibit(view.model)
    view = view.inside(len(shown.layers), shown.model.config.hidden, (view.colour,))
    return view, shown, session.reader(view.model)
