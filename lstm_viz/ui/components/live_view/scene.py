"""What one frame shows: a layer of a trace, seen from one view, whether letters, words or the values of a series were read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from lstm_viz.cells import Weights
from lstm_viz.gates import CELLS, Quantity
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.state.scales import Scales
from lstm_viz.ui.state.view import View

#: What one step of the network reads, in one word and in many.
StepUnit = Literal["letters", "words", "series"]
STEP_UNIT_NAMES: dict[StepUnit, str] = {"letters": "character", "words": "word", "series": "value"}

#: The strips from top to bottom: what is kept, what is written, what is read, and what comes of it.
STRIPS = {"lstm": "figoch", "gru": "zrnh", "rnn": "h"}

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True, eq=False)
class SeriesCurve:
    """A numeric series, drawn in the place of a text; every array is [time], one number for each step of the trace.

    `expected[t]` is the forecast made for the value of step t, before that step was read (NaN where none was), and
    `next_forecast` the one made after the last step. From step `border` on the values are themselves forecasts; `low` and
    `high` hold the spread around them. `inputs` says what each number is that the network sees at one step.
    """

    name: str
    unit: str
    labels: tuple[str, ...]
    values: Values
    expected: Values
    border: int | None = None
    low: Values | None = None
    high: Values | None = None
    next_forecast: float | None = None
    inputs: tuple[str, ...] = ()

    @property
    def error(self) -> Values:
        """How far off each forecast was, in the series' unit; NaN where nothing was forecast or nothing has come yet."""
        off = np.abs(self.values - self.expected)
        off[len(off) if self.border is None else self.border :] = np.nan
        return off

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and highest number that is drawn."""
        parts = [each for each in (self.values, self.expected, self.low, self.high) if each is not None]
        drawn = np.concatenate(parts) if parts else np.zeros(0)
        drawn = drawn[np.isfinite(drawn)]
        if not drawn.size:
            return 0.0, 1.0
        low, high = float(drawn.min()), float(drawn.max())
        return (low, high) if high > low else (low - 0.5, high + 0.5)


@dataclass(frozen=True, eq=False)
class LiveScene:
    """All that one frame shows: a view of one layer of one trace, and what the page says about it.

    `answers` names the columns of the trace's `probs`: the symbols that may come next, or, where the model
    `predicts_next_token` none, the classes that the text may belong to. `bars` asks in words what the gradient bars of one unit
    answer. `few_known` names all symbols of a network that knows only a few. `order()` says which unit stands in which row,
    where all units are shown. With a `curve` there is no text.
    """

    trace: Trace
    view: View
    answers: tuple[str, ...]
    weights: Weights
    order: Callable[[], np.ndarray]
    scales: Scales
    title: str
    layers: int
    hint: str
    step_unit: StepUnit = "letters"
    predicts_next_token: bool = True
    curve: SeriesCurve | None = None
    bars: str = ""
    few_known: tuple[str, ...] = ()

    @property
    def layer(self) -> LayerTrace:
        """The layer that is looked at."""
        return self.trace.layers[self.view.layer]

    @property
    def strips(self) -> tuple[Quantity, ...]:
        """The quantities in drawing order."""
        by_symbol = {each.symbol: each for each in CELLS[self.layer.kind]}
        return tuple(by_symbol[symbol] for symbol in STRIPS[self.layer.kind])
