"""Read a series with a forecaster: every gate at every step, the forecasts, and what one forecast depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.capture.layers import layers_of
from lstm_viz.models.checks import require_forecaster
from lstm_viz.models.forecaster import Forecaster
from lstm_viz.reader import read_layer
from lstm_viz.results import FrozenMapping, Result
from lstm_viz.trace import Gradients, LayerTrace, Trace

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True, eq=False, repr=False)
class SeriesTrace(Result):
    """A series as read by one forecaster.

    `expected[t]` is the forecast of value t + 1 made at step t, `raw_output[t]` the scaled change that the network gave for it.
    With a target step, `gradient_by_value[k]` is the total derivative of its forecast by value k, and the layers hold its
    gradients. `trace` has the shape of a text's: tokens are the values as short texts, such as "1.234" and "12346"; surprise is
    not defined.

    Examples:
        >>> from lstm_viz import series
        >>> from lstm_viz.series.datasets import SHIPPED
        >>> read = series.read_series(series.load_forecaster("co2"), SHIPPED["co2"].read().values[:50], target_step=-1)
        >>> read.expected.shape, read.gradient_by_value.shape, read.trace.layers[0].kind
        ((50,), (50,), 'lstm')
    """

    _drawn = ("values",)

    values: Values
    expected: Values
    raw_output: Values
    trace: Trace
    gradient_by_value: Values | None = None


def read_series(model: Forecaster, values: Values, target_step: int | None = None) -> SeriesTrace:
    """Read a series from its first value, and differentiate one forecast if requested.

    Args:
        model: The forecaster.
        values: The series [time].
        target_step: The step whose forecast is differentiated, −1 for the last one; None for no gradients.

    Returns:
        The forecasts [time] in the series' unit, every gate [time, batch = 1, unit], and the gradients if requested.

    Raises:
        ValueError: The step is out of range, or the values are not one row of at least one number.
        TypeError: The model is not a `Forecaster`.

    Examples:
        >>> from lstm_viz import series
        >>> from lstm_viz.series.datasets import SHIPPED
        >>> values = SHIPPED["co2"].read().values[:50]
        >>> read = series.read_series(series.load_forecaster("co2"), values)
        >>> round(float(np.abs(read.expected[:-1] - values[1:]).mean()), 1)     # parts per million, one month ahead
        0.3
    """
    require_forecaster(model)
    values = as_values(values)
    series = torch.from_numpy(values)[:, None]
    layers, read = layers_of(model.rnn), []
    with torch.inference_mode():
        x = model.features(series)
        zeros = np.zeros((1, model.config.hidden), x.numpy().dtype)
        states = (zeros, zeros if model.config.kind == "lstm" else None)
        for layer in layers:
            read.append(read_layer(layer, x, *states))
            x = torch.from_numpy(read[-1]["h"])
        raw_output = model.decoder(x)[..., 0]
        expected = model.next_value(series, raw_output)
    gradients: list[Gradients | None] = [None] * len(layers)
    by_value = None
    if target_step is not None:
        target_step = _check_step(target_step, len(values))
        gradients, by_value = _differentiate(model, series, raw_output, read, states, target_step)
    tokens = tuple(map(_value_token, values.tolist()))
    blank = np.full(len(values), np.nan)
    trace = Trace(
        tokens=tokens,
        ids=np.arange(len(values)),
        known=np.ones(len(values), bool),
        spans=_spans(tokens),
        layers=tuple(
            LayerTrace("rnn", layer.kind, layer.index, False, quantities, *states, grads)
            for layer, quantities, grads in zip(layers, read, gradients, strict=True)
        ),
        probs=np.zeros((len(values), 0)),
        surprise=blank,
        loss=None,
        objective=None if target_step is None else f"the forecast made after step {target_step}",
        metadata=FrozenMapping(dict(model.metadata)),
    )
    return SeriesTrace(series[:, 0].numpy(), expected[:, 0].numpy(), raw_output[:, 0].double().numpy(), trace, by_value)


def as_values(values: Any) -> Values:
    """Return numbers as a contiguous float64 array [time]; ValueError for anything else."""
    if hasattr(values, "labels") and hasattr(values, "values"):
        raise ValueError(f"the values are of type {type(values).__name__}; give its numbers, `.values`")
    try:
        numbers = np.ascontiguousarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the values are of type {type(values).__name__}; one row of numbers was wanted") from error
    if np.ndim(values) != 1 or not len(numbers):
        raise ValueError(f"the values have the shape {list(np.shape(values))}; one row of at least one number was wanted")
    return numbers


def _differentiate(
    model: Forecaster, series: torch.Tensor, raw_output: torch.Tensor, read: Sequence[dict[str, np.ndarray]],
    states: tuple[np.ndarray, np.ndarray | None], step: int,
) -> tuple[list[Gradients | None], Values]:  # fmt: skip
    """Return the derivatives of the forecast made after a step: by each layer's quantities as `read`, and by the values.

    `states` are those before the first value, alike for all layers.
    """
    by_output, direct = _derivatives(model, series[step], raw_output[step])
    d_h = np.zeros_like(read[-1]["h"])
    d_h[step, 0] = model.decoder.weight.detach().numpy()[0]
    gradients: list[Gradients | None] = []
    for layer, quantities in reversed(list(zip(layers_of(model.rnn), read, strict=True))):
        derivatives = layer.bptt(quantities, *states, d_h).values
        gradients.append(Gradients({name: by_output * each for name, each in derivatives.items()}))
        d_h = derivatives["x"]
    # The network's values are of order 1, whatever the series' unit; gradients are converted to that unit at the end.
    by_value = by_output * _by_value(model, series, d_h)
    by_value[step] += direct
    return gradients[::-1], by_value


def _derivatives(model: Forecaster, value: torch.Tensor, raw_output: torch.Tensor) -> tuple[float, float]:
    """Return the forecast's derivative by the network's output and, with that fixed, by the value before it."""
    ends = (value.clone().requires_grad_(True), raw_output.double().clone().requires_grad_(True))
    by_value, by_output = torch.autograd.grad(model.next_value(*ends).sum(), ends)
    return by_output.item(), by_value.item()


def _by_value(model: Forecaster, series: torch.Tensor, by_feature: np.ndarray) -> Values:
    """Convert derivatives by the features to derivatives by the values that they are computed from."""
    with torch.enable_grad():
        values = series.clone().requires_grad_(True)
        (gradients,) = torch.autograd.grad(model.features(values), values, torch.from_numpy(by_feature))
    return gradients[:, 0].numpy().copy()


def _value_token(value: float) -> str:
    """Format a value as a token: four significant digits, and every digit before the point up to 15."""
    return f"{value:.0f}" if 9999.5 <= abs(value) < 1e15 else f"{value:.4g}"


def _spans(tokens: tuple[str, ...]) -> np.ndarray:
    """Return the character span of each token in their blank-separated text."""
    lengths = np.array([len(token) for token in tokens], int)
    ends = np.cumsum(lengths + 1) - 1
    return np.stack((ends - lengths, ends), axis=1)


def _check_step(step: int, steps: int) -> int:
    if not -steps <= step < steps:
        raise ValueError(f"step {step} lies outside a series of {steps} values; choose {-steps} to {steps - 1}")
    return step % steps
