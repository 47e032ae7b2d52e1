"""What a training takes: sizes counted against PyTorch's own modules, times against real steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import save
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.tasks.cost_estimate import CostEstimate, Shape, measure, rough_estimate
from tests.tiny import KINDS


def shape(kind: Any = "lstm", units: int = 12, layers: int = 2) -> Shape:
    return Shape(Config(kind, 5, units, layers), 9, 4, 16)


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_parameters_and_file_are_those_of_the_network(kind: Any, layers: int, tmp_path: Path) -> None:
    counted = shape(kind, layers=layers)
    model = LanguageModel(counted.config, Vocabulary.of("abcdefgh"))
    assert counted.parameters == model.parameter_count
    save(model, tmp_path / "model.safetensors", {})
    assert counted.bytes == pytest.approx((tmp_path / "model.safetensors").stat().st_size, abs=2500)


@pytest.mark.parametrize("kind", KINDS)
def test_a_probe_measures_time_and_memory_and_leaves_chance_alone(kind: Any) -> None:
    before = torch.get_rng_state()
    (found,) = measure(shape(kind))
    assert torch.equal(torch.get_rng_state(), before)
    assert found.measured
    assert 1e-5 < found.seconds < 1.0
    assert found.memory is None or found.memory > 20e6


def test_a_larger_network_takes_longer() -> None:
    (small,), (large,) = measure(shape(units=8)), measure(shape(units=400))
    assert large.seconds > 2 * small.seconds
    assert rough_estimate(shape(units=400)).seconds > 2 * rough_estimate(shape(units=8)).seconds


def test_the_whole_is_its_steps_and_its_measurements() -> None:
    # 64 symbols a step: reading 192 symbols three times costs as much as three steps.
    assert CostEstimate(0.5, None, True).total(100, 3, 192, shape()) == pytest.approx(0.5 * 103)
