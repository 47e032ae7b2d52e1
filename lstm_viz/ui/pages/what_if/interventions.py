"""What a person changes, as the page keeps it: one plan stands for the same change in several layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from lstm_viz.gates import quantity
from lstm_viz.models.language import Config
from lstm_viz.text.labels import label
from lstm_viz.what_if import Ablate, Clamp, Intervention, Overwrite, check

Act = Literal["hold", "cut", "set"]
#: Steps by number, symbols at whose reading it happens, or None for always.
At = tuple[int, ...] | str | None


@dataclass(frozen=True)
class InterventionSpec:
    """Hold a gate, cut units out, or set a state; None stands for all layers, all units, every step."""

    act: Act
    symbol: str = "h"
    value: float = 0.0
    layers: tuple[int, ...] | None = None
    units: tuple[int, ...] | None = None
    at: At = None

    def to_interventions(self, config: Config) -> tuple[Intervention, ...]:
        """The plan as changes of the library, one for each layer (and each step at which a state is set)."""
        layers = range(config.layers) if self.layers is None else self.layers
        if self.act == "hold":
            return tuple(Clamp(self.symbol, self.value, layer, self.units, self.at) for layer in layers)
        if self.act == "cut":
            return tuple(Ablate(layer, self.units, self.at) for layer in layers)
        steps = self.at if isinstance(self.at, tuple) else ()
        state: Literal["c", "h"] = "c" if self.symbol == "c" else "h"
        return tuple(Overwrite(layer, self.units, step, self.value, state) for layer in layers for step in steps)

    def describe(self, config: Config) -> str:
        """What is changed and where, short enough for a row."""
        where = "all units" if self.units is None else f"unit{'s' * (len(self.units) > 1)} {format_numbers(self.units)}"
        if config.layers > 1:
            named = range(config.layers) if self.layers is None else self.layers
            where += (
                " of all layers" if len(named) == config.layers else f" of layer {format_numbers(layer + 1 for layer in named)}"
            )
        if self.act == "cut":
            return f"{where} cut out{_format_when(self.at)}"
        return f"{_name(config, self.symbol)} of {where}{_format_when(self.at)}"

    def value_range(self, config: Config) -> tuple[float, float] | None:
        """Between which values a slider may move it; None where there is no value to move."""
        if self.act == "cut":
            return None
        try:
            drawn = quantity(config.kind, self.symbol)
        except KeyError:
            return None
        return (drawn.low, drawn.high) if drawn.bounded else (-5.0, 5.0)


def validate(specs: Sequence[InterventionSpec], config: Config, steps: int) -> tuple[list[Intervention], list[str | None]]:
    """The changes of all plans that fit a model and a text, and for each plan why it does not fit (None where it does)."""
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
    """Read numbers as people type them, "3, 7-9"; raises ValueError naming what cannot be read or is not there."""
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
    """A few numbers, and how many more there are."""
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
