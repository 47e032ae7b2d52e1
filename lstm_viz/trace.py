"""Captured data as frozen dataclasses: no torch, no plotting, no model inside.

Axes are written out in full and always in this order: [time, batch, unit]. Time runs forward in the text, for the
reverse direction of a bidirectional network too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, Int

from lstm_viz.gates import NAMES, Kind
from lstm_viz.results import FrozenMapping, Result, shorten
from lstm_viz.thumbnail import heat_map

Steps = Float[np.ndarray, "time batch unit"]

#: Below this, squares underflow in single precision.
FAINT = 1e-17


class _Named:
    """Values by symbol, readable as attributes: `layer.f`, `layer.grads.c`."""

    values: Mapping[str, Steps]

    def __getattr__(self, symbol: str) -> Steps:
        values = self.__dict__.get("values", {})
        if symbol in values:
            return values[symbol]
        raise AttributeError(f"no {symbol!r} here; available: {', '.join(values) or 'nothing'}")

    def __getitem__(self, symbol: str) -> Steps:
        return self.values[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.values

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *self.values})


@dataclass(frozen=True, eq=False, repr=False)
class Gradients(_Named, Result):
    """Total derivatives of one objective: `values` by symbol, each [time, batch, unit] in the module's dtype.

    Symbols are those of the cell, `x` for the layer's input, and `i_pre`, `f_pre`, … for the pre-activations.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb", lstm_viz.TextLoss())
        >>> grads = read.layers[0].grads
        >>> grads.f_pre.shape
        (4, 1, 4)
        >>> print(grads.magnitude("c")[:, 0].round(2))
        [0.26 0.64 0.   0.  ]
    """

    values: Mapping[str, Steps]

    def magnitude(self, symbol: str) -> Float[np.ndarray, "time batch"]:
        """Return the L2 norm over units of one derivative at each timestep, [time, batch]."""
        values = self.values[symbol]
        sizes = np.sqrt(np.vecdot(values, values))
        faint = sizes < FAINT
        if faint.any():
            sizes[faint] = np.linalg.norm(values[faint].astype(np.float64), axis=-1)
        return sizes

    def _summary(self) -> Iterator[str]:
        if "h" in self.values:
            yield _size(self.values["h"])
        yield f"by {' '.join(self.values) or 'nothing'}"

    def _picture(self) -> str:
        symbol = "c" if "c" in self.values else "h"
        if not self.values.get(symbol, np.zeros((0, 0, 0))).size:
            return ""
        return heat_map(self.values[symbol][:, 0].T, f"gradient by {symbol} of batch entry 0, unit by step")


@dataclass(frozen=True, eq=False, repr=False)
class LayerTrace(_Named, Result):
    """One layer and direction of one call of a recurrent module.

    `name` is the module's path, `kind` its cell ("lstm", "gru" or "rnn"), `layer` counts from 0, and `reverse` is True for the
    reverse direction. `values` holds the cell's quantities and `x`, the layer's input, each [time, batch, unit], in the module's
    dtype; of packed sequences, which have these `lengths` [batch], they are NaN past the end of a shorter one. `h0` and `c0` are
    the states before the first step, [batch, unit]. If `grads` is None, `grads_missing` says why. `changed` lists the steps, of a
    cell in a loop, that started from another state than the previous step returned, for example with dropout on the state.

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aabb").layers[0]
        >>> layer
        LayerTrace('rnn', LSTM layer 0, 4 steps × 1 batch × 4 units, float32, no gradients)
        >>> before = np.concatenate((layer.c0[None], layer.c[:-1]))
        >>> np.allclose(layer.c, layer.f * before + layer.i * layer.g)
        True
    """

    name: str
    kind: Kind
    layer: int
    reverse: bool
    values: Mapping[str, Steps]
    h0: Float[np.ndarray, "batch unit"]
    c0: Float[np.ndarray, "batch unit"] | None = None
    grads: Gradients | None = None
    lengths: Int[np.ndarray, " batch"] | None = None
    grads_missing: str | None = None
    changed: tuple[int, ...] = ()

    @property
    def units(self) -> int:
        """Return the number of units of the cell state (of the hidden state, if there is no cell)."""
        return self.values["c" if "c" in self.values else "h"].shape[-1]

    @property
    def steps(self) -> int:
        """Return the number of captured timesteps."""
        return self.values["h"].shape[0]

    def _summary(self) -> Iterator[str]:
        yield repr(shorten(self.name, 60))
        yield f"{NAMES[self.kind]} layer {self.layer}{', reverse' if self.reverse else ''}"
        yield _size(self.values["c" if "c" in self.values else "h"])
        if self.lengths is not None and len(set(self.lengths.tolist())) > 1:
            yield f"lengths {self.lengths.min()} to {self.lengths.max()}"
        reason = f" ({shorten(self.grads_missing, 80)})" if self.grads_missing else ""
        yield f"no gradients{reason}" if self.grads is None else f"gradients by {' '.join(self.grads.values)}"

    def _picture(self) -> str:
        symbol = "c" if "c" in self.values else "h"
        if not self.values[symbol].size:
            return ""
        return heat_map(self.values[symbol][:, 0].T, f"{symbol} of batch entry 0, unit by step")


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Result):
    """A text as read by one model: tokens, every layer, the predictions, and the gradients of one objective.

    `tokens[t]` is the token (a character, or a word as written) read at step t, text[start:end] with (start, end) =
    `spans[t]`, `ids[t]` its id, and `known[t]` is False if it is not in the model's vocabulary. `layers` has a `LayerTrace` for
    each layer, lowest first. `probs[t]` is the predicted distribution of the token after step t; `surprise[t]` is −ln p of
    token t given those before it, in nats, NaN at t = 0, where nothing was predicted yet. `loss` is the mean surprise in nats
    (None below two tokens). For a classifier, `probs[t]` is the distribution of the classes for the text up to step t
    [time, class], surprise is NaN throughout and loss None. `objective` describes what `grads` are derivatives of, and
    `metadata` is the model's.

    Examples:
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "aabb")
        >>> read.tokens, read.probs.shape
        (('a', 'a', 'b', 'b'), (4, 4))
        >>> print(read.surprise.round(2))
        [ nan 0.11 2.17 0.  ]
    """

    tokens: tuple[str, ...]
    ids: Int[np.ndarray, " time"]
    known: Bool[np.ndarray, " time"]
    spans: Int[np.ndarray, "time 2"]
    layers: tuple[LayerTrace, ...]
    probs: Float[np.ndarray, "time vocab"]
    surprise: Float[np.ndarray, " time"]
    loss: float | None
    objective: str | None = None
    metadata: Mapping[str, str] = field(default_factory=FrozenMapping)

    def _summary(self) -> Iterator[str]:
        yield f"{len(self.tokens):,} tokens"
        kinds = {f"{NAMES[layer.kind]} of {layer.units} units" for layer in self.layers}
        yield f"{len(self.layers)} {'layer' if len(self.layers) == 1 else 'layers'}: {', '.join(sorted(kinds))}"
        yield f"{self.probs.shape[-1]:,} answers"
        if self.loss is not None:
            yield f"loss {self.loss:.4g} nats"
        yield "with gradients" if any(layer.grads is not None for layer in self.layers) else "no gradients"

    def _picture(self) -> str:
        return "".join(layer._picture() for layer in self.layers[-1:])


def _size(values: Steps) -> str:
    """Format the axes of a captured array, and its dtype."""
    steps, batch, units = values.shape
    return f"{steps:,} steps × {batch:,} batch × {units:,} units, {values.dtype}"


def require_layer(layer: object) -> None:
    """Raise TypeError for anything but a `LayerTrace`; the message says how to get one."""
    if not isinstance(layer, LayerTrace):
        advice = "one of its `.layers`" if hasattr(layer, "layers") else "one of the layers of a trace or a capture"
        raise TypeError(f"the layer is of type {type(layer).__name__}; a LayerTrace was wanted: give {advice}, as .layers[0]")


def require_trace(trace: object) -> None:
    """Raise TypeError for anything but a `Trace`; the message says how to get one."""
    if isinstance(trace, Trace):
        return
    if isinstance(getattr(trace, "trace", None), Trace):
        advice = "give the trace that it holds, `.trace`"
    elif isinstance(trace, LayerTrace):
        advice = "give the whole trace, as lstm_viz.trace returns it, and not one of its layers"
    else:
        advice = "read a text by lstm_viz.trace(model, text)"
    raise TypeError(f"the trace is of type {type(trace).__name__}; a Trace was wanted: {advice}")
