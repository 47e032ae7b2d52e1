"""Forecast errors: in the series' own unit, and relative to the naive forecast's."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def mae(actual: Float[np.ndarray, "*axes"], forecast: Float[np.ndarray, "*axes"]) -> float:
    """Compute the mean absolute error, mean |y − ŷ|, over the entries with a forecast; NaN if there are none."""
    errors = np.abs(actual - forecast)
    finite = np.isfinite(errors)
    return float(errors[finite].mean()) if finite.any() else float("nan")


def naive_scale(history: Float[np.ndarray, " time"], season: int = 1) -> float:
    """Compute the seasonal naive forecast's error on the history, mean |y_t − y_{t−m}|: MASE's denominator."""
    return float(np.abs(history[season:] - history[:-season]).mean())


def mase(error: float, history: Float[np.ndarray, " time"], season: int = 1) -> float:
    """Compute the mean absolute scaled error: a MAE divided by `naive_scale` of the history (Hyndman & Koehler 2006).

    Below 1 the forecasts have smaller errors than repeating the last value (season 1), or the last season's, had on the history.
    """
    scale = naive_scale(history, season)
    return error / scale if scale > 0 else float("nan")
