"""The cap, against torch.nn.utils.clip_grad_norm_."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_viz.figures.clipping import clip, clipping
from lstm_viz.figures.palette import LIGHT

GRADIENTS = hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-1e3, 1e3))


@given(gradient=GRADIENTS, cap=st.floats(0.01, 100))
def test_the_cap_is_that_of_torch(gradient: np.ndarray, cap: float) -> None:
    weights = torch.zeros(len(gradient), dtype=torch.float64, requires_grad=True)
    weights.grad = torch.from_numpy(gradient.copy())
    torch.nn.utils.clip_grad_norm_(weights, cap)
    # torch adds 1e-6 to the length before it divides.
    np.testing.assert_allclose(clip(gradient, cap), weights.grad.numpy(), rtol=1e-3 if cap < 1 else 1e-5, atol=1e-9)


def test_by_hand() -> None:
    np.testing.assert_allclose(clip(np.array([3.0, 4.0]), 1.0), [0.6, 0.8])
    np.testing.assert_array_equal(clip(np.array([3.0, 4.0]), 5.0), [3.0, 4.0])
    np.testing.assert_array_equal(clip(np.zeros(2), 1.0), [0.0, 0.0])


def test_arrows_end_where_they_should() -> None:
    cap, before, after = clipping(np.array([2.4, 1.8]), 1.0, 4.0, LIGHT).data
    assert (before.x[1], before.y[1]) == (2.4, 1.8)
    assert (after.x[1], after.y[1]) == pytest.approx((0.8, 0.6))
    np.testing.assert_allclose(np.hypot(cap.x, cap.y), 1.0)
