"""What one frame shows: one layer of a trace and a view of it; steps are letters, words or values of a series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from jaxtyping import Float

from lstm_viz.cells import Weights
from lstm_viz.gates import CELLS, Quantity, quantity
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.state.scales import Scales
from lstm_viz.ui.state.view import View

#: What one step reads, singular and plural.
StepUnit = Literal["letters", "words", "series"]
STEP_UNIT_NAMES: dict[StepUnit, str] = {"letters": "character", "words": "word", "series": "value"}

#: The strips from top to bottom: what is kept, what is written, what is read, then the states.
STRIPS = {"lstm": "figoch", "gru": "zrnh", "rnn": "h"}

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True, eq=False)
class SeriesCurve:
    """A numeric series, drawn instead of a text; every array is [time], one number per step of the trace.

    `expected[t]` is the forecast for step t, made before that step was read (NaN if there was none); `next_forecast` is the one
    made after the last step. From step `border` on the values are forecasts; `low` and `high` hold the band around them. `inputs`
    names the numbers that the network reads at one step.
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
        """The absolute error of each forecast, in the series' unit; NaN where there is no forecast or no value."""
        off = np.abs(self.values - self.expected)
        off[len(off) if self.border is None else self.border :] = np.nan
        return off

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and highest value drawn."""
        parts = [each for each in (self.values, self.expected, self.low, self.high) if each is not None]
        values = np.concatenate(parts) if parts else np.zeros(0)
        values = values[np.isfinite(values)]
        if not values.size:
            return 0.0, 1.0
        low, high = float(values.min()), float(values.max())
        return (low, high) if high > low else (low - 0.5, high + 0.5)


@dataclass(frozen=True, eq=False)
class LayerDisplay:
    """What it takes to draw the view's layer, beside its trace.

    `order()` gives the row order of all units. `inputs` names what the layer reads (None: the units of the layer below).
    `unit_names` says by symbol what the view's unit tracks.
    """

    weights: Weights
    order: Callable[[], np.ndarray]
    scales: Scales
    inputs: tuple[str, ...] | None = None
    unit_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OutputLabels:
    """What the columns of a trace's `probs` are: tokens, or classes if the model does not predict the next token.

    A classifier whose classes have no order is shown by the probability of one, `target_class`, an index of `names`.
    """

    names: tuple[str, ...] = ()
    predicts_next_token: bool = True
    target_class: int | None = None


@dataclass(frozen=True)
class Captions:
    """The sentences around the strips: the network's title, what to look at, and what the gradient bars of one unit answer."""

    title: str
    hint: str
    gradient_question: str = ""


@dataclass(frozen=True, eq=False)
class LiveScene:
    """Everything one frame shows: a view of one layer of one trace, with its labels.

    With a `curve` there is no text. `few_known` lists a small vocabulary.
    """

    trace: Trace
    view: View
    display: LayerDisplay
    outputs: OutputLabels
    captions: Captions
    step_unit: StepUnit = "letters"
    curve: SeriesCurve | None = None
    few_known: tuple[str, ...] = ()

    @property
    def layer(self) -> LayerTrace:
        """The selected layer."""
        return self.trace.layers[self.view.layer]

    @property
    def layer_title(self) -> str:
        """The name of the selected layer, and of its direction if there are two."""
        return layer_titles(self.trace.layers)[self.view.layer]

    @property
    def strips(self) -> tuple[Quantity, ...]:
        """The quantities in drawing order."""
        by_symbol = {each.symbol: self.quantity(each.symbol) for each in CELLS[self.layer.kind]}
        return tuple(by_symbol[symbol] for symbol in STRIPS[self.layer.kind])

    def quantity(self, symbol: str) -> Quantity:
        """Return a quantity of the layer's cell; a plain RNN with ReLU has no bounds."""
        return with_relu(quantity(self.layer.kind, symbol)) if self.display.weights.relu else quantity(self.layer.kind, symbol)


def layer_titles(layers: Sequence[LayerTrace]) -> tuple[str, ...]:
    """Return a name for each layer, and for each direction where a network reads in both.

    Examples:
        >>> layer_titles(lstm_viz.trace(lstm_viz.load("shakespeare-lstm"), "To be").layers)
        ('layer 1', 'layer 2')
    """
    both = any(layer.reverse for layer in layers)
    return tuple(f"layer {layer.layer + 1}{(' backward' if layer.reverse else ' forward') if both else ''}" for layer in layers)


def with_relu(described: Quantity) -> Quantity:
    """Return a plain RNN's quantity as ReLU makes it."""
    return replace(described, bounded=False, formula=described.formula.replace("tanh", "ReLU"))
