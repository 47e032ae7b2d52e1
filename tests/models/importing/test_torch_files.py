"""Files that PyTorch, pickle and NumPy write give the tensors that they hold, bit for bit, and what stands beside them."""

from __future__ import annotations

import io
import pickle
import struct
import warnings
import zipfile
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import lstm_viz
from lstm_viz.models.importing.safe_reader import read_archive, read_plain, tensors_of
from tests.facts import facts
from tests.models.importing.foreign_models import Their, grown, rewritten

Write = Callable[[Any, Path], Any]

WRITERS: dict[str, Write] = {
    **{f"zip, protocol {number}": lambda value, path, number=number: torch.save(value, path, pickle_protocol=number)
       for number in range(2, 6)},
    **{f"before 1.6, protocol {number}": lambda value, path, number=number: torch.save(
        value, path, pickle_protocol=number, _use_new_zipfile_serialization=False) for number in range(2, 6)},
    **{f"pickle, protocol {number}": lambda value, path, number=number: path.write_bytes(pickle.dumps(value, number))
       for number in range(2, 6)},
}  # fmt: skip


def same(found: Tensor, wanted: Tensor) -> None:
    assert isinstance(found, Tensor)
    assert found.dtype == wanted.dtype
    assert found.shape == wanted.shape
    assert found.numel() == 0 or found.stride() == wanted.stride()
    pairs = [each.contiguous().reshape(-1).view(torch.uint8) for each in (found, wanted)]
    assert torch.equal(*pairs)


def tensors() -> dict[str, Tensor]:
    whole = torch.arange(60, dtype=torch.float32)
    return {
        "float": torch.randn(3, 4), "half": torch.randn(3).half(), "bfloat": torch.randn(3, 1).bfloat16(),
        "double": torch.randn(2, 2, dtype=torch.float64), "long": torch.arange(5), "int": torch.arange(5, dtype=torch.int32),
        "short": torch.arange(5, dtype=torch.int16), "char": torch.arange(5, dtype=torch.int8),
        "byte": torch.arange(5, dtype=torch.uint8), "bool": torch.tensor([True, False]),
        "complex": torch.randn(2, dtype=torch.complex64), "turned": torch.randn(3, 4).T, "part": whole[7:31].view(4, 6)[:, 1:3],
        "beside": whole[50:], "empty": torch.empty(0, 3), "scalar": torch.tensor(2.5), "repeated": torch.ones(1).expand(4, 3),
        "parameter": nn.Parameter(torch.randn(2)),
    }  # fmt: skip


@pytest.mark.parametrize("how", WRITERS)
def test_every_tensor_is_bit_for_bit_what_was_saved(how: str, tmp_path: Path) -> None:
    wanted = tensors()
    WRITERS[how](wanted, tmp_path / "x.pt")
    found = read_plain(tmp_path / "x.pt", "x.pt")
    assert list(found) == list(wanted)
    for name, value in wanted.items():
        same(found[name], value.detach())


@pytest.mark.parametrize("how", WRITERS)
@pytest.mark.parametrize("options", [{}, {"kind": "GRU", "bias": False}, {"tied": True, "inputs": 7}])
def test_a_whole_module_is_its_state_dict(how: str, options: dict[str, Any], tmp_path: Path) -> None:
    module = grown(lambda: Their(**options))
    module.register_buffer("mean", torch.ones(3))
    module.register_buffer("scratch", torch.ones(3), persistent=False)
    WRITERS[how](module, tmp_path / "x.pt")
    contents = read_archive(tmp_path / "x.pt", "x.pt")
    found, wanted = tensors_of(contents.values), module.state_dict()
    assert sorted(found) == sorted(wanted)
    for name, value in wanted.items():
        same(found[name], value)
    facts = contents.modules
    assert facts[""].class_name == "Their"
    assert facts[""].attributes["symbols"] == 17
    assert facts["rnn"].class_name == options.get("kind", "LSTM")
    assert facts["rnn"].module == "torch.nn.modules.rnn"
    rnn = facts["rnn"].attributes
    assert (rnn["hidden_size"], rnn["num_layers"], rnn["bidirectional"], rnn["batch_first"]) == (7, 2, False, True)
    assert facts["decoder"].attributes["out_features"] == 17


def test_modules_within_lists_and_dictionaries_are_found_with_their_names(tmp_path: Path) -> None:
    rnn, head = nn.RNN(3, 4, nonlinearity="relu"), nn.Linear(4, 3)
    torch.save({"models": [nn.ModuleDict({"rnn": rnn, "head": head}), nn.CrossEntropyLoss()], "epoch": 3}, tmp_path / "x.pt")
    contents = read_archive(tmp_path / "x.pt", "x.pt")
    assert contents.modules["models.0.rnn"].attributes["nonlinearity"] == "relu"
    assert contents.modules["models.0.rnn"].attributes["mode"] == "RNN_RELU"
    assert contents.modules["models.1"].class_name == "CrossEntropyLoss"
    same(contents.values["models"][0]["rnn.weight_hh_l0"], rnn.weight_hh_l0.detach())


class Sequence(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.rnn, self.head = nn.Embedding(17, 3), nn.LSTM(3, 4, 2), nn.Linear(4, 17)
        self.count = 5

    def forward(self, ids: Tensor) -> Tensor:
        logits: Tensor = self.head(self.rnn(self.embedding(ids))[0])
        return logits


@pytest.mark.parametrize("how", ["script", "trace"])
def test_the_weights_of_torchscript_are_read_without_its_code(how: str, tmp_path: Path) -> None:
    module = Sequence().eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = torch.jit.script(module) if how == "script" else torch.jit.trace(module, torch.zeros(3, 1, dtype=torch.long))
        made.save(str(tmp_path / "x.pt"))
    contents = read_archive(tmp_path / "x.pt", "x.pt")
    found = tensors_of(contents.values)
    assert sorted(found) == sorted(module.state_dict())
    for name, value in module.state_dict().items():
        same(found[name], value)
    assert contents.modules["rnn"].class_name == "LSTM"


class Mode(Enum):
    CHARACTERS = 1


@dataclass
class Settings:
    hidden: int = 3
    mode: Mode = Mode.CHARACTERS


class Numbered(dict[str, int]):
    pass


@pytest.mark.parametrize("protocol", range(6))
def test_plain_types_are_plain_values(protocol: int, tmp_path: Path) -> None:
    value = {
        "ordered": OrderedDict(a=1), "counter": Counter("abca"), "default": defaultdict(int, a=2), "deque": deque([1, 2], 5),
        "set": {1, 2}, "frozen": frozenset("ab"), "complex": 1 + 2j, "bytes": b"\x00\xff", "array": bytearray(b"\x00\xff"),
        "path": Path("a") / "b", "namespace": Namespace(lr=0.1), "simple": SimpleNamespace(a=1), "settings": Settings(),
        "number": np.float64(1.5), "integer": np.int32(7), "truth": np.bool_(True), "text": np.str_("é"), "day": date(2020, 1, 2),
        "floats": np.arange(6, dtype=">f4").reshape(2, 3), "columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "texts": np.array(["a", "bcd"]), "objects": np.array(["a", None], dtype=object), "none": np.zeros((0, 2)),
        "zero": np.array(3.0), "numbered": Numbered(a=1), "range": range(3),
        "size": torch.Size([1, 2]), "device": torch.device("cuda", 1), "dtype": torch.float16, "function": nn.functional.relu,
    }  # fmt: skip
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(value, protocol))
    found = read_plain(tmp_path / "x.pkl", "x.pkl")
    assert list(found) == list(value)
    for name in ("ordered", "counter", "default", "set", "frozen", "complex", "bytes", "array", "number", "integer", "truth"):
        assert found[name] == value[name], name
    assert (found["text"], found["deque"], found["path"]) == ("é", [1, 2], "a/b")
    assert (found["namespace"], found["simple"], found["numbered"]) == ({"lr": 0.1}, {"a": 1}, {"a": 1})
    assert found["settings"]["hidden"] == 3
    assert found["settings"].class_name == "Settings"
    assert found["settings"]["mode"] == {"args": (1,)}
    for name in ("floats", "columns", "texts", "none", "zero"):
        np.testing.assert_array_equal(found[name], value[name])
        assert found[name].dtype == value[name].dtype.newbyteorder("=")  # type: ignore[attr-defined]
    assert found["objects"] == ["a", None]
    assert (found["size"], found["device"], found["dtype"].name) == ((1, 2), "cuda:1", "float16")
    assert found["function"].name == "relu"


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_of_npz_are_read(compressed: bool, tmp_path: Path) -> None:
    module = grown(Their)
    arrays = {name: value.numpy() for name, value in module.state_dict().items()}
    with (tmp_path / "x.npz").open("wb") as file:
        (np.savez_compressed if compressed else np.savez)(file, **arrays)
    found = tensors_of(read_archive(tmp_path / "x.npz", "x.npz").values)
    for name, value in module.state_dict().items():
        same(found[name], value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.ones((2, 3))),
        np.array(["a", "ü"]),
        np.array(1.0),
        np.zeros((0, 3)),
        np.arange(4, dtype=">i2"),
    ],
)
def test_an_array_of_npy_is_read(array: np.ndarray[Any, Any], tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", array)
    found = read_plain(tmp_path / "x.npy", "x.npy")
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype


def test_arrays_that_are_pickles_or_claim_too_much_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="objects"):
        read_plain(tmp_path / "x.npy", "x.npy")
    np.save(tmp_path / "x.npy", np.arange(3))
    content = (tmp_path / "x.npy").read_bytes()
    (tmp_path / "x.npy").write_bytes(content.replace(b"(3,), }      ", b"(9999999,), }"))
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="claims more numbers"):
        read_plain(tmp_path / "x.npy", "x.npy")
    with (tmp_path / "x.npz").open("wb") as file:
        np.savez_compressed(file, a=np.zeros(10**7))
    with pytest.raises(lstm_viz.UnsafeCheckpoint, match="claims 1 arrays of 80,000,128 bytes"):
        read_plain(tmp_path / "x.npz", "x.npz")


def test_an_archive_that_was_written_anew_without_alignment_is_read(tmp_path: Path) -> None:
    wanted = tensors()
    torch.save(wanted, tmp_path / "x.pt")
    rewritten(tmp_path / "x.pt", lambda name, data: data)
    found = read_plain(tmp_path / "x.pt", "x.pt")
    for name, value in wanted.items():
        same(found[name], value.detach())


def test_an_archive_without_a_folder_is_read(tmp_path: Path) -> None:
    torch.save({"a": torch.arange(3.0)}, tmp_path / "x.pt")
    packed = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "x.pt") as old, zipfile.ZipFile(packed, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename.partition("/")[2], old.read(entry))
    (tmp_path / "y.pt").write_bytes(packed.getvalue())
    assert read_plain(tmp_path / "y.pt", "y.pt")["a"].tolist() == [0, 1, 2]


def test_numbers_of_a_big_endian_machine_are_turned_round(tmp_path: Path) -> None:
    torch.save({"a": torch.arange(3.0)}, tmp_path / "x.pt")

    def turned(name: str, data: bytes) -> bytes:
        if name.endswith("byteorder"):
            return b"big"
        return struct.pack(">3f", 0, 1, 2) if name.endswith("data/0") else data

    rewritten(tmp_path / "x.pt", turned)
    assert read_plain(tmp_path / "x.pt", "x.pt")["a"].tolist() == [0, 1, 2]


def test_several_pickles_in_a_row_are_a_tuple(tmp_path: Path) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps({"a": 0}) + pickle.dumps(["a"]))
    assert read_plain(tmp_path / "x.pkl", "x.pkl") == ({"a": 0}, ["a"])


@pytest.mark.parametrize(("padding", "alignment"), [(b"", None), (b"\x03\xff\xff\xff", 16)])
def test_arrays_that_joblib_wrote_behind_their_description_are_read(
    padding: bytes, alignment: int | None, tmp_path: Path
) -> None:
    """The layout is that of joblib.numpy_pickle.NumpyArrayWrapper.write_array."""
    array = np.arange(6, dtype="f4").reshape(2, 3)
    state = {"subclass": np.ndarray, "shape": (2, 3), "order": "C", "dtype": array.dtype, "allow_mmap": True}
    if alignment is not None:
        state["numpy_array_alignment_bytes"] = alignment
    described = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + pickle.dumps(state, 2)[2:-1] + b"b"
    content = b"\x80\x02}U\x01w" + described + padding + array.tobytes() + b"sU\x01nK\x03s."
    (tmp_path / "x.pkl").write_bytes(content)
    found = read_plain(tmp_path / "x.pkl", "x.pkl")
    np.testing.assert_array_equal(found["w"], array)
    assert found["n"] == 3
    (tmp_path / "x.pkl").write_bytes(content.replace(array.tobytes(), array.tobytes()[:8]))
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=r"claims more numbers|make no sense|too early|unknown opcode"):
        read_plain(tmp_path / "x.pkl", "x.pkl")


@pytest.mark.parametrize("cut", [1, 8, 100])
def test_a_file_of_before_1_6_that_was_cut_is_refused(cut: int, tmp_path: Path) -> None:
    torch.save({"a": torch.ones(40)}, tmp_path / "x.pt", _use_new_zipfile_serialization=False)
    (tmp_path / "x.pt").write_bytes((tmp_path / "x.pt").read_bytes()[:-cut])
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=r"^x\.pt is damaged"):
        read_plain(tmp_path / "x.pt", "x.pt")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda: torch.eye(3).to_sparse(), "sparse tensors"),
        (lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8), "quantized|QInt8Storage"),
    ],
)  # fmt: skip
def test_tensors_of_other_sorts_are_named(value: Callable[[], Tensor], words: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save({"a": value()}, tmp_path / "x.pt")
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=words):
        read_plain(tmp_path / "x.pt", "x.pt")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x1f\x8b\x08" + bytes(20), r"compressed with gzip; unpack it \(gunzip\)"),
        (b"BZh9" + bytes(20), "compressed with bzip2"),
        (b"\xfd7zXZ\x00" + bytes(20), "compressed with xz"),
        (b"x^" + bytes(20), facts("zlib", "joblib")),
        (b"sys_info" + bytes(249) + b"ustar\x0000" + bytes(300), "tar archive"),
    ],
)  # fmt: skip
def test_packed_files_are_named_with_advice(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(content)
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=words):
        read_plain(tmp_path / "x.pt", "x.pt")


def test_modules_that_contain_themselves_are_refused(tmp_path: Path) -> None:
    module = nn.ModuleDict({"rnn": nn.LSTM(2, 2)})
    module._modules["again"] = module
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(module))
    with pytest.raises(lstm_viz.UnsafeCheckpoint, match="contain each other"):
        read_plain(tmp_path / "x.pkl", "x.pkl")
