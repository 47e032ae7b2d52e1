"""The calculator, against torch.nn.LSTMCell with weights of zero, whose biases alone set the gates."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.figures.cell_step import CellStep, cell_step
from lstm_viz.figures.palette import LIGHT

SHARE = st.floats(0.001, 0.999)


@given(i=SHARE, f=SHARE, o=SHARE, g=st.floats(-0.999, 0.999), before=st.floats(-2, 2))
def test_a_step_is_that_of_an_lstm_cell(i: float, f: float, o: float, g: float, before: float) -> None:
    cell = torch.nn.LSTMCell(1, 1, dtype=torch.float64)
    zero = torch.zeros(1, 1, dtype=torch.float64)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        gates = [math.log(i / (1 - i)), math.log(f / (1 - f)), math.atanh(g), math.log(o / (1 - o))]
        cell.bias_ih.copy_(torch.tensor(gates))
        h, c = cell(zero, (zero, zero + before))
    step = CellStep(i, f, o, g, before)
    # Logarithm and exponential of a nearly shut gate lose a few digits of their own.
    assert step.c == pytest.approx(c.item(), abs=1e-6)
    assert step.h == pytest.approx(h.item(), abs=1e-6)


def test_bars_by_hand() -> None:
    (bars,) = cell_step(CellStep(i=0.5, f=0.9, o=0.8, g=-0.6, before=1.0), LIGHT).data
    assert bars.y == pytest.approx([1.0, 0.9, -0.3, 0.6, 0.8 * math.tanh(0.6)])
    # What is written starts where what is kept ends, and so ends at the new cell state.
    assert bars.base == pytest.approx([0.0, 0.0, 0.9, 0.0, 0.0])
    assert bars.text[2] == "−0.30"
    assert [name.split("<br>")[1] for name in bars.x] == ["old", "kept", "written", "new", "out"]
