"""The forecasts that cost nothing and that every forecaster must beat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True)
class Baseline:
    """A rule: its name, what it does in plain words, and the forecasts that follow on a history, (history, steps) → [step]."""

    name: str
    description: str
    least: int
    rule: Callable[[Values, int], Values]

    def ahead(self, history: Values, steps: int) -> Values:
        """Forecasts of the next `steps` values; NaN where the history is too short for the rule."""
        return self.rule(history, steps) if len(history) >= self.least else np.full(steps, np.nan)

    def one_step(self, values: Values) -> Values:
        """The forecast of each value from those before it, [time]; NaN where there are too few."""
        return np.array([self.ahead(values[:step], 1)[0] for step in range(len(values))])


def baselines(season: int) -> tuple[Baseline, ...]:
    """Those that make sense for a series that repeats itself after `season` steps (0: it does not)."""
    plain = (
        Baseline("last value", "the next is like the last", 1, lambda history, steps: np.repeat(history[-1:], steps)),
        Baseline("drift", "it goes on as it went on average so far", 2, _drift),
    )
    if season < 2:
        return plain

    def as_then(history: Values, steps: int) -> Values:
        return _again(history, steps, season)

    def change_as_then(history: Values, steps: int) -> Values:
        return history[-1] + np.cumsum(_again(np.diff(history), steps, season))

    return (
        *plain,
        Baseline("seasonal naive", f"it is as it was {season} steps before", season, as_then),
        Baseline("seasonal change", f"it changes as it changed {season} steps before", season + 1, change_as_then),
    )


def _drift(history: Values, steps: int) -> Values:
    slope = (history[-1] - history[0]) / (len(history) - 1)
    return history[-1] + slope * np.arange(1, steps + 1)


def _again(history: Values, steps: int, season: int) -> Values:
    return history[len(history) - season + np.arange(steps) % season]
