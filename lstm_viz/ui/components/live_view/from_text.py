"""A text and the network that reads it, as a scene."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lstm_viz.gradients import fix_target
from lstm_viz.reader import Reader
from lstm_viz.text.labels import label
from lstm_viz.ui.components.live_view.coloring import choices
from lstm_viz.ui.components.live_view.effects import effect
from lstm_viz.ui.components.live_view.scene import Reads, Scene
from lstm_viz.ui.state.examples import hint
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.objective_choice import objective, steps
from lstm_viz.ui.state.view import View

#: So many symbols of a network's vocabulary are named in one sentence.
FEW = 8


def compose(view: View, reader: Reader) -> Scene:
    """Read the view's text with its model's reader and gather what the frame shows; KeyError where there is no such model."""
    shown = exhibit(view.model)
    config, foretells = shown.model.config, shown.model.foretells
    reads: Reads = "words" if config.words else "letters"
    view = view.inside(len(shown.layers), config.hidden, tuple(choices(config.kind, reads, foretells)), steps(view, reader))
    asked = objective(view, reader)
    trace = reader.read(view.read, asked)
    return Scene(
        trace=trace,
        view=view,
        answers=shown.model.outputs,
        weights=shown.layers[view.layer].weights,
        order=partial(shown.order, view.layer),
        scales=shown.scales[view.layer],
        title=shown.title,
        layers=len(shown.layers),
        hint=hint(view, config.kind, shown.presets),
        reads=reads,
        foretells=foretells,
        bars=effect(asked and fix_target(asked, trace.probs, shown.model.outputs)),
        few_known=few_known(shown.model.vocabulary.symbols),
    )


def few_known(symbols: Sequence[str]) -> tuple[str, ...]:
    """All symbols but the one for unknown ones, where there are so few that a sentence can name them; else none."""
    known = symbols[1:]
    return tuple(map(label, known)) if len(known) <= FEW else ()
