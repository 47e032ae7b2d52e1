"""Keras models as people write them, beyond one list of plain layers: the same numbers as Keras, or a refusal by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import lstm_viz
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint
from lstm_viz.models.importing.keras_file import read_keras
from tests.models.importing.test_keras_file import IDS, Late, computed, stack, with_large_weights

keras: Any = Late("keras")
L: Any = Late("keras.layers")

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method"),
]


def of_numbers(*layers: Any) -> Any:
    return with_large_weights(keras.Sequential([keras.Input((None, 3)), *layers]))


def of_own_class() -> Any:
    """A class with its layers as attributes, as TensorFlow's tutorial on text generation writes it."""

    class Model(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.gru, self.dense = L.Embedding(11, 6), L.GRU(7, return_sequences=True), L.Dense(11)

        def call(self, ids: Any) -> Any:
            return self.dense(self.gru(self.embedding(ids)))

    model = Model()
    model(IDS)
    return with_large_weights(model)


def nested() -> Any:
    inner = keras.Sequential([keras.Input((None,), dtype="int32"), L.Embedding(11, 6), L.LSTM(5)])
    return with_large_weights(keras.Sequential([keras.Input((None,), dtype="int32"), inner, L.Dense(2), L.Dense(3)]))


def with_state(number: int, sequences: bool = False) -> Any:
    """A layer that reads one of the tensors that an LSTM returns: its output, its last h, its last c."""
    entry = keras.Input((None,), dtype="int32")
    given = L.LSTM(5, return_state=True, return_sequences=sequences)(L.Embedding(11, 6)(entry))
    return with_large_weights(keras.Model(entry, L.Dense(3)(given[number])))


STACKED = ("LSTMCell", "GRUCell", "SimpleRNNCell")
RIGHT: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    **{f"stacked {cell}": (
        lambda cell=cell: stack(
            L.RNN(L.StackedRNNCells([getattr(L, cell)(7), getattr(L, cell)(5)]), return_sequences=True), L.Dense(11)),
        (".keras", ".h5"),
    ) for cell in STACKED},
    "one cell": (lambda: stack(L.RNN(L.LSTMCell(7)), L.Dense(3)), (".keras", ".h5", ".weights.h5")),
    "a class of its own": (of_own_class, (".keras", ".weights.h5")),
    "a model in a model": (nested, (".keras",)),
    "the last h of an LSTM": (lambda: with_state(1), (".keras", ".h5")),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_model_computes_what_keras_computes(name: str, tmp_path: Path) -> None:
    build, endings = RIGHT[name]
    model = build()
    expected = np.asarray(model.predict(IDS, verbose=0))
    for ending in endings:
        path = tmp_path / f"net{ending}"
        (model.save_weights if "weights" in ending else model.save)(path)
        parts = read_keras(path, path.name).parts
        found = computed([part for part in parts if part.sort != "activation" or part.facts], IDS)
        found = found[:, -1] if found.ndim > expected.ndim else found  # weights alone do not say that only the last step is given
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("function", ["sigmoid", "softmax", "relu"])
def test_numbers_come_out_behind_the_function_at_the_end(function: str, tmp_path: Path) -> None:
    model = of_numbers(L.LSTM(5), L.Dense(1 if function == "sigmoid" else 4, activation=function))
    model.save(tmp_path / "net.keras")
    network = lstm_viz.load_checkpoint(tmp_path / "net.keras")
    assert isinstance(network, ImportedNetwork)
    x = np.random.default_rng(2).normal(size=(1, 9, 3)).astype(np.float32)
    found = network.whole(torch.from_numpy(x).transpose(0, 1))
    np.testing.assert_allclose(found, np.asarray(model.predict(x, verbose=0)), atol=1e-6)


def quantized() -> Any:
    model = of_numbers(L.LSTM(5), L.Dense(4))
    model.quantize("int8")
    return model


def both_ways(kind: str, **backward: Any) -> Any:
    layer = getattr(L, kind)
    return stack(L.Bidirectional(layer(5), backward_layer=layer(5, go_backwards=True, **backward)), L.Dense(3))


@pytest.mark.parametrize(
    ("build", "ending", "named"),
    [
        (quantized, ".keras", "quantized weights .int8"),
        (lambda: both_ways("LSTM", activation="relu"), ".keras", "relu"),
        (lambda: both_ways("SimpleRNN", activation="relu"), ".keras", "backward_layer"),
        (lambda: with_state(2), ".keras", "return_state"),
        (lambda: with_state(1, sequences=True), ".h5", "return_state"),
        (lambda: of_numbers(L.LSTM(5), L.BatchNormalization(), L.Dense(2)), ".weights.h5", "batch_normalization"),
        (lambda: stack(L.GRU(5, use_bias=False), L.Dense(3)), ".weights.h5", "reset gate"),
        (lambda: stack(L.Bidirectional(L.GRU(5, use_bias=False)), L.Dense(3)), ".weights.h5", "reset gate"),
        (lambda: stack(L.RNN(L.StackedRNNCells([L.LSTMCell(5), L.GRUCell(5)])), L.Dense(3)), ".keras", "same class"),
    ],
)  # fmt: skip
def test_what_would_be_read_otherwise_is_refused(build: Callable[[], Any], ending: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{ending}"
    model = build()
    (model.save_weights if "weights" in ending else model.save)(path)
    with pytest.raises(UnsupportedCheckpoint, match=named):
        read_keras(path, path.name)


def test_weights_alone_come_with_a_note_that_layers_are_not_described(tmp_path: Path) -> None:
    model = of_numbers(L.LSTM(5), L.Dense(2))
    for ending in (".keras", ".weights.h5"):
        (model.save_weights if "weights" in ending else model.save)(tmp_path / f"net{ending}")
    assert "notes" not in lstm_viz.load_checkpoint(tmp_path / "net.keras").metadata
    assert "does not describe its layers" in lstm_viz.load_checkpoint(tmp_path / "net.weights.h5").metadata["notes"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("place", ["behind lstm", "behind lstm_1"])
def test_a_norm_among_weights_alone_is_asked_for(place: str, tmp_path: Path) -> None:
    layers = [L.LSTM(5, return_sequences=True), L.LSTM(5, return_sequences=True)]
    layers.insert(1 if place == "behind lstm" else 2, L.LayerNormalization())
    model = of_numbers(*layers, L.Dense(2))
    model.save_weights(tmp_path / "net.weights.h5")
    x = np.random.default_rng(2).normal(size=(1, 9, 3)).astype(np.float32)
    with pytest.raises(NeedsAnswer) as asked:
        lstm_viz.load_checkpoint(tmp_path / "net.weights.h5")
    assert place in asked.value.options
    answers = {asked.value.question: place, "pooling": "steps"}
    network: Any = lstm_viz.load_checkpoint(tmp_path / "net.weights.h5", answers=answers)
    with torch.no_grad():
        found = network(torch.from_numpy(x).transpose(0, 1))[:, 0]
    np.testing.assert_allclose(found, np.asarray(model.predict(x, verbose=0))[0], atol=1e-5)


def test_steps_that_keras_skips_are_named(tmp_path: Path) -> None:
    of_numbers(L.Masking(2.0), L.LSTM(5), L.Dense(2)).save(tmp_path / "net.keras")
    assert "2.0 (Masking)" in lstm_viz.load_checkpoint(tmp_path / "net.keras").metadata["notes"]
    entry = keras.Input((None,), dtype="int32")
    classifier = keras.Sequential([entry, L.Embedding(11, 6, mask_zero=True), L.LSTM(5), L.Dense(3)])
    classifier.save(tmp_path / "net.keras")
    notes = lstm_viz.load_checkpoint(tmp_path / "net.keras", vocabulary="abcdefghijk").metadata["notes"]
    assert "mask_zero" in notes
