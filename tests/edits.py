"""A text while somebody writes it: letters at its end, corrections anywhere, whole passages gone or brought in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from lstm_viz.capture.layers import layers_of
from lstm_viz.gradients import NextToken
from lstm_viz.reader import Reader
from lstm_viz.ui.components.live_view.coloring import coloring_choices
from lstm_viz.ui.components.live_view.scene import Captions, LayerDisplay, LiveScene, OutputLabels
from lstm_viz.ui.state.scales import scales
from lstm_viz.ui.state.view import View
from tests.tiny import tiny


def written(count: int, alphabet: str = "ab cé", seed: int = 1) -> Iterator[str]:
    """So many versions of one text, each an edit of the one before; at times nothing is left."""
    chance, text = random.Random(seed), ""
    for _ in range(count):
        place = chance.randrange(len(text) + 1)
        letters = "".join(chance.choices(alphabet, k=chance.choice((1, 1, 2, 30))))
        text = chance.choices(
            (text + letters[:1], text[:-1], text[:place] + letters + text[place:], text[:place], "", text), (60, 15, 12, 6, 2, 5)
        )[0]
        yield text


def scenes(count: int, seed: int = 1) -> Iterator[LiveScene]:
    """The scenes of such a text as one reader reads it, while layer, zoom, unit, step and colour change now and then."""
    model, chance, view = tiny("lstm"), random.Random(seed), View("", "tiny", colour="surprise")
    reader, sizes = Reader(model), [scales(layer) for layer in Reader(model).read("abc ab").layers]
    weights = [layer.weights for layer in layers_of(model.rnn)]
    orders = [np.array([3, 0, 4, 1, 2]), np.array([4, 3, 2, 1, 0])]
    for text in written(count, seed=seed):
        if chance.random() < 0.2:
            view = replace(
                view, layer=chance.randrange(2), unit=chance.randrange(5), step=chance.randrange(-1, 40),
                zoom=chance.choice(("overview", "units", "units", "unit")), colour=chance.choice(tuple(coloring_choices("lstm"))),
            )  # fmt: skip
        view = replace(view, text=text)
        asked = NextToken(-1, model.outputs[1]) if text else None
        shown = view.clamped(2, 5, tuple(coloring_choices("lstm")))
        yield LiveScene(
            trace=reader.read(text, asked), view=shown, outputs=OutputLabels(model.outputs), captions=Captions("Tiny", "Look."),
            display=LayerDisplay(weights[shown.layer], partial(orders.__getitem__, shown.layer), sizes[shown.layer]),
        )  # fmt: skip
