"""Lines of pupils, read and coloured; a line that grows is read on from where it was."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch

from lstm_viz.classroom.room import Room
from lstm_viz.classroom.wall import Measures
from lstm_viz.gates import KEEP_GATE, quantity
from lstm_viz.models.catalog import load
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader
from lstm_viz.text.prefix import common_prefix
from lstm_viz.trace import Trace
from lstm_viz.ui.components.live_view.coloring import (
    SURPRISE,
    SURPRISE_END,
    VERDICT,
    coloring_choices,
    coloring_source,
    expected_class,
)
from lstm_viz.ui.state.models import TITLES, DisplayModel, get_model

#: Steps between two saved states of a line.
STRIDE = 16

#: Values are sent with so many decimals.
DECIMALS = 4


#: The name of each gate that a vote can ask for, by its symbol.
GATE_NAMES = {symbol: quantity(kind, symbol).name for kind, symbol in KEEP_GATE.items()}


@dataclass(frozen=True)
class Coloring:
    """What colours the lines: a network, a quantity's id, its layer and unit, all of which exist."""

    model: str
    colour: str
    layer: int
    unit: int

    @property
    def network(self) -> DisplayModel:
        """The network, prepared for display."""
        return get_model(self.model)

    def scale(self) -> dict[str, Any]:
        """Return the ends of the scale, the same for all lines, and its legend."""
        source, symbol = coloring_source(self.colour)
        if source == SURPRISE:
            return {"low": 0.0, "high": SURPRISE_END, "signed": False, "label": "surprise (−ln p, nats)"}
        if source == VERDICT:
            return {"low": 2.0, "high": -2.0, "signed": True, "label": "verdict: blue is positive"}
        network = self.network
        described, scales = quantity(network.model.config.kind, symbol), network.scales[self.layer]
        low, high = scales.means[symbol] if source == "mean" else scales.units[symbol]
        whose = "mean of all units" if source == "mean" else f"unit {self.unit}"
        where = f", layer {self.layer + 1}" if len(network.layers) > 1 else ""
        return {"low": low, "high": high, "signed": described.signed, "label": f"{described.label}, {whose}{where}"}


@dataclass(frozen=True, eq=False)
class LineReading:
    """A line as read: its tokens, one value and one surprise per token (NaN for none), and states after every 16 tokens.

    `unknown` are the tokens outside the network's vocabulary.
    """

    coloring: Coloring
    line: str
    tokens: tuple[str, ...]
    values: np.ndarray
    surprise: np.ndarray
    unknown: tuple[int, ...] = ()
    states: tuple[Any, ...] = ()

    @cached_property
    def measures(self) -> Measures:
        """What the wall is sorted by."""
        return Measures(_mean(self.surprise), _mean(self.values))

    @property
    def words(self) -> bool:
        """True if the tokens are words."""
        return self.coloring.network.model.config.words

    @cached_property
    def sent(self) -> dict[str, Any]:
        """Tokens and values as sent to the browser; null where there is no value."""
        return {"tokens": self.tokens, "values": to_json_numbers(self.values), "unknown": list(self.unknown), "words": self.words}


def to_json_numbers(values: np.ndarray) -> list[float | None]:
    """Return values as sent to the browser, null for NaN."""
    return [None if math.isnan(value) else round(value, DECIMALS) for value in values.tolist()]


def offered_networks() -> dict[str, str]:
    """Return the networks that a room offers, {name: title}: the shipped ones, which every process has."""
    return dict(TITLES)


def coloring_ids(model: str) -> dict[str, str]:
    """Return the quantities that a network offers, {id: label}; the default is first."""
    network = load(model)
    choices = coloring_choices(network.config.kind, "words" if network.config.words else "letters", network.predicts_next_token)
    return {name: label for name, label in choices.items() if not name.startswith("norm.")}


def replace_invalid_choices(room: Room) -> Room:
    """Return the room with its choices of network, quantity, layer and unit replaced by valid ones where they do not exist."""
    model = room.model if room.model in TITLES else next(iter(TITLES))
    network, choices = get_model(model), coloring_ids(model)
    return replace(
        room,
        model=model,
        colour=room.colour if room.colour in choices else next(iter(choices)),
        layer=max(0, min(room.layer, len(network.layers) - 1)),
        unit=max(0, min(room.unit, network.model.config.hidden - 1)),
    )


def coloring(room: Room) -> Coloring:
    """Return what colours a room's lines."""
    return Coloring(room.model, room.colour, room.layer, room.unit)


def read_line(coloring: Coloring, line: str, before: LineReading | None = None) -> LineReading:
    """Read a line; where it begins like the one before, only what follows the last saved state is read.

    Args:
        coloring: What gives a token its value.
        line: The line.
        before: An earlier reading of the same pupil's line, or None.

    Returns:
        The reading; its values are those of `lstm_viz.trace`, up to rounding.
    """
    model = coloring.network.model
    if before is None or before.coloring != coloring or model.config.words:
        return _read(coloring, line, None, 0, None)
    shared = common_prefix(np.array(list(before.line), "U1"), np.array(list(line), "U1"))
    # The first token after a state has no surprise of its own there: it is taken from before.
    saved = max(0, (shared - 1) // STRIDE)
    return _read(coloring, line, before, saved * STRIDE, before.states[saved - 1] if saved else None)


def _read(coloring: Coloring, line: str, before: LineReading | None, start: int, state: Any) -> LineReading:
    model = coloring.network.model
    trace = Reader(model, state).read(line[start:])
    values, surprise = np.asarray(_values(trace, coloring), np.float64), np.asarray(trace.surprise, np.float64)
    tokens = trace.tokens
    states = () if model.config.words else _states(trace, model, start)
    if before is not None and start:
        values = np.concatenate([before.values[: start + 1], values[1:]])
        surprise = np.concatenate([before.surprise[: start + 1], surprise[1:]])
        tokens = before.tokens[:start] + tokens
        states = before.states[: start // STRIDE] + states
    known = model.vocabulary.split(line).normalized if model.config.words else tokens
    unknown = tuple(step for step, token in enumerate(known) if token not in model.vocabulary)
    return LineReading(coloring, line, tokens, values, surprise, unknown, states)


def _values(trace: Trace, coloring: Coloring) -> np.ndarray:
    """Return the chosen quantity at each token [time]."""
    source, symbol = coloring_source(coloring.colour)
    if source == SURPRISE:
        return trace.surprise
    if source == VERDICT:
        return expected_class(trace)
    values = trace.layers[coloring.layer].values[symbol][:, 0]
    return values.mean(axis=1) if source == "mean" else values[:, coloring.unit]


def _states(trace: Trace, model: LanguageModel, start: int) -> tuple[Any, ...]:
    """Return the model's states after each whole stride of a text that begins at token `start`."""
    return (
        tuple(_state(trace, model, step) for step in range(STRIDE - 1, len(trace.tokens), STRIDE)) if not start % STRIDE else ()
    )


def _state(trace: Trace, model: LanguageModel, step: int) -> Any:
    hidden = torch.from_numpy(np.stack([layer.h[step] for layer in trace.layers]))
    if model.config.kind != "lstm":
        return hidden
    return hidden, torch.from_numpy(np.stack([layer.values["c"][step] for layer in trace.layers]))


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def gate_of(model: str) -> str | None:
    """Return the symbol of the gate that a vote asks for: the one that keeps the memory; None for a plain RNN."""
    return KEEP_GATE.get(load(model).config.kind)
