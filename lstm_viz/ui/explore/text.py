"""A text and the network that reads it, as a scene."""

from __future__ import annotations

from functools import partial

from lstm_viz.reading import Reader
from lstm_viz.ui.explore.scene import Reads, Scene
from lstm_viz.ui.explore.tints import choices
from lstm_viz.ui.view.aims import objective, steps
from lstm_viz.ui.view.presets import hint
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import exhibit


def compose(view: View, reader: Reader) -> Scene:
    """Read the view's text with its model's reader and gather what the frame shows; KeyError where there is no such model."""
    shown = exhibit(view.model)
    config, foretells = shown.model.config, shown.model.foretells
    reads: Reads = "words" if config.words else "letters"
    view = view.inside(len(shown.layers), config.hidden, tuple(choices(config.kind, reads, foretells)), steps(view, reader))
    return Scene(
        trace=reader.read(view.read, objective(view, reader)),
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
    )
