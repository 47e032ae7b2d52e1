"""Build a scene from any network's trace: layers of any sizes, in one direction or both, and outputs of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from lstm_viz.capture.layers import Layer
from lstm_viz.gates import NAMES
from lstm_viz.gradients import LikeliestNext, Objective, fix_target
from lstm_viz.gradients.objectives import LikeliestClass
from lstm_viz.trace import LayerTrace, Trace
from lstm_viz.ui.components.live_view.coloring import coloring_choices
from lstm_viz.ui.components.live_view.effects import gradient_question
from lstm_viz.ui.components.live_view.from_text import few_known
from lstm_viz.ui.components.live_view.network_view import NetworkView
from lstm_viz.ui.components.live_view.scene import Captions, LayerDisplay, LiveScene, OutputLabels, SeriesCurve
from lstm_viz.ui.state.view import View

#: For texts of up to so many tokens each keystroke computes missing verdicts at once, for so many seconds.
EAGER_TOKENS, EAGER_SECONDS = 40, 0.03
#: The name under which the browser knows the network.
NAME = "your-network"


def scene_from_network_text(view: View, display: NetworkView) -> LiveScene:
    """Read the view's text and collect what the frame shows."""
    trace = display.read(view.input_text)
    if len(trace.tokens) <= EAGER_TOKENS:
        display.compute_verdicts(EAGER_SECONDS)
    network = display.network
    count = len(trace.tokens)
    best = None if network.predicts_next_token else int(trace.probs[-1].argmax()) if count else 0
    scene = _scene(view, display, trace, count)
    objective: Objective | None = None
    if count:
        objective = fix_target(LikeliestNext() if network.predicts_next_token else LikeliestClass(), trace.probs, network.outputs)
    tokens = network.vocabulary.tokens if network.vocabulary is not None else ()
    return replace(
        scene,
        outputs=replace(scene.outputs, target_class=best),
        captions=replace(scene.captions, gradient_question=gradient_question(objective)),
        few_known=few_known(tokens),
    )


def scene_from_network_numbers(view: View, display: NetworkView, trace: Trace, curve: SeriesCurve) -> LiveScene:
    """Collect what the frame shows of a network that reads numbers."""
    return replace(_scene(view, display, trace, len(trace.tokens)), curve=curve)


def _scene(view: View, display: NetworkView, trace: Trace, steps: int) -> LiveScene:
    layers = trace.layers or display.reference.layers
    index = min(max(view.layer, 0), len(layers) - 1)
    kind, units = layers[index].kind, layers[index].units
    # A series has no classes, whatever its outputs are.
    predicts = display.network.predicts_next_token or display.step_unit == "series"
    choices = coloring_choices(kind, display.step_unit, predicts, forecasts=False)
    view = replace(view.clamped(len(layers), units, tuple(choices), steps), model=NAME)
    if not trace.layers:
        trace = replace(trace, layers=tuple(map(_empty, display.reference.layers)))
    return LiveScene(
        trace=trace,
        view=view,
        display=LayerDisplay(
            weights=display.layers[index].weights,
            order=partial(display.order, index),
            scales=display.scales[index],
            inputs=display.inputs(index),
        ),
        outputs=OutputLabels(() if display.step_unit == "series" else display.network.outputs, predicts),
        captions=Captions(display.title, _hint(display, kind)),
        step_unit=display.step_unit,
    )


def _hint(display: NetworkView, kind: str) -> str:
    direction = " The backward direction reads from the end: its first step is the last token." if _both(display.layers) else ""
    return f"Your network, {NAMES[display.layers[0].kind]}. Click on the strips to see a cell at that step.{direction}"


def _both(layers: Sequence[Layer]) -> bool:
    return any(layer.reverse for layer in layers)


def _empty(layer: LayerTrace) -> LayerTrace:
    """Return a layer's trace of no steps."""
    return replace(layer, values={symbol: values[:0] for symbol, values in layer.values.items()}, grads=None)
