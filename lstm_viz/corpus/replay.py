"""Replay any window of a scanned text with every gate, from the checkpoint before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.capture.layers import Layer, final_states, layers_of
from lstm_viz.corpus.result import Scan
from lstm_viz.gates import quantity
from lstm_viz.gradients import Objective
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import trace
from lstm_viz.trace import Trace


def window(model: LanguageModel, scan: Scan, start: int, stop: int, objective: Objective | None = None) -> Trace:
    """Compute everything in the model over the steps `start` to `stop` (exclusive) of a text that it has scanned.

    The objective's gradients are taken within the window. Unlike in `trace`, the first token's surprise is known from the
    scan; `loss` is the mean of the others, as usual. If a part of the text begins within the window, the network restarts
    there.

    Args:
        model: The model of the scan.
        scan: The scan, with its text.
        start: The first step.
        stop: The step after the last one.
        objective: What is differentiated, such as `TextLoss()`; None for no gradients.

    Returns:
        The trace of the window: every quantity of every layer, [time, batch = 1, unit]; surprise and loss in nats.

    Raises:
        ValueError: The steps lie outside the text, or an objective is given and the window spans several parts of the text.

    Examples:
        >>> from lstm_viz import corpus
        >>> model, text = lstm_viz.load("counting"), "aabb\\n" * 20
        >>> part = corpus.window(model, corpus.scan(model, text), 50, 54)
        >>> "".join(part.tokens), np.allclose(part.layers[0].f, lstm_viz.trace(model, text).layers[0].f[50:54], atol=1e-6)
        ('aabb', True)
    """
    pieces = _pieces(scan, start, stop)
    if len(pieces) > 1 and objective is not None:
        raise ValueError(f"a part of the text begins at step {pieces[1][0]}, where gradients stop; give steps within one part")
    read = _concatenate([trace(model, scan.text[begin:end], objective, state_at(model, scan, begin)) for begin, end in pieces])
    if len(read.surprise):
        read.surprise[0] = scan.surprise[start]
    return read


def quantity_window(
    model: LanguageModel, scan: Scan, layer: int, symbol: str, start: int, stop: int
) -> Float[np.ndarray, "time unit"]:
    """Compute one quantity of one layer over the steps `start` to `stop` (exclusive), with no more of the network than it needs.

    Args:
        model: The model of the scan.
        scan: The scan, with its text.
        layer: The layer, from 0.
        symbol: The quantity, such as "f" or "c".
        start: The first step.
        stop: The step after the last one.

    Returns:
        The quantity, [time, unit].

    Raises:
        ValueError: The steps lie outside the text.
        KeyError: The cell does not have the quantity.
        IndexError: The layer is out of range.

    Examples:
        >>> from lstm_viz import corpus
        >>> model, text = lstm_viz.load("counting"), "aabb\\n" * 20
        >>> corpus.quantity_window(model, corpus.scan(model, text), 0, "f", 50, 54).shape
        (4, 4)
    """
    pieces = _pieces(scan, start, stop)
    check_layer(scan, layer)
    layers = layers_of(model.rnn)[: layer + 1]
    if start == stop:
        quantity(scan.kind, symbol)
        return np.zeros((0, model.config.hidden), scan.hidden.dtype)
    values = []
    for begin, end in pieces:
        h, c = _states_at(model, scan, begin, layers)
        with torch.inference_mode():
            x = model.embedding(torch.from_numpy(model.vocabulary.encode(scan.text[begin:end])))[:, None]
            for below in layers[:-1]:
                x = below.run(x, h[below.index], None if c is None else c[below.index])
            values.append(layers[-1].read(x, h[layer], None if c is None else c[layer])[symbol][:, 0])
    return np.concatenate(values)


def state_at(model: LanguageModel, scan: Scan, step: int) -> Any:
    """Return the model's state before a step, as its forward takes it, from the previous checkpoint or the part's beginning.

    Args:
        model: The model of the scan.
        scan: The scan, with its text.
        step: The step, from 0.

    Returns:
        h, or (h, c) of an LSTM: tensors [layer, batch = 1, unit].

    Raises:
        ValueError: The step lies outside the text.

    Examples:
        >>> from lstm_viz import corpus
        >>> model = lstm_viz.load("counting")
        >>> h, c = corpus.state_at(model, corpus.scan(model, "aabb\\n" * 20), 50)
        >>> h.shape, c.shape
        (torch.Size([1, 1, 4]), torch.Size([1, 1, 4]))
    """
    _check_steps(scan, step, step)
    hidden, cell = _states_at(model, scan, step, layers_of(model.rnn))
    return hidden if cell is None else (hidden, cell)


def part_at(scan: Scan, step: int) -> tuple[int, int]:
    """Return start and end (exclusive) of the part that contains a step; the whole text if it has one part.

    Args:
        scan: The scan.
        step: The step, from 0.

    Returns:
        The first step of the part, and the step after its last one.

    Examples:
        >>> from lstm_viz import corpus
        >>> scan = corpus.scan(lstm_viz.load("counting"), "aabb\\naaabbb\\n", parts=(0, 5))
        >>> corpus.part_at(scan, 3), corpus.part_at(scan, 5)
        ((0, 5), (5, 12))
    """
    index = int(np.searchsorted(scan.parts, step, side="right"))
    return int(scan.parts[index - 1]), int(scan.parts[index]) if index < len(scan.parts) else len(scan.text)


def check_layer(scan: Scan, layer: int) -> None:
    """Raise IndexError if a scan's model has no such layer."""
    if not 0 <= layer < scan.hidden.shape[1]:
        raise IndexError(f"layer {layer} is out of range; the model has layers 0 to {scan.hidden.shape[1] - 1}")


def _check_steps(scan: Scan, start: int, stop: int) -> None:
    if not 0 <= start <= stop <= len(scan.text):
        raise ValueError(f"steps {start} to {stop} were wanted; the text has {len(scan.text)}: give 0 ≤ start ≤ stop ≤ that")


def _pieces(scan: Scan, start: int, stop: int) -> list[tuple[int, int]]:
    """Return start and end (exclusive) of each piece of the steps that is read from one state, cut where parts begin."""
    _check_steps(scan, start, stop)
    inside = scan.parts[(scan.parts > start) & (scan.parts < stop)].tolist()
    return list(pairwise([start, *inside, stop]))


def _states_at(model: LanguageModel, scan: Scan, step: int, layers: Sequence[Layer]) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return h and c [layer, batch = 1, unit] of the first layers before a step."""
    index = int(np.searchsorted(scan.checkpoints, step, side="right")) - 1
    begin, count = int(scan.checkpoints[index]), len(layers)
    part = part_at(scan, step)[0]
    hidden = torch.from_numpy(scan.hidden[index, :count])[:, None].clone()
    cell = None if scan.cell is None else torch.from_numpy(scan.cell[index, :count])[:, None].clone()
    if part >= begin:
        begin = part
        hidden.zero_()
        cell = None if cell is None else cell.zero_()
    if begin == step:
        return hidden, cell
    ids = torch.from_numpy(model.vocabulary.encode(scan.text[begin:step]))
    with torch.inference_mode():
        return final_states(layers, model.embedding(ids)[:, None], hidden, cell)


def _concatenate(read: Sequence[Trace]) -> Trace:
    """Concatenate the traces of consecutive parts."""
    if len(read) == 1:
        return read[0]
    layers = tuple(
        replace(parts[0], values={symbol: np.concatenate([part.values[symbol] for part in parts]) for symbol in parts[0].values})
        for parts in zip(*(each.layers for each in read), strict=True)
    )
    surprise = np.concatenate([each.surprise for each in read])
    begins = np.cumsum([0, *(len(each.tokens) for each in read[:-1])])
    spans = [each.spans + begin for each, begin in zip(read, begins, strict=True)]
    known = np.isfinite(surprise)
    return replace(
        read[0], tokens=tuple(token for each in read for token in each.tokens), layers=layers, surprise=surprise,
        ids=np.concatenate([each.ids for each in read]), known=np.concatenate([each.known for each in read]),
        spans=np.concatenate(spans), probs=np.concatenate([each.probs for each in read]),
        loss=float(surprise[known].mean()) if known.any() else None,
    )  # fmt: skip
