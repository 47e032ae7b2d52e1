"""Names that ship: written and read again, of the shipped weights; and the command that measures them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import lstm_viz
from lstm_viz.__main__ import main
from lstm_viz.gates import symbols
from lstm_viz.models.catalog import WEIGHTS, load, models
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.models.serialization import save
from lstm_viz.unit_names import UnitNames, read_names, shipped_names, write_names
from lstm_viz.unit_names.stored import names_path
from tests.tiny import TEXT, tiny


@pytest.fixture(scope="module")
def names() -> UnitNames:
    return lstm_viz.name_units(tiny(), TEXT * 60, source="a cat and a hat")


def test_what_is_written_is_read_again(names: UnitNames, tmp_path: Path) -> None:
    write_names(tmp_path / "names.json", names, "by hand")
    found = read_names(tmp_path / "names.json")
    assert (found.features, found.symbol, found.source) == (names.features, names.symbol, "a cat and a hat")
    np.testing.assert_array_equal(found.tracks, names.tracks)
    np.testing.assert_allclose(found.scored, names.scored, atol=5e-5)
    assert found.best(1, "c", 2).feature == names.best(1, "c", 2).feature


@pytest.mark.parametrize("change", [{"format": 1}, {"unit": [1]}, {"features": 3}, {"symbol": None}, {"chosen": ["a"]}])
def test_another_file_is_refused(names: UnitNames, tmp_path: Path, change: dict) -> None:
    path = tmp_path / "names.json"
    write_names(path, names)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ValueError, match=r"names\.json"):
        read_names(path)
    path.write_text("no JSON")
    with pytest.raises(ValueError, match=r"names\.json"):
        read_names(path)


@pytest.mark.parametrize("model", [name for name in models() if names_path(WEIGHTS / f"{name}.safetensors").exists()])
def test_shipped_names_are_of_the_shipped_weights_and_say_their_text(model: str) -> None:
    found, loaded = shipped_names(model), load(model)
    assert found is not None
    assert found.fingerprint == fingerprint(loaded)
    assert found.source
    assert len(found) == loaded.config.layers * len(symbols(loaded.config.kind)) * loaded.config.hidden
    assert found.by_feature()[0].tracks


@pytest.mark.parametrize(
    ("model", "feature", "least"),
    [("brackets", "in-brackets", 0.98), ("python-lstm", "in-brackets", 0.9), ("python-lstm", "leading-blank", 0.98),
     ("shakespeare-lstm", "speaker", 0.98), ("shakespeare-gru", "speaker", 0.9), ("shakespeare-rnn", "newline", 0.9)],
)  # fmt: skip
def test_known_units_are_named(model: str, feature: str, least: float) -> None:
    found = shipped_names(model)
    assert found is not None
    best = next(each for each in found.by_feature() if each.feature == feature)
    assert best.tracks
    assert best.score >= least


def test_a_model_without_names_has_none() -> None:
    assert shipped_names("no such model") is None


def test_the_command_names_measures_and_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights, text, table = tmp_path / "small.safetensors", tmp_path / "cat.txt", tmp_path / "units.csv"
    save(tiny(), weights, {})
    text.write_text(TEXT * 60, encoding="utf-8")
    arguments = ["name-units", str(weights), str(text), "--csv", str(table), "--ship", "--regex", "c.t", "--regex", "h.t"]
    monkeypatch.setattr("sys.argv", ["lstm-viz", *arguments])
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "h.t" in result.output
    shipped = read_names(names_path(weights))
    assert shipped.source == "cat.txt"
    assert {"own-1", "own-2"} <= {name for name, _, _ in shipped.features}
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(shipped) == 2 * 6 * 5
    best = shipped.best(int(rows[0]["layer"]) - 1, rows[0]["quantity"], int(rows[0]["unit"]))
    assert best.feature == rows[0]["feature"]
    assert float(rows[0]["score_other_half"]) == pytest.approx(best.score, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["no such"], "no model"), (["python-lstm"], "no text"), (["brackets", "--regex", "("], "regular expression")],
)  # fmt: skip
def test_the_command_refuses_in_one_line(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["name-units", *arguments])
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output
