"""What ships beside the weights: there for every model, of its shape, and named in its card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstm_viz.models.catalog import WEIGHTS, load
from lstm_viz.models.reference_stats import Reference, read, reference, reference_path, write
from lstm_viz.units.stats import reference_saturation, saturating
from tests.facts import facts

READERS = ("python-lstm", "shakespeare-lstm", "shakespeare-gru", "shakespeare-rnn", "counting", "brackets")


@pytest.mark.parametrize("name", READERS)
def test_a_shipped_reference_fits_its_model(name: str) -> None:
    found, model = reference(name), load(name)
    assert found is not None
    assert found.steps > 10_000
    for layer in range(model.config.layers):
        shares = reference_saturation(found, layer, model.config.kind)
        assert shares.keys() == {each.symbol for each in saturating(model.config.kind)}
        for each in shares.values():
            assert each.low.shape == each.high.shape == (model.config.hidden,)
            assert (each.low.astype(int) + each.high <= found.steps).all()
            assert each.low.any() or each.high.any()


@pytest.mark.parametrize("name", READERS)
def test_a_card_names_the_reference_and_its_command(name: str) -> None:
    found, card = reference(name), (WEIGHTS / f"{name}.md").read_text("utf-8")
    assert found is not None
    assert f"{name}.reference.npz: " in card
    assert f"over {found.steps:,} symbols of {found.corpus}; `python -m lstm_viz reference {name}" in card


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "own.reference.npz"
    counts = {(0, "f", "low"): np.array([1, 2], np.uint32), (1, "f", "high"): np.array([3, 4], np.uint32)}
    write(path, Reference("a – text", 9, counts))
    found = read(path)
    assert (found.corpus, found.steps) == ("a – text", 9)
    assert {key: each.tolist() for key, each in found.counts.items()} == {(0, "f", "low"): [1, 2], (1, "f", "high"): [3, 4]}


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_reference_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.reference.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=facts("own.reference.npz", "reference")):
        read(path)


def test_pickles_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "own.reference.npz"
    np.savez(path, corpus=np.array([print], dtype=object), steps=np.array(3))
    with pytest.raises(ValueError, match="not a reference"):
        read(path)


def test_models_of_ones_own_have_none_unless_it_ships() -> None:
    assert reference("moby") is None
    assert reference_path(Path("a/own.safetensors")) == Path("a/own.reference.npz")
