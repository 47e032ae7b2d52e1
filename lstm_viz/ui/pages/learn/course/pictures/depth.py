"""The unrolled network that turns into a feed-forward one; both are computed, to show that they are the same network."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_viz.figures.layer_per_step import layer_per_step
from lstm_viz.figures.palette import Palette
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent, format_small
from lstm_viz.ui.pages.learn.course.picture import Drawing, Picture, Settings, Slider

MODEL, TEXT = "shakespeare-rnn", "King"


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the network, turned as far as the slider says."""
    tokens, _, _ = read_with_loop()
    drawing = layer_per_step(TEXT, tokens, float(settings["turned"]), palette)
    caption = (
        "Each box reads one letter; on its other side stands the letter that it then finds likeliest (measured). A plain RNN "
        f"trained on Shakespeare; it has {load(MODEL).config.layers} such boxes at each step, one on top of the other, "
        "drawn as one."
    )
    return Drawing(drawing, "", caption)


@cache
def read_with_loop() -> tuple[tuple[str, ...], np.ndarray, float]:
    """Read the text with the loop: the likeliest tokens, the topmost states [time, unit], the last token's probability."""
    model = load(MODEL)
    read = trace(model, TEXT)
    tokens = tuple(model.vocabulary.tokens[int(each)] for each in read.probs.argmax(axis=1))
    return tokens, read.layers[-1].h[:, 0], float(read.probs[-1].max())


@cache
def read_as_layers() -> tuple[str, np.ndarray, float]:
    """Compute the same text without a loop: for every letter a layer of its own, with a copy of the weights, in float64.

    Returns:
        The likeliest token after the text, the topmost states [time, unit], and the token's probability.
    """
    model = load(MODEL)
    parameters = {name: value.detach().numpy().astype(np.float64) for name, value in model.named_parameters()}
    layers = [
        [{name: parameters[f"rnn.{name}_l{depth}"].copy() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
         for depth in range(model.config.layers)]
        for _ in TEXT
    ]  # fmt: skip
    states = [np.zeros(model.config.hidden) for _ in range(model.config.layers)]
    topmost = []
    for token, boxes in zip(model.vocabulary.encode(list(TEXT)), layers, strict=True):
        entering = parameters["embedding.weight"][token]
        for depth, w in enumerate(boxes):
            pre = w["weight_ih"] @ entering + w["bias_ih"] + w["weight_hh"] @ states[depth] + w["bias_hh"]
            entering = states[depth] = np.tanh(pre)
        topmost.append(entering)
    logits = parameters["decoder.weight"] @ topmost[-1] + parameters["decoder.bias"]
    odds = np.exp(logits - logits.max())
    likeliest = int(odds.argmax())
    return model.vocabulary.tokens[likeliest], np.array(topmost), float(odds[likeliest] / odds.sum())


def difference() -> float:
    """Return the largest difference between the states with the loop and as layers."""
    return float(np.abs(read_with_loop()[1] - read_as_layers()[1]).max())


def _format_guess(token: str, probability: float) -> str:
    return f"‘{label(token)}’ ({format_percent(probability, 1)})"


PICTURE = Picture(
    draw,
    controls={"turned": Slider("Turned by", 0.0, 1.0, 0.05, 0.0)},
    facts={
        "shared": lambda settings: f"{load(MODEL).config.hidden ** 2:,}",
        "looped": lambda settings: _format_guess(read_with_loop()[0][-1], read_with_loop()[2]),
        "layered": lambda settings: _format_guess(read_as_layers()[0], read_as_layers()[2]),
        "difference": lambda settings: format_small(difference()),
        "same": lambda settings: "1" if read_with_loop()[0][-1] == read_as_layers()[0] else "2",
    },
    right_options={"same": 2},
)
