"""Gradient clipping, against PyTorch's own."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lstm_viz.training.tasks.gradient_clipping import By, GradientClip, clip_gradients, measure

SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=3)


def holding(gradients: list[torch.Tensor]) -> list[nn.Parameter]:
    """Parameters that hold these gradients, and one that holds none."""
    parameters = [nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient.clone()
    return [*parameters, nn.Parameter(torch.zeros(2))]


@given(sizes=SIZES, scale=st.floats(1e-3, 1e3), bound=st.floats(1e-2, 1e2), seed=st.integers(0, 99))
def test_by_norm_as_torch_does(sizes: list[int], scale: float, bound: float, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    gradients = [scale * torch.randn(size, 2, generator=draw, dtype=torch.float64) for size in sizes]
    ours, theirs = holding(gradients), holding(gradients)
    before, after = clip_gradients(ours, GradientClip("norm", bound))
    norm = nn.utils.clip_grad_norm_(theirs, bound)
    assert before.norm == pytest.approx(norm.item(), rel=1e-12)
    for one, other in zip(ours[:-1], theirs[:-1], strict=True):
        # torch divides by the norm and a millionth more.
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4 + 2e-6 / norm.item(), atol=0.0)
    assert after.norm == pytest.approx(min(before.norm, bound), rel=1e-9)
    assert ours[-1].grad is None


@given(sizes=SIZES, scale=st.floats(1e-3, 1e3), bound=st.floats(1e-2, 1e2), seed=st.integers(0, 99))
def test_by_value_as_torch_does(sizes: list[int], scale: float, bound: float, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    gradients = [scale * torch.randn(size, 2, generator=draw) for size in sizes]
    ours, theirs = holding(gradients), holding(gradients)
    before, after = clip_gradients(ours, GradientClip("value", bound))
    nn.utils.clip_grad_value_(theirs, bound)
    for one, other in zip(ours[:-1], theirs[:-1], strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=0.0, atol=0.0)
    assert before.largest == pytest.approx(max(gradient.abs().max().item() for gradient in gradients))
    assert after.largest == pytest.approx(min(before.largest, bound))


def test_by_hand() -> None:
    for by, bound, left in [("norm", 1.0, [0.6, -0.8]), ("value", 1.0, [1.0, -1.0]), ("value", 3.5, [3.0, -3.5])]:
        (parameter, _) = holding([torch.tensor([3.0, -4.0])])
        before, after = clip_gradients([parameter], GradientClip(by, bound))  # type: ignore[arg-type]
        assert parameter.grad is not None
        assert parameter.grad.tolist() == pytest.approx(left)
        assert (before.norm, before.largest) == (5.0, 4.0)
        assert after.by("norm") == pytest.approx(math.hypot(*left))


def test_what_the_cap_allows_and_no_cap_at_all_leave_every_bit() -> None:
    gradient = torch.tensor([0.3, -0.4])
    for cap in (None, GradientClip("norm", 0.6), GradientClip("value", 0.5)):
        (parameter, _) = holding([gradient])
        before, after = clip_gradients([parameter], cap)
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, gradient)
        assert before == after


@pytest.mark.parametrize("bad", [math.inf, math.nan])
@pytest.mark.parametrize("by", ["norm", "value"])
def test_a_gradient_without_direction_is_left_as_it_is(bad: float, by: By) -> None:
    (parameter, _) = holding([torch.tensor([1.0, bad])])
    before, after = clip_gradients([parameter], GradientClip(by, 0.5))
    assert not math.isfinite(before.norm)
    assert not math.isfinite(after.norm)


def test_the_length_of_a_huge_gradient_does_not_overflow() -> None:
    assert measure(holding([torch.tensor([3e30, 4e30])])).norm == pytest.approx(5e30)


@pytest.mark.parametrize(
    ("by", "size", "words"), [("norm", 0.0, "above 0"), ("norm", math.nan, "above 0"), ("len", 1.0, "by norm")]
)
def test_a_cap_that_makes_no_sense_is_refused(by: By, size: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        GradientClip(by, size)
