"""Detect seasonality from the autocorrelation."""

from __future__ import annotations

import numpy as np

# First, as in `units.stats`: of two threads that import `scipy.signal` and `scipy.cluster` at once, each waits for a part of
# `scipy.spatial` that the other has begun, and Python then gives one of them half a module.
import scipy.cluster.hierarchy  # noqa: F401
from jaxtyping import Float
from scipy.signal import correlate, detrend, find_peaks

#: Minimum height of a peak, absolute and above its surroundings, to rule out chance in a short series.
PROMINENCE, LEAST = 0.1, 0.15


def autocorrelation(values: Float[np.ndarray, " time"]) -> Float[np.ndarray, " lag"]:
    """Compute the linearly detrended series' correlation with itself `lag` steps before, −1 to 1.

    r_k = Σ_t d_t d_{t−k} / Σ_t d_t²  with d the detrended values (Box & Jenkins 1976); zeros for a constant series.
    """
    rest = detrend(values / max(np.abs(values).max(), 1e-300))
    power = float(rest @ rest)
    if power <= 1e-18 * len(values):
        return np.zeros(len(values))
    return correlate(rest, rest, method="fft")[len(values) - 1 :] / power


def season(values: Float[np.ndarray, " time"]) -> int:
    """Return the lag of the highest clear peak of the autocorrelation, at most a third of the length; 0 if there is none."""
    correlations = autocorrelation(values)[: len(values) // 3 + 2]
    peaks, _ = find_peaks(correlations, height=LEAST, prominence=PROMINENCE)
    peaks = peaks[(peaks >= 2) & (peaks <= len(values) // 3)]
    return int(peaks[correlations[peaks].argmax()]) if len(peaks) else 0
