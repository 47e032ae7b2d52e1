"""The gates at a glance as data, against the trace."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.gate_means import DISTANCE, gate_means
from lstm_viz.figures.palette import LIGHT
from lstm_viz.reader import trace
from tests.tiny import TEXT, tiny

GATES = {"lstm": "ifo", "gru": "rz", "rnn": "h"}


@pytest.mark.parametrize("kind", GATES)
def test_each_gate_is_its_mean_over_all_units(kind: str) -> None:
    read = trace(tiny(kind), TEXT)  # type: ignore[arg-type]
    layer = read.layers[1]
    figure = gate_means(layer, read.tokens, 3, 11, 5, 7, LIGHT)
    assert len(figure.data) == len(GATES[kind])
    for curve, symbol in zip(figure.data, GATES[kind], strict=True):
        values = np.abs(layer[symbol]) if kind == "rnn" else layer[symbol]
        np.testing.assert_allclose(curve.y, values[3:11, 0].mean(axis=1), rtol=1e-6)
        assert curve.name.endswith(f" {symbol}") or curve.name == DISTANCE
        assert list(curve.customdata) == list(range(3, 11))
    shade, line = figure.layout.shapes
    # Two steps of the window were given; step 7 is its fifth.
    assert (shade.x0, shade.x1) == (-0.5, 1.5)
    assert line.x0 == line.x1 == 4


def test_a_window_without_prompt_or_choice_has_no_marks() -> None:
    read = trace(tiny(), TEXT)
    assert not gate_means(read.layers[0], read.tokens, 6, 9, 5, 2, LIGHT).layout.shapes
    (shade,) = gate_means(read.layers[0], read.tokens, 0, 4, 5, 9, LIGHT).layout.shapes
    assert shade.x1 == 3.5
