"""Races on disk: what is read again is what was run, and the shipped ones are what they say they are."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from lstm_viz.delays.results import SHIPPED, DelayResult, load_result, metadata, save_result, shipped
from lstm_viz.training.cli.language_models import train
from lstm_viz.training.tasks.delay_training import DelayExperiment, DelaySnapshot, accuracy, train_side_by_side
from lstm_viz.training.tasks.delays import TASKS

SMALL = DelayExperiment("add", units=6, longest=6, steps=20, every=10)


def plain(snapshot: DelaySnapshot) -> tuple[object, ...]:
    right = {delay: round(share, 4) for delay, share in snapshot.right.items()}
    return snapshot.kind, snapshot.step, snapshot.current_delay, right, snapshot.over, snapshot.weights is None


def test_a_kept_race_comes_back_as_it_was(tmp_path: Path) -> None:
    outcome = DelayResult(SMALL, tuple(train_side_by_side(SMALL)))
    save_result(outcome, tmp_path, {"summary": "Größe"})
    again = load_result("add", tmp_path)
    assert again.experiment == SMALL
    assert list(map(plain, again.snapshots)) == list(map(plain, outcome.snapshots))
    assert again.seconds == pytest.approx(outcome.seconds, abs=0.05)
    assert metadata("add", tmp_path) == {"summary": "Größe"}
    for kind, model in outcome.networks.items():
        for name, value in again.networks[kind].state_dict().items():
            torch.testing.assert_close(value, model.state_dict()[name], rtol=0, atol=0)


def test_an_outcome_tells_who_is_where() -> None:
    snapshots = tuple(
        DelaySnapshot(kind, step, seconds, reach, {1: 0.5}, over, {} if over else None)
        for kind, step, seconds, reach, over in [
            ("rnn", 10, 1.0, 4, False), ("lstm", 10, 2.0, 5, False), ("rnn", 20, 2.0, 4, True), ("lstm", 15, 3.5, 6, True),
        ]
    )  # fmt: skip
    outcome = DelayResult(SMALL, snapshots)
    assert [each.step for each in outcome.snapshots_of("rnn")] == [10, 20]
    assert {kind: each.step for kind, each in outcome.latest().items()} == {"rnn": 20, "lstm": 15}
    assert list(outcome.latest()) == ["rnn", "lstm"]
    assert outcome.seconds == 5.5
    assert (outcome.mastered("rnn"), outcome.mastered("lstm"), outcome.mastered("gru")) == (False, True, False)


@pytest.mark.parametrize("task", TASKS)
def test_shipped_accuracies_are_counted_again_with_torch(task: str) -> None:
    outcome, rule = shipped(task), TASKS[task]
    assert set(outcome.networks) == {"rnn", "gru", "lstm"}
    for kind, model in outcome.networks.items():
        told = outcome.latest()[kind].right
        assert set(told) == set(outcome.experiment.tested)
        draw, right, count = random.Random("test 20"), 0, 0
        for _ in range(32):
            text, answer = rule.example(20, draw)
            numbers = torch.from_numpy(model.vocabulary.encode(text + answer))[:-1, None]
            likeliest = model.decoder(model.rnn(model.embedding(numbers))[0])[:, 0].argmax(-1)
            said = model.vocabulary.decode(likeliest.tolist())[-len(answer) :]
            right += sum(one == other for one, other in zip(said, answer, strict=True))
            count += len(answer)
        assert told[20] == pytest.approx(right / count, abs=1e-4)
        assert told[100] == pytest.approx(accuracy(model, rule, 100), abs=1e-4)


def test_the_shipped_cards_tell_how_they_were_made() -> None:
    for task in TASKS:
        card = (SHIPPED / f"{task}.md").read_text("utf-8")
        told = metadata(task)
        assert f"`python -m lstm_viz train delays {task} --out lstm_viz/models/weights/delays`" in card
        assert all(told[row] in card for row in ("summary", "scores", "parameters", "minutes", "versions"))
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 500_000


def test_the_command_trains_measures_and_keeps(tmp_path: Path) -> None:
    small = ["--units", "6", "--longest", "6", "--steps", "20", "--every", "10", "--seed", "3"]
    ran = CliRunner().invoke(train, ["delays", "recall", *small, "--out", str(tmp_path / "new")])
    assert ran.exit_code == 0, ran.output
    outcome = load_result("recall", tmp_path / "new")
    assert (outcome.experiment.seed, outcome.experiment.units) == (3, 6)
    assert {each.step for each in outcome.latest().values()} == {20}
    scores = metadata("recall", tmp_path / "new")["scores"]
    assert f"LSTM {accuracy(outcome.networks['lstm'], TASKS['recall'], 1, 500):.1%} at 1" in scores
    assert json.loads((tmp_path / "new" / "recall.json").read_text("utf-8"))["race"]["every"] == 10


def test_the_command_refuses_what_makes_no_sense(tmp_path: Path) -> None:
    ran = CliRunner().invoke(train, ["delays", "copy", "--longest", "2", "--out", str(tmp_path)])
    assert ran.exit_code == 1
    assert "delays grow from 4 to 2" in ran.output
    assert list(tmp_path.iterdir()) == []
