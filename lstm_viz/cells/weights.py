"""The weights of one layer and direction as the cells read them, and the derivatives with respect to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

#: From this batch size on a different method is faster.
MIN_BATCH_FOR_TORCH = 32

Steps = Float[np.ndarray, "time batch unit"]
State = Float[np.ndarray, "batch unit"]

#: The result of a cell's `factors`: arrays [time, batch, …] by name.
Factors = Mapping[str, np.ndarray]

#: Called with a quantity's symbol and its values [batch, unit] as soon as they are computed; may change them in place.
InterventionHook = Callable[[str, State], None]


@dataclass(frozen=True, eq=False)
class Weights:
    """Views of PyTorch's parameters of one layer and direction; on the CPU nothing is copied.

    `ih` [row, input] and `hh` [row, hidden] hold one block of rows for each gate in PyTorch's order, `b_ih` and `b_hh`
    [row] their biases (None with bias=False), `hr` [hidden, unit] the LSTM's projection (None without proj_size).
    `relu` is True for nn.RNN(nonlinearity="relu").

    Examples:
        >>> from lstm_viz.capture.layers import layers_of
        >>> (layer,) = layers_of(torch.nn.LSTM(2, 3))
        >>> layer.weights.ih.shape, layer.weights.hh.shape, layer.weights.hr is None
        ((12, 2), (12, 3), True)
        >>> layer.weights.input_projection(np.ones((4, 1, 2), np.float32)).shape
        (4, 1, 12)
    """

    ih: Float[np.ndarray, "row input"]
    hh: Float[np.ndarray, "row hidden"]
    b_ih: Float[np.ndarray, " row"] | None = None
    b_hh: Float[np.ndarray, " row"] | None = None
    hr: Float[np.ndarray, "hidden unit"] | None = None
    relu: bool = False

    @classmethod
    def of(cls, parameters: Mapping[str, torch.Tensor], relu: bool = False) -> Weights:
        """Return views of parameters, keyed `ih`, `hh`, `b_ih`, `b_hh`, `hr`, as arrays that share their memory."""
        return cls(**{name: values.detach().cpu().numpy() for name, values in parameters.items()}, relu=relu)

    def input_projection(self, x: Steps) -> Steps:
        """Compute W_ih x_t + b_ih for every step at once, [time, batch, row]."""
        return _affine(x, self.ih, self.b_ih)

    def recurrent_projection(self, h: Steps) -> Steps:
        """Compute W_hh h_{t−1} + b_hh for every step at once, [time, batch, row]."""
        return _affine(h, self.hh, self.b_hh)


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Total derivatives of one objective by every quantity of one layer and direction.

    `values` maps a symbol to [time, batch, unit]: the cell's quantities, `x`, and each pre-activation as `i_pre`, ….
    `rows_ih` and `rows_hh` [time, batch, row] are the derivatives by W_ih x_t + b_ih and by W_hh h_{t−1} + b_hh, which differ
    in the GRU only. `h0` and `c0` [batch, unit] are those by the initial states.

    Examples:
        >>> from lstm_viz.capture.layers import layers_of
        >>> (layer,) = layers_of(torch.nn.RNN(2, 3))
        >>> x, h, h0 = np.ones((4, 1, 2), np.float32), np.zeros((4, 1, 3), np.float32), np.zeros((1, 3), np.float32)
        >>> values = layer.cell.replay(layer.weights, x, h, h0, None) | {"x": x, "h": h}
        >>> result = layer.bptt(values, h0, None, np.ones_like(h))
        >>> sorted(result.values), result.h0.shape
        (['h', 'h_pre', 'x'], (1, 3))
    """

    values: Mapping[str, Steps]
    rows_ih: Steps
    rows_hh: Steps
    h0: State
    c0: State | None = None


class Derived(Mapping[str, Steps]):
    """Arrays by name, some of which are computed on first access: usually only one of many layers is read."""

    def __init__(self, known: Mapping[str, Steps], later: Mapping[str, Callable[[], Steps]]) -> None:
        self._names = (*later, *known)
        self._known = dict(known)
        self._later = later

    def __getitem__(self, name: str) -> Steps:
        if name not in self._known:
            self._known[name] = self._later[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[type[dict[str, Steps]], tuple[dict[str, Steps]]]:
        return dict, (dict(self),)


def previous(states: Steps, first: State) -> Steps:
    """Shift states by one step: entry t is the state before step t, [time, batch, unit]."""
    shifted = np.empty_like(states)
    shifted[:1] = first
    shifted[1:] = states[:-1]
    return shifted


def apply_rows(rows: Steps, matrix: Float[np.ndarray, "row column"]) -> Steps:
    """Compute rows @ matrix as one matrix product over all steps and batch entries, [time, batch, column]."""
    return (_flat(rows) @ matrix).reshape(*rows.shape[:-1], matrix.shape[1])


def _flat(steps: Steps) -> Float[np.ndarray, "step unit"]:
    return steps.reshape(-1, steps.shape[-1])


def _affine(inputs: Steps, matrix: Float[np.ndarray, "row column"], bias: Float[np.ndarray, " row"] | None) -> Steps:
    product = apply_rows(inputs, matrix.T)
    if bias is not None:
        product += bias
    return product


def no_op(symbol: str, values: State) -> None:
    """Leave every quantity unchanged."""


def sigmoid(z: State) -> State:
    """Compute σ(z) for one step's gate; small batches use scipy, as each torch operation waits for other threads."""
    if len(z) >= MIN_BATCH_FOR_TORCH:
        # For large batches PyTorch's is several times as fast, and its wait is small compared with the step's product.
        return torch.from_numpy(z).sigmoid().numpy()
    from scipy.special import expit  # half a second to import, and not needed to read a text

    squashed: State = expit(z)
    return squashed
