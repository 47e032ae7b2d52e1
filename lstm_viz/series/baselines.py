"""Naive forecasts that every forecaster should beat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True)
class Baseline:
    """A naive forecast: its name, a description, and the function (history, steps) → [step]."""

    name: str
    description: str
    least: int
    rule: Callable[[Values, int], Values]

    def ahead(self, history: Values, steps: int) -> Values:
        """Forecast the next `steps` values; NaN if the history is too short."""
        return self.rule(history, steps) if len(history) >= self.least else np.full(steps, np.nan)

    def one_step(self, values: Values) -> Values:
        """Forecast each value from those before it, [time]; NaN if there are too few."""
        return np.array([self.ahead(values[:step], 1)[0] for step in range(len(values))])


def baselines(season: int) -> tuple[Baseline, ...]:
    """Return the baselines for a series with this season (0: none)."""
    plain = (
        Baseline("last value", "the last value again", 1, lambda history, steps: np.repeat(history[-1:], steps)),
        Baseline("drift", "the average change so far, continued", 2, _extend_drift),
    )
    if season < 2:
        return plain

    def as_then(history: Values, steps: int) -> Values:
        return _repeat_season(history, steps, season)

    def change_as_then(history: Values, steps: int) -> Values:
        return history[-1] + np.cumsum(_repeat_season(np.diff(history), steps, season))

    return (
        *plain,
        Baseline("seasonal naive", f"the value {season} steps before", season, as_then),
        Baseline("seasonal change", f"the change {season} steps before", season + 1, change_as_then),
    )


def _extend_drift(history: Values, steps: int) -> Values:
    slope = (history[-1] - history[0]) / (len(history) - 1)
    return history[-1] + slope * np.arange(1, steps + 1)


def _repeat_season(history: Values, steps: int, season: int) -> Values:
    return history[len(history) - season + np.arange(steps) % season]
