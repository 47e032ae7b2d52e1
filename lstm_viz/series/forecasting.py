"""Recursive multi-step forecasts: each forecast is fed back as the next input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from lstm_viz.models.checks import require_forecaster, require_whole
from lstm_viz.models.forecaster import Forecaster
from lstm_viz.results import Result
from lstm_viz.series.reading import SeriesTrace, as_values, read_series

Values = Float[np.ndarray, " time"]

#: Maximum numbers of steps and of paths, more than a figure can show.
FARTHEST, MOST_PATHS = 2_000, 1_000


@dataclass(frozen=True, eq=False, repr=False)
class Forecast(Result):
    """The forecast values [step]; `reading` continues the series into the forecast, which begins at its step `border`.

    `low` and `high` [step] enclose the requested share of `paths` [step, path], if an interval was requested.

    Examples:
        >>> from lstm_viz import series
        >>> from lstm_viz.series.datasets import SHIPPED
        >>> values = SHIPPED["co2"].read().values
        >>> result = series.forecast(series.load_forecaster("co2"), values, 3)
        >>> result.values.round(1).tolist(), result.border == len(values)
        ([371.8, 372.7, 373.7], True)
    """

    _drawn = ("values",)

    values: Float[np.ndarray, " step"]
    reading: SeriesTrace
    border: int
    low: Float[np.ndarray, " step"] | None = None
    high: Float[np.ndarray, " step"] | None = None
    paths: Float[np.ndarray, "step path"] | None = None


def forecast(
    model: Forecaster, values: Values, steps: int, *,
    residuals: Values | None = None, paths: int = 200, share: float = 0.8, seed: int = 0,
) -> Forecast:  # fmt: skip
    """Forecast `steps` values; with `residuals` (see `residuals_of`) also an interval, from resampled past errors.

    Each of the `paths` adds, at every step, an error drawn from the residuals, and continues from there (residual bootstrap,
    Efron & Tibshirani 1993; Hyndman & Athanasopoulos 2021, 5.5). The same seed gives the same result.

    Args:
        model: The forecaster.
        values: The series so far [time].
        steps: How many values to forecast, 1 to 2,000.
        residuals: Past errors in scaled changes; None for no interval.
        paths: How many paths to draw, at most 1,000.
        share: The share of the paths inside the interval, 0 to 1.
        seed: Seed of the random numbers.

    Returns:
        The forecast values [step] in the series' unit and, with residuals, the ends of the interval [step].

    Raises:
        ValueError: `steps`, `paths` or `share` is out of range, or the values are not one row of numbers.
        TypeError: The model is not a `Forecaster`.

    Examples:
        >>> from lstm_viz import series
        >>> from lstm_viz.series.datasets import SHIPPED
        >>> values, model = SHIPPED["co2"].read().values, series.load_forecaster("co2")
        >>> errors = series.residuals_of(model, values, series.Split.of(len(values)))
        >>> result = series.forecast(model, values, 3, residuals=errors, paths=20)
        >>> result.paths.shape, bool((result.low <= result.high).all())
        ((3, 20), True)
    """
    require_forecaster(model)
    values = as_values(values)
    if not isinstance(steps, (int, np.integer)) or not 1 <= steps <= FARTHEST:
        raise ValueError(f"{steps} steps were requested; choose 1 to {FARTHEST:,}")
    require_whole(paths, "paths", 1)
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share is {share}; a number from 0 to 1 was wanted")
    last = np.array([len(values) - 1])
    coming = ahead(model, values, last, steps)[:, 0]
    reading = read_series(model, np.concatenate((values, coming)))
    if residuals is None or not len(residuals):
        return Forecast(coming, reading, len(values))
    paths = min(paths, MOST_PATHS)
    errors = np.random.default_rng(seed).choice(residuals, (steps, paths))
    sampled_paths = ahead(model, values, np.repeat(last, paths), steps, errors)
    low, high = np.quantile(sampled_paths, ((1 - share) / 2, (1 + share) / 2), axis=1)
    return Forecast(coming, reading, len(values), low, high, sampled_paths)


def ahead(
    model: Forecaster, values: Values, origins: Int[np.ndarray, " origin"], steps: int,
    errors: Float[np.ndarray, "step origin"] | None = None,
) -> Float[np.ndarray, "step origin"]:  # fmt: skip
    """Forecast recursively from each origin (an index of the series), all at once; nothing after an origin is used.

    `errors` are added to the network's output, in scaled changes.
    """
    layers = read_series(model, values[: int(origins.max()) + 1]).trace.layers
    hidden = torch.from_numpy(np.stack([layer.h[origins, 0] for layer in layers]))
    state = (hidden, torch.from_numpy(np.stack([layer.c[origins, 0] for layer in layers]))) if "c" in layers[0] else hidden
    back = origins - np.arange(model.context_length - 1, -1, -1)[:, None]
    recent = model.transform(torch.from_numpy(np.asarray(values, np.float64)[back.clip(min=0)]))
    with torch.inference_mode():
        raw_output = model.decoder(hidden[-1])[..., 0]
        levels = model.rollout(recent, raw_output, state, steps, None if errors is None else torch.from_numpy(errors))
        return model.inverse_transform(levels).numpy()
