"""What a training takes: sizes counted against PyTorch's own modules, times against real steps."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import torch

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import save
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.tasks import cost_estimate
from lstm_viz.training.tasks.charlm import BpttConfig, CharacterTask
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
    assert found.seconds > 0
    assert found.memory is None or found.memory > 20e6


def test_a_probe_takes_the_median_of_its_steps_after_the_first_ones() -> None:
    # Read after each of seven steps: the differences are 90 (still warming up), then 1, 4, 70, 2 and 3.
    readings = accumulate([5.0, 90.0, 1.0, 4.0, 70.0, 2.0, 3.0])
    (found,) = measure(shape(), readings.__next__)
    assert found.seconds == 3.0
    assert next(readings, None) is None


def test_a_probe_trains_the_very_network_that_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, BpttConfig]] = []

    class Noted(CharacterTask):
        def __init__(self, model: LanguageModel, ids: Any, held_out: Any, streams: BpttConfig, seed: int) -> None:
            seen.append((model.parameter_count, streams))
            super().__init__(model, ids, held_out, streams, seed)

    monkeypatch.setattr(cost_estimate, "CharacterTask", Noted)
    asked = [shape(units=8), shape("gru", units=40, layers=1)]
    for each in asked:
        list(measure(each))
    assert seen == [(each.parameters, BpttConfig(each.batch, each.bptt_steps)) for each in asked]


def test_a_larger_network_takes_longer() -> None:
    assert rough_estimate(shape(units=400)).seconds > 2 * rough_estimate(shape(units=8)).seconds


def test_the_whole_is_its_steps_and_its_measurements() -> None:
    # 64 symbols a step: reading 192 symbols three times costs as much as three steps.
    assert CostEstimate(0.5, None, True).total(100, 3, 192, shape()) == pytest.approx(0.5 * 103)
