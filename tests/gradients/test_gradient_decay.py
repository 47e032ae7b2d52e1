"""Curves of fading against autograd, and the fit on curves whose decay is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.gates import Kind
from lstm_viz.gradients import GradientDecay, NextToken, TextLoss, gradient_decay
from lstm_viz.models.perturbed import perturbed_copy
from lstm_viz.reader import trace
from tests.gradients.test_flow import autograds
from tests.tiny import KINDS, TEXT, tiny


@pytest.mark.parametrize("kind", KINDS)
def test_curves_are_autograds(kind: Kind) -> None:
    model = tiny(kind).double()
    # ln p of the text's own last symbol: up to its sign the last row of the gradient flow.
    read = trace(model, TEXT[:-1], NextToken(-1, TEXT[-1]))
    wanted = autograds(kind, 2, TEXT)
    for layer, of_layer in zip(read.layers, wanted, strict=True):
        for curve in gradient_decay(layer):
            back = of_layer[curve.symbol][-1, ::-1]
            np.testing.assert_allclose(curve.share, back / back[0], rtol=1e-9)


def test_distances_count_from_the_last_step_that_matters() -> None:
    model = tiny("gru").double()
    (early,) = gradient_decay(trace(model, TEXT, NextToken(6, "t")).layers[0])
    (alone,) = gradient_decay(trace(model, TEXT[:7], NextToken(-1, "t")).layers[0])
    np.testing.assert_allclose(early.share, alone.share)
    assert len(early.share) == 7


@given(factor=st.floats(0.2, 1.5), steps=st.integers(4, 60), first=st.floats(0.01, 1.0))
def test_the_fit_finds_the_factor_of_an_exact_power(factor: float, steps: int, first: float) -> None:
    share = first * factor ** np.arange(steps)
    share[0] = 1.0
    decay = GradientDecay("rnn", "h", share).decay
    assert decay is not None
    assert decay.factor == pytest.approx(factor, rel=1e-9)
    measurable = int(np.argmax(share <= 1e-30)) if (share <= 1e-30).any() else steps
    assert (decay.first, decay.last) == (1, measurable - 1)


def test_the_fit_stops_where_nothing_is_left_and_needs_three_steps() -> None:
    decay = GradientDecay("rnn", "h", np.array([1.0, 0.5, 0.25, 0.125, 0.0, 0.9])).decay
    assert decay is not None
    assert (decay.factor, decay.last) == (pytest.approx(0.5), 3)
    assert GradientDecay("rnn", "h", np.array([1.0, 0.5, 0.25])).decay is None
    assert GradientDecay("rnn", "h", np.array([1.0, 0.5, np.inf, 3.0])).decay is None


def test_smallest_gradients_are_not_lost_to_single_precision() -> None:
    model = perturbed_copy(tiny("rnn", layers=1), scale=0.01)
    single = gradient_decay(trace(model, TEXT, NextToken(-1, "t")).layers[0])[0].share
    double = gradient_decay(trace(model.double(), TEXT, NextToken(-1, "t")).layers[0])[0].share
    assert double[-1] < 1e-24
    np.testing.assert_allclose(single, double, rtol=1e-3)


def test_nothing_depends_on_nothing() -> None:
    model = tiny()
    assert gradient_decay(trace(model, "T", TextLoss()).layers[0]) == ()
    assert gradient_decay(trace(model, "", TextLoss()).layers[0]) == ()
    with pytest.raises(ValueError, match="no gradients"):
        gradient_decay(trace(model, TEXT).layers[0])
