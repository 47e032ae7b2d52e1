"""A recorded training is the training itself: the command writes it, and what is read back is what was yielded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from lstm_viz.__main__ import main
from lstm_viz.models.serialization import read
from lstm_viz.training.loop.recorded_run import load_recorded_run, save_recorded_run
from lstm_viz.training.loop.trainer import TrainingStep
from lstm_viz.training.tasks.train_text import SampledText, Snapshot, train
from tests.training.tasks.test_train_text import SPEC, TEXT


def test_what_is_read_back_is_what_was_yielded(tmp_path: Path) -> None:
    with torch.random.fork_rng():
        (tmp_path / "alone").mkdir()
        items = list(train(SPEC, str(tmp_path / "alone")))
        save_recorded_run(SPEC, tmp_path / "recorded")
    spec, back = load_recorded_run(tmp_path / "recorded", TEXT)
    assert spec == SPEC
    for kind in (SampledText, Snapshot):
        latest = {item.file if isinstance(item, Snapshot) else item.step: item for item in items if isinstance(item, kind)}
        assert {item.file if isinstance(item, Snapshot) else item.step: item for item in back if isinstance(item, kind)} == latest
    mine, theirs = ([item for item in found if isinstance(item, TrainingStep)] for found in (items, back))
    for one, other in zip(mine, theirs, strict=True):
        assert other.loss == pytest.approx(one.loss, rel=1e-3)
        assert other.gradient_norm == pytest.approx(one.gradient_norm, rel=1e-3)
        assert other.validation_loss == (None if one.validation_loss is None else pytest.approx(one.validation_loss, rel=1e-3))
        plain = {"loss": 0.0, "gradient_norm": 0.0, "seconds": 0.0, "validation_loss": None, "best": None}
        assert replace(one, **plain) == replace(other, **plain)
    assert not list((tmp_path / "recorded").glob("*.pt"))


def test_the_command_records_anew_what_was_recorded_before(tmp_path: Path) -> None:
    text, out = tmp_path / "my text.txt", tmp_path / "folder"
    text.write_text(TEXT, encoding="utf-8")
    for _ in range(2):
        with torch.random.fork_rng():
            words = ["train", "recorded", "--text", str(text), "--hidden", "4", "--steps", "6", "--out", str(out)]
            result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
    assert read(out / "step-000006.safetensors").config.hidden == 4
    assert f"{sum(file.stat().st_size for file in out.iterdir()):,} bytes" in result.output


def test_a_text_that_cannot_be_learned_is_refused_in_words(tmp_path: Path) -> None:
    text = tmp_path / "short.txt"
    text.write_text("too short", encoding="utf-8")
    result = CliRunner().invoke(main, ["train", "recorded", "--text", str(text), "--out", str(tmp_path / "folder")])
    assert result.exit_code == 1
    assert "This text has 9 characters; 400 are needed" in result.output
