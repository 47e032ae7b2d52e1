"""The models as pages offer them: titles, layers, and a stable order of units.

Besides the pretrained ones a session may register its own models. Every page finds both by name.
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
from lstm_viz.units.stats import cluster_order

TITLES = {
    "python-lstm": "Program code · LSTM",
    "shakespeare-lstm": "Shakespeare · LSTM",
    "shakespeare-gru": "Shakespeare · GRU",
    "shakespeare-rnn": "Shakespeare · plain RNN",
    "counting": "Counting aⁿbⁿ · LSTM of 4 units",
    "brackets": "Nested brackets · LSTM of 8 units",
    "sst-lstm": "Sentiment of words · LSTM",
}

#: Models that output classes; pages about the next token do not offer them.
CLASSIFIERS = ("sst-lstm",)


@dataclass(frozen=True, eq=False)
class DisplayModel:
    """A model prepared for display, with its trace of its own examples; `scales[layer]` holds the ends of the scales."""

    name: str
    title: str
    model: LanguageModel
    layers: tuple[Layer, ...]
    presets: tuple[Preset, ...]
    examples: Trace
    scales: tuple[Scales, ...]
    _orders: dict[int, Int[np.ndarray, " unit"]] = field(default_factory=dict, init=False, repr=False)

    def order(self, layer: int) -> Int[np.ndarray, " unit"]:
        """Return the order of units for the heat map: units that behave alike on the examples are neighbours."""
        # Cached on the instance, so that the cache does not outlive a session's own model.
        if layer not in self._orders:
            layer_trace = self.examples.layers[layer]
            self._orders[layer] = cluster_order(layer_trace.values[MEMORY_STATE[layer_trace.kind]][:, 0])
        return self._orders[layer]


#: Models of live sessions, by name. Only the session holds a strong reference.
_REGISTERED: WeakValueDictionary[str, DisplayModel] = WeakValueDictionary()
#: The key of a session's own models in its state.
SESSION_MODELS = "own_models"


def available_models(classifiers: bool = False) -> list[str]:
    """Return the names of the pretrained language models in title order, then this session's own; `classifiers` come last."""
    shipped = [name for name in models() if name not in CLASSIFIERS]
    titled = [name for name in TITLES if name in shipped] + [name for name in shipped if name not in TITLES]
    return [*titled, *session_models(), *(CLASSIFIERS if classifiers else ())]


def get_model(name: str) -> DisplayModel:
    """Return a model by name, its scales fitted to its own examples. Raises KeyError if there is none."""
    return _REGISTERED.get(name) or _shipped(name)


def is_known(name: str) -> bool:
    """Return True for a pretrained model or one of any live session, so that links to it work."""
    return name in _REGISTERED or name in _names()


def model_title(name: str) -> str:
    """Return a model's title on screen."""
    own = _REGISTERED.get(name)
    return TITLES.get(name, name) if own is None else own.title


def session_models() -> dict[str, DisplayModel]:
    """Return this session's own models by name, oldest first; the same dictionary during the whole session."""
    own: dict[str, DisplayModel] = st.session_state.setdefault(SESSION_MODELS, {})
    return own


def register(model: DisplayModel) -> None:
    """Register a model for this session."""
    _REGISTERED[model.name] = session_models()[model.name] = model


def prepare_model(name: str, title: str, model: LanguageModel, examples: Sequence[Preset]) -> DisplayModel:
    """Prepare a model for display."""
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
    """Load a model once per process."""
    model = load(name)
    return prepare_model(name, TITLES.get(name, name), model, presets(name, model.config.kind))


@cache
def _tune_threads() -> None:
    """Use one thread per matrix product and a short switch interval, so that many sessions respond at once."""
    torch.set_num_threads(1)
    sys.setswitchinterval(5e-4)
