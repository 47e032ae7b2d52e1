"""The judge in training: its loss by hand, its folded form, its teachers, its scores; and the commands on made-up trees."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result

from lstm_viz import load
from lstm_viz.__main__ import main
from lstm_viz.models.catalog import WEIGHTS
from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.training.cli.sentiment import SCALE, gather
from lstm_viz.training.data.treebank import NO_LABEL, LabelledPrefix, read_lexicon, read_trees
from lstm_viz.training.data.word_vectors import read_vectors
from lstm_viz.training.tasks.sentiment import (
    SentimentTask,
    SentimentTrainerModel,
    SentimentTrainingConfig,
    accuracies,
    ensemble_probabilities,
    final_probabilities,
    pad,
    shape,
)
from tests.facts import states

KNOWN = WordVocabulary.of(("good", "bad", "film", "not", "very"))
READINGS = (
    LabelledPrefix(np.array([3, 2]), np.array([NO_LABEL, 3])),
    LabelledPrefix(np.array([4]), np.array([1])),
    LabelledPrefix(np.array([4, 5, 3]), np.array([1, NO_LABEL, 0])),
)
HELD_OUT = [(np.array([3, 2]), 4), (np.array([1]), 0), (np.array([2]), 2)]
STILL = SentimentTrainingConfig(unk_probability=0.0, pretrained_only_probability=0.0, embedding_dropout=0.0)


def learner(habits: SentimentTrainingConfig = STILL, dropout: float = 0.0) -> SentimentTrainerModel:
    torch.manual_seed(2)
    vectors = np.random.default_rng(1).normal(size=(len(KNOWN), 4)).astype(np.float32)
    net = SentimentTrainerModel(shape(4, 6, 1, dropout), KNOWN, vectors, np.array([0, 2, 3, 4]), habits)
    torch.nn.init.normal_(net.added.weight.data[1:])
    return net


def log_probs(net: SentimentTrainerModel, ids: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return net.eval()(torch.from_numpy(ids)[:, None])[:, 0].log_softmax(-1).numpy().astype(float)


@pytest.mark.parametrize("length", [0.0, 0.5])
@pytest.mark.parametrize("trust", [None, 0.0, 0.6, 1.0])
def test_the_loss_is_the_weighted_mean_over_labels_and_opinions(length: float, trust: float | None) -> None:
    net = learner(
        SentimentTrainingConfig(
            unk_probability=0.0,
            pretrained_only_probability=0.0,
            embedding_dropout=0.0,
            length_exponent=length,
            distillation_weight=trust or 0.0,
        )
    )
    said = ensemble_probabilities([learner(), learner()], [reading.ids for reading in READINGS]) if trust is not None else None
    told = [(t, -log_probs(net, reading.ids)[t, label]) for reading in READINGS
            for t, label in enumerate(reading.labels) if label != NO_LABEL]  # fmt: skip
    by_labels = sum((t + 1) ** length * loss for t, loss in told) / sum((t + 1) ** length for t, _ in told)
    wanted = by_labels
    if said is not None and trust is not None:
        taught = [(t, -(said[k][t] * log_probs(net, reading.ids)[t]).sum())
                  for k, reading in enumerate(READINGS) for t in range(len(reading.ids))]  # fmt: skip
        by_teachers = sum((t + 1) ** length * loss for t, loss in taught) / sum((t + 1) ** length for t, _ in taught)
        wanted = trust * by_teachers + (1 - trust) * by_labels
    task = SentimentTask(net.train(), READINGS, HELD_OUT, 1, said)
    assert task.steps_an_epoch == 1
    assert task.loss(0).item() == pytest.approx(wanted, rel=1e-5)


def test_every_epoch_reads_every_reading_once_and_batches_are_no_larger_than_asked() -> None:
    draw = np.random.default_rng(3)
    many = [LabelledPrefix(np.full(length, 1), np.full(length, 2)) for length in draw.integers(1, 9, 200)]
    task = SentimentTask(learner(SentimentTrainingConfig(batch_tokens=40)), many, HELD_OUT, 1)
    for epoch in range(3):
        batches = task._batches(epoch)
        assert sorted(np.concatenate(batches).tolist()) == list(range(200))
        assert all(len(batch) * max(len(many[k].ids) for k in batch) <= 40 for batch in batches)


def test_the_same_step_draws_the_same_and_another_differently() -> None:
    task = SentimentTask(learner(SentimentTrainingConfig(), 0.5).train(), READINGS, HELD_OUT, 1)
    losses = [task.loss(step).item() for step in (0, 1, 0)]
    assert losses[0] == losses[2] != losses[1]


def test_the_folded_classifier_says_what_the_learner_says_and_vectors_stay() -> None:
    net = learner()
    kept = net.classifier.embedding.weight.clone()
    classifier = net.folded()
    for text in ([1, 2, 3], [5], [0, 4]):
        ids = torch.tensor(text)[:, None]
        torch.testing.assert_close(classifier(ids)[0], net.eval()(ids))
    assert torch.equal(net.classifier.embedding.weight, kept)
    # Words 1 and 5 are not among the trained ones: nothing is added to their vectors.
    assert torch.equal(classifier.embedding.weight[[1, 5]], kept[[1, 5]])
    net.train()(torch.tensor([[1, 3, 0]])).sum().backward()
    assert net.classifier.embedding.weight.grad is None
    assert not net.added.weight.grad[0].any()
    assert net.added.weight.grad[3].any()


def test_the_state_of_an_older_version_is_restored() -> None:
    net, other = learner(), learner()
    with torch.no_grad():
        net.added.weight += 1.0
        net.classifier.decoder.weight += 1.0
    old = {name.replace("classifier.", "judge."): value for name, value in net.state_dict().items()}
    other.load_state_dict(old)
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in net.state_dict().items())


def test_padding_changes_no_opinion() -> None:
    net = learner().eval()
    for reading, said in zip(READINGS, ensemble_probabilities([net], [reading.ids for reading in READINGS]), strict=True):
        np.testing.assert_allclose(said, np.exp(log_probs(net, reading.ids)), atol=1e-6)
    np.testing.assert_array_equal(pad([np.array([1, 2]), np.array([3])], -1), [[1, 3], [2, -1]])


def test_accuracies_by_hand() -> None:
    probs = np.array([[0.1, 0.1, 0.5, 0.2, 0.1], [0.3, 0.1, 0.3, 0.1, 0.2], [0, 0, 0.2, 0.3, 0.5], [0, 0.1, 0.2, 0.3, 0.4]])
    assert accuracies(probs, [3, 0, 2, 1]) == (2 / 3, 1 / 4)
    net = learner()
    score = SentimentTask(net.eval(), READINGS, HELD_OUT, 1).validation_loss()
    labels = [label for _, label in HELD_OUT]
    assert score == 1 - accuracies(final_probabilities(net, [ids for ids, _ in HELD_OUT]), labels)[0]


def made_up(draw: random.Random) -> str:
    """A sentence about some film whose adjective says it all, turned round by "not"."""
    good, turned = draw.random() < 0.5, draw.random() < 0.5
    word = draw.choice(("fine", "great", "lovely") if good else ("dull", "poor", "weak"))
    label = 3 if good else 1
    inner = f"({4 - label} (2 not) ({label} {word}))" if turned else f"({label} {word})"
    whole = 4 - label if turned else label
    return f"({whole} (2 (2 the) (2 {draw.choice(('film', 'plot', 'cast'))})) ({whole} (2 is) {inner}))"


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.argv", ["lstm-viz", "train", "sentiment"])
    draw = random.Random(1)
    for name, count in (("train", 60), ("dev", 20), ("test", 30)):
        (tmp_path / f"{name}.txt").write_text("".join(made_up(draw) + "\n" for _ in range(count)), encoding="utf-8")
    (tmp_path / "lexicon.txt").write_text("brilliant\t3.4\nfine\t0.8\n", encoding="utf-8")
    (tmp_path / "vectors.txt").write_text("brilliant 1 0 1\nfilm 0 1 0\nof 0 1 1\nfine 1 1 1\n", encoding="utf-8")
    return tmp_path


def train(trees: Path, *options: str) -> Result:
    parts = [option for name in ("train", "dev", "test") for option in (f"--{name}", str(trees / f"{name}.txt"))]
    sizes = ["--hidden", "12", "--embedding", "8", "--dropout", "0", "--epochs", "250", "--rate", "0.02", "--out"]
    return CliRunner().invoke(main, ["train", "sentiment", *parts, *sizes, str(trees / "judge.safetensors"), *options])


def test_the_command_trains_a_judge_that_understands_not(trees: Path) -> None:
    result = train(trees)
    assert result.exit_code == 0, result.output
    judge = load(trees / "judge.safetensors")
    assert judge.metadata["scores"].count("100.00% of 30") == 2
    assert judge.config.words
    assert "very negative" in judge.metadata["task"]

    measured = CliRunner().invoke(main, ["judge", str(trees / "judge.safetensors"), "--trees", str(trees / "test.txt")])
    assert "100.00% of 30 sentences" in measured.output


def test_vectors_lexicon_and_teachers(trees: Path) -> None:
    extras = ["--vectors", str(trees / "vectors.txt"), "--lexicon", str(trees / "lexicon.txt"), "--words", "2", "--teachers", "2"]
    result = train(trees, *extras, "--epochs", "5")
    assert result.exit_code == 0, result.output
    judge = load(trees / "judge.safetensors")
    assert judge.config.embedding == 3
    assert {"brilliant", "film", "fine"} <= set(judge.vocabulary.tokens)
    assert "of" not in judge.vocabulary
    assert states(judge.metadata["epochs"], "5.0", "2 teachers")
    assert sorted(path.name for path in trees.glob("*.state.pt")) == [
        *(f"judge-teacher-{number}.state.pt" for number in (1, 2)), "judge.state.pt"
    ]  # fmt: skip


def test_what_is_gathered_from_trees_vectors_and_lexicon(trees: Path) -> None:
    learned, given = read_trees(trees / "train.txt"), read_vectors(trees / "vectors.txt")
    data = gather(learned, learned[:3], given, read_lexicon(trees / "lexicon.txt"), 1, 2, 8)
    told = [(data.vocabulary.decode(each.ids), each.labels.tolist()) for each in data.prefixes]
    assert len(told) == len({(words, tuple(labels)) for words, labels in told})
    # The trees never say "brilliant"; only the lexicon does. They say "fine" themselves, so that the lexicon is not asked.
    assert ("brilliant", [4]) in told
    assert [labels for words, labels in told if words == "fine"] == [[3]]
    number = data.vocabulary.index["brilliant"]
    np.testing.assert_array_equal(data.vectors[number], [SCALE, 0, SCALE])
    assert number in data.trained
    assert [label for _, label in data.dev] == [tree.label for tree in learned[:3]]


@pytest.mark.parametrize("broken", ["train", "dev", "test", "lexicon", "vectors"])
def test_a_broken_file_is_named_in_one_line(broken: str, trees: Path) -> None:
    (trees / f"{broken}.txt").write_text("(3 (2 a) film\n", encoding="utf-8")
    options = ["--vectors", str(trees / "vectors.txt"), "--lexicon", str(trees / "lexicon.txt")]
    result = train(trees, *options)
    assert result.exit_code == 1
    assert re.search(rf"Error: {broken}\.txt, line 1", result.output)
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["counting", "nothing"])
def test_only_a_judge_is_measured_as_one(name: str, trees: Path) -> None:
    result = CliRunner().invoke(main, ["judge", name, "--trees", str(trees / "test.txt")])
    assert result.exit_code == 1
    assert name in result.output
    assert "Traceback" not in result.output
    assert WEIGHTS.exists()
