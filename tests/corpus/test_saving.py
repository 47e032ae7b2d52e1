"""Scans as files: saved and taken back whole, and whatever else a file may be refused in words."""

from __future__ import annotations

import json
import struct
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from lstm_viz import corpus
from lstm_viz.corpus import stored
from lstm_viz.gates import Kind
from lstm_viz.models.fingerprint import fingerprint
from tests.corpus.test_resume import equal
from tests.corpus.test_scan import model, words
from tests.facts import states
from tests.tiny import KINDS

TEXT = words(1500)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("scans") / "scan"
    corpus.scan(model("lstm"), TEXT, 128).save(path)
    return path.read_bytes()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("text", [TEXT, "a", "🦊 \ud800", "é" * 200])
@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_comes_back_as_it_was(tmp_path: Path, kind: Kind, text: str, dtype: torch.dtype) -> None:
    net, parts = model(kind, dtype), (0, 100, 101) if len(text) > 101 else (0,)
    scan = corpus.scan(net, text, 128, parts=parts)
    scan.save(tmp_path / "scan")
    found = corpus.Scan.load(tmp_path / "scan", net, text)
    equal(found, scan)
    assert len(list(tmp_path.iterdir())) == 1
    equal(corpus.load_scan((tmp_path / "scan").read_bytes(), net, text, parts), scan)
    # Anybody's reader can open it.
    np.testing.assert_array_equal(load_file(tmp_path / "scan")["surprise"], scan.surprise)


def test_a_text_of_which_nothing_is_known_comes_back() -> None:
    assert corpus.scan(model("rnn"), "é" * 70).known_loss is None


def refused(data: bytes, text: str = TEXT, kind: Kind = "lstm") -> str:
    with pytest.raises(corpus.UnreadableScan) as error:
        corpus.load_scan(data, model(kind), text)
    assert len(str(error.value)) < 400
    return str(error.value)


def test_another_text_or_network_is_refused(saved: bytes) -> None:
    assert states(refused(saved, TEXT[:-1]), 1500, 1499)
    assert "another text" in refused(saved, TEXT[:-1] + "~")
    assert "another network" in refused(saved, kind="gru")
    other = deepcopy(model("lstm"))
    next(other.parameters())[0, 0] += 1e-6
    with pytest.raises(corpus.UnreadableScan, match="other weights"):
        corpus.load_scan(saved, other, TEXT)
    with pytest.raises(corpus.UnreadableScan, match="other parts"):
        corpus.load_scan(saved, model("lstm"), TEXT, (0, 5))


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04" + bytes(90), b"\x93NUMPY\x01\0", b"\x80\x04cposix\nsystem\n", b"\xff" * 64, bytes(8), b"{}" * 9],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    assert "not a safetensors" in refused(data)


def test_a_file_that_says_more_than_it_holds_is_refused(saved: bytes) -> None:
    huge = {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}
    header = {"__metadata__": {"format": "lstm_viz scan 1"}, "surprise": huge}
    packed = json.dumps(header).encode()
    assert "not a safetensors" in refused(struct.pack("<Q", len(packed)) + packed + bytes(16))
    for size in (7, 100, 5000, len(saved) - 1):
        assert "not a safetensors" in refused(saved[:size])


def harmed(tmp_path: Path, saved: bytes, name: str, values: np.ndarray | None) -> bytes:
    path = tmp_path / "harmed"
    path.write_bytes(saved)
    lines, arrays = stored.read(path)
    if values is None:
        del arrays[name]
    else:
        arrays[name] = values
    save_file(arrays, path, metadata=lines)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("surprise", None),
        ("0.c.highest.steps", None),
        ("surprise", np.zeros(1499)),
        ("surprise", np.full(1500, np.nan)),
        ("surprise", np.full(1500, -5.0)),
        ("surprise", np.zeros(1500)),
        ("parts", np.array([1])),
        ("parts", np.array([0, 2000])),
        ("parts", np.zeros(0, np.int64)),
        ("checkpoints", np.arange(12) * 1000),
        ("checkpoints", np.zeros(12, np.int64)),
        ("hidden", np.zeros((12, 2, 6))),
        ("hidden", np.full((12, 2, 5), np.inf)),
        ("hidden", np.ones((12, 2, 5))),
        ("cell", np.zeros((12, 2, 5), np.float16)),
        ("0.c.highest.steps", np.full((5, 5), 1500)),
        ("0.c.highest.steps", np.full((5, 5), -1)),
        ("0.c.highest.steps", np.zeros((5, 4), np.int64)),
        ("1.f.along", np.zeros((3, 5))),
        ("1.f.mean", np.full(5, np.nan)),
        ("stretches", np.zeros(0, np.int64)),
    ],
)
def test_numbers_that_cannot_be_right_are_refused(tmp_path: Path, saved: bytes, name: str, values: np.ndarray | None) -> None:
    assert refused(harmed(tmp_path, saved, name, values))


@given(st.integers(0, 3000), st.integers(0, 255))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_header_is_refused_or_does_not_matter(saved: bytes, place: int, value: int) -> None:
    data = bytearray(saved)
    data[place] = value
    try:
        found = corpus.load_scan(bytes(data), model("lstm"), TEXT)
    except corpus.UnreadableScan:
        return
    assert found.loss is not None


def test_a_fingerprint_is_of_weights_letters_and_build() -> None:
    prints = [fingerprint(model(kind, dtype)) for kind in KINDS for dtype in (torch.float32, torch.float64)]
    assert len(set(prints)) == 6
    assert fingerprint(deepcopy(model("gru"))) == fingerprint(model("gru"))
