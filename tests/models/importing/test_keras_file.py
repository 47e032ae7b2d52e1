"""Files of Keras: parts in PyTorch's layout compute what Keras computes; what has no equal, or is hostile, is refused by name."""

from __future__ import annotations

import importlib
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lstm_viz.models.importing.errors import UnsafeCheckpoint, UnsupportedCheckpoint
from lstm_viz.models.importing.keras_file import read_keras
from lstm_viz.models.importing.keras_layers import convert_recurrent
from lstm_viz.models.parts import Part


class Late:
    """A module that is imported at the first use: Keras takes seconds, also in a process that runs none of these tests."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        os.environ["KERAS_BACKEND"] = "torch"
        return getattr(importlib.import_module(self.name), name)


keras: Any = Late("keras")
L: Any = Late("keras.layers")

# Keras's own variables answer numpy in an old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

IDS = np.array([[3, 1, 4, 1, 5, 9, 2, 6]])
ENDINGS = ("net.keras", "net.h5", "net.hdf5")


def stack(*layers: Any, symbols: int = 11) -> Any:
    """A Keras model over ids whose weights are large enough to open and close gates."""
    model = keras.Sequential([keras.Input((None,), dtype="int32"), L.Embedding(symbols, 6), *layers])
    return with_large_weights(model)


def with_large_weights(model: Any) -> Any:
    rng = np.random.default_rng(7)
    model.set_weights([rng.normal(0, 0.6, each.shape).astype(np.float32) for each in model.get_weights()])
    return model


def computed(parts: Sequence[Part], ids: np.ndarray) -> np.ndarray:
    """What the parts compute over ids [batch, time], by PyTorch's own modules."""
    x: Tensor = torch.from_numpy(ids).long()
    for part in parts:
        own = {key: value.float() for key, value in part.tensors.items()}
        if part.sort == "embedding":
            x = own["weight"][x]
        elif part.sort == "linear":
            x = nn.functional.linear(x, own["weight"], own.get("bias"))
        elif part.sort == "norm":
            size = x.shape[-1]
            x = nn.functional.layer_norm(x, (size,), own.get("weight"), own.get("bias"), part.facts["eps"])
        elif part.sort == "activation":
            x = (
                x.softmax(-1)
                if part.facts["activation"] == "softmax"
                else getattr(torch.nn.functional, part.facts["activation"])(x)
            )
        else:
            x = recurrent(part, own, x)
    return x.numpy()


def recurrent(part: Part, own: dict[str, Tensor], x: Tensor) -> Tensor:
    kinds = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
    both, bias = "weight_ih_l0_reverse" in own, "bias_ih_l0" in own
    extra = {"nonlinearity": part.facts["nonlinearity"]} if part.facts["kind"] == "rnn" else {}
    module = kinds[part.facts["kind"]](
        x.shape[-1], own["weight_hh_l0"].shape[1], bias=bias, bidirectional=both, batch_first=True, **extra
    )
    module.load_state_dict(own)
    with torch.no_grad():
        out: Tensor = module(x)[0]
    if part.facts.get("sequences", True):
        return out
    units = own["weight_hh_l0"].shape[1]
    return torch.cat((out[:, -1, :units], out[:, 0, units:]), -1)


NETS: dict[str, Callable[[], Any]] = {
    "lstm": lambda: stack(L.LSTM(8, return_sequences=True), L.Dense(11, activation="softmax")),
    "gru": lambda: stack(L.GRU(7, return_sequences=True), L.Dense(11)),
    "gru-without-bias": lambda: stack(L.GRU(7, use_bias=False, return_sequences=True), L.Dense(11, use_bias=False)),
    "simple": lambda: stack(L.SimpleRNN(5, return_sequences=True), L.Dense(11)),
    "simple-relu": lambda: stack(L.SimpleRNN(5, activation="relu", return_sequences=True), L.Dense(11)),
    "stacked": lambda: stack(L.LSTM(9, return_sequences=True), L.Dropout(0.3), L.LSTM(4, return_sequences=True), L.Dense(11)),
    "last-step": lambda: stack(L.LSTM(9, return_sequences=True), L.LSTM(4), L.Dense(3, activation="softmax")),
    "both-ways": lambda: stack(L.Bidirectional(L.LSTM(4, return_sequences=True)), L.Bidirectional(L.GRU(3)), L.Dense(2)),
    "two-linear": lambda: stack(L.LSTM(6), L.Dense(5, activation="relu"), L.Dense(1, activation="sigmoid")),
    "norm": lambda: stack(L.LSTM(6, return_sequences=True), L.LayerNormalization(), L.Dense(11)),
    "time-distributed": lambda: stack(L.LSTM(6, return_sequences=True), L.TimeDistributed(L.Dense(11)), L.Activation("softmax")),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("called", NETS)
def test_a_whole_model_computes_what_keras_computes(called: str, ending: str, tmp_path: Path) -> None:
    model = NETS[called]()
    model.save(tmp_path / ending)
    ours = computed(read_keras(tmp_path / ending, ending).parts, IDS)
    np.testing.assert_allclose(ours, np.asarray(model.predict(IDS, verbose=0)), atol=1e-6)


@pytest.mark.parametrize("called", ["lstm", "gru", "stacked", "norm", "simple", "time-distributed"])
def test_weights_alone_have_the_same_layers(called: str, tmp_path: Path) -> None:
    model = NETS[called]()
    model.save(tmp_path / "net.keras")
    model.save_weights(tmp_path / "net.weights.h5")
    whole = read_keras(tmp_path / "net.keras", "net.keras").parts
    answers = {"norm:layer_normalization": "behind lstm"}
    alone = read_keras(tmp_path / "net.weights.h5", "net.weights.h5", answers).parts
    kept = [part for part in whole if part.tensors]
    found = [part for part in alone if part.tensors]
    assert [part.sort for part in found] == [part.sort for part in kept]
    for one, other in zip(found, kept, strict=True):
        assert one.facts.get("kind") == other.facts.get("kind")
        assert one.tensors.keys() == other.tensors.keys()
        assert all(torch.equal(one.tensors[key], other.tensors[key]) for key in one.tensors)


def test_one_hot_input_and_a_functional_model(tmp_path: Path) -> None:
    entry = keras.Input((None, 11))
    model = with_large_weights(keras.Model(entry, L.Dense(11)(L.LSTM(5, return_sequences=True, name="mine")(entry))))
    model.save(tmp_path / "net.keras")
    parts = read_keras(tmp_path / "net.keras", "net.keras").parts
    assert [part.sort for part in parts] == ["recurrent", "linear"]
    x = np.eye(11, dtype=np.float32)[IDS]
    out = computed([Part("one-hot", "embedding", {"weight": torch.eye(11)}), *parts], IDS)
    np.testing.assert_allclose(out, np.asarray(model.predict(x, verbose=0)), atol=1e-6)


def test_cudnn_layers_are_converted_as_keras_did() -> None:
    rng = np.random.default_rng(3)
    kernel, recurrent, bias = rng.normal(size=(6, 20)), rng.normal(size=(5, 20)), rng.normal(size=40)
    # cuDNN keeps each gate's matrix as [unit, input], row by row, in the memory of one that is [input, unit].
    matrices = [
        part.ravel(order="C").reshape(5, 6, order="C")
        for part in (each.T.reshape(-1, order="C") for each in np.split(kernel, 4, 1))
    ]
    packed = np.concatenate([matrix.ravel().reshape(6, 5) for matrix in matrices], axis=1)
    turned = np.concatenate([each.T for each in np.split(recurrent, 4, 1)], axis=1)
    own = convert_recurrent("CuDNNLSTM", {}, [packed, turned, bias], "it")
    np.testing.assert_array_equal(own["weight_ih_l0"].numpy(), kernel.T)
    np.testing.assert_array_equal(own["weight_hh_l0"].numpy(), recurrent.T)
    np.testing.assert_array_equal((own["bias_ih_l0"] + own["bias_hh_l0"]).numpy(), bias[:20] + bias[20:])


def test_a_lookup_layer_gives_the_tokens(tmp_path: Path) -> None:
    lookup = {
        "module": "keras.layers",
        "class_name": "TextVectorization",
        "config": {"name": "words", "vocabulary": ["", "[UNK]", "good", "bad"]},
    }
    model = NETS["lstm"]()
    model.save(tmp_path / "net.keras")
    rewrite(tmp_path / "net.keras", lambda config: config["config"]["layers"].insert(1, lookup))
    assert read_keras(tmp_path / "net.keras", "net.keras").vocabulary == ("", "[UNK]", "good", "bad")


def rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    """Change the configuration in a .keras archive."""
    import json

    with zipfile.ZipFile(path) as archive:
        entries = {each: archive.read(each) for each in archive.namelist()}
    config = json.loads(entries["config.json"])
    change(config)
    entries["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in entries.items():
            archive.writestr(each, data)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: stack(L.GRU(7, reset_after=False), L.Dense(3)), "reset_after"),
        (lambda: stack(L.LSTM(7, recurrent_activation="hard_sigmoid"), L.Dense(3)), "hard_sigmoid"),
        (lambda: stack(L.LSTM(7, activation="relu"), L.Dense(3)), "relu"),
        (lambda: stack(L.Bidirectional(L.LSTM(4), merge_mode="sum"), L.Dense(3)), "sum"),
        (lambda: stack(L.LSTM(4, go_backwards=True), L.Dense(3)), "go_backwards"),
        (lambda: stack(L.Conv1D(4, 3), L.LSTM(4), L.Dense(3)), "Conv1D"),
        (lambda: stack(L.LSTM(4), L.Dense(3, activation="hard_sigmoid")), "hard_sigmoid"),
    ],
)  # fmt: skip
def test_what_has_no_equal_is_refused_by_name(build: Callable[[], Any], named: str, tmp_path: Path) -> None:
    build().save(tmp_path / "net.keras")
    with pytest.raises(UnsupportedCheckpoint, match=named):
        read_keras(tmp_path / "net.keras", "net.keras")


def test_two_branches_are_refused(tmp_path: Path) -> None:
    entry = keras.Input((None,), dtype="int32")
    x = L.Embedding(11, 6)(entry)
    keras.Model(entry, L.Dense(3)(L.Concatenate()([L.LSTM(4)(x), L.LSTM(5)(x)]))).save(tmp_path / "net.keras")
    with pytest.raises(UnsupportedCheckpoint, match="one chain"):
        read_keras(tmp_path / "net.keras", "net.keras")


def hostile_soft_link(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["layers"] = h5py.SoftLink("/elsewhere")


def hostile_external_link(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["layers"] = h5py.ExternalLink("other.h5", "/")


def hostile_external_storage(path: Path) -> None:
    (path.parent / "secret").write_bytes(b"a secret of the machine" * 9)
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/lstm/vars/0", (4, 4), "f4", external=[(str(path.parent / "secret"), 0, 64)])


def hostile_virtual(path: Path) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(str(path.parent / "other.h5"), "x", (4,))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("layers", layout)


def hostile_shape(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/lstm/vars/0", (2**20, 2**20), "f8", chunks=(16, 16))


def hostile_packed(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/lstm/vars/0", data=np.zeros((2000, 4000)), compression="gzip")


def hostile_loop(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_group("layers")
        file["layers/again"] = file["layers"]


@pytest.mark.parametrize(
    "make",
    [
        hostile_soft_link,
        hostile_external_link,
        hostile_external_storage,
        hostile_virtual,
        hostile_shape,
        hostile_packed,
        hostile_loop,
    ],
)
def test_files_that_reach_elsewhere_or_claim_too_much_are_unsafe(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "net.h5")
    with pytest.raises(UnsafeCheckpoint, match=r"net\.h5"):
        read_keras(tmp_path / "net.h5", "net.h5")


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    NETS["lstm"]().save(tmp_path / "net.h5")
    whole = (tmp_path / "net.h5").read_bytes()
    rng, refused = np.random.default_rng(0), []
    for attempt in range(12):
        damaged = bytearray(whole[: rng.integers(100, len(whole))] if attempt % 3 == 0 else whole)
        for place in rng.integers(8, len(damaged), 40):
            damaged[place] = rng.integers(256)
        (tmp_path / "bad.h5").write_bytes(bytes(damaged))
        try:
            read_keras(tmp_path / "bad.h5", "bad.h5")
        except (UnsafeCheckpoint, UnsupportedCheckpoint) as error:
            refused.append(str(error))
    assert refused
    assert all(message.startswith("bad.h5") for message in refused)


def test_an_archive_that_unpacks_without_end_is_unsafe(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "net.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"\0" * 30_000_000)
    with pytest.raises(UnsafeCheckpoint, match="unpacks"):
        read_keras(tmp_path / "net.keras", "net.keras")
