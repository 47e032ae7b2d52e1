"""Interventions inside a network: clamp gates, ablate units, overwrite states."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from lstm_viz.cells import InterventionHook, State
from lstm_viz.gates import ONE_OF, PACKED, Kind, quantity, symbols
from lstm_viz.models.language import Config
from lstm_viz.text.labels import label

#: The indices of the affected units, or None for the whole layer.
Units = Sequence[int] | None
#: When an intervention is active: indices of steps, tokens at which it is active, or None for always.
When = Sequence[int] | Sequence[str] | None


class Intervention(Protocol):
    """Set one quantity of one layer to given values at given steps.

    Examples:
        >>> lstm_viz.Clamp("f", 1.0).describe("lstm"), lstm_viz.Ablate(0, [3]).symbol
        ('forget gate f clamped at 1 in all units of layer 1 at every step', 'h')
    """

    @property
    def layer(self) -> int:
        """Return the layer, from 0."""

    @property
    def units(self) -> Units:
        """Return the affected units; None for all."""

    @property
    def symbol(self) -> str:
        """Return the affected quantity's symbol."""

    @property
    def when(self) -> When:
        """Return when it is active."""

    @property
    def values(self) -> float | Sequence[float]:
        """Return the value to set, or one for each unit."""

    def describe(self, kind: Kind) -> str:
        """Return a short description."""


@dataclass(frozen=True)
class Clamp:
    """Clamp a gate at one value: i f g o of an LSTM, r z n of a GRU, h of a plain RNN, which has no gates.

    `steps` are indices of steps, or tokens at which the gate is held: "." for full stops, ".!?" for any of three,
    ("not", "never") for a model of words.

    Args:
        gate: The gate's symbol.
        value: From 0 to 1, or −1 to 1 for a tanh gate.
        layer: The layer, from 0.
        units: The units' indices; None for all.
        steps: When it is held; None for always.

    Examples:
        >>> change = lstm_viz.Clamp("f", 0.0, units=[1], steps="b")
        >>> print(lstm_viz.what_if(lstm_viz.load("counting"), "aabb", [change]).after.layers[0].f[:, 0, 1].round(2))
        [0.95 0.98 0. 0. ]
    """

    gate: str
    value: float
    layer: int = 0
    units: Units = None
    steps: When = None

    @property
    def symbol(self) -> str:
        """Return the gate's symbol."""
        return self.gate

    @property
    def when(self) -> When:
        """Return the steps at which it is held."""
        return self.steps

    @property
    def values(self) -> float:
        """Return the value that it is held at."""
        return self.value

    def describe(self, kind: Kind) -> str:
        """Return a short description."""
        return f"{quantity(kind, self.gate).label} clamped at {self.value:g} {_format_scope(self)}"


@dataclass(frozen=True)
class Ablate:
    """Ablate units: their output is 0 for everything above and for the next step.

    An LSTM's cell state still evolves, but its output is masked; a GRU's and an RNN's memory is its output.

    Args:
        layer: The layer, from 0.
        units: The units' indices; None for all.
        steps: As for `Clamp`; None for always.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> round(lstm_viz.what_if(model, "aabb", [lstm_viz.Ablate(0, [2])]).rise, 2)
        -0.43
    """

    layer: int
    units: Units
    steps: When = None

    @property
    def symbol(self) -> str:
        """Return the symbol of the output, h."""
        return "h"

    @property
    def when(self) -> When:
        """Return the steps at which they are ablated."""
        return self.steps

    @property
    def values(self) -> float:
        """Return 0, the output of an ablated unit."""
        return 0.0

    def describe(self, kind: Kind) -> str:
        """Return a short description."""
        return f"output set to 0 {_format_scope(self)}"


@dataclass(frozen=True)
class Overwrite:
    """Overwrite a state after the step computed it: the cell state c, before the output gate reads it, or h.

    Args:
        layer: The layer, from 0.
        units: The units' indices; None for all.
        step: The step whose state is overwritten.
        value: One number for all the units, or one for each of them.
        state: "c" or "h".

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> result = lstm_viz.what_if(model, "aabb", [lstm_viz.Overwrite(0, [1], step=1, value=-2.0)])
        >>> result.after.layers[0].c[1, 0, 1].item(), result.first
        (-2.0, 1)
    """

    layer: int
    units: Units
    step: int
    value: float | Sequence[float]
    state: Literal["c", "h"] = "c"

    @property
    def symbol(self) -> str:
        """Return the state's symbol."""
        return self.state

    @property
    def when(self) -> When:
        """Return the step."""
        return (self.step,)

    @property
    def values(self) -> float | Sequence[float]:
        """Return the value to set."""
        return self.value

    def describe(self, kind: Kind) -> str:
        """Return a short description."""
        value = f"{self.value:g}" if isinstance(self.value, (int, float)) else "given values"
        return f"{quantity(kind, self.state).label} set to {value} {_format_scope(self)}"


def as_interventions(interventions: object) -> tuple[Intervention, ...]:
    """Return several interventions as a tuple; TypeError for a single one, and for what is none."""
    if hasattr(interventions, "describe") and not isinstance(interventions, type):
        raise TypeError(f"a single {type(interventions).__name__} came; a list of interventions was wanted: put it in brackets")
    if isinstance(interventions, str) or not isinstance(interventions, Iterable):
        kind = type(interventions).__name__
        raise TypeError(f"the interventions are of type {kind}; a list of Clamp, Ablate and Overwrite was wanted")
    several = tuple(interventions)
    for each in several:
        if isinstance(each, type) or not hasattr(each, "describe"):
            raise TypeError(f"{each!r:.60} is no intervention; one such as lstm_viz.Clamp(\"f\", 1.0) was wanted")
    return several


def check(intervention: Intervention, config: Config, steps: int) -> None:
    """Raise ValueError if an intervention does not fit the model or the text.

    Args:
        intervention: The intervention.
        config: The model's configuration, `model.config`.
        steps: The number of steps of the text.

    Raises:
        ValueError: A layer, gate, unit, step or value does not fit; the message says what was wanted.

    Examples:
        >>> from lstm_viz.what_if import check
        >>> check(lstm_viz.Clamp("f", 0.5), lstm_viz.load("counting").config, steps=4)
    """
    name, kind = type(intervention).__name__, config.kind
    if not 0 <= _whole(intervention.layer, f"{name}: the layer") < config.layers:
        raise ValueError(f"{name}: layer {intervention.layer} is out of range; the model has layers 0 to {config.layers - 1}")
    if isinstance(intervention, Clamp) and intervention.gate not in PACKED[kind]:
        offered = ", ".join(PACKED[kind])
        raise ValueError(f"{name}: {ONE_OF[kind]} has no gate {intervention.gate!r}; choose one of {offered}")
    if intervention.symbol not in symbols(kind):
        raise ValueError(f"{name}: {ONE_OF[kind]} has no state {intervention.symbol!r}; its state is h")
    for indices, what in ((intervention.units, "unit"), (intervention.when, "step")):
        if indices is not None and not isinstance(indices, Sized):
            raise ValueError(f"{name}: the {what}s are {indices!r}; a list was wanted, such as [{indices!r}], or None for all")
    _check_numbers(intervention.units, config.hidden, f"{name}: unit", "the layer has units")
    if intervention.when == "":
        raise ValueError(f"{name}: steps is empty; give some tokens, or None for every step")
    numbers = None if intervention.when is None else [step for step in intervention.when if not isinstance(step, str)]
    if numbers or not intervention.when:
        _check_numbers(numbers, steps, f"{name}: step", "the text has steps")
    _check_values(intervention, config, name)


def intervention_at(interventions: Sequence[Intervention], step: int, token: str) -> InterventionHook | None:
    """Return a hook that applies one layer's interventions at a step, later ones last; None if there are none."""
    active = [intervention for intervention in interventions if is_active(intervention, step, token)]
    if not active:
        return None

    def edit(symbol: str, values: State) -> None:
        for intervention in active:
            if intervention.symbol == symbol:
                values[:, slice(None) if intervention.units is None else list(intervention.units)] = intervention.values

    return edit


def is_active(intervention: Intervention, step: int, token: str) -> bool:
    """Return True if an intervention is active at a step that reads this token.

    Args:
        intervention: The intervention.
        step: The step, from 0.
        token: The token that is read at it.

    Returns:
        True if the intervention has no steps, or names this step or this token.

    Examples:
        >>> from lstm_viz.what_if import is_active
        >>> change = lstm_viz.Clamp("f", 0.0, steps=".!")
        >>> is_active(change, 7, "!"), is_active(change, 7, "a")
        (True, False)
    """
    return intervention.when is None or not {step, token}.isdisjoint(intervention.when)


def _format_scope(intervention: Intervention) -> str:
    """Describe which units of which layer, and when; units and steps by index, layers from 1 as in the app."""
    units, when = intervention.units, intervention.when
    if units is None:
        where = f"in all units of layer {intervention.layer + 1}"
    else:
        where = f"in unit{'s' * (len(units) > 1)} {_format_list(units)} of layer {intervention.layer + 1}"
    if when is None:
        return f"{where} at every step"
    listing = [step if isinstance(step, int) else f"“{label(str(step))}”" for step in when]
    symbols_only = all(isinstance(step, str) for step in when)
    return f"{where} at {'every' if symbols_only else 'step' if len(listing) == 1 else 'steps'} {_format_list(listing)}"


def _format_list(entries: Sequence[object]) -> str:
    listing = ", ".join(str(entry) for entry in entries[:5])
    return listing if len(entries) <= 5 else f"{listing} and {len(entries) - 5} more"


def _check_numbers(numbers: Sequence[int] | None, count: int, name: str, valid: str) -> None:
    if numbers is None:
        return
    if not len(numbers):
        raise ValueError(f"{name}s: none is given; give some numbers, or None for all")
    for number in numbers:
        if not 0 <= _whole(number, name) < count:
            raise ValueError(f"{name} {number} is out of range; {f'{valid} 0 to {count - 1}' if count else 'the text is empty'}")


def _check_values(intervention: Intervention, config: Config, name: str) -> None:
    described = quantity(config.kind, intervention.symbol)
    try:
        values = np.asarray(intervention.values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: the value is {intervention.values!r:.60}; a number was wanted, or one for each unit") from None
    units = config.hidden if intervention.units is None else len(intervention.units)
    if values.ndim and values.shape != (units,):
        raise ValueError(f"{name}: {values.size} values came for {units} units; give one for each, or a single number")
    low, high = (described.low, described.high) if described.bounded else (-math.inf, math.inf)
    if not np.all(np.isfinite(values) & (values >= low) & (values <= high)):
        expected = f"a number from {low:g} to {high:g}" if described.bounded else "a finite number"
        raise ValueError(f"{name}: {described.label} cannot be {intervention.values}; give {expected}")


def _whole(number: int, name: str) -> int:
    try:
        return operator.index(number)
    except TypeError:
        raise ValueError(f"{name} must be a whole number; {number!r} came") from None
