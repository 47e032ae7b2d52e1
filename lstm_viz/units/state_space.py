"""Where the state goes: a text as a path in the plane of two principal components, and the network's slow points.

The slow points of a recurrent network are states that one step with a constant input hardly changes (Sussillo and Barak 2013,
"Opening the black box"). In a network that tells positive from negative they lie near a line, along which it counts evidence
(Maheswaranathan et al. 2019, "Reverse engineering recurrent networks for sentiment classification reveals line attractor
dynamics").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lstm_viz.gates import MEMORY_STATE
from lstm_viz.models.catalog import load
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import trace
from lstm_viz.results import Result
from lstm_viz.text.numbers import format_percent
from lstm_viz.trace import Trace, require_trace

#: Points that move at less than this share of the visited states' median speed are slow.
SLOW = 0.2
_ITERATIONS = 100


@dataclass(frozen=True, eq=False, repr=False)
class Plane(Result):
    """The plane of the two first principal components of states.

    Attributes:
        mean: The mean state [unit].
        axes: The two components [2, unit], of length one and at right angles.
        variance: The share of the states' variance along each.
        states: How many states it was computed from.

    Examples:
        >>> plane = plane_of(np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.1]]))
        >>> plane.variance.round(3), plane.project(np.array([[2.0, 0.0]])).shape
        (array([1., 0.]), (1, 2))
    """

    mean: Float[np.ndarray, " unit"]
    axes: Float[np.ndarray, "2 unit"]
    variance: Float[np.ndarray, 2]
    states: int

    def project(self, states: Float[np.ndarray, "step unit"]) -> Float[np.ndarray, "step 2"]:
        """Return the states' coordinates in the plane."""
        return np.asarray((states - self.mean) @ self.axes.T)

    def _summary(self) -> Iterator[str]:
        yield f"{self.states:,} states of {len(self.mean)} units"
        yield f"{format_percent(float(self.variance.sum()))} of the variance"


@dataclass(frozen=True, eq=False, repr=False)
class SlowPoints(Result):
    """States that one step with the mean input hardly changes, and how fast each still moves.

    Attributes:
        states: The memory state of one layer at each point [point, unit].
        speed: The length of the change of the whole state in one step, divided by the median of that of the starting states.
        outputs: What the network gives at each point, as log-probabilities [point, output].
    """

    states: Float[np.ndarray, "point unit"]
    speed: Float[np.ndarray, " point"]
    outputs: Float[np.ndarray, "point output"]

    def _summary(self) -> Iterator[str]:
        yield f"{len(self.speed)} points"
        if len(self.speed):
            yield f"speed {self.speed.min():.1e} to {self.speed.max():.1e} of that of the visited states"


def plane_of(states: Float[np.ndarray, "step unit"]) -> Plane:
    """Compute the plane of the two first principal components of states.

    Args:
        states: At least two states.

    Returns:
        The plane. Each axis points to where its largest part is positive, so that the picture does not flip between runs.

    Raises:
        ValueError: There are fewer than two states, or fewer than two units.

    Examples:
        >>> plane_of(np.eye(3)).states
        3
    """
    if states.ndim != 2 or min(states.shape) < 2:
        raise ValueError(f"got states of shape {states.shape}; at least two states of at least two units are needed")
    centred = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    components = axes[:2]
    signs = np.sign(components[np.arange(2), np.abs(components).argmax(axis=1)])
    total = float((lengths**2).sum())
    share = lengths[:2] ** 2 / total if total > 0 else np.zeros(2)
    return Plane(states.mean(axis=0, dtype=np.float64), components * signs[:, None], share, len(states))


def memory_states(trace: Trace, layer: int) -> Float[np.ndarray, "step unit"]:
    """Return a layer's memory state after each step: c of an LSTM, h of a GRU or RNN.

    Args:
        trace: A trace of one text.
        layer: The layer.

    Returns:
        The states.

    Raises:
        IndexError: The layer is out of range.

    Examples:
        >>> memory_states(lstm_viz.trace(lstm_viz.load("counting"), "aabb"), 0).shape
        (4, 4)
    """
    require_trace(trace)
    if not 0 <= layer < len(trace.layers):
        raise IndexError(f"layer {layer} is out of range; the model has layers 0 to {len(trace.layers) - 1}")
    layer_trace = trace.layers[layer]
    return np.asarray(layer_trace.values[MEMORY_STATE[layer_trace.kind]][:, 0])


def slow_points(model: LanguageModel, traces: list[Trace], layer: int, points: int = 40, seed: int = 0) -> SlowPoints:
    """Find states near those that texts visit which one step with the mean input hardly changes.

    From each of several visited states the squared length of the change of the whole state in one step, |F(s, x̄) − s|², is
    minimized by L-BFGS; x̄ is the mean embedding of the texts' tokens. It takes seconds: 100 steps forward and back.

    Args:
        model: A model of any kind and number of layers.
        traces: Texts read by it, whose states are the starting points.
        layer: The layer whose memory state is returned.
        points: How many starting states are drawn, without replacement.
        seed: Of the draw.

    Returns:
        The points that move at less than a fifth of the median speed of the starting states, slowest first; few or none where
        the network keeps no state.

    Raises:
        ValueError: The texts have no steps.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = slow_points(model, [lstm_viz.trace(model, "aaaabbbb")], 0, points=4)
        >>> result.states.shape[1], bool((result.speed < 0.2).all())
        (4, True)
    """
    memory = MEMORY_STATE[model.config.kind]
    rows = [_whole_states(trace, memory) for trace in traces if trace.tokens]
    if not rows:
        raise ValueError("the texts have no steps, so no state was visited")
    visited = np.concatenate(rows)
    drawn = np.sort(np.random.default_rng(seed).permutation(len(visited))[:points])
    ids = torch.from_numpy(np.concatenate([trace.ids for trace in traces]))
    mean = model.embedding.weight.detach()[ids].mean(0)
    start = torch.from_numpy(visited[drawn])
    state = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([state], max_iter=_ITERATIONS, history_size=20, line_search_fn="strong_wolfe")

    def squared() -> Tensor:
        optimizer.zero_grad()
        loss = (_change(model, state, mean) ** 2).sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(squared)
    with torch.inference_mode():
        usual = _change(model, start, mean).norm(dim=1).median()
        speed = _change(model, state, mean).norm(dim=1) / usual.clamp_min(1e-12)
        order = torch.argsort(speed)
        order = order[speed[order] < SLOW]
        hidden, states = _split(model, state.detach()[order])
        outputs = model.decoder(hidden[-1]).log_softmax(-1)
    return SlowPoints(states[layer].numpy(), speed[order].numpy(), outputs.numpy())


def slow_points_of_texts(model: str | LanguageModel, texts: tuple[str, ...], layer: int) -> Iterator[SlowPoints]:
    """Yield the slow points near the states of some texts; a shipped model may be given by its name, for another process.

    Args:
        model: The model, or the name of a shipped one.
        texts: The texts.
        layer: The layer whose memory state is returned.

    Examples:
        >>> (result,) = slow_points_of_texts("counting", ("aaaabbbb", "aabb"), 0)
        >>> result.states.shape[1]
        4
    """
    model = load(model) if isinstance(model, str) else model
    yield slow_points(model, [trace(model, text) for text in texts], layer)


def _whole_states(trace: Trace, memory: str) -> Float[np.ndarray, "step state"]:
    """Return the states of all layers after each step side by side: every h, then every c of an LSTM."""
    row = [layer.values["h"][:, 0] for layer in trace.layers]
    if memory == "c":
        row += [layer.values["c"][:, 0] for layer in trace.layers]
    return np.concatenate(row, axis=1)


def _split(model: LanguageModel, state: Float[Tensor, "point state"]) -> tuple[Tensor, Tensor]:
    """Return h and the memory state [layer, point, unit] of a row of whole states."""
    sorts = 2 if model.config.kind == "lstm" else 1
    parts = state.reshape(len(state), sorts, model.config.layers, model.config.hidden).permute(1, 2, 0, 3)
    return parts[0], parts[-1]


def _change(model: LanguageModel, state: Float[Tensor, "point state"], mean: Tensor) -> Float[Tensor, "point state"]:
    """Return the change of the whole state in one step with a constant input."""
    hidden, memory = (part.contiguous() for part in _split(model, state))
    x = mean.expand(1, len(state), -1)
    _, after = model.rnn(x, (hidden, memory) if model.config.kind == "lstm" else hidden)
    parts = torch.stack(after) if isinstance(after, tuple) else after[None]
    return parts.permute(2, 0, 1, 3).reshape(len(state), -1) - state
