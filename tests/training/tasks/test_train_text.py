"""Learning one's own text: the same seed gives the same, a stop changes nothing, and snapshots are what the network was."""

from __future__ import annotations

import math
import shlex
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from torch import nn

from lstm_viz.__main__ import main
from lstm_viz.models.sampling import sample
from lstm_viz.models.serialization import read
from lstm_viz.reader import trace
from lstm_viz.training.loop.trainer import TrainingStep
from lstm_viz.training.tasks import train_text
from lstm_viz.training.tasks.char_lm_config import CharLMConfig
from lstm_viz.training.tasks.charlm import BpttConfig
from lstm_viz.training.tasks.train_text import BEST, SampledText, Snapshot, TrainingSpec, snapshot_steps, train
from tests.tiny import KINDS

WORDS = ("the", "cat", "sat", "on", "a", "mat", "and", "my", "rat", "sat", "in", "their", "hat;", "\n")
TEXT = " ".join(WORDS[(7 * place * place + place // 3) % len(WORDS)] for place in range(400))
RECIPE = CharLMConfig(units=6, embedding=4, steps=12, score_every=5, bptt=BpttConfig(4, 32), seed=5)
SPEC = TrainingSpec(TEXT, "my text.txt", RECIPE)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Keep torch's random numbers from test to test, and let the state be written after each step."""
    monkeypatch.setattr(train_text, "SAVE_INTERVAL", 0.0)
    with torch.random.fork_rng():
        yield


def timeless(items: list[Any]) -> list[Any]:
    return [replace(item, seconds=0.0) if isinstance(item, TrainingStep) else item for item in items]


def weights(path: Path) -> dict[str, torch.Tensor]:
    return read(path).state_dict()


def test_the_same_seed_learns_the_same_and_another_does_not(tmp_path: Path) -> None:
    runs = []
    for number, seed in enumerate((5, 5, 6)):
        folder = tmp_path / str(number)
        folder.mkdir()
        runs.append(timeless(list(train(replace(SPEC, config=replace(RECIPE, seed=seed)), str(folder)))))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [1, 9, 20])
def test_stopped_and_resumed_is_as_never_stopped(kind: Any, stop: int, tmp_path: Path) -> None:
    spec = replace(SPEC, config=replace(RECIPE, kind=kind, layers=2, dropout=0.3))
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = timeless(list(train(spec, str(tmp_path / "whole"))))
    # What is not asked for is not done: this stops in the middle, without any farewell.
    before = timeless(list(islice(train(spec, str(tmp_path / "parts")), stop)))
    torch.manual_seed(123)
    after = timeless(list(train(spec, str(tmp_path / "parts"))))
    assert before == whole[:stop]
    assert after == whole[-len(after) :]
    assert len(before) + len(after) >= len(whole)
    for file in ("step-000012.safetensors", BEST):
        mine, theirs = weights(tmp_path / "parts" / file), weights(tmp_path / "whole" / file)
        assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_what_is_yielded_and_what_lies_in_the_folder(tmp_path: Path) -> None:
    items = list(train(SPEC, str(tmp_path)))
    steps = [item for item in items if isinstance(item, TrainingStep)]
    assert [step.number for step in steps] == list(range(1, 13))
    assert [step.number for step in steps if step.validation_loss is not None] == [5, 10, 12]
    taken = [item for item in items if isinstance(item, Snapshot) and not item.best]
    assert [snapshot.step for snapshot in taken] == list(snapshot_steps(12)) == [0, 1, 2, 5, 10, 12]
    assert all(read(tmp_path / snapshot.file).metadata["steps"] == f"{snapshot.step} of 12" for snapshot in taken)
    written = {item.step: item.text for item in items if isinstance(item, SampledText)}
    assert set(written) >= {0, 1, 2, 5, 10, 12}
    assert not list(tmp_path.glob("draft*"))
    scores = {step.number: step.validation_loss for step in steps if step.validation_loss is not None}
    best = [item for item in items if isinstance(item, Snapshot) and item.best][-1]
    assert best.step == min(scores, key=lambda number: scores[number])
    facts = read(tmp_path / BEST).metadata
    assert facts["scores"].startswith(f"{scores[best.step]:.4f} nats")
    assert (facts["seed"], facts["data"]) == ("5", f"my text.txt, {len(TEXT):,} characters")


def test_a_snapshot_is_the_network_of_that_moment(tmp_path: Path) -> None:
    """At the last step weights, samples and score come from the same network, up to the file's half precision."""
    items = list(train(SPEC, str(tmp_path)))
    model = read(tmp_path / "step-000012.safetensors")
    last = [item for item in items if isinstance(item, TrainingStep)][-1]
    held_out = torch.from_numpy(model.vocabulary.encode(TEXT[int(0.9 * len(TEXT)) :]))
    length = (len(held_out) - 1) // 64
    assert length >= 1
    losses = []
    for part in range(64):
        piece = held_out[part * length : (part + 1) * length + 1]
        losses.append(nn.functional.cross_entropy(model(piece[:-1, None])[0][:, 0], piece[1:]))
    assert last.validation_loss == pytest.approx(torch.stack(losses).mean().item(), abs=2e-3)
    written = [item for item in items if isinstance(item, SampledText)][-1]
    assert len(written.text) == train_text.WRITTEN
    first = next(item for item in items if isinstance(item, SampledText))
    untrained = sample(read(tmp_path / "step-000000.safetensors"), "\n", train_text.WRITTEN, train_text.TEMPERATURE)
    assert sum(one == other for one, other in zip(first.text, untrained, strict=True)) > 0.9 * train_text.WRITTEN


def test_the_gates_of_a_snapshot_are_those_of_pytorchs_own_cell(tmp_path: Path) -> None:
    list(train(SPEC, str(tmp_path)))
    model, sentence = read(tmp_path / "step-000010.safetensors"), "the cat sat"
    layer = trace(model, sentence).layers[0]
    cell = nn.LSTMCell(4, 6)
    cell.load_state_dict({name: getattr(model.rnn, f"{name}_l0") for name in cell.state_dict()})
    h, c = torch.zeros(1, 6), torch.zeros(1, 6)
    with torch.no_grad():
        for step, number in enumerate(model.vocabulary.encode(sentence)):
            x = model.embedding.weight[number][None]
            pre = x @ cell.weight_ih.T + cell.bias_ih + h @ cell.weight_hh.T + cell.bias_hh
            i, f, _, o = pre.chunk(4, -1)
            h, c = cell(x, (h, c))
            for symbol, value in (("i", i.sigmoid()), ("f", f.sigmoid()), ("o", o.sigmoid()), ("c", c), ("h", h)):
                torch.testing.assert_close(torch.from_numpy(layer[symbol][step]), value, atol=1e-5, rtol=1e-5)


def test_the_command_line_that_is_shown_trains_the_same_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(SPEC, config=replace(RECIPE, layers=2, dropout=0.2, max_grad_norm=None, learning_rate=0.01))
    (tmp_path / "page").mkdir()
    list(train(spec, str(tmp_path / "page")))
    (tmp_path / "my text.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(spec.command())
    assert words[:3] == ["python", "-m", "lstm_viz"]
    result = CliRunner().invoke(main, words[3:])
    assert result.exit_code == 0, result.output
    mine, theirs = weights(tmp_path / "page" / BEST), weights(tmp_path / "my-network.safetensors")
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_numbers_that_overflow_end_it_with_advice_and_keep_what_there_was(tmp_path: Path) -> None:
    spec = replace(SPEC, config=replace(RECIPE, kind="rnn", learning_rate=1e30, max_grad_norm=None))
    with pytest.raises(ValueError, match=r"overflowed at step \d+.*clip .*lower"):
        list(train(spec, str(tmp_path)))
    assert read(tmp_path / "step-000000.safetensors").metadata["steps"] == "0 of 12"


@pytest.mark.parametrize("steps", [1, 2, 37, 1000, 20_000, 50_000])
def test_snapshots_become_rarer_and_stay_few(steps: int) -> None:
    taken = snapshot_steps(steps)
    assert (taken[0], taken[-1]) == (0, steps)
    assert list(taken) == sorted(set(taken))
    assert len(taken) <= 30
    gaps = [later / earlier for earlier, later in pairwise(taken[1:])]
    assert all(gap <= 2.5 for gap in gaps)


def test_the_first_loss_is_that_of_knowing_nothing(tmp_path: Path) -> None:
    first = next(item for item in train(SPEC, str(tmp_path)) if isinstance(item, TrainingStep))
    assert first.loss == pytest.approx(math.log(len(set(TEXT)) + 1), abs=0.4)
