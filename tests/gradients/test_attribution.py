"""Attribution against Captum, against the objective itself, and where every share is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from captum.attr import InputXGradient, IntegratedGradients
from torch import Tensor

import lstm_viz
from lstm_viz.gates import Kind
from lstm_viz.gradients import ClassLogit, NextToken, Objective, TextLoss, gradient_times_input, integrated_gradients
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import trace
from tests.facts import facts
from tests.tiny import KINDS, TEXT, tiny

OBJECTIVES = [NextToken(-1, "t"), NextToken(7, "c"), TextLoss()]


def measured(model: LanguageModel, objective: Objective, ids: Tensor, x: Tensor) -> Tensor:
    """The objective for a batch of embeddings [batch, time, embedding], in PyTorch's own words."""
    log_p = model.decoder(model.rnn(x.transpose(0, 1))[0]).log_softmax(-1)
    if isinstance(objective, NextToken):
        return log_p[objective.step, :, model.vocabulary.index[objective.token]]
    return -log_p[torch.arange(len(ids) - 1), :, ids[1:]].mean(0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("baseline", ["unknown", "zero", "mean"])
def test_integrated_gradients_are_captums(kind: Kind, objective: Objective, baseline: str) -> None:
    model = tiny(kind).double()
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))
    weight = model.embedding.weight
    empty = {"unknown": weight[0], "zero": weight[0] * 0, "mean": weight.mean(0)}[baseline]
    x = model.embedding(ids)[None]
    captum = IntegratedGradients(lambda given: measured(model, objective, ids, given))
    wanted = captum.attribute(x, empty.expand_as(x).contiguous(), n_steps=20, method="gausslegendre")[0].sum(-1)
    found = integrated_gradients(model, trace(model, TEXT), objective, baseline, 20)
    # Captum keeps the weights of its points in single precision.
    np.testing.assert_allclose(found.shares, wanted, atol=1e-6)
    assert found.value == pytest.approx(measured(model, objective, ids, x).item(), abs=1e-12)
    assert found.baseline_value == pytest.approx(measured(model, objective, ids, empty.expand_as(x)).item(), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_times_input_is_captums(kind: Kind) -> None:
    model, objective = tiny(kind).double(), NextToken(-1, "t")
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))
    captum = InputXGradient(lambda given: measured(model, objective, ids, given))
    wanted = captum.attribute(model.embedding(ids)[None].requires_grad_())[0].sum(-1)
    np.testing.assert_allclose(gradient_times_input(trace(model, TEXT, objective)), wanted.detach(), atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("objective", [*OBJECTIVES, ClassLogit(2)])
@pytest.mark.parametrize("first", [0, 5])
def test_enough_points_make_the_shares_complete(kind: Kind, objective: Objective, first: int) -> None:
    model = tiny(kind).double()
    read = trace(model, TEXT)
    few, many = (integrated_gradients(model, read, objective, points=points, first=first) for points in (2, 200))
    assert abs(many.error) < 1e-3 * max(abs(few.error), 1.0)
    assert np.isnan(many.shares[:first]).all()
    assert np.isfinite(many.shares[first:]).all()


def test_a_beginning_that_stays_is_the_state_it_leaves_behind() -> None:
    model, first = tiny("lstm").double(), 6
    _, state = model(torch.from_numpy(model.vocabulary.encode(TEXT[:first]))[:, None])
    window = integrated_gradients(model, trace(model, TEXT[first:], state=state), NextToken(-1, "t"))
    whole = integrated_gradients(model, trace(model, TEXT), NextToken(-1, "t"), first=first)
    np.testing.assert_allclose(whole.shares[first:], window.shares, atol=1e-12)


def test_a_shipped_model_within_single_precision() -> None:
    model = lstm_viz.load("python-lstm")
    read = trace(model, "def add(a, b):\n    return a + b\n\nprint(add(1, 2")
    found = integrated_gradients(model, read, NextToken(-1, ")"), first=len(read.ids) - 20, points=64)
    assert abs(found.error) < 0.01 * abs(found.value - found.baseline_value)


@pytest.mark.parametrize("objective", OBJECTIVES[::2])
def test_an_empty_text_has_no_shares(objective: Objective) -> None:
    model = tiny()
    found = integrated_gradients(model, trace(model, ""), objective)
    assert (found.shares.shape, found.value, found.error) == ((0,), 0.0, 0.0)


def test_refusals() -> None:
    model = tiny()
    read = trace(model, TEXT)
    with pytest.raises(ValueError, match="choose one of unknown, zero, mean"):
        integrated_gradients(model, read, TextLoss(), "noise")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="points is 0"):
        integrated_gradients(model, read, TextLoss(), points=0)
    with pytest.raises(ValueError, match="first is 18; a step from 0 to 17"):
        integrated_gradients(model, read, TextLoss(), first=18)
    with pytest.raises(ValueError, match=facts("gradients", "objective")):
        gradient_times_input(read)
