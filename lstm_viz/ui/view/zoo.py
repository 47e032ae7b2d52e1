"""The shipped models as the page offers them: titles, layers, and an order of units that stays put while one types."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from jaxtyping import Int

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.models.catalog import load, models
from lstm_viz.models.language import LanguageModel
from lstm_viz.reading import trace
from lstm_viz.trace import Trace
from lstm_viz.ui.view.presets import presets
from lstm_viz.ui.view.scales import Scales, scales
from lstm_viz.units import order

TITLES = {
    "python-lstm": "Program code · LSTM",
    "shakespeare-lstm": "Shakespeare · LSTM",
    "shakespeare-gru": "Shakespeare · GRU",
    "shakespeare-rnn": "Shakespeare · plain RNN",
    "counting": "Counting aⁿbⁿ · LSTM of 4 units",
    "brackets": "Nested brackets · LSTM of 8 units",
}

#: Models that answer with classes: the pages that ask what comes next do not offer them.
JUDGES = ("sst-lstm",)


@dataclass(frozen=True, eq=False)
class Exhibit:
    """One model ready to be shown, with what it made of its own examples; `scales[layer]` says where scales end."""

    name: str
    title: str
    model: LanguageModel
    layers: tuple[Layer, ...]
    examples: Trace
    scales: tuple[Scales, ...]

    @cache  # noqa: B019  an exhibit lives as long as the process
    def order(self, layer: int) -> Int[np.ndarray, " unit"]:
        """Which unit stands in which row of all units: those that behave alike on the examples are neighbours."""
        read = self.examples.layers[layer]
        return order(read.values["c" if read.kind == "lstm" else "h"][:, 0])


def offered() -> list[str]:
    """The language models' names, in the order of the titles; models without a title come last."""
    there = [name for name in models() if name not in JUDGES]
    return [name for name in TITLES if name in there] + [name for name in there if name not in TITLES]


@cache
def exhibit(name: str) -> Exhibit:
    """Load a model once a process; its scales are fitted to how its units behave on its own examples."""
    _settle()
    model = load(name)
    layers = layers_of(model.rnn)
    read = trace(model, "\n".join(preset.text for preset in presets(name)))
    return Exhibit(name, TITLES.get(name, name), model, layers, read, tuple(map(scales, read.layers)))


@cache
def _settle() -> None:
    """One thread for each session's small products, and short turns, so that thirty people who type do not wait for one."""
    torch.set_num_threads(1)
    sys.setswitchinterval(5e-4)
