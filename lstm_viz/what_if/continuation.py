"""Generate text after an intervention, with the same random numbers before and after."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from lstm_viz.capture.layers import layers_of
from lstm_viz.cells import State
from lstm_viz.cells.weights import no_op
from lstm_viz.models.checks import require_language_model, require_trace_of, require_whole
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import Logits, Sampling, draw
from lstm_viz.trace import Trace
from lstm_viz.what_if.interventions import Intervention, as_interventions, check, intervention_at
from lstm_viz.what_if.rerun import log_probs


def continuation(
    model: LanguageModel,
    before: Trace,
    count: int,
    interventions: Sequence[Intervention] = (),
    temperature: float = 1.0,
    seed: int = 0,
) -> str:
    """Draw `count` tokens that follow a text as it was read, before or after interventions.

    The same seed draws the same random numbers, so two continuations differ only where the networks' predictions do.

    Args:
        model: The model that read the text.
        before: The trace of the text, such as `what_if(…).before` or `.after`.
        count: How many tokens to draw.
        interventions: Those at every step or at a character stay active in the generated text; those at numbered steps do not.
        temperature: Divides the logits: below 1 is more conservative, above 1 more random.
        seed: Seed of the random numbers.

    Returns:
        The generated text, without the text that was read.

    Raises:
        ValueError: An empty text, a negative count or seed, a temperature that is not above 0, an intervention that does not fit,
            a trace of another model, or a classifier.
        TypeError: The model is not a `LanguageModel`, the trace not a `Trace`, or the list holds what is no intervention.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> lstm_viz.continuation(model, lstm_viz.trace(model, "aaab"), 3, seed=1)
        'bb\\n'
    """
    require_language_model(model)
    require_trace_of(model, before)
    require_whole(count, "count")
    interventions = as_interventions(interventions)
    if not before.tokens:
        raise ValueError("the text is empty; give at least one character to continue from")
    for intervention in interventions:
        check(intervention, model.config, len(before.tokens))
    layers, step = layers_of(model.rnn), len(before.tokens)
    states: list[tuple[State, State | None]] = [
        (layer.h[-1], layer.c[-1] if layer.kind == "lstm" else None) for layer in before.layers
    ]
    symbols, embedding = model.vocabulary.tokens, model.embedding.weight.detach().numpy()

    def advance(number: int) -> Logits:
        nonlocal step
        x = embedding[number][None]
        for k, layer in enumerate(layers):
            own = [intervention for intervention in interventions if intervention.layer == k]
            edit = intervention_at(own, step, symbols[number]) or no_op
            values = layer.cell.step(layer.weights, layer.weights.input_projection(x), *states[k], edit)
            states[k] = values["h"], values.get("c")
            x = values["h"]
        step += 1
        return log_probs(model, x)[0]

    first = np.log(np.maximum(before.probs[-1], np.finfo(before.probs.dtype).tiny))
    return model.vocabulary.decode(islice(draw(first, advance, Sampling(temperature), seed), count))
