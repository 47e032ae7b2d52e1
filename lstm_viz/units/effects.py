"""What one unit does to the network's outputs at the same step, and where its values peak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.models.checks import require_unit
from lstm_viz.models.language import LanguageModel
from lstm_viz.trace import LayerTrace, Trace


def logit_contributions(model: LanguageModel, trace: Trace, unit: int) -> Float[np.ndarray, "time output"]:
    """Compute what a unit of the topmost layer adds to each logit: W[output, unit] · h_t.

    The logits are the decoder's weights times the hidden state, so that these are exact parts of them. The mean over outputs is
    left out, which the softmax does not see.

    Args:
        model: A language model or classifier.
        trace: Its trace of a text.
        unit: A unit of the topmost layer.

    Returns:
        The contribution at each step to each logit, [time, output].

    Raises:
        IndexError: The unit is out of range.
        ValueError: The trace is of another model.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> logit_contributions(model, lstm_viz.trace(model, "aabb"), 1).shape
        (4, 4)
    """
    require_unit(model, trace, model.config.layers - 1, unit)
    weights = model.decoder.weight.detach().numpy()[:, unit]
    return np.multiply.outer(trace.layers[-1].h[:, 0, unit], weights - weights.mean())


def logit_derivatives(model: LanguageModel, trace: Trace, layer: int, unit: int) -> Float[np.ndarray, "time output"]:
    """Compute how the logits after each step change with a unit's memory state at that step, ∂ logits_t / ∂ s_t.

    The memory state is c of an LSTM, h of a GRU or RNN. The derivative goes through h and the layers above at the same step, by
    automatic differentiation: o_t (1 − tanh² c_t) times the decoder's weights for the topmost layer of an LSTM. What the unit
    does to later steps is not in it. The mean over outputs is left out, which the softmax does not see.

    Args:
        model: A language model or classifier.
        trace: Its trace of a text.
        layer: The unit's layer.
        unit: The unit.

    Returns:
        The derivative at each step of each logit, [time, output].

    Raises:
        IndexError: The layer or the unit is out of range.
        ValueError: The trace is of another model.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> logit_derivatives(model, lstm_viz.trace(model, "aabb"), 0, 1).shape
        (4, 4)
    """
    require_unit(model, trace, layer, unit)
    layer_trace = trace.layers[layer]
    memory = torch.from_numpy(np.ascontiguousarray(layer_trace.values[MEMORY_STATE[layer_trace.kind]][:, 0])).requires_grad_()
    gate = torch.from_numpy(np.ascontiguousarray(layer_trace.values["o"][:, 0])) if layer_trace.kind == "lstm" else None
    above = list(zip(layers_of(model.rnn)[layer + 1 :], trace.layers[layer + 1 :], strict=True))

    def logits(state: Tensor) -> Tensor:
        h = state if gate is None else gate * torch.tanh(state)
        for upper, values in above:
            h = _one_step(upper, values, h)
        return h @ model.decoder.weight.detach().T

    # The product Jᵀu is linear in u, and its derivative by u along a direction is J times that direction (Townsend 2017).
    # PyTorch's forward mode would do it in one pass, but its level is one for all threads: two visitors at once would fail.
    with torch.enable_grad():
        values = logits(memory)
        u = torch.zeros_like(values, requires_grad=True)
        (pulled,) = torch.autograd.grad(values, memory, u, create_graph=True)
        derivatives = torch.autograd.grad(pulled[:, unit].sum(), u)[0].numpy()
    return derivatives - derivatives.mean(axis=1, keepdims=True)


def find_peaks(values: Float[np.ndarray, " time"], count: int, apart: int, lowest: bool = False) -> list[int]:
    """Find the steps of the highest (or lowest) values, no two of them nearer than `apart` steps.

    Args:
        values: One number a step; NaN is left out.
        count: How many steps at most.
        apart: The least distance between two steps.
        lowest: Find the lowest values.

    Returns:
        The steps, the most extreme first; among equal values the earlier.

    Examples:
        >>> find_peaks(np.array([0.1, 0.9, 0.8, 0.2, 0.7]), 2, 2)
        [1, 4]
    """
    remaining = np.where(np.isfinite(values), values if lowest else -values, np.inf)
    steps: list[int] = []
    while len(steps) < count and len(remaining) and np.isfinite(remaining.min()):
        step = int(remaining.argmin())
        steps.append(step)
        remaining[max(0, step - apart + 1) : step + apart] = np.inf
    return steps


def _one_step(layer: Layer, layer_trace: LayerTrace, x: Tensor) -> Tensor:
    """Compute one step of a layer for every step of a text at once, from the states before each, with another input."""
    before = {"h": np.concatenate((layer_trace.h0[None], layer_trace.h[:-1]))[:, 0]}
    if layer_trace.c0 is not None:
        before["c"] = np.concatenate((layer_trace.c0[None], layer_trace.c[:-1]))[:, 0]
    states = {name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in before.items()}
    weights: Mapping[str, Tensor] = {name: value.detach() for name, value in layer.parameters.items()}
    parameters: list[Any] = [weights["ih"], weights["hh"], weights.get("b_ih"), weights.get("b_hh")]
    if layer.kind == "lstm":
        return torch.lstm_cell(x, (states["h"], states["c"]), *parameters)[0]
    if layer.kind == "gru":
        return torch.gru_cell(x, states["h"], *parameters)
    return (torch.rnn_relu_cell if layer.relu else torch.rnn_tanh_cell)(x, states["h"], *parameters)
