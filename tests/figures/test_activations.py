"""The two curves and their slopes, against torch and its autograd."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.figures.activations import activations, sigmoid, sigmoid_slope, tanh_slope
from lstm_viz.figures.palette import LIGHT


@given(st.floats(-40, 40))
def test_curves_and_slopes_are_those_of_torch(value: float) -> None:
    for function, slope, wanted in ((sigmoid, sigmoid_slope, torch.sigmoid), (np.tanh, tanh_slope, torch.tanh)):
        x = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        y = wanted(x)
        y.backward()
        assert float(function(np.array(value))) == pytest.approx(y.item(), abs=1e-14)
        assert float(slope(np.array(value))) == pytest.approx(x.grad.item(), abs=1e-14)


def test_values_by_hand() -> None:
    x = np.array([0.0, np.log(3.0)])
    np.testing.assert_allclose(sigmoid(x), [0.5, 0.75])
    np.testing.assert_allclose(sigmoid_slope(x), [0.25, 0.1875])
    # tanh(ln 3) = (3 − 1/3) / (3 + 1/3) = 0.8
    np.testing.assert_allclose(tanh_slope(x), [1.0, 0.36])


def test_the_points_stand_on_their_curves() -> None:
    figure = activations(-1.2, LIGHT)
    curves = {trace.name: trace for trace in figure.data}
    assert len(curves) == 8
    for name, curve in curves.items():
        if not name.endswith(" at x"):
            point = curves[f"{name} at x"]
            assert point.x[0] == -1.2
            assert point.y[0] == pytest.approx(np.interp(-1.2, curve.x, curve.y), abs=1e-3)
