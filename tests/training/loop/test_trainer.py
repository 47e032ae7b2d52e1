"""The trainer: its rates by hand, a cap that caps, the best weights, and resuming as if it had never stopped."""

from __future__ import annotations

import io
import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lstm_viz.gates import Kind
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig, TrainingStep
from lstm_viz.training.tasks.charlm import BpttConfig, CharacterTask
from tests.tiny import KINDS, TEXT, tiny


class Slope:
    """A task whose gradient is `steepness` in each of four weights, and whose scores are given beforehand."""

    def __init__(self, steepness: float = 1.0, scores: tuple[float, ...] = ()) -> None:
        self.model = nn.Linear(4, 1, bias=False)
        self.steepness = steepness
        self.scores = list(scores)

    def loss(self, step: int) -> Tensor:
        return self.steepness * self.model.weight.sum()

    def validation_loss(self) -> float:
        return self.scores.pop(0)

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        pass


def test_the_rate_warms_up_and_falls_to_a_hundredth() -> None:
    plan = TrainerConfig(steps=300, learning_rate=2.0, warmup=100)
    expected = {0: 0.02, 49: 1.0, 99: 2.0, 100: 2.0, 200: 1.01, 300: 0.02}
    assert {step: pytest.approx(plan.learning_rate_at(step)) for step in expected} == expected
    quarter = 2.0 * (0.01 + 0.99 * (1 + math.sqrt(0.5)) / 2)
    assert plan.learning_rate_at(150) == pytest.approx(quarter)


def test_a_plan_shorter_than_its_warm_up_only_warms_up() -> None:
    assert [TrainerConfig(steps=2, learning_rate=1.0, warmup=4).learning_rate_at(step) for step in range(2)] == [0.25, 0.5]


@pytest.mark.parametrize(("cap", "left"), [(0.5, 0.5), (None, 20.0), (100.0, 20.0)])
def test_the_cap_bounds_what_the_optimizer_gets_and_the_step_tells_what_came(cap: float | None, left: float) -> None:
    trainer = Trainer(Slope(steepness=10.0), TrainerConfig(steps=5, max_grad_norm=cap))
    step = next(iter(trainer))
    assert step.gradient_norm == pytest.approx(20.0)
    gradient = trainer.task.model.weight.grad
    assert gradient is not None
    assert gradient.norm().item() == pytest.approx(left, rel=1e-5)


def test_the_first_step_moves_every_weight_by_the_rate() -> None:
    """Adam's first step is rate × sign(gradient), whatever the gradient's size."""
    task = Slope(steepness=3.0)
    before = task.model.weight.detach().clone()
    next(iter(Trainer(task, TrainerConfig(steps=5, learning_rate=0.1, warmup=2, weight_decay=0.0))))
    torch.testing.assert_close(task.model.weight.detach(), before - 0.05)


def test_the_best_weights_are_those_of_the_lowest_score() -> None:
    task = Slope(scores=(math.nan, 3.0, 1.0, math.nan, 2.0))
    trainer = Trainer(task, TrainerConfig(steps=5, score_every=1))
    weights, bests = [], []
    for step in trainer:
        weights.append(task.model.weight.detach().clone())
        bests.append(step.best)
    assert bests == [None, 3.0, 1.0, 1.0, 1.0]
    assert trainer.best_weights is not None
    assert torch.equal(trainer.best_weights["weight"], weights[2])


def test_scores_are_measured_when_due_and_at_the_end() -> None:
    trainer = Trainer(Slope(scores=(5.0, 4.0, 3.0)), TrainerConfig(steps=7, score_every=3))
    steps = list(trainer)
    assert [step.number for step in steps] == [1, 2, 3, 4, 5, 6, 7]
    assert [step.validation_loss for step in steps] == [None, None, 5.0, None, None, 4.0, 3.0]
    assert list(trainer) == []


def charlm(kind: Kind, seed: int) -> Trainer:
    """A trainer of a tiny character model with everything random that there is: dropout, forgetting, hiding."""
    torch.manual_seed(seed)
    model = tiny(kind, dropout=0.4, seed=seed).requires_grad_(True)
    ids = model.vocabulary.encode(TEXT * 30)
    task = CharacterTask(
        model,
        ids[:400],
        ids[400:],
        BpttConfig(batch=4, bptt_steps=6, state_reset_probability=0.3, unk_probability=0.1),
        seed=1,
        cell_state_penalty=0.01,
    )
    return Trainer(task, TrainerConfig(steps=33, learning_rate=0.01, warmup=4, score_every=10))


def told(step: TrainingStep) -> tuple[float | None, ...]:
    return step.number, step.loss, step.gradient_norm, step.learning_rate, step.validation_loss, step.best


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [1, 14, 20])
def test_stopping_and_resuming_changes_no_bit(kind: Kind, stop: int) -> None:
    whole = charlm(kind, seed=5)
    expected = [told(step) for step in whole]

    first = charlm(kind, seed=5)
    told_before = [told(step) for step in islice(first, stop)]
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)

    # Another start and other random numbers: everything has to come from the saved state.
    resumed = charlm(kind, seed=6)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    assert told_before + [told(step) for step in resumed] == expected
    for name, value in whole.task.model.state_dict().items():
        assert torch.equal(resumed.task.model.state_dict()[name], value), name
    assert whole.best_weights is not None
    assert resumed.best_weights is not None
    assert all(torch.equal(resumed.best_weights[name], value) for name, value in whole.best_weights.items())


def test_training_learns() -> None:
    trainer = charlm("lstm", seed=2)
    trainer.config = TrainerConfig(steps=150, learning_rate=0.03, warmup=10, score_every=150)
    trainer.task.model.eval()
    with torch.no_grad():
        before = trainer.task.validation_loss()
    (after,) = [step.validation_loss for step in trainer if step.validation_loss is not None]
    assert after < 0.7 * before
    assert np.isfinite(after)
