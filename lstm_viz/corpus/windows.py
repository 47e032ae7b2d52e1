"""Any window of a scanned text once more with every gate, from the checkpoint before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from lstm_viz.corpus.kept import Scan
from lstm_viz.gradients import Objective
from lstm_viz.models.language import LanguageModel
from lstm_viz.reading import trace
from lstm_viz.trace import Trace


def window(model: LanguageModel, scan: Scan, start: int, stop: int, objective: Objective | None = None) -> Trace:
    """Everything that the model computed over the steps `start` to `stop` (behind the last) of a text it has scanned.

    The objective's gradients are taken within the window. Unlike in `trace`, the first symbol's surprise is known, as the
    scan has noted it; `loss` is the mean of the others, as ever. Raises ValueError for steps that the text does not have.
    """
    if not 0 <= start <= stop <= len(scan.text):
        raise ValueError(f"steps {start} to {stop} were wanted; the text has {len(scan.text)}: give 0 ≤ start ≤ stop ≤ that")
    read = trace(model, scan.text[start:stop], objective, state_at(model, scan, start))
    if len(read.surprise):
        read.surprise[0] = scan.surprise[start]
    return read


def state_at(model: LanguageModel, scan: Scan, step: int) -> Any:
    """The model's state before a step, as its forward takes it: read on from the checkpoint before."""
    place = int(np.searchsorted(scan.checkpoints, step, side="right")) - 1
    hidden = torch.from_numpy(scan.hidden[place])[:, None].clone()
    state = hidden if scan.cell is None else (hidden, torch.from_numpy(scan.cell[place])[:, None].clone())
    begin = int(scan.checkpoints[place])
    if begin == step:
        return state
    ids = torch.from_numpy(model.vocabulary.encode(scan.text[begin:step]))
    with torch.inference_mode():
        return model.rnn(model.embedding(ids)[:, None], state)[1]
