"""Ablate every unit once: which ones does a text need?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from lstm_viz.capture.layers import layers_of
from lstm_viz.cells import State, Steps
from lstm_viz.models.catalog import load
from lstm_viz.models.checks import require_language_model, require_trace_of, require_unit, require_whole
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import trace
from lstm_viz.results import Result
from lstm_viz.trace import Trace
from lstm_viz.what_if.rerun import log_probs, run_steps


@dataclass(frozen=True, eq=False, repr=False)
class AblationScan(Result):
    """The rise of the text's mean surprise, in nats, with one unit ablated; units are in the order of the scan.

    `layers`, `units` and `rises` have an entry for each unit scanned so far, `total` counts all units.

    Examples:
        >>> from lstm_viz.what_if import scan_text
        >>> *_, result = scan_text("counting", "aabb\\n")
        >>> result.units.tolist(), result.rises.round(1).tolist(), result.total
        ([0, 1, 2, 3], [-0.3, 0.1, -0.3, 0.9], 4)
    """

    layers: Int[np.ndarray, " scanned"]
    units: Int[np.ndarray, " scanned"]
    rises: Float[np.ndarray, " scanned"]
    total: int

    @property
    def share(self) -> float:
        """Return how much of the scan is done, 0 to 1."""
        return len(self.units) / self.total

    def ranked(self) -> Int[np.ndarray, " scanned"]:
        """Return indices into the entries, the largest rise first."""
        return np.argsort(-self.rises, kind="stable")


def scan(model: LanguageModel, before: Trace, chunk: int = 32) -> Iterator[AblationScan]:
    """Ablate every unit of every layer at every step, one at a time, and yield the results so far after each chunk of units.

    The topmost layer comes first: its units are the fastest to scan. Stop iterating to cancel.

    Args:
        model: A language model.
        before: Its trace of a text, without interventions.
        chunk: How many units are computed at once.

    Returns:
        An iterator over the results so far: the rise of the text's mean surprise with each unit ablated, in nats.

    Raises:
        ValueError: The text has fewer than two tokens, or the model is a classifier, which has no surprise.

    Examples:
        >>> from lstm_viz.what_if import scan
        >>> model = lstm_viz.load("counting")
        >>> *_, result = scan(model, lstm_viz.trace(model, "aabb\\n"))
        >>> int(result.units[result.rises.argmax()])                      # the unit without which the text is most surprising
        3
    """
    require_language_model(model)
    require_trace_of(model, before)
    require_whole(chunk, "chunk", 1)
    if before.loss is None:
        raise ValueError(f"the text has {len(before.tokens)} tokens; a scan needs at least two, one to predict the other")
    return _scan(model, before, chunk)


def scan_text(model: str | LanguageModel, text: str, chunk: int = 16) -> Iterator[AblationScan]:
    """Scan a text with a model, or with a shipped one by its name; picklable arguments for another process.

    Args:
        model: A language model, or the name of a shipped one.
        text: A text of at least two tokens.
        chunk: How many units are computed at once.

    Returns:
        An iterator over the results so far, as from `scan`.

    Raises:
        ValueError: As for `scan`, once the first item is requested.

    Examples:
        >>> from lstm_viz.what_if import scan_text
        >>> [len(each.units) for each in scan_text("counting", "aabb\\n", chunk=2)]
        [2, 4]
    """
    model = load(model) if isinstance(model, str) else model
    yield from scan(model, trace(model, text), chunk)


def _scan(model: LanguageModel, before: Trace, chunk: int) -> Iterator[AblationScan]:
    hidden, count = model.config.hidden, model.config.layers
    rises_by_unit: list[tuple[int, int, float]] = []
    for layer in reversed(range(count)):
        for start in range(0, hidden, chunk):
            units = np.arange(start, min(start + chunk, hidden))
            losses = _losses(model, before, layer, units)
            rises_by_unit += [
                (layer, int(unit), float(loss) - (before.loss or 0.0)) for unit, loss in zip(units, losses, strict=True)
            ]
            layers, numbers, rises = zip(*rises_by_unit, strict=True)
            yield AblationScan(np.array(layers), np.array(numbers), np.array(rises), hidden * count)


def ablation_costs(model: LanguageModel, before: Trace, layer: int, unit: int) -> Float[np.ndarray, " time"]:
    """Compute how much the surprise of each token rises with one unit ablated at every step.

    Args:
        model: A language model.
        before: Its trace of a text.
        layer: The unit's layer, from 0.
        unit: The unit, from 0.

    Returns:
        The rise at each token in nats, NaN for the first, which nothing predicts. Its mean is the unit's rise in `scan`.

    Raises:
        ValueError: The model is a classifier, or the text has fewer than two tokens.
        IndexError: The layer or the unit is out of range.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> ablation_costs(model, lstm_viz.trace(model, "aabb"), 0, 1).shape
        (4,)
    """
    require_language_model(model)
    require_unit(model, before, layer, unit)
    if before.loss is None:
        raise ValueError(f"the text has {len(before.tokens)} tokens; at least two are needed, one to predict the other")
    after = _surprises(model, before, layer, np.array([unit]))[:, 0]
    return np.concatenate(([np.nan], after - before.surprise[1:]))


def _losses(model: LanguageModel, before: Trace, layer: int, units: Int[np.ndarray, " unit"]) -> Float[np.ndarray, " unit"]:
    """Compute the text's mean surprise with one unit of a layer ablated, for several units in one batch."""
    return _surprises(model, before, layer, units).mean(axis=0)


def _surprises(
    model: LanguageModel, before: Trace, layer: int, units: Int[np.ndarray, " unit"]
) -> Float[np.ndarray, "time unit"]:
    """Compute the surprise of every token but the first with one unit of a layer ablated, for several units in one batch."""
    cut, *above = layers_of(model.rnn)[layer:]
    rows = np.arange(len(units))

    def silence(symbol: str, values: State) -> None:
        if symbol == "h":
            values[rows, units] = 0.0

    h0, c0 = _repeated(before, layer, len(units))
    h = run_steps(cut, before.layers[layer].x[:-1], h0, c0, lambda step: silence)["h"]
    with torch.inference_mode():
        for index, upper in enumerate(above, layer + 1):
            h0, c0 = _repeated(before, index, len(units))
            h = upper.run(torch.from_numpy(h), torch.from_numpy(h0), None if c0 is None else torch.from_numpy(c0)).numpy()
    return -_at_next_token(log_probs(model, h), before)


def _at_next_token(values: Steps, before: Trace) -> Float[np.ndarray, "time batch"]:
    """Select from [time, batch, vocab] the entries of the next token in the text."""
    return np.take_along_axis(values, before.ids[1:, None, None], axis=-1)[..., 0]


def _repeated(before: Trace, layer: int, batch: int) -> tuple[State, State | None]:
    """Return a layer's initial states, repeated for each entry of the batch."""
    h0, c0 = before.layers[layer].h0, before.layers[layer].c0
    return np.repeat(h0, batch, axis=0), None if c0 is None else np.repeat(c0, batch, axis=0)
