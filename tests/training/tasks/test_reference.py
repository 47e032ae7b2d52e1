"""Counting over a long text, a window at a time, against reading it in one go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lstm_viz.__main__ import main
from lstm_viz.gates import Kind
from lstm_viz.models.catalog import load
from lstm_viz.models.reference_stats import read, reference, reference_path
from lstm_viz.models.serialization import save
from lstm_viz.reader import trace
from lstm_viz.training.tasks.reference import LANGUAGES, count, windows
from lstm_viz.units.stats import saturation
from tests.tiny import KINDS, TEXT, tiny


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 7, 17, 100])
def test_windows_carry_the_state(kind: Kind, size: int) -> None:
    model = tiny(kind)
    whole = trace(model, TEXT)
    parts = list(windows(model, TEXT, size))
    assert sum(layer.layers[0].steps for layer in parts) == len(TEXT)
    for number in range(2):
        for symbol in whole.layers[number].values:
            together = np.concatenate([part.layers[number][symbol] for part in parts])
            np.testing.assert_allclose(together, whole.layers[number][symbol], atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_counts_over_several_texts_are_those_of_each_from_the_zero_state(kind: Kind) -> None:
    model, texts = tiny(kind), [TEXT * 3, "the hat", ""]
    found = count(model, texts, "made up")
    assert (found.corpus, found.steps) == ("made up", 4 * len(TEXT) - len(TEXT) + len("the hat"))
    for layer in range(2):
        read_alone = [saturation(trace(model, text).layers[layer]) for text in texts]
        for symbol in read_alone[0]:
            for end in ("low", "high"):
                expected = sum(getattr(each[symbol], end) for each in read_alone)
                np.testing.assert_array_equal(found.counts[layer, symbol, end], expected)


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_languages_reference_is_counted_again_from_its_card(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_viz.training.tasks.reference.WEIGHTS", tmp_path)
    result = CliRunner().invoke(main, ["reference", name])
    assert result.exit_code == 0, result.output
    again, shipped = read(tmp_path / f"{name}.reference.npz"), reference(name)
    assert shipped is not None
    assert (again.steps, again.corpus) == (shipped.steps, shipped.corpus)
    for key, counts in shipped.counts.items():
        # Another processor rounds otherwise: a gate may stand on the other side of an end at a step or two.
        assert np.abs(again.counts[key].astype(int) - counts).max() <= 0.001 * shipped.steps


@pytest.mark.parametrize(("name", "said"), [("counting", "length 2 to 20"), ("brackets", "length 2 to 32")])
def test_the_languages_are_those_of_training(name: str, said: str) -> None:
    assert said in load(name).metadata["data"]
    assert said == f"length 2 to {LANGUAGES[name].longest}"
    assert name != "brackets" or "at most 3 open" in load(name).metadata["task"]


def test_the_command_reads_the_last_tenth_and_notes_it_in_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights, text = tmp_path / "own.safetensors", tmp_path / "my text.txt"
    monkeypatch.setattr("sys.argv", ["lstm-viz", "reference", "own.safetensors", "--text", "my text.txt"])
    save(tiny(), weights, {})
    text.write_text("xyz" * 60 + TEXT + "aaa", encoding="utf-8")
    for _ in range(2):
        result = CliRunner().invoke(main, ["reference", str(weights), "--text", str(text)])
        assert result.exit_code == 0, result.output
    found = read(reference_path(weights))
    assert found.steps == 20
    np.testing.assert_array_equal(
        found.counts[1, "f", "high"], saturation(trace(load(weights), TEXT + "aaa").layers[1])["f"].high
    )
    card = weights.with_suffix(".md").read_text("utf-8")
    assert card.count("## Reference") == 1
    assert "20 symbols of the last 10% of my text.txt" in card
    assert "`python -m lstm_viz reference own.safetensors --text 'my text.txt'`" in card


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["moby"], "'moby'"), (["shakespeare-rnn"], "shakespeare-rnn has no text")],
)
def test_what_is_missing_is_said_in_one_line(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["reference", *arguments])
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
