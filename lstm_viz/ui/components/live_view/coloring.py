"""Token coloring: each choice gives one number per step, and its scale."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.gates import CELLS, KEEP_GATE, Kind, quantity
from lstm_viz.trace import Trace
from lstm_viz.ui.components.live_view.scene import STEP_UNIT_NAMES, LiveScene, StepUnit
from lstm_viz.ui.state.scales import curve_ends, round_up

#: The colorings by the network's output: next token, class, or value.
SURPRISE, VERDICT, ERROR = "surprise", "verdict", "error"
#: The end of the surprise scale, in nats: e⁻⁶ is a probability of 0.25%.
SURPRISE_END = 6.0


def coloring_choices(
    kind: Kind, step_unit: StepUnit = "letters", predicts_next_token: bool = True, forecasts: bool = True
) -> dict[str, str]:
    """Return the colorings that a cell offers, {id: label}; the default is first."""
    keeps = KEEP_GATE.get(kind, "h")
    choices = {} if predicts_next_token else {VERDICT: f"verdict after each {STEP_UNIT_NAMES[step_unit]}"}
    choices |= {f"mean.{keeps}": _mean_label(kind, keeps)}
    choices |= {f"mean.{each.symbol}": _mean_label(kind, each.symbol) for each in CELLS[kind]}
    choices |= {f"unit.{each.symbol}": f"selected unit: {each.name} {each.symbol}" for each in CELLS[kind]}
    if step_unit == "series":
        choices |= {} if not forecasts else {ERROR: "error: how far off the forecast was"}
    elif predicts_next_token:
        choices |= {SURPRISE: f"surprise: how unexpected a {STEP_UNIT_NAMES[step_unit]} was"}
    choices |= {"norm.h": "gradient: how much depends on a step"}
    return choices


def coloring_source(colour: str) -> tuple[str, str]:
    """Return what a coloring's id is made of: where its values are taken from, and the quantity's symbol, "" for an output's.

    >>> coloring_source("mean.f"), coloring_source("surprise")
    (('mean', 'f'), ('surprise', ''))
    """
    source, _, symbol = colour.partition(".")
    return source, symbol


def token_coloring(scene: LiveScene) -> TokenColors:
    """Return the view's coloring for its layer and unit. Raises KeyError for an unknown one."""
    layer, colour, unit = scene.layer, scene.view.colour, scene.view.unit
    available = scene_coloring_choices(scene)
    if colour not in available:
        raise KeyError(f"{layer.kind} offers no colour {colour!r}; it has {', '.join(available)}")
    source, symbol = coloring_source(colour)
    if source == SURPRISE:
        return TokenColors(scene.trace.surprise, 0.0, SURPRISE_END, False, "by surprise (−ln p, nats)")
    if source == VERDICT:
        return class_coloring(scene)
    if source == ERROR and scene.curve is not None:
        error = scene.curve.error
        finite = error[np.isfinite(error)]
        return TokenColors(error, 0.0, round_up(float(finite.max(initial=0.0))), False, f"by error, in {scene.curve.unit}")
    if source == "norm":
        values = np.zeros(layer.steps) if layer.grads is None else layer.grads.magnitude(symbol)[:, 0]
        return TokenColors(values, 0.0, float(values.max(initial=0.0)) or 1.0, False, f"by ‖∂L/∂{symbol}‖")
    info, values = scene.quantity(symbol), layer.values[symbol][:, 0]
    if source == "mean":
        low, high = scene.display.scales.means[symbol]
        return TokenColors(values.mean(axis=1), low, high, info.signed, f"by {symbol}, mean of all units")
    return TokenColors(values[:, unit], *curve_ends(info, values[:, unit]), info.signed, f"by {symbol} of unit {unit}")


def scene_coloring_choices(scene: LiveScene) -> dict[str, str]:
    """Return the colorings of a scene, {id: label}."""
    forecasts = scene.curve is None or bool(np.isfinite(scene.curve.expected).any())
    return coloring_choices(scene.layer.kind, scene.step_unit, scene.outputs.predicts_next_token, forecasts)


def class_coloring(scene: LiveScene) -> TokenColors:
    """Return a classifier's number after each step: the place between its ordered classes, or the probability of one class."""
    if scene.outputs.target_class is None:
        return TokenColors(expected_class(scene.trace), 2.0, -2.0, True, "by verdict: blue is positive")
    name = scene.outputs.names[scene.outputs.target_class]
    return TokenColors(scene.trace.probs[:, scene.outputs.target_class], 0.0, 1.0, False, f"by the probability of ‘{name}’")


def expected_class(trace: Trace) -> Float[np.ndarray, " time"]:
    """Return the expected class after each step, with the classes spread evenly from −2 to 2."""
    return trace.probs @ np.linspace(-2.0, 2.0, trace.probs.shape[1], dtype=trace.probs.dtype)


def _mean_label(kind: Kind, symbol: str) -> str:
    return f"mean over units: {quantity(kind, symbol).name} {symbol}"
