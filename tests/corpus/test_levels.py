"""The levels over a whole text are those of the trace of the whole text, over checkpoints and parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import lstm_viz
from lstm_viz import corpus
from lstm_viz.corpus import levels as module
from lstm_viz.corpus import levels_size, open_levels, write_levels
from lstm_viz.units.matching import trace_levels

TEXT = "def total(prices):\n    return sum(prices) # of all\n" * 60


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize(
    ("name", "symbol"), [("python-lstm", "c"), ("python-lstm", "f"), ("shakespeare-gru", "h"), ("shakespeare-rnn", "h")]
)
def test_levels_are_those_of_the_trace(tmp_path: Path, name: str, symbol: str, layer: int) -> None:
    model = lstm_viz.load(name)
    scan = corpus.scan(model, TEXT, stride=512)
    reported = list(write_levels(name, scan, layer, symbol, tmp_path / "levels"))
    assert reported == list(range(1, 101))
    found = open_levels(model, scan, tmp_path / "levels")
    expected = trace_levels(lstm_viz.trace(model, TEXT).layers[layer], symbol)
    assert found.shape == expected.shape
    assert levels_size(model, scan) == found.size == (tmp_path / "levels").stat().st_size
    # Another number of windows side by side rounds otherwise: a value on an edge may be one level away.
    apart = np.abs(found.astype(int) - expected.astype(int))
    assert apart.max() <= 1
    assert (apart > 0).mean() < 1e-3


def test_every_part_starts_anew(tmp_path: Path) -> None:
    model = lstm_viz.load("counting")
    parts = (0, 7, 700, 1500)
    text = ("aaabbb\n" * 300)[:2000]
    scan = corpus.scan(model, text, stride=512, parts=parts)
    list(write_levels(model, scan, 0, "c", tmp_path / "levels"))
    pieces = [
        trace_levels(lstm_viz.trace(model, text[a:b]).layers[0], "c") for a, b in zip(parts, (*parts[1:], 2000), strict=True)
    ]
    apart = np.abs(open_levels(model, scan, tmp_path / "levels").astype(int) - np.concatenate(pieces, axis=1).astype(int))
    assert apart.max() <= 1


def test_a_text_too_long_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = lstm_viz.load("counting")
    scan = corpus.scan(model, "aabb\n" * 20)
    monkeypatch.setattr(module, "MAX_BYTES", 399)
    with pytest.raises(ValueError, match="at most"):
        write_levels(model, scan, 0, "c", tmp_path / "levels")
    with pytest.raises(KeyError, match="no quantity"):
        write_levels(model, corpus.scan(model, "aabb\n"), 0, "z", tmp_path / "levels")
    assert not (tmp_path / "levels").exists()
