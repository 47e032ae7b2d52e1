"""The training commands as a person types them, on a tiny text."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from torch import Tensor

from lstm_viz.__main__ import main
from lstm_viz.models.serialization import read
from lstm_viz.training.tasks.charlm import CharacterTask
from tests.facts import states

WORDS = ("the", "cat", "sat", "on", "a", "mat", "and", "my", "rat", "sat", "in", "their", "hat;", "")
TEXT = " ".join(WORDS[(7 * place * place + place // 3) % len(WORDS)] for place in range(2400))
SMALL = ("--hidden", "8", "--layers", "1", "--embedding", "4", "--epochs", "2", "--dropout", "0.2")


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.argv", ["lstm-viz", "train", "charlm", "--text", "my text.txt"])
    path = tmp_path / "my text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def charlm(text: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["train", "charlm", "--text", str(text), "--out", str(out), *SMALL, *options])


def card(weights: Path) -> dict[str, str]:
    return dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", weights.with_suffix(".md").read_text("utf-8"), re.MULTILINE))


def test_weights_and_card_tell_the_same_story(text: Path, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "small.safetensors"
    result = charlm(text, out, "--licence", "none, made up", "--seed", "4", "--rate", "0.3")
    assert result.exit_code == 0, result.output
    model, rows = read(out), card(out)
    assert model.config.hidden == 8
    assert "".join(model.vocabulary.tokens[1:]) == "".join(sorted(set(TEXT[: int(0.9 * len(TEXT))])))
    assert {row: text for row, text in rows.items() if model.metadata[row] != text} == {}
    assert rows["command"] == "`python -m lstm_viz train charlm --text 'my text.txt'`"
    told = [rows[name] for name in ("data", "licence of the data", "seed", "epochs")]
    assert told == ["my text.txt", "none, made up", "4", "2.0"]
    assert rows["parameters"] == f"{sum(parameter.numel() for parameter in model.parameters()):,}"

    # The score on the card, once more: the held-out tenth read in one go.
    ids = torch.from_numpy(model.vocabulary.encode(TEXT[int(0.9 * len(TEXT)) :]))
    log_probs = model(ids[:-1, None])[0][:, 0].log_softmax(-1)
    score = -log_probs[torch.arange(len(ids) - 1), ids[1:]].mean().item()
    assert float(rows["scores"].split()[0]) == pytest.approx(score, abs=6e-5)
    assert score < math.log(len(model.vocabulary))


def stop_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C when that many steps are done, once."""
    loss = CharacterTask.loss

    def interrupted(self: CharacterTask, number: int) -> Tensor:
        if number == step:
            monkeypatch.setattr(CharacterTask, "loss", loss)
            raise KeyboardInterrupt
        return loss(self, number)

    monkeypatch.setattr(CharacterTask, "loss", interrupted)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_ctrl_c_keeps_the_best_and_the_same_command_ends_where_no_stop_would_have(
    kind: str, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, stopped = tmp_path / "whole.safetensors", tmp_path / "stopped.safetensors"
    assert charlm(text, whole, "--kind", kind).exit_code == 0
    an_epoch = (int(0.9 * len(TEXT)) - 1) // 20 // 100 - 1

    stop_at(an_epoch + 1, monkeypatch)
    result = charlm(text, stopped, "--kind", kind)
    assert result.exit_code == 0, result.output
    assert states(result.output, "stopped", f"step {an_epoch + 1}")
    assert read(stopped).config == read(whole).config
    assert card(stopped)["epochs"] == f"{(an_epoch + 1) / an_epoch:.1f}"
    halfway = weights(stopped)
    assert halfway != weights(whole)

    result = charlm(text, stopped, "--kind", kind)
    assert f"resuming after step {an_epoch + 1}" in result.output
    assert weights(stopped) == weights(whole)
    assert card(stopped)["scores"] == card(whole)["scores"]
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".draft"] == []


def weights(path: Path) -> dict[str, list[float]]:
    return {name: value.flatten().tolist() for name, value in read(path).state_dict().items()}


def test_ctrl_c_before_any_score_writes_no_weights_but_can_be_resumed(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "small.safetensors"
    stop_at(1, monkeypatch)
    result = charlm(text, out)
    assert states(result.output, "stopped", "first validation")
    assert not out.exists()
    assert "resuming after step 1" in charlm(text, out).output
    assert out.exists()


@pytest.mark.parametrize("damage", ["other options", "cut short", "no state at all"])
def test_a_state_that_does_not_fit_is_refused_and_left_alone(damage: str, text: Path, tmp_path: Path) -> None:
    out, state = tmp_path / "small.safetensors", tmp_path / "small.state.pt"
    assert charlm(text, out).exit_code == 0
    if damage == "cut short":
        state.write_bytes(state.read_bytes()[:500])
    elif damage == "no state at all":
        state.write_text("notes")
    before = state.read_bytes()
    result = charlm(text, out, *(("--layers", "2") if damage == "other options" else ()))
    assert result.exit_code == 1
    assert states(result.output, "small.state.pt", "another run")
    assert state.read_bytes() == before


def test_a_text_that_is_too_short_is_refused_in_one_line(text: Path, tmp_path: Path) -> None:
    text.write_text("too short")
    result = charlm(text, tmp_path / "small.safetensors")
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert states(result.output, "8 tokens", "4,001")


@pytest.mark.parametrize("language", ["counting", "brackets"])
def test_a_toy_model_is_trained_and_judged(language: str, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "toy.safetensors"
    arguments = ["train", "toy", language, "--steps", "3", "--longest", "4", "--hidden", "3", "--out", str(out)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    model, rows = read(out), card(out)
    assert model.config.hidden == 3
    assert set(model.vocabulary.tokens[1:]) == set({"counting": "ab\n", "brackets": "([])\n"}[language])
    assert rows["parameters"] == f"{model.parameter_count:,}"
    assert re.search(r"[\d.]+% of 1,000 strings of length 2–4, [\d.]+% of 1,000 of length 6–8", rows["scores"])


def test_the_python_model_reads_the_standard_library(text: Path, tmp_path: Path) -> None:
    out = tmp_path / "python.safetensors"
    arguments = ["train", "python", "--characters", "400000", *SMALL, "--epochs", "0.2", "--out", str(out)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert set("(:=_\n ") <= set(read(out).vocabulary.tokens)
    assert "standard library" in card(out)["data"]


def test_a_training_can_be_counted_in_steps_without_a_cap_on_few_characters(text: Path, tmp_path: Path) -> None:
    out = tmp_path / "few.safetensors"
    options = ("--steps", "4", "--batch", "4", "--window", "20", "--cap", "none", "--score-every", "2", "--symbols", "3")
    result = charlm(text, out, *options, "--held-out", "100")
    assert result.exit_code == 0, result.output
    assert re.findall(r"step (\d+): held out", result.output) == ["2", "4"]
    assert len(read(out).vocabulary) == 4
    assert card(out)["split"].endswith("at most 100 characters")


@pytest.mark.parametrize("cap", ["0", "-1", "nan", "inf", "much"])
def test_a_cap_is_a_number_above_0_or_none(cap: str, text: Path, tmp_path: Path) -> None:
    result = charlm(text, tmp_path / "x.safetensors", "--cap", cap)
    assert result.exit_code == 2
    assert states(result.output, "above 0", "none")


def test_a_file_that_is_no_text_is_refused_in_words(text: Path, tmp_path: Path) -> None:
    text.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(900))
    result = charlm(text, tmp_path / "x.safetensors")
    assert result.exit_code == 1
    assert "looks like a PNG image" in result.output
