"""The models as the pages offer them: titles, layers, and an order of units that stays put while one types.

Beside the shipped ones a session may have models of its own. Every page finds both by name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from weakref import WeakValueDictionary

import numpy as np
import streamlit as st
import torch
from jaxtyping import Int

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.models.catalog import load, models
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import trace
from lstm_viz.trace import Trace
from lstm_viz.ui.state.examples import Preset, presets
from lstm_viz.ui.state.scales import Scales, scales
from lstm_viz.unit_stats import cluster_order

TITLES = {
    "python-lstm": "Program code · LSTM",
    "shakespeare-lstm": "Shakespeare · LSTM",
    "shakespeare-gru": "Shakespeare · GRU",
    "shakespeare-rnn": "Shakespeare · plain RNN",
    "counting": "Counting aⁿbⁿ · LSTM of 4 units",
    "brackets": "Nested brackets · LSTM of 8 units",
    "sst-lstm": "Sentiment of words · LSTM",
}

#: Models that answer with classes: the pages that ask what comes next do not offer them.
CLASSIFIERS = ("sst-lstm",)


@dataclass(frozen=True, eq=False)
class DisplayModel:
    """One model ready to be shown, with what it made of its own examples; `scales[layer]` says where scales end."""

    name: str
    title: str
    model: LanguageModel
    layers: tuple[Layer, ...]
    presets: tuple[Preset, ...]
    examples: Trace
    scales: tuple[Scales, ...]
    _orders: dict[int, Int[np.ndarray, " unit"]] = field(default_factory=dict, init=False, repr=False)

    def order(self, layer: int) -> Int[np.ndarray, " unit"]:
        """Which unit stands in which row of all units: those that behave alike on the examples are neighbours."""
        # Kept by the exhibit itself, so that nothing outlives a session's own.
        if layer not in self._orders:
            layer_trace = self.examples.layers[layer]
            self._orders[layer] = cluster_order(layer_trace.values[MEMORY_STATE[layer_trace.kind]][:, 0])
        return self._orders[layer]


#: Models of the sessions that are alive, by name; each is held by its session alone, and gone with it.
_REGISTERED: WeakValueDictionary[str, DisplayModel] = WeakValueDictionary()
_SESSION_KEY = "own_models"


def available_models(classifiers: bool = False) -> list[str]:
    """The names of the shipped language models in the order of the titles, then this session's own; `classifiers` come last."""
    shipped = [name for name in models() if name not in CLASSIFIERS]
    known = [name for name in TITLES if name in shipped] + [name for name in shipped if name not in TITLES]
    return [*known, *session_models(), *(CLASSIFIERS if classifiers else ())]


def get_model(name: str) -> DisplayModel:
    """A model by its name, its scales fitted to how its units behave on its own examples; KeyError where there is none."""
    return _REGISTERED.get(name) or _shipped(name)


def is_known(name: str) -> bool:
    """True for a model that ships or belongs to any session that is alive, so that a link to it can be followed."""
    return name in _REGISTERED or name in _names()


def model_title(name: str) -> str:
    """What a model is called on the screen."""
    own = _REGISTERED.get(name)
    return TITLES.get(name, name) if own is None else own.title


def session_models() -> dict[str, DisplayModel]:
    """This session's own models by name, oldest first; the same dictionary for as long as the session lasts."""
    own: dict[str, DisplayModel] = st.session_state.setdefault(_SESSION_KEY, {})
    return own


def register(model: DisplayModel) -> None:
    """Make a model one of this session's own."""
    _REGISTERED[model.name] = session_models()[model.name] = model


def prepare_model(name: str, title: str, model: LanguageModel, examples: Sequence[Preset]) -> DisplayModel:
    """A model made ready to be shown."""
    _tune_threads()
    example_trace = trace(model, "\n".join(preset.text for preset in examples))
    return DisplayModel(
        name, title, model, layers_of(model.rnn), tuple(examples), example_trace, tuple(map(scales, example_trace.layers))
    )


@cache
def _names() -> frozenset[str]:
    return frozenset(models())


@cache
def _shipped(name: str) -> DisplayModel:
    """Load a model once a process."""
    model = load(name)
    return prepare_model(name, TITLES.get(name, name), model, presets(name, model.config.kind))


@cache
def _tune_threads() -> None:
    """One thread for each session's small products, and short turns, so that thirty people who type do not wait for one."""
    torch.set_num_threads(1)
    sys.setswitchinterval(5e-4)
