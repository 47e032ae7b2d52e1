"""What ships: every model loads, is small, is only to be read, and has a card that tells how it came about."""

import re
from pathlib import Path

import pytest
import torch

from lstm_viz.models.catalog import WEIGHTS, load, models
from lstm_viz.models.serialization import UnreadableModel, save
from tests.facts import facts
from tests.tiny import tiny

#: The rows of a card without which nobody could judge or repeat a training.
NEEDED = {
    *("task", "data", "licence of the data", "command"),
    *("seed", "parameters", "minutes", "scores", "versions"),
}


def test_names_are_those_of_the_files() -> None:
    assert models() == tuple(sorted(path.stem for path in WEIGHTS.iterdir() if path.suffix == ".safetensors"))
    assert models()


@pytest.mark.parametrize("name", models())
def test_a_shipped_model_is_small_and_only_to_be_read(name: str) -> None:
    model = load(name)
    assert not any(module.training for module in model.modules())
    assert not any(parameter.requires_grad for parameter in model.parameters())
    # A model of words needs a vector for each of tens of thousands of them.
    parameters, size = (4_000_000, 8_000_000) if model.config.words else (1_000_000, 2 * 2**20)
    assert model.parameter_count == sum(parameter.numel() for parameter in model.parameters()) <= parameters
    assert (WEIGHTS / f"{name}.safetensors").stat().st_size <= size


@pytest.mark.parametrize("name", models())
def test_a_shipped_model_expects_something(name: str) -> None:
    """Trained weights sit far from the uniform guess of untrained ones."""
    model = load(name)
    ids = torch.arange(1, min(len(model.vocabulary), 500))[:, None]
    probs = model(ids)[0].softmax(-1)
    assert probs.isfinite().all()
    times = 3 if model.predicts_next_token else 1.5
    assert probs.max(-1).values.mean() > times / len(model.outputs) or len(model.vocabulary) < 8


@pytest.mark.parametrize("name", models())
def test_a_shipped_model_has_a_card_that_says_what_the_weights_say(name: str) -> None:
    model = load(name)
    card = (WEIGHTS / f"{name}.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", card, re.MULTILINE))
    assert NEEDED - rows.keys() == set()
    assert {row: text for row, text in rows.items() if model.metadata.get(row) != text} == {}
    assert card.startswith(f"# {name}\n")
    assert model.metadata["summary"] in card
    assert rows["parameters"] == f"{model.parameter_count:,}"
    assert "python -m lstm_viz train " in rows["command"]


def test_the_three_readers_of_shakespeare_are_of_one_size() -> None:
    readers = {"shakespeare-lstm", "shakespeare-gru", "shakespeare-rnn"} & set(models())
    counts = [load(name).parameter_count for name in readers]
    assert max(counts) <= 1.03 * min(counts)


def test_a_shipped_model_is_loaded_once() -> None:
    name = models()[0]
    assert load(name) is load(name)


def test_a_path_is_loaded_too(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save(tiny("gru"), path, {})
    for given in (path, str(path)):
        assert load(given).config == tiny("gru").config


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(KeyError, match=facts("'moby'", models()[0])):
        load("moby")


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no weights here")
    with pytest.raises(UnreadableModel, match=r"notes\.txt"):
        load(tmp_path / "notes.txt")
