"""Run a network again with interventions, and propagate their effect upwards and forwards in time.

Only what can differ is recomputed: layers below the lowest intervention and steps before the first one are taken from the
original run. While interventions are active, a layer runs step by step; after the last one the fused kernel continues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.cells import InterventionHook, State, Steps
from lstm_viz.cells.weights import no_op
from lstm_viz.models.checks import require_model, require_trace_of
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import read_layer, trace
from lstm_viz.results import FrozenMapping, Result
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.what_if.interventions import Intervention, as_interventions, check, intervention_at, is_active

#: Returns the hook for a step, given its index; None if there is none.
Edits = Callable[[int], InterventionHook | None]


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf(Result):
    """One text read twice: without and with interventions. `first` is the first affected step, None for none.

    Examples:
        >>> result = lstm_viz.what_if(lstm_viz.load("counting"), "aabb", [lstm_viz.Clamp("f", 0.0, steps=[2])])
        >>> result.first, np.array_equal(result.before.layers[0].h[:2], result.after.layers[0].h[:2])
        (2, True)
    """

    _drawn = ("after",)

    before: Trace
    after: Trace
    interventions: tuple[Intervention, ...]
    first: int | None

    @property
    def rise(self) -> float | None:
        """Return the rise of the mean surprise, in nats; None below two tokens, and for a classifier."""
        if self.before.loss is None or self.after.loss is None:
            return None
        return self.after.loss - self.before.loss

    @property
    def surprise(self) -> Float[np.ndarray, " time"]:
        """Return the rise of each token's surprise, in nats; NaN where nothing was predicted, as at t = 0."""
        return self.after.surprise - self.before.surprise


def what_if(model: LanguageModel, text: str, interventions: Sequence[Intervention]) -> WhatIf:
    """Read a text with a model, first without and then with interventions.

    Args:
        model: The model; it is not changed.
        text: The text.
        interventions: `Clamp`, `Ablate` and `Overwrite`; if two set the same value, the later one wins.

    Returns:
        The traces `before` and `after`, and `rise`, by which the mean surprise rose, in nats.

    Raises:
        ValueError: An intervention does not fit the model or the text.
        TypeError: The model is not a `LanguageModel`, the text not a str, or the list holds what is no intervention.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.what_if(model, "aabb", [lstm_viz.Clamp("f", 1.0)])
        >>> round(result.rise, 2), result.after.layers[0].f.min().item()
        (0.74, 1.0)
    """
    require_model(model)
    return rerun(model, trace(model, text), interventions)


def rerun(model: LanguageModel, before: Trace, interventions: Sequence[Intervention]) -> WhatIf:
    """Run a model again, with interventions, on the text of a trace.

    Args:
        model: The model that read the text; it is not changed.
        before: Its trace of the text.
        interventions: As for `what_if`.

    Returns:
        The trace as `before`, and `after` with the interventions.

    Raises:
        ValueError: An intervention does not fit the model or the text, or the trace is of another model.
        TypeError: The model is not a `LanguageModel`, the trace not a `Trace`, or the list holds what is no intervention.

    Examples:
        >>> from lstm_viz.what_if import rerun
        >>> model = lstm_viz.load("counting")
        >>> read = lstm_viz.trace(model, "aabb")
        >>> rerun(model, read, [lstm_viz.Clamp("f", 1.0)]).before is read
        True
    """
    require_trace_of(model, before)
    interventions, tokens = as_interventions(interventions), before.tokens
    for intervention in interventions:
        check(intervention, model.config, len(tokens))
    layers, start = [], len(tokens)
    x: Steps | None = None
    for layer, layer_trace in zip(layers_of(model.rnn), before.layers, strict=True):
        own = [intervention for intervention in interventions if intervention.layer == layer.index]
        active_steps = [step for step, token in enumerate(tokens) if any(is_active(each, step, token) for each in own)]
        start = min([start, *active_steps[:1]])
        if start == len(tokens):
            layers.append(replace(layer_trace, grads=None))
            continue
        last = active_steps[-1] + 1 if active_steps else start
        new = _read_on(layer, layer_trace, layer_trace.values["x"] if x is None else x, start, last, _editor(own, tokens))
        x = new["h"]
        layers.append(replace(layer_trace, values=new, grads=None))
    after = _with_predictions(model, replace(before, layers=tuple(layers), objective=None), start)
    words = "; ".join(intervention.describe(model.config.kind) for intervention in interventions)
    after = replace(after, metadata=FrozenMapping({**before.metadata, "changed": words or "nothing"}))
    return WhatIf(before, after, interventions, None if start == len(tokens) else start)


def run_steps(layer: Layer, x: Steps, h: State, c: State | None, edits: Edits) -> dict[str, Steps]:
    """Compute one layer over x [time, batch, input], step by step, with hooks; h and c are [batch, unit]."""
    steps: list[dict[str, State]] = []
    for step, rows in enumerate(layer.weights.input_projection(x)):
        values = layer.cell.step(layer.weights, rows, h, c, edits(step) or no_op)
        h, c = values["h"], values.get("c")
        steps.append(values)
    return {symbol: np.stack([values[symbol] for values in steps]) for symbol in steps[0]}


def _editor(interventions: Sequence[Intervention], tokens: Sequence[str]) -> Edits:
    return lambda step: intervention_at(interventions, step, tokens[step])


def _read_on(layer: Layer, layer_trace: LayerTrace, x: Steps, start: int, last: int, edits: Edits) -> Mapping[str, Steps]:
    """Return one layer's values: the original ones before `start`, with hooks up to `last`, and without after it."""
    parts: list[Mapping[str, Steps]] = [{symbol: values[:start] for symbol, values in layer_trace.values.items()}]
    h, c = (layer_trace.h0, layer_trace.c0) if start == 0 else _states(layer_trace.values, start - 1)
    if last > start:
        changed = run_steps(layer, x[start:last], h, c, lambda step: edits(start + step))
        parts.append({**changed, "x": x[start:last]})
        h, c = _states(changed, -1)
    if last < len(x):
        with torch.inference_mode():
            parts.append(read_layer(layer, torch.from_numpy(x[last:]), h, c))
    return {symbol: np.concatenate([part[symbol] for part in parts]) for symbol in layer_trace.values}


def _with_predictions(model: LanguageModel, before: Trace, start: int) -> Trace:
    """Return a trace whose layers are changed from `start` on, with the resulting predictions and surprise."""
    if start == len(before.tokens):
        return before
    new = log_probs(model, before.layers[-1].h[start:, 0])
    probs, surprise = before.probs.copy(), before.surprise.copy()
    probs[start:] = np.exp(new)
    if not model.predicts_next_token:
        return replace(before, probs=probs)
    predicted = before.ids[start + 1 :]
    surprise[start + 1 :] = -new[np.arange(len(predicted)), predicted]
    return replace(before, probs=probs, surprise=surprise, loss=float(surprise[1:].mean()) if len(surprise) > 1 else None)


def log_probs(model: LanguageModel, hidden: Float[np.ndarray, "*rows unit"]) -> Float[np.ndarray, "*rows vocab"]:
    """Compute ln p of every next token (or class) from the topmost hidden states."""
    with torch.inference_mode():
        return model.decoder(torch.from_numpy(hidden)).log_softmax(-1).numpy()


def _states(values: Mapping[str, Steps], step: int) -> tuple[State, State | None]:
    return values["h"][step], values["c"][step] if "c" in values else None
