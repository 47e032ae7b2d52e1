"""The score command against the mean surprise of a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lstm_viz import load, trace
from lstm_viz.training.cli.language_models import score

TEXT = "MARIA:\nThe evening comes, and with it comes the rain.\n" * 20


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "rain.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_score_is_the_mean_surprise_of_the_last_tenth(text: Path) -> None:
    told = CliRunner().invoke(score, ["shakespeare-rnn", "--text", str(text)]).output
    loss = trace(load("shakespeare-rnn"), TEXT[int(0.9 * len(TEXT)) :]).loss
    assert told.startswith(f"shakespeare-rnn: {loss:.4f} nats/char")


def test_a_model_that_is_not_there_is_named_in_one_line(text: Path) -> None:
    result = CliRunner().invoke(score, ["nothing", "--text", str(text)])
    assert result.exit_code == 1
    assert "nothing" in result.output
    assert "Traceback" not in result.output


def test_a_judge_is_sent_to_its_own_command(text: Path) -> None:
    result = CliRunner().invoke(score, ["sst-lstm", "--text", str(text)])
    assert result.exit_code == 1
    assert "sst-lstm is a classifier" in result.output
    assert "`judge`" in result.output
