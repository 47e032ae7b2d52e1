"""How wrong forecasts are: in the series' own unit, and as a multiple of what the simplest forecast errs."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def mae(actual: Float[np.ndarray, "*axes"], forecast: Float[np.ndarray, "*axes"]) -> float:
    """Mean absolute error, mean |y − ŷ|, over the places where there is a forecast; NaN where there is none."""
    errors = np.abs(actual - forecast)
    finite = np.isfinite(errors)
    return float(errors[finite].mean()) if finite.any() else float("nan")


def naive_scale(history: Float[np.ndarray, " time"], season: int = 1) -> float:
    """What repeating the value `season` steps before errs on the history, mean |y_t − y_{t−m}|: MASE's denominator."""
    return float(np.abs(history[season:] - history[:-season]).mean())


def mase(error: float, history: Float[np.ndarray, " time"], season: int = 1) -> float:
    """Mean absolute scaled error: a MAE divided by `naive_scale` of the history before it (Hyndman & Koehler 2006).

    Below 1 the forecasts err less than repeating the last value (season 1), or the last season's, erred on the history.
    """
    scale = naive_scale(history, season)
    return error / scale if scale > 0 else float("nan")
