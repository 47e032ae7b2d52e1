"""Fading gradients as data: shares, reach, and the powers of a number."""

import numpy as np
import pytest

from lstm_viz.figures.gradient_decay import gradient_decay, powers
from lstm_viz.figures.palette import LIGHT
from lstm_viz.gates import CELLS
from lstm_viz.gradients import GradientDecay


def test_reach_counts_steps_back() -> None:
    curve = GradientDecay("lstm", "c", np.array([1.0, 0.5, 0.009, 0.02]))
    assert curve.steps_until(0.01) == 2
    assert curve.steps_until(0.001) is None


def test_every_state_of_every_cell_has_its_curve() -> None:
    share = np.array([1.0, 0.1, 0.01])
    states = [(kind, each.symbol) for kind, cell in CELLS.items() for each in cell if each.symbol in "ch"]
    figure = gradient_decay([GradientDecay(kind, symbol, share) for kind, symbol in states], LIGHT)
    little, *curves = figure.data
    assert (little.name, *little.x, *little.y) == ("1% is left", 0, 2, 0.01, 0.01)
    assert not figure.layout.annotations
    assert [trace.name for trace in curves] == [
        "LSTM, cell state c", "LSTM, hidden state h", "GRU, hidden state h", "plain RNN, hidden state h",
    ]  # fmt: skip
    looks = {(trace.line.color, trace.line.dash) for trace in curves}
    assert len(looks) == len(curves)
    for trace in curves:
        np.testing.assert_array_equal(trace.x, [0, 1, 2])
        np.testing.assert_array_equal(trace.y, share)
    assert figure.layout.yaxis.type == "log"


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5])
def test_powers_multiply_once_a_step(factor: float) -> None:
    (curve,) = powers(factor, 100, LIGHT).data
    assert curve.y[0] == 1.0
    np.testing.assert_allclose(curve.y[1:] / curve.y[:-1], factor)
    assert len(curve.y) == 101
