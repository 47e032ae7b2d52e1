"""One layer over stretches of a text side by side, some of whose states are reset on the way."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Int

from lstm_viz.capture.layers import Layer
from lstm_viz.cells import State, Steps
from lstm_viz.corpus.resets import zero_restarting
from lstm_viz.reader import read_layer
from lstm_viz.what_if.rerun import run_steps

#: From this many segments on, one step at a time is faster than the fused kernel and the gates after it.
MIN_SEGMENTS_FOR_STEPWISE = 32
Cut = tuple[int, int, Int[np.ndarray, " anew"]]


def run_layer(
    layer: Layer, x: Steps, h: State, c: State | None, cuts: Iterable[Cut], stepwise: bool
) -> tuple[list[dict[str, Steps]], State, State | None]:
    """Run one layer over x [time, stretch, input], cut where states are reset.

    Args:
        layer: The layer.
        x: Its input.
        h: The hidden state before the first step [stretch, unit].
        c: The cell state before the first step, or None.
        cuts: From `resets`: the first step, the step after the last, and which stretches begin anew there.
        stepwise: Whether to run step by step in place of the fused kernel.

    Returns:
        The cell's quantities for each cut, and the states after the last step.
    """
    pieces = []
    for begin, end, anew in cuts:
        h, c = zero_restarting(h, anew), None if c is None else zero_restarting(c, anew)
        if stepwise:
            values = run_steps(layer, x[begin:end], h, c, lambda step: None)
        else:
            with torch.inference_mode():
                values = read_layer(layer, torch.from_numpy(x[begin:end]), h, c)
        h, c = values["h"][-1], values["c"][-1] if c is not None else None
        pieces.append(values)
    return pieces, h, c
