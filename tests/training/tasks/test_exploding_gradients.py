"""The training run that explodes: it does so without clipping, learns with one, and both start equal."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import nn

from lstm_viz.training.tasks.exploding_gradients import (
    CHOICES,
    GUESSING_LOSS,
    NOISE,
    ClippingStep,
    ExplodingSetting,
    Nonlinearity,
    RecallNetwork,
    TrainingHistory,
    batch,
    recurrent,
    side_by_side,
    train,
)
from lstm_viz.training.tasks.gradient_clipping import GradientClip, Size

SEEDS = range(8)
BENDS: tuple[Nonlinearity, ...] = ("tanh", "relu")


@cache
def course(bend: Nonlinearity, seed: int, clip: GradientClip | None) -> TrainingHistory:
    return TrainingHistory(tuple(train(ExplodingSetting(bend, seed, steps=130), clip)))


@pytest.mark.parametrize("bend", BENDS)
def test_training_fails_without_a_cap_and_succeeds_with_it_whatever_the_seed(bend: Nonlinearity) -> None:
    """On the machine this was written on none of the eight learns without and all do with it; a long chaotic run may differ."""
    without = [course(bend, seed, None) for seed in SEEDS]
    capped = [course(bend, seed, GradientClip("norm", 0.5)) for seed in SEEDS]
    assert sum(each.learned() is not None for each in without) <= 1
    assert sum(each.learned() is not None for each in capped) >= 7
    # It is the explosion that undoes it: gradients of many times the limit, and then a loss well above that of guessing.
    peaks = [math.inf if each.overflowed else max(step.computed.norm for step in each.steps) for each in without]
    assert statistics.median(peaks) > 20 * 0.5
    worst = [max(step.loss for step in each.steps if math.isfinite(step.loss)) for each in without]
    assert statistics.median(worst) > 1.5 * GUESSING_LOSS


def test_without_bounds_most_runs_overflow_and_tell_at_which_step() -> None:
    runs = [course("relu", seed, None) for seed in SEEDS]
    assert sum(each.overflowed is not None for each in runs) >= 4
    for each in runs:
        if each.overflowed is not None:
            assert each.overflowed == len(each.steps) == each.steps[-1].number
            assert not any(step.overflowed for step in each.steps[:-1])


def test_a_cap_by_value_learns_too() -> None:
    assert all(course(bend, seed, GradientClip("value", 0.01)).learned() for bend in BENDS for seed in SEEDS[:2])


@pytest.mark.parametrize("clip", [GradientClip("norm", 0.5), GradientClip("value", 0.01)])
def test_the_gradient_that_is_taken_never_exceeds_the_limit(clip: GradientClip) -> None:
    steps = course("tanh", 0, clip).steps
    assert max(step.computed.by(clip.by) for step in steps) > clip.size
    assert max(step.taken.by(clip.by) for step in steps) <= clip.size * 1.00001
    for step in steps:
        if step.computed.by(clip.by) <= clip.size:
            assert step.taken == step.computed


@pytest.mark.parametrize("bend", BENDS)
def test_weights_start_with_the_radius_that_is_told(bend: Nonlinearity) -> None:
    setting = ExplodingSetting(bend)
    weights = recurrent(setting, torch.Generator().manual_seed(3))
    values = torch.linalg.eigvals(weights.double())
    assert values.abs().max().item() == pytest.approx(setting.radius, rel=1e-5)
    network = RecallNetwork(setting, torch.Generator().manual_seed(3))
    assert torch.linalg.eigvals(network.rnn.weight_hh_l0.double()).abs().max().item() == pytest.approx(setting.radius, rel=1e-5)


def test_the_first_symbol_alone_is_to_be_recalled() -> None:
    ids = batch(ExplodingSetting(batch=500), torch.Generator().manual_seed(0))
    assert ids.shape == (20, 500)
    assert set(ids[0].tolist()) == set(range(CHOICES))
    assert set(ids[1:].unique().tolist()) == set(range(CHOICES, CHOICES + NOISE))


def test_the_network_is_the_textbook_s_recurrence() -> None:
    """h_t = tanh(W x_t + b + U h_{t−1}), by hand, one-hot x."""
    setting = ExplodingSetting(delay=5, batch=3, units=4)
    draw = torch.Generator().manual_seed(1)
    network = RecallNetwork(setting, draw)
    ids = batch(setting, draw)
    rnn, h = network.rnn, torch.zeros(3, 4)
    for row in ids:
        h = torch.tanh(rnn.weight_ih_l0[:, row].T + rnn.bias_ih_l0 + h @ rnn.weight_hh_l0.T + rnn.bias_hh_l0)
    torch.testing.assert_close(network(ids), h @ network.decoder.weight.T + network.decoder.bias)


def test_a_step_is_gradient_descent_with_momentum_along_the_capped_gradient() -> None:
    """Two steps again, with torch's own clipping and the update v ← 0.9 v + g, w ← w − rate · v written out."""
    setting, clip = ExplodingSetting(steps=2, seed=4), GradientClip("norm", 0.05)
    steps = list(train(setting, clip))
    draw = torch.Generator().manual_seed(4)
    network = RecallNetwork(setting, draw)
    velocity = [torch.zeros_like(each) for each in network.parameters()]
    for step in steps:
        ids = batch(setting, draw)
        loss = nn.functional.cross_entropy(network(ids), ids[0])
        network.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(network.parameters(), clip.size)
        assert step.loss == pytest.approx(loss.item(), rel=1e-5)
        assert step.computed.norm == pytest.approx(norm.item(), rel=1e-4)
        with torch.no_grad():
            for each, speed in zip(network.parameters(), velocity, strict=True):
                speed.mul_(setting.momentum).add_(each.grad)
                each -= setting.learning_rate * speed


def test_both_runs_are_the_ones_alone_and_start_equal() -> None:
    setting, clip = ExplodingSetting("relu", seed=1, steps=12), GradientClip("norm", 0.5)
    pairs = list(side_by_side(setting, clip))
    without = [pair[0] for pair in pairs if pair[0] is not None]
    assert without[0].loss == pairs[0][1].loss  # type: ignore[union-attr]
    assert without[0].computed == pairs[0][1].computed  # type: ignore[union-attr]
    assert [repr(step) for step in without] == [repr(step) for step in train(setting, None)]
    assert [pair[1] for pair in pairs] == list(train(setting, clip))
    # The one that overflowed is over, the other goes on to its end.
    assert len(without) < len(pairs) == 12
    assert all(pair[0] is None for pair in pairs[len(without) :])


def step(number: int, right: float, norm: float = 1.0, loss: float = 1.0) -> ClippingStep:
    return ClippingStep(number, loss, right, Size(norm, norm), Size(norm, norm))


def test_a_course_tells_when_it_had_learned() -> None:
    rights = [0.0] * 5 + [1.0] * 25
    told = TrainingHistory(tuple(step(number + 1, right) for number, right in enumerate(rights)))
    assert told.learned() == 25
    assert told.right() == 1.0
    assert TrainingHistory(told.steps[:24]).learned() is None
    assert TrainingHistory().learned() is None
    assert (TrainingHistory().right(), TrainingHistory().overflowed, TrainingHistory().peak()) == (0.0, None, None)


@pytest.mark.parametrize("bad", [{"loss": math.nan}, {"loss": math.inf}, {"norm": math.nan}, {"norm": math.inf}])
def test_an_overflow_is_the_peak_whatever_it_is(bad: dict[str, float]) -> None:
    last = step(2, 0.25, **bad)
    told = TrainingHistory((step(1, 0.25, norm=9.0), last))
    assert told.overflowed == 2
    assert told.peak() is last
    assert TrainingHistory((replace(last, loss=1.0, computed=Size(1.0, 1.0)),)).overflowed is None
