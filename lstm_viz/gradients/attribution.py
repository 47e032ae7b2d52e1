"""Attribution of an output to the tokens of the text: input × gradient, and integrated gradients.

Source: Sundararajan, Taly & Yan 2017. Integrated gradients follow the straight line from a neutral baseline to the text's
embeddings, and attribute to each token its share of the change of the objective along it; the shares add up to that change.
Over many steps a recurrent network may be strongly non-linear on that line; fewer tokens (`first`) or more points help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.capture.layers import layers_of
from lstm_viz.cells import State, Steps
from lstm_viz.gradients.objectives import Objective, fix_target, require_objective
from lstm_viz.models.checks import require_trace_of, require_whole
from lstm_viz.models.language import LanguageModel
from lstm_viz.results import Result
from lstm_viz.trace import Trace, require_trace

#: The baseline of a token: the model's unknown token, zeros, or the mean embedding.
Baseline = Literal["unknown", "zero", "mean"]


@dataclass(frozen=True, eq=False, repr=False)
class Attribution(Result):
    """Each token's share of `value` − `baseline_value`, the objective at the text and at the baseline, [time].

    Shares that were not requested are NaN. `error` is the sum of the shares minus that difference: zero for an exact
    integral (completeness).

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.integrated_gradients(model, lstm_viz.trace(model, "aab"), lstm_viz.NextToken(-1, "b"), points=64)
        >>> round(result.value - result.baseline_value, 2), round(float(result.shares.sum()), 2)
        (1.95, 1.95)
    """

    _drawn = ("shares",)

    shares: Float[np.ndarray, " time"]
    value: float
    baseline_value: float

    @property
    def error(self) -> float:
        """Return the completeness error."""
        return float(np.nansum(self.shares)) - (self.value - self.baseline_value)


def gradient_times_input(trace: Trace) -> Float[np.ndarray, " time"]:
    """Compute Σ_e ∂L/∂x_e x_e over each token's embedding: what the token adds to L, to first order.

    Source: Shrikumar et al. 2016, "Not Just a Black Box: Learning Important Features Through Propagating Activation Differences".

    Args:
        trace: A trace with gradients, read with an objective L.

    Returns:
        Each token's share [time], in units of the objective.

    Raises:
        ValueError: The trace has no gradients.

    Examples:
        >>> from lstm_viz.gradients import gradient_times_input
        >>> gradient_times_input(lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.NextToken(-1, "b"))).round(1).tolist()
        [13.699999809265137, 4.099999904632568, -5.0, -3.200000047683716]
    """
    require_trace(trace)
    lowest = trace.layers[0]
    if lowest.grads is None:
        raise ValueError("the trace has no gradients; read the text with an objective, as in trace(model, text, objective)")
    return np.einsum("te,te->t", lowest.grads["x"][:, 0], lowest.values["x"][:, 0])


def integrated_gradients(
    model: LanguageModel,
    trace: Trace,
    objective: Objective,
    baseline: Baseline = "unknown",
    points: int = 32,
    first: int = 0,
) -> Attribution:
    """Compute each token's share of the objective, by Gauss–Legendre quadrature with `points` points on the line.

    The tokens from step `first` on move together from the baseline to their embeddings, those before stay unchanged; all
    points form one batch.

    Args:
        model: The model that read the text.
        trace: Its trace; no objective is needed.
        objective: What is attributed, such as `NextToken(-1, "e")`.
        baseline: The baseline of each token: "unknown", "zero" or "mean" (of all embeddings).
        points: Points of the quadrature; more make the error smaller.
        first: The first token that gets a share.

    Returns:
        The shares [time] in units of the objective, its value at the text and at the baseline, and the error of their sum.

    Raises:
        ValueError: An invalid baseline, number of points or first step, an objective that does not fit the text, or a trace of
            another model.
        TypeError: The model is not a `LanguageModel`, the trace not a `Trace`, or the objective is not one.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.integrated_gradients(model, lstm_viz.trace(model, "aabb"), lstm_viz.NextToken(-1, "\\n"))
        >>> result.shares.round(1).tolist(), abs(result.error) < 0.01
        ([-3.1, -2.6, 22.1, 14.1], True)
    """
    require_trace_of(model, trace)
    require_objective(objective)
    require_whole(points, "points", 1)
    steps = len(trace.ids)
    if baseline not in get_args(Baseline):
        raise ValueError(f"the baseline is {baseline!r}; choose one of {', '.join(get_args(Baseline))}")
    if not 0 <= first <= steps:
        raise ValueError(f"first is {first}; a step from 0 to {steps} was wanted")
    x = trace.layers[0].values["x"][first:, 0]
    start = _baseline_embeddings(model, baseline, x)
    objective = fix_target(objective, trace.probs, model.outputs)
    nodes, weights = np.polynomial.legendre.leggauss(points)
    # The baseline and the text itself are added for the objective's values at both ends.
    along = np.concatenate((0.5 * (nodes + 1.0), (0.0, 1.0))).astype(x.dtype)[:, None]
    states = _states(trace, first, len(along))
    logits, layers = _read(model, start[:, None] + along * (x - start)[:, None], states)
    before = np.log(np.maximum(trace.probs[:first], np.finfo(x.dtype).tiny))
    ends = [np.concatenate((before, logits[:, point])) for point in range(len(along))]
    by_logits = np.zeros_like(logits)
    for point, weight in enumerate(weights):
        gradients = objective.by_logits(_softmax(ends[point]), trace.ids, model.vocabulary)
        by_logits[:, point] = 0.5 * weight * gradients[first:]
    shares = np.full(steps, np.nan)
    shares[first:] = np.einsum("tpe,te->t", _by_input(model, layers, states, by_logits), x - start, dtype=np.float64)
    value, baseline_value = (objective.value(ends[position], trace.ids, model.vocabulary) for position in (-1, -2))
    return Attribution(shares, value, baseline_value)


def _baseline_embeddings(model: LanguageModel, baseline: Baseline, x: Float[np.ndarray, "time embedding"]) -> np.ndarray:
    embeddings = model.embedding.weight.detach().numpy()
    choices = {"unknown": embeddings[0], "zero": np.zeros_like(embeddings[0]), "mean": embeddings.mean(axis=0)}
    return np.broadcast_to(choices[baseline], x.shape)


def _states(trace: Trace, first: int, points: int) -> list[tuple[State, State | None]]:
    """Return each layer's states before step `first`, repeated for every point."""
    collected = []
    for layer in trace.layers:
        h, c = (layer.h0, layer.c0) if not first else (layer.h[first - 1], None if layer.c0 is None else layer.c[first - 1])
        collected.append((h.repeat(points, axis=0), None if c is None else c.repeat(points, axis=0)))
    return collected


def _read(
    model: LanguageModel, x: Steps, states: Sequence[tuple[State, State | None]]
) -> tuple[Float[np.ndarray, "time point vocab"], Sequence[dict[str, Steps]]]:
    """Run the model on embeddings [time, point, embedding]; return logits, and the quantities of each layer."""
    collected = []
    with torch.inference_mode():
        inputs = torch.from_numpy(np.ascontiguousarray(x))
        for layer, (h0, c0) in zip(layers_of(model.rnn), states, strict=True):
            first = torch.from_numpy(h0)
            if len(x):
                h = layer.run(inputs, first, None if c0 is None else torch.from_numpy(c0))
            else:
                h = first.new_zeros(0, *first.shape)
            values = {"h": h.numpy(), "x": inputs.numpy()}
            collected.append({**values, **layer.cell.replay(layer.weights, values["x"], values["h"], h0, c0)})
            inputs = h
        return model.decoder(inputs).numpy(), collected


def _by_input(
    model: LanguageModel, layers: Sequence[dict[str, Steps]], states: Sequence[tuple[State, State | None]], by_logits: Steps
) -> Steps:
    """Propagate the derivative by the logits to the embeddings, [time, point, embedding]."""
    d_h = by_logits @ model.decoder.weight.detach().numpy()
    for layer, values, (h0, c0) in zip(layers_of(model.rnn)[::-1], layers[::-1], states[::-1], strict=True):
        d_h = layer.bptt(values, h0, c0, d_h).values["x"]
    return d_h


def _softmax(logits: Float[np.ndarray, "time vocab"]) -> Float[np.ndarray, "time vocab"]:
    powers = np.exp(logits - logits.max(-1, keepdims=True, initial=-np.inf))
    return powers / powers.sum(-1, keepdims=True)
