"""A model reads a text: every gate, every expectation, and the gradients of one objective, without autograd.

The path is the shortest there is: each layer's fused forward in inference mode, one matrix product for its gates, and
the explicit backward scan of `cells`. No hook is set and no parameter written, so that many threads may share a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.cells import State, Steps
from lstm_viz.gradients import NextSymbol, Objective, TextLoss
from lstm_viz.models.language import LanguageModel
from lstm_viz.results import FrozenMapping
from lstm_viz.trace import Gradients, LayerTrace, Trace


@dataclass(frozen=True, eq=False)
class _Forward:
    """What was computed on the way forward: each layer's values, and ln p of every answer [time, vocab]."""

    ids: Int[np.ndarray, " time"]
    layers: tuple[Mapping[str, Steps], ...]
    log_probs: Float[np.ndarray, "time vocab"]


class Reader:
    """Reads one text after another with one model; a beginning shared with the last text is not read again.

    Keep one for each session. `state` is the model's state before the first symbol, as its forward returns it
    (None: zeros).
    """

    def __init__(self, model: LanguageModel, state: Any = None) -> None:
        self.model = model
        self._layers = layers_of(model.rnn)
        self._first = _first_states(model, state)
        self._last: _Forward | None = None

    def read(self, text: str, objective: Objective | None = None) -> Trace:
        """Read a text and differentiate the objective (None: nothing); ValueError where that does not fit the text."""
        if isinstance(objective, (TextLoss, NextSymbol)) and not self.model.foretells:
            answers = ", ".join(self.model.outputs)
            raise ValueError(f"this model foretells no symbol, it answers {answers}; take ClassLogit or another objective")
        vocabulary = self.model.vocabulary
        tokens = vocabulary.split(text)
        ids = vocabulary.encode(tokens.forms)
        forward = self._last = self._advance(ids)
        probs = np.exp(forward.log_probs)
        surprise = np.full(len(ids), np.nan, probs.dtype)
        foretold = len(ids) - 1 if self.model.foretells else 0
        if foretold > 0:
            surprise[1:] = -forward.log_probs[np.arange(foretold), ids[1:]]
        gradients: Sequence[Gradients | None] = [None] * len(self._layers)
        if objective is not None:
            gradients = self._differentiate(forward, objective.by_logits(probs, ids, vocabulary))
        return Trace(
            tokens=tokens.written,
            ids=ids,
            known=np.fromiter((form in vocabulary for form in tokens.forms), dtype=bool),
            spans=tokens.spans,
            layers=tuple(
                LayerTrace("rnn", layer.kind, layer.number, False, values, *first, grads)
                for layer, values, first, grads in zip(
                    self._layers, forward.layers, self._first, gradients, strict=True
                )
            ),
            probs=probs,
            surprise=surprise,
            loss=float(surprise[1:].mean()) if foretold > 0 else None,
            objective=None if objective is None else objective.words(tokens.written),
            facts=FrozenMapping(dict(self.model.facts)),
        )

    def _advance(self, ids: Int[np.ndarray, " time"]) -> _Forward:
        """Go on from the longest prefix that is known already; its numbers are kept, not computed again."""
        last = self._last
        shared = 0 if last is None else _common_prefix(last.ids, ids)
        if last is not None and shared == len(ids):
            kept = tuple({symbol: values[:shared] for symbol, values in layer.items()} for layer in last.layers)
            return _Forward(ids, kept, last.log_probs[:shared])
        with torch.inference_mode():
            x = self.model.embedding(torch.from_numpy(ids[shared:]))[:, None]
            read: list[Mapping[str, Steps]] = []
            for number, layer in enumerate(self._layers):
                before = last.layers[number] if last is not None and shared else None
                first = self._first[number] if before is None else _states(before, shared - 1)
                values = read_layer(layer, x, *first)
                x = torch.from_numpy(values["h"])
                read.append(values if before is None else _join(before, values, shared))
            log_probs = self.model.decoder(x[:, 0]).log_softmax(-1).numpy()
        if last is not None and shared:
            log_probs = np.concatenate((last.log_probs[:shared], log_probs))
        return _Forward(ids, tuple(read), log_probs)

    def _differentiate(self, forward: _Forward, by_logits: Float[np.ndarray, "time vocab"]) -> list[Gradients]:
        """Gradients for each layer, lowest first: from the decoder down, each layer's d_x being the next one's d_h."""
        d_h = (by_logits @ self.model.decoder.weight.detach().numpy())[:, None]
        gradients: list[Gradients] = []
        for layer, values, (h0, c0) in zip(self._layers[::-1], forward.layers[::-1], self._first[::-1], strict=True):
            derivatives = layer.cell.bptt(layer.weights, values, h0, c0, d_h, None)
            gradients.insert(0, Gradients(derivatives.values))
            d_h = derivatives.values["x"]
        return gradients


def trace(model: LanguageModel, text: str, objective: Objective | None = None, state: Any = None) -> Trace:
    """Read a text once: everything the model computed and expected, and the gradients of the objective.

    `state` is the model's state before the first symbol, as its forward returns it (None: zeros), so that a window of a
    long text can be read from where it stands. An empty text gives a trace of no steps.
    """
    return Reader(model, state).read(text, objective)


def read_layer(layer: Layer, x: torch.Tensor, h0: State, c0: State | None) -> dict[str, Steps]:
    """Everything one layer computes over x [time, batch, input] from the states before it: its quantities, h and x."""
    if not len(x):
        h = x.new_zeros(0, 1, layer.weights.hh.shape[1])
    else:
        h = layer.run(x, torch.from_numpy(h0), None if c0 is None else torch.from_numpy(c0))
    inputs, hidden = x.numpy(), h.numpy()
    return {**layer.cell.replay(layer.weights, inputs, hidden, h0, c0), "h": hidden, "x": inputs}


def _first_states(model: LanguageModel, state: Any) -> list[tuple[State, State | None]]:
    """Each layer's states before the first step, [batch = 1, unit]; c0 None where the cell has none."""
    is_lstm = model.config.kind == "lstm"
    if state is None:
        zeros = torch.zeros(model.config.layers, 1, model.config.hidden, dtype=model.decoder.weight.dtype)
        state = (zeros, zeros) if is_lstm else zeros
    hidden, cell = state if is_lstm else (state, None)
    return [
        (hidden[layer].detach().numpy(), None if cell is None else cell[layer].detach().numpy())
        for layer in range(model.config.layers)
    ]


def _join(before: Mapping[str, Steps], after: Mapping[str, Steps], shared: int) -> dict[str, Steps]:
    return {symbol: np.concatenate((before[symbol][:shared], values)) for symbol, values in after.items()}


def _states(values: Mapping[str, Steps], step: int) -> tuple[State, State | None]:
    return values["h"][step], values["c"][step] if "c" in values else None


def _common_prefix(one: Int[np.ndarray, " time"], other: Int[np.ndarray, " time"]) -> int:
    length = min(len(one), len(other))
    different = np.flatnonzero(one[:length] != other[:length])
    return int(different[0]) if len(different) else length
