"""Build a scene from a forecaster's trace of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from lstm_viz.capture.layers import layers_of
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.models.forecaster import Forecaster
from lstm_viz.series.reading import SeriesTrace
from lstm_viz.trace import Gradients, LayerTrace, Trace
from lstm_viz.ui.components.live_view.coloring import coloring_choices
from lstm_viz.ui.components.live_view.effects import gradient_question_about
from lstm_viz.ui.components.live_view.scene import Captions, LayerDisplay, LiveScene, OutputLabels, SeriesCurve
from lstm_viz.ui.state.scales import scales
from lstm_viz.ui.state.view import View
from lstm_viz.units.stats import cluster_order

Values = Float[np.ndarray, " time"]


@dataclass(frozen=True, eq=False)
class SeriesLabels:
    """Labels of a series: its name, its unit, and a date or number for each value."""

    name: str
    unit: str
    labels: Sequence[str]


@dataclass(frozen=True, eq=False)
class ForecastSteps:
    """The last steps of a trace, whose values are forecasts: from step `start` to the end, with their band (None: no band)."""

    start: int
    low: Values | None = None
    high: Values | None = None


def scene_from_series(
    view: View, model: Forecaster, reading: SeriesTrace, labels: SeriesLabels, captions: Captions, *,
    target_step: int | None = None, window: slice = slice(None), forecast: ForecastSteps | None = None,
) -> LiveScene:  # fmt: skip
    """Build the scene of a trace, or of a `window` of its steps.

    `target_step` is the step whose forecast was differentiated. It, the labels and the `forecast` refer to the whole trace; the
    view's step counts within the window. The captions' question about the gradients is filled in.
    """
    start, stop, _ = window.indices(len(reading.values))
    layers, whole = layers_of(model.rnn), reading.trace
    kind = model.config.kind
    view = view.clamped(len(layers), model.config.hidden, tuple(coloring_choices(kind, "series")), stop - start)
    # Name the step by its date, not by its index.
    objective = whole.objective if target_step is None else f"the forecast made after {labels.labels[target_step]}"
    before = np.concatenate(([np.nan], reading.expected))
    fitted = whole.layers[view.layer]
    return LiveScene(
        trace=replace(slice_trace(whole, start, stop), objective=objective),
        view=view,
        display=LayerDisplay(
            weights=layers[view.layer].weights,
            order=lambda: cluster_order(fitted.values[MEMORY_STATE[kind]][:, 0]),
            scales=scales(fitted),
        ),
        outputs=OutputLabels(),
        captions=replace(captions, gradient_question=gradient_question_about(objective) if objective else ""),
        step_unit="series",
        curve=SeriesCurve(
            labels.name, labels.unit, tuple(labels.labels[start:stop]), reading.values[start:stop], before[start:stop],
            border=None if forecast is None or forecast.start >= stop else max(forecast.start - start, 0),
            low=None if forecast is None else _band_end(forecast.low, forecast.start, start, stop),
            high=None if forecast is None else _band_end(forecast.high, forecast.start, start, stop),
            next_forecast=float(before[stop]) if np.isfinite(before[stop]) else None,
            inputs=model.config.inputs,
        ),
    )  # fmt: skip


def slice_trace(trace: Trace, start: int, stop: int) -> Trace:
    """Return the steps of a trace from `start` up to `stop`; the initial states are those reached at `start`."""
    return replace(
        trace, tokens=trace.tokens[start:stop], ids=trace.ids[start:stop], known=trace.known[start:stop],
        spans=trace.spans[start:stop], probs=trace.probs[start:stop], surprise=trace.surprise[start:stop],
        layers=tuple(_slice_layer(layer, start, stop) for layer in trace.layers),
    )  # fmt: skip


def _band_end(end: Values | None, first: int, start: int, stop: int) -> Values | None:
    """Return the values of one end of a forecast band, which begins at step `first`, at the steps `start` to `stop`; else NaN."""
    if end is None:
        return None
    return np.concatenate((np.full(first, np.nan), end))[start:stop]


def _slice_layer(layer: LayerTrace, start: int, stop: int) -> LayerTrace:
    h0, c0 = (layer.h0, layer.c0) if start == 0 else (layer.h[start - 1], None if layer.c0 is None else layer.c[start - 1])
    grads = layer.grads and Gradients({symbol: values[start:stop] for symbol, values in layer.grads.values.items()})
    values = {symbol: values[start:stop] for symbol, values in layer.values.items()}
    return replace(layer, values=values, grads=grads, h0=h0, c0=c0)
