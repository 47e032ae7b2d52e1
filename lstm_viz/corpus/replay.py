"""Replay any window of a scanned text with every gate, from the checkpoint before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from lstm_viz.corpus.result import Scan
from lstm_viz.gradients import Objective
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import trace
from lstm_viz.trace import Trace


def window(model: LanguageModel, scan: Scan, start: int, stop: int, objective: Objective | None = None) -> Trace:
    """Compute everything in the model over the steps `start` to `stop` (exclusive) of a text that it has scanned.

    The objective's gradients are taken within the window. Unlike in `trace`, the first token's surprise is known from the
    scan; `loss` is the mean of the others, as usual. If a part of the text begins within the window, the network restarts
    there. Raises ValueError for steps outside the text, and for an objective over more than one part.

    Examples:
        >>> from lstm_viz import corpus
        >>> model, text = lstm_viz.load("counting"), "aabb\\n" * 20
        >>> part = corpus.window(model, corpus.scan(model, text), 50, 54)
        >>> "".join(part.tokens), np.allclose(part.layers[0].f, lstm_viz.trace(model, text).layers[0].f[50:54], atol=1e-6)
        ('aabb', True)
    """
    if not 0 <= start <= stop <= len(scan.text):
        raise ValueError(f"steps {start} to {stop} were wanted; the text has {len(scan.text)}: give 0 ≤ start ≤ stop ≤ that")
    inside = scan.parts[(scan.parts > start) & (scan.parts < stop)].tolist()
    if inside and objective is not None:
        raise ValueError(f"a part of the text begins at step {inside[0]}, where gradients stop; give steps within one part")
    read = _concatenate(
        [
            trace(model, scan.text[begin:end], objective, state_at(model, scan, begin))
            for begin, end in zip([start, *inside], [*inside, stop], strict=True)
        ]
    )
    if len(read.surprise):
        read.surprise[0] = scan.surprise[start]
    return read


def state_at(model: LanguageModel, scan: Scan, step: int) -> Any:
    """Return the model's state before a step, as its forward takes it, from the previous checkpoint or the part's beginning.

    Examples:
        >>> from lstm_viz import corpus
        >>> model = lstm_viz.load("counting")
        >>> h, c = corpus.state_at(model, corpus.scan(model, "aabb\\n" * 20), 50)
        >>> h.shape, c.shape
        (torch.Size([1, 1, 4]), torch.Size([1, 1, 4]))
    """
    index = int(np.searchsorted(scan.checkpoints, step, side="right")) - 1
    begin = int(scan.checkpoints[index])
    part = part_at(scan, step)[0]
    hidden = torch.from_numpy(scan.hidden[index])[:, None].clone()
    cell = None if scan.cell is None else torch.from_numpy(scan.cell[index])[:, None].clone()
    if part >= begin:
        begin = part
        hidden.zero_()
        cell = None if cell is None else cell.zero_()
    state = hidden if cell is None else (hidden, cell)
    if begin == step:
        return state
    ids = torch.from_numpy(model.vocabulary.encode(scan.text[begin:step]))
    with torch.inference_mode():
        return model.rnn(model.embedding(ids)[:, None], state)[1]


def part_at(scan: Scan, step: int) -> tuple[int, int]:
    """Return start and end (exclusive) of the part that contains a step; the whole text if it has one part.

    Examples:
        >>> from lstm_viz import corpus
        >>> scan = corpus.scan(lstm_viz.load("counting"), "aabb\\naaabbb\\n", parts=(0, 5))
        >>> corpus.part_at(scan, 3), corpus.part_at(scan, 5)
        ((0, 5), (5, 12))
    """
    index = int(np.searchsorted(scan.parts, step, side="right"))
    return int(scan.parts[index - 1]), int(scan.parts[index]) if index < len(scan.parts) else len(scan.text)


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
