"""Read a text with a model: every gate, every prediction, and the gradients of one objective, without autograd.

Each layer runs as a fused forward in inference mode; its gates are taken from the kernel or recomputed by one matrix
product, and gradients come from the explicit backward scan of `cells`. No hook is registered and no parameter written, so
threads may share a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.cells import State, Steps
from lstm_viz.cells.stack import run_stack
from lstm_viz.gradients import LikeliestNext, NextToken, Objective, TextLoss, fix_target
from lstm_viz.gradients.objectives import require_objective
from lstm_viz.growing import Growing
from lstm_viz.models.checks import require_model, require_text
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.network_reading import read_network
from lstm_viz.results import FrozenMapping
from lstm_viz.text.prefix import common_prefix
from lstm_viz.text.tokens import Tokens
from lstm_viz.trace import Gradients, LayerTrace, Trace


@dataclass(frozen=True, eq=False)
class _Forward:
    """The forward pass: each layer's values; ln p, and p, of every output [time, vocab]."""

    ids: Int[np.ndarray, " time"]
    layers: tuple[Mapping[str, Steps], ...]
    log_probs: Float[np.ndarray, "time vocab"]
    probs: Float[np.ndarray, "time vocab"]


class Reader:
    """Read texts one after another with one model; a prefix shared with the previous text is not recomputed.

    Use one reader for each session.

    Args:
        model: The model; it is never changed.
        state: The model's state before the first token, as its forward returns it; zeros if None.

    Raises:
        TypeError: The model is not a `LanguageModel`.
        ValueError: The model is not on the CPU, or the state is not one of this model.

    Examples:
        >>> reader = lstm_viz.Reader(lstm_viz.load("counting"))
        >>> round(reader.read("aab").loss, 3), round(reader.read("aabb").loss, 3)     # only the last b is computed
        (1.138, 0.759)
    """

    def __init__(self, model: LanguageModel, state: Any = None) -> None:
        require_model(model)
        self.model = model
        self._layers = layers_of(model.rnn)
        self._first = _first_states(model, state)
        self._last: _Forward | None = None
        #: Each layer's values and, last, the predictions; and each layer's backward multipliers, for that many steps.
        self._grown: list[Growing] = []
        self._factors: list[Growing] = []
        self._factored = 0
        self._cut: tuple[str, Tokens] | None = None
        self._lock = Lock()

    def tokens(self, text: str) -> Tokens:
        """Split a text by the model's vocabulary; the last result is cached."""
        cached = self._cut  # read once: another thread may replace it meanwhile
        if cached is None or cached[0] != text:
            cached = self._cut = text, self.model.vocabulary.split(text)
        return cached[1]

    def read(self, text: str, objective: Objective | None = None) -> Trace:
        """Read a text and differentiate an objective; threads that share a reader take turns.

        Args:
            text: Any text, also an empty one; the model's vocabulary splits it into characters or words.
            objective: What is differentiated, such as `TextLoss()`; None for no gradients.

        Returns:
            The trace, with gradients if an objective was given.

        Raises:
            ValueError: The objective does not fit the text or the model.
            TypeError: The text is not a str, or the objective is not one.
        """
        require_text(text)
        require_objective(objective)
        with self._lock:
            return self._read(text, objective)

    def _read(self, text: str, objective: Objective | None) -> Trace:
        if isinstance(objective, (TextLoss, NextToken, LikeliestNext)) and not self.model.predicts_next_token:
            answers = ", ".join(self.model.outputs)
            raise ValueError(f"this model predicts no next token, it classifies as {answers}; use ClassLogit or the like")
        vocabulary = self.model.vocabulary
        tokens = self.tokens(text)
        ids = vocabulary.encode(tokens.normalized)
        forward = self._last = self._advance(ids)
        surprise = np.full(len(ids), np.nan, forward.probs.dtype)
        predicted = len(ids) - 1 if self.model.predicts_next_token else 0
        if predicted > 0:
            surprise[1:] = -forward.log_probs[np.arange(predicted), ids[1:]]
        gradients: Sequence[Gradients | None] = [None] * len(self._layers)
        if objective is not None:
            objective = fix_target(objective, forward.probs, vocabulary.tokens)
            gradients = self._differentiate(forward, objective.by_logits(forward.probs, ids, vocabulary))
        return Trace(
            tokens=tokens.surface,
            ids=ids,
            known=np.fromiter((form in vocabulary for form in tokens.normalized), dtype=bool),
            spans=tokens.spans,
            layers=tuple(
                LayerTrace("rnn", layer.kind, layer.index, False, values, *first, grads)
                for layer, values, first, grads in zip(self._layers, forward.layers, self._first, gradients, strict=True)
            ),
            probs=forward.probs,
            surprise=surprise,
            loss=float(surprise[1:].mean()) if predicted > 0 else None,
            objective=None if objective is None else objective.describe(tokens.surface),
            metadata=FrozenMapping(dict(self.model.metadata)),
        )

    def _advance(self, ids: Int[np.ndarray, " time"]) -> _Forward:
        """Continue from the longest known prefix, whose values are reused."""
        last = self._last
        shared = 0 if last is None else common_prefix(last.ids, ids)
        self._factored = min(self._factored, shared)
        if last is not None and shared == len(ids):
            cached = tuple({symbol: values[:shared] for symbol, values in layer.items()} for layer in last.layers)
            return _Forward(ids, cached, last.log_probs[:shared], last.probs[:shared])
        with torch.inference_mode():
            x = self.model.embedding(torch.from_numpy(ids[shared:]))[:, None]
            computed: list[Mapping[str, np.ndarray]] = []
            for index, layer in enumerate(self._layers):
                values = read_layer(layer, x, *self._states(last, index, shared))
                x = torch.from_numpy(values["h"])
                computed.append(values)
            log_probs = self.model.decoder(x[:, 0]).log_softmax(-1).numpy()
        computed.append({"log_probs": log_probs, "probs": np.exp(log_probs)})
        *layers, expected = _grow(self._grown, shared, computed)
        return _Forward(ids, tuple(layers), **expected)

    def _differentiate(self, forward: _Forward, by_logits: Float[np.ndarray, "time vocab"]) -> list[Gradients]:
        """Compute gradients for each layer, lowest first: from the decoder down, each layer's d_x is the d_h of the one below."""
        d_h = (by_logits @ self.model.decoder.weight.detach().numpy())[:, None]
        several = zip(self._layers, forward.layers, self._first, self._known_factors(forward), strict=True)
        begins = [
            partial(layer.cell.Backward, layer.weights, values, h0, c0, known=known) for layer, values, (h0, c0), known in several
        ]
        return [Gradients(derivatives.values) for derivatives in reversed(run_stack(begins[::-1], d_h))]

    def _known_factors(self, forward: _Forward) -> list[dict[str, np.ndarray]]:
        """Return each layer's multipliers of the backward pass; known steps are not recomputed."""
        shared = self._factored
        more = [
            layer.cell.factors(
                layer.weights, {name: steps[shared:] for name, steps in values.items()}, *self._states(forward, index, shared)
            )
            for index, (layer, values) in enumerate(zip(self._layers, forward.layers, strict=True))
        ]
        self._factored = len(forward.ids)
        return _grow(self._factors, shared, more)

    def _states(self, forward: _Forward | None, index: int, step: int) -> tuple[State, State | None]:
        """Return the states of a layer before a step."""
        if forward is None or not step:
            return self._first[index]
        values = forward.layers[index]
        return values["h"][step - 1], values["c"][step - 1] if "c" in values else None


def trace(model: LanguageModel | ImportedNetwork, text: str, objective: Objective | None = None, state: Any = None) -> Trace:
    """Read a text once: everything the model computed and predicted, and the gradients of an objective.

    Args:
        model: A model from `load`, `load_checkpoint` or training.
        text: The text; an empty one gives a trace of no steps.
        objective: What is differentiated: `TextLoss()`, `NextToken(…)`, `ClassLogit(…)`; None for no gradients.
        state: The model's state before the first token, as its forward returns it, to read a window of a long text; zeros
            if None.

    Returns:
        The trace: every quantity of every layer, [time, batch = 1, unit]; `probs` [time, vocab]; surprise and loss in nats.

    Raises:
        ValueError: The objective or the state does not fit the text or the model, or the model is not on the CPU.
        TypeError: The model is not one of this library, the text is not a str, or the objective is not one.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.TextLoss())
        >>> read.layers[0].f.shape, round(read.loss, 3)
        ((4, 1, 4), 0.759)
        >>> read.layers[0].grads.c.shape
        (4, 1, 4)
    """
    if isinstance(model, ImportedNetwork):
        if state is not None:
            raise ValueError("an imported network of this form starts from zeros; leave `state` out")
        return read_network(model, text, objective)
    return Reader(model, state).read(text, objective)


def read_layer(layer: Layer, x: torch.Tensor, h0: State, c0: State | None) -> dict[str, Steps]:
    """Compute one layer over x [time, batch, input] from its initial states: its quantities, h and x."""
    if len(x):
        return layer.read(x, torch.from_numpy(h0), None if c0 is None else torch.from_numpy(c0))
    inputs, hidden = x.numpy(), np.zeros((0, 1, layer.weights.hh.shape[1]), x.numpy().dtype)
    return {**layer.cell.replay(layer.weights, inputs, hidden, h0, c0), "h": hidden, "x": inputs}


def _first_states(model: LanguageModel, state: Any) -> list[tuple[State, State | None]]:
    """Return each layer's initial states, [batch = 1, unit]; c0 is None if the cell has none."""
    is_lstm = model.config.kind == "lstm"
    if state is None:
        zeros = torch.zeros(model.config.layers, 1, model.config.hidden, dtype=model.decoder.weight.dtype, device="cpu")
        state = (zeros, zeros) if is_lstm else zeros
    parts = tuple(state) if is_lstm and isinstance(state, (tuple, list)) else (state,)
    shape = (model.config.layers, 1, model.config.hidden)
    if len(parts) != 1 + is_lstm or any(not isinstance(each, torch.Tensor) or tuple(each.shape) != shape for each in parts):
        came = ", ".join(str(list(each.shape)) if isinstance(each, torch.Tensor) else type(each).__name__ for each in parts)
        wanted = "a pair (h, c) of tensors" if is_lstm else "a tensor h"
        raise ValueError(f"the state is {came}; {wanted} of shape {list(shape)} was wanted, as the model's forward returns it")
    hidden, cell = parts if is_lstm else (*parts, None)
    return [
        (hidden[layer].detach().cpu().numpy(), None if cell is None else cell[layer].detach().cpu().numpy())
        for layer in range(model.config.layers)
    ]


def _grow(cached: list[Growing], shared: int, more: Sequence[Mapping[str, np.ndarray]]) -> list[dict[str, np.ndarray]]:
    """Extend the first `shared` cached steps; start anew if nothing is shared."""
    if not shared:
        cached[:] = [Growing(each) for each in more]
        return [dict(each) for each in more]
    return [grown.extended(shared, each) for grown, each in zip(cached, more, strict=True)]
