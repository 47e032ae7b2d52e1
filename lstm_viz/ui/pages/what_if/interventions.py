"""Interventions as the page stores them: one specification covers several layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from lstm_viz.gates import quantity
from lstm_viz.models.language import Config
from lstm_viz.text.labels import label
from lstm_viz.what_if import Ablate, Clamp, Intervention, Overwrite, check

Act = Literal["clamp", "ablate", "overwrite"]
#: Steps by index, the characters at which it applies, or None for always.
At = tuple[int, ...] | str | None


@dataclass(frozen=True)
class InterventionSpec:
    """Clamp a gate, ablate units, or overwrite a state; None means all layers, all units, every step."""

    act: Act
    symbol: str = "h"
    value: float = 0.0
    layers: tuple[int, ...] | None = None
    units: tuple[int, ...] | None = None
    at: At = None

    def to_interventions(self, config: Config) -> tuple[Intervention, ...]:
        """Return the library's interventions, one per layer (and per step for an overwritten state)."""
        layers = range(config.layers) if self.layers is None else self.layers
        if self.act == "clamp":
            return tuple(Clamp(self.symbol, self.value, layer, self.units, self.at) for layer in layers)
        if self.act == "ablate":
            return tuple(Ablate(layer, self.units, self.at) for layer in layers)
        steps = self.at if isinstance(self.at, tuple) else ()
        state: Literal["c", "h"] = "c" if self.symbol == "c" else "h"
        return tuple(Overwrite(layer, self.units, step, self.value, state) for layer in layers for step in steps)

    def describe(self, config: Config) -> str:
        """Describe what is changed and where, in a short phrase."""
        where = "all units" if self.units is None else f"unit{'s' * (len(self.units) > 1)} {format_numbers(self.units)}"
        if config.layers > 1:
            named = range(config.layers) if self.layers is None else self.layers
            where += (
                " of all layers" if len(named) == config.layers else f" of layer {format_numbers(layer + 1 for layer in named)}"
            )
        if self.act == "ablate":
            return f"{where} set to 0{_format_when(self.at)}"
        return f"{_name(config, self.symbol)} of {where}{_format_when(self.at)}"

    def value_range(self, config: Config) -> tuple[float, float] | None:
        """Return the ends of the value's slider; None for an ablation, which has no value to choose."""
        if self.act == "ablate":
            return None
        try:
            changed = quantity(config.kind, self.symbol)
        except KeyError:
            return None
        return (changed.low, changed.high) if changed.bounded else (-5.0, 5.0)


def validate(specs: Sequence[InterventionSpec], config: Config, steps: int) -> tuple[list[Intervention], list[str | None]]:
    """Return the interventions that fit a model and a text, and for each specification its problem (None if it fits)."""
    interventions: list[Intervention] = []
    problems: list[str | None] = []
    for spec in specs:
        own, problem = spec.to_interventions(config), None
        for change in own:
            try:
                check(change, config, steps)
            except ValueError as error:
                problem = str(error)
        problems.append(problem)
        interventions += [] if problem else own
    return interventions, problems


def parse_numbers(typed: str, count: int, what: str) -> tuple[int, ...]:
    """Parse numbers such as "3, 7-9". Raises ValueError naming what is malformed or out of range."""
    numbers: list[int] = []
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", typed.strip())):
        match = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", part)
        if match is None:
            raise ValueError(f"“{part[:20]}” is no {what}; write numbers such as 3, 7-9")
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < count:
            available = f"they go from 0 to {count - 1}" if count else "type something first"
            raise ValueError(f"There is no {what} {part}; {available}")
        numbers += range(first, last + 1)
    return tuple(dict.fromkeys(numbers))


def format_numbers(entries: Iterable[int]) -> str:
    """Format a few numbers, and how many more there are."""
    shown_numbers = [str(entry) for entry in entries]
    return ", ".join(shown_numbers[:4]) + (f" and {len(shown_numbers) - 4} more" if len(shown_numbers) > 4 else "")


def _name(config: Config, symbol: str) -> str:
    try:
        return quantity(config.kind, symbol).label
    except KeyError:
        return symbol


def _format_when(at: At) -> str:
    if at is None:
        return ""
    if isinstance(at, str):
        return f" at every {' or '.join(f'“{label(symbol)}”' for symbol in at)}"
    return f" at step{'s' * (len(at) > 1)} {format_numbers(at)}"
