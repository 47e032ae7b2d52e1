"""Names of units on screen: those that ship with a model, and those that were measured for a session's own model."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from torch import nn

from lstm_viz.results import FrozenMapping
from lstm_viz.ui.state.models import get_model
from lstm_viz.unit_names import UnitName, UnitNames, shipped_names

#: Names measured for a session's own models; they are dropped with the model.
_MEASURED: WeakKeyDictionary[nn.Module, UnitNames] = WeakKeyDictionary()


def names_of(model: str) -> UnitNames | None:
    """Return the names of a model's units; None if they were not measured."""
    shipped = shipped_names(model)
    return _MEASURED.get(get_model(model).model) if shipped is None else shipped


def keep_names(model: str, names: UnitNames) -> None:
    """Store the names measured for a session's own model, for as long as the model exists; shipped models keep theirs."""
    if shipped_names(model) is None:
        _MEASURED[get_model(model).model] = names


def unit_names(model: str, layer: int, unit: int) -> Mapping[str, UnitName]:
    """Return the name of each quantity of a unit by its symbol; empty if none were measured."""
    names = names_of(model)
    if names is None:
        return FrozenMapping()
    symbols = dict.fromkeys(names.symbol)
    return FrozenMapping({symbol: names.best(layer, symbol, unit) for symbol in symbols})
