"""Checks of what callers pass to the library: each error says what came, what was wanted, and what to do."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from pathlib import Path

from lstm_viz.models.forecaster import Forecaster
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.results import shorten
from lstm_viz.trace import Trace, require_trace


def require_model(model: object) -> None:
    """Raise TypeError for anything but a `LanguageModel`, and ValueError for one that is not on the CPU."""
    if not isinstance(model, LanguageModel):
        raise TypeError(f"the model is of type {type(model).__name__}; a LanguageModel was wanted: {_advice_on_model(model)}")
    device = model.decoder.weight.device
    if device.type != "cpu":
        raise ValueError(f"the model is on {device}; texts are read on the CPU: call model.cpu() first")


def require_language_model(model: object) -> None:
    """Raise ValueError for a classifier, which predicts no next token; otherwise as `require_model`."""
    require_model(model)
    assert isinstance(model, LanguageModel)
    if not model.predicts_next_token:
        raise ValueError(f"this model classifies as {', '.join(model.outputs)} and predicts no next token; use a language model")


def require_forecaster(model: object) -> None:
    """Raise TypeError for anything but a `Forecaster`."""
    if not isinstance(model, Forecaster):
        name = repr(model) if isinstance(model, str) else "name"
        raise TypeError(
            f"the model is of type {type(model).__name__}; a Forecaster was wanted: load one by "
            f"lstm_viz.series.load_forecaster({shorten(name, 60)})"
        )


def require_text(text: object, name: str = "text") -> None:
    """Raise TypeError for anything but a str."""
    if isinstance(text, str):
        return
    if isinstance(text, (bytes, bytearray, Path)):
        advice = "read it by lstm_viz.read_text(…).text"
    elif hasattr(text, "text"):
        advice = "give its text, `.text`"
    elif isinstance(text, (list, tuple)):
        advice = "read several texts one after another, or join them"
    else:
        advice = "give the characters themselves"
    raise TypeError(f"the {name} is of type {type(text).__name__}; a str was wanted: {advice}")


def require_trace_of(model: object, trace: object) -> None:
    """Raise TypeError for anything but a `LanguageModel` and a `Trace`, and ValueError for one of other layers or outputs."""
    require_model(model)
    require_trace(trace)
    assert isinstance(model, LanguageModel)
    assert isinstance(trace, Trace)
    config = model.config
    came = [(layer.kind, layer.units) for layer in trace.layers], trace.probs.shape[1]
    wanted = [(config.kind, config.hidden)] * config.layers, len(model.outputs)
    if came != wanted:
        raise ValueError(
            f"the trace is of another model, with {_format_model(*came)}; this one has {_format_model(*wanted)}: "
            "read the text with this model"
        )


def require_unit(model: object, trace: object, layer: int, unit: int) -> None:
    """Raise IndexError if a model has no such layer or unit; otherwise as `require_trace_of`."""
    require_trace_of(model, trace)
    assert isinstance(trace, Trace)
    if not 0 <= layer < len(trace.layers):
        raise IndexError(f"layer {layer} is out of range; the model has layers 0 to {len(trace.layers) - 1}")
    if not 0 <= unit < trace.layers[layer].units:
        raise IndexError(f"unit {unit} is out of range; layer {layer} has units 0 to {trace.layers[layer].units - 1}")


def require_whole(value: object, name: str, least: int = 0) -> None:
    """Raise ValueError for anything but a whole number of `least` or more."""
    try:
        fits = operator.index(value) >= least  # type: ignore[arg-type]
    except TypeError:
        fits = False
    if not fits:
        raise ValueError(f"{name} is {shorten(repr(value), 60)}; a whole number of {least} or more was wanted")


def _advice_on_model(model: object) -> str:
    if isinstance(model, (str, Path)):
        return f"load it by lstm_viz.load({shorten(repr(str(model)), 80)}), or load_checkpoint for a file of another project"
    if isinstance(model, ImportedNetwork):
        return "a network of this form can be read by lstm_viz.trace, and its outputs by the network itself, but not used here"
    if isinstance(model, Forecaster):
        return "a forecaster reads numbers, by lstm_viz.series.read_series"
    return "take one from lstm_viz.load or load_checkpoint; of any other torch module lstm_viz.capture(module) records the gates"


def _format_model(layers: Sequence[tuple[str, int]], outputs: int) -> str:
    described = ", ".join(f"{kind} of {units} units" for kind, units in dict.fromkeys(layers))
    return f"{len(layers)} layer{'s' * (len(layers) != 1)} ({described or 'none'}) and {outputs:,} outputs"
