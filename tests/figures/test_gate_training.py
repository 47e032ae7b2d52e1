"""One gate's training against torch: the same weights step by step, slopes as autograd's and as finite differences."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.figures.gate_training import GateTraining, gate_and_switch, gate_share, train_gate
from lstm_viz.figures.palette import LIGHT

SVG = "{http://www.w3.org/2000/svg}"
START, TARGET = st.floats(-5, 5), st.floats(0, 1)


@settings(max_examples=25)
@given(START, TARGET, st.floats(0.1, 8))
def test_every_step_is_that_of_torch_s_descent(start: float, target: float, rate: float) -> None:
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    training = train_gate(start, target, rate, 12)
    for step in range(13):
        assert training.weight[step] == pytest.approx(w.item(), abs=1e-10)
        share = torch.sigmoid(w)
        loss = (share - target) ** 2
        w.grad = None
        loss.backward()
        assert w.grad is not None
        assert training.share[step] == pytest.approx(share.item(), abs=1e-10)
        assert training.loss[step] == pytest.approx(loss.item(), abs=1e-10)
        assert training.slope[step] == pytest.approx(w.grad.item(), abs=1e-10)
        with torch.no_grad():
            w -= rate * w.grad


@settings(max_examples=25)
@given(START, TARGET)
def test_the_slope_is_that_of_finite_differences(start: float, target: float) -> None:
    training, tiny = GateTraining(False, target, np.array([start])), 1e-6
    loss = [float((gate_share(np.array([start + side]), hard=False)[0] - target) ** 2) for side in (tiny, -tiny)]
    assert float(training.slope[0]) == pytest.approx((loss[0] - loss[1]) / (2 * tiny), abs=1e-8)


@settings(max_examples=25)
@given(START.filter(lambda w: abs(w) > 0.01), TARGET, st.floats(0.1, 8))
def test_a_hard_switch_never_moves(start: float, target: float, rate: float) -> None:
    training = train_gate(start, target, rate, 20, hard=True)
    np.testing.assert_array_equal(training.weight, np.full(21, start))
    np.testing.assert_array_equal(training.slope, 0.0)
    np.testing.assert_array_equal(training.share, float(start > 0))
    # Its loss is the same a little to both sides: the slope by finite differences is 0 too.
    sides = [float((gate_share(np.array([start + side]), hard=True)[0] - target) ** 2) for side in (1e-6, -1e-6)]
    assert sides[0] == sides[1]


def test_torch_sends_nothing_back_through_a_step_either() -> None:
    w = torch.tensor(-2.0, dtype=torch.float64, requires_grad=True)
    (torch.heaviside(w, torch.zeros((), dtype=torch.float64)).detach() + 0.0 * w - 0.8).pow(2).backward()
    assert w.grad is not None
    assert w.grad.item() == 0.0


def test_the_gate_reaches_its_target_and_the_switch_does_not() -> None:
    gate, switch = train_gate(-2.0, 0.8, 4.0, 60), train_gate(-2.0, 0.8, 4.0, 60, hard=True)
    assert gate.share[-1] == pytest.approx(0.8, abs=0.005)
    assert gate.weight[-1] == pytest.approx(np.log(4.0), abs=0.03)  # σ(ln 4) = 0.8
    assert switch.share[-1] == 0.0
    assert repr(switch) == "GateTraining(a switch to 0.8 in 60 steps)"


def test_the_drawing_says_and_shows_the_numbers() -> None:
    gate, switch = train_gate(-2.0, 0.8, 4.0, 60), train_gate(-2.0, 0.8, 4.0, 60, hard=True)
    drawing = ElementTree.fromstring(gate_and_switch(gate, switch, 0, LIGHT))
    points = [(float(each.attrib["data-x"]), float(each.attrib["data-y"])) for each in drawing.iter(f"{SVG}circle")]
    # σ(−2) = 0.1192; (0.1192 − 0.8)² = 0.4635; the switch: 0.8² = 0.64.
    np.testing.assert_allclose(points, [(-2.0, 0.4635), (-2.0, 0.64)], atol=1e-4)
    words = ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]
    # 2 (0.1192 − 0.8) = −1.36; 0.1192 · 0.8808 = 0.105; their product −0.143.
    assert {"share 0.12", "∂L/∂share −1.36", "× ∂share/∂w 0.105", "= ∂L/∂w −0.143", "moves right"} <= set(words)
    assert {"share 0.00", "∂L/∂share −1.60", "× ∂share/∂w 0.000", "= ∂L/∂w 0.000", "does not move"} <= set(words)
    assert re.search(r"gate after 0 steps.*hard switch after 0 steps", drawing.attrib["aria-label"])


def test_a_target_that_no_share_can_reach_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a target of 1\.5"):
        train_gate(0.0, 1.5, 1.0, 3)
