"""Build a scene from a text and the network that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lstm_viz.gradients import fix_target
from lstm_viz.reader import Reader
from lstm_viz.text.labels import label
from lstm_viz.ui.components.live_view.coloring import coloring_choices
from lstm_viz.ui.components.live_view.effects import gradient_question
from lstm_viz.ui.components.live_view.scene import Captions, LayerDisplay, LiveScene, OutputLabels, StepUnit
from lstm_viz.ui.state.examples import hint
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.objective_choice import count_steps, objective
from lstm_viz.ui.state.unit_names import unit_names
from lstm_viz.ui.state.view import View

#: A vocabulary of at most this many tokens is listed in a sentence.
MAX_NAMED = 8


def scene_from_text(view: View, reader: Reader) -> LiveScene:
    """Read the view's text and collect what the frame shows. Raises KeyError if the model does not exist."""
    display_model = get_model(view.model)
    config, predicts_next_token = display_model.model.config, display_model.model.predicts_next_token
    step_unit: StepUnit = "words" if config.words else "letters"
    view = view.clamped(
        len(display_model.layers),
        config.hidden,
        tuple(coloring_choices(config.kind, step_unit, predicts_next_token)),
        count_steps(view, reader),
    )
    target = objective(view, reader)
    trace = reader.read(view.input_text, target)
    names = unit_names(view.model, view.layer, view.unit)
    return LiveScene(
        trace=trace,
        view=view,
        display=LayerDisplay(
            weights=display_model.layers[view.layer].weights,
            order=partial(display_model.order, view.layer),
            scales=display_model.scales[view.layer],
            unit_names={symbol: name.describe(brief=True) for symbol, name in names.items()},
        ),
        outputs=OutputLabels(display_model.model.outputs, predicts_next_token),
        captions=Captions(
            title=display_model.title,
            hint=hint(view, config.kind, display_model.presets),
            gradient_question=gradient_question(target and fix_target(target, trace.probs, display_model.model.outputs)),
        ),
        step_unit=step_unit,
        few_known=few_known(display_model.model.vocabulary.tokens),
    )


def few_known(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return all tokens except the unknown one if there are few enough to list; else none."""
    known = tokens[1:]
    return tuple(map(label, known)) if len(known) <= MAX_NAMED else ()
