"""What a stranger's file may try: it is refused in words, nothing in it runs, and no memory is taken for what it claims."""

from __future__ import annotations

import io
import os
import pickle
import struct
import tracemalloc
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save as pack
from torch import nn

import lstm_viz
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing import keras_file, load_checkpoint_bytes, safe_reader
from lstm_viz.models.importing.vocabulary import ordered
from lstm_viz.models.serialization import LIMITS
from tests.facts import facts
from tests.models.importing.foreign_models import CHARACTERS, OfCells, Their, grown, rewritten

#: Written to by every trap that goes off.
SPRUNG: list[str] = []


def spring(*_: Any) -> dict[str, Any]:
    SPRUNG.append("run")
    return {}


class Trap:
    """Unpickling it runs a function of this file."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[int]]:
        return spring, (1,)


class Reduced:
    """Unpickling it calls what it is told to."""

    def __init__(self, function: Callable[..., object], *args: Any) -> None:
        self._call = function, args

    def __reduce__(self) -> Any:
        return self._call


@pytest.fixture(autouse=True)
def nothing_runs() -> Iterator[None]:
    SPRUNG.clear()
    yield
    assert SPRUNG == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "theirs.pt"
    torch.save({"state_dict": grown(Their).state_dict(), "chars": CHARACTERS}, found)
    return found


def test_the_trap_of_these_tests_would_go_off() -> None:
    pickle.loads(pickle.dumps(Trap()))
    assert SPRUNG == ["run"]
    SPRUNG.clear()


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_functions_that_act_is_unsafe_and_not_run(protocol: int, tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(pickle.dumps(Reduced(os.system, "exit 1"), protocol))
    said = r"^weights\.pt names functions .*posix\.system.*torch\.save\(model\.state_dict\(\), path\)"
    with pytest.raises(lstm_viz.UnsafeCheckpoint, match=said):
        lstm_viz.load_checkpoint(tmp_path / "weights.pt")


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_unknown_functions_is_read_and_they_are_not_run(protocol: int, tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(pickle.dumps(Trap(), protocol))
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=r"^weights\.pt .*recurrent"):
        lstm_viz.load_checkpoint(tmp_path / "weights.pt")


@pytest.mark.parametrize("legacy", [False, True])
def test_a_trap_in_what_torch_saves_is_not_run(legacy: bool, tmp_path: Path) -> None:
    module = grown(Their)
    contents = {"state_dict": module.state_dict(), "vocab": Trap(), "chars": CHARACTERS}
    torch.save(contents, tmp_path / "weights.pt", _use_new_zipfile_serialization=not legacy)
    model = lstm_viz.load_checkpoint(tmp_path / "weights.pt")
    assert torch.equal(model.embedding.weight[1:], module.encoder.weight)
    contents["vocab"] = Reduced(os.system, "exit 1")
    torch.save(contents, tmp_path / "weights.pt", _use_new_zipfile_serialization=not legacy)
    with pytest.raises(lstm_viz.UnsafeCheckpoint, match=r"posix\.system"):
        lstm_viz.load_checkpoint(tmp_path / "weights.pt")


@pytest.mark.parametrize("what", [bytearray, set, Counter, torch.Tensor, complex, torch.FloatTensor])
def test_a_call_that_would_take_memory_is_not_made(what: Callable[..., object], tmp_path: Path) -> None:
    """bytearray(2**40) would be a terabyte."""
    torch.save({"state_dict": grown(Their).state_dict(), "more": Reduced(what, 2**40)}, tmp_path / "weights.pt")
    with memory_below(20 * 2**20):
        assert lstm_viz.load_checkpoint(tmp_path / "weights.pt", vocabulary=CHARACTERS)


def test_the_program_in_torchscript_is_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "script.pt", "w") as script:
        script.writestr("script/data.pkl", b"\x80\x02}.")
        script.writestr("script/code/__torch__.py", b"raise SystemExit", zipfile.ZIP_DEFLATED)
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="no recurrent"):
        lstm_viz.load_checkpoint(tmp_path / "script.pt")


def test_a_compressed_archive_is_refused_before_it_is_unpacked(path: Path) -> None:
    rewritten(path, lambda name, data: bytes(200 * 2**20) if name.endswith("data/0") else data, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    with memory_below(20 * 2**20), pytest.raises(lstm_viz.UnsafeCheckpoint, match="compressed archive"):
        lstm_viz.load_checkpoint(path)


class memory_below:  # noqa: N801  reads as a phrase
    """Fail where Python or the process itself came to hold more bytes meanwhile."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __enter__(self) -> None:
        tracemalloc.start()
        self._before = resident()

    def __exit__(self, *_: object) -> None:
        peak, own = tracemalloc.get_traced_memory()[1], tracemalloc.get_tracemalloc_memory()
        held = resident() - self._before - own
        tracemalloc.stop()
        assert peak < self._most
        # What the tracing itself took is not the reader's; the allocator's pages are never quite full.
        assert held < 1.5 * self._most


def resident() -> int:
    return int(psutil.Process().memory_info().rss)


@pytest.mark.parametrize("how", ["twice", "case", "overlap"])
def test_entries_that_share_bytes_or_names_are_refused(how: str, path: Path) -> None:
    if how == "overlap":
        data = path.read_bytes()
        place = data.rindex(b"PK\x01\x02")
        size = struct.pack("<I", 2**30)
        path.write_bytes(data[: place + 20] + size + size + data[place + 28 :])
    else:
        with zipfile.ZipFile(path, "a") as packed:
            name = next(entry for entry in packed.namelist() if entry.endswith("data/1"))
            if how == "twice":
                with pytest.warns(UserWarning, match="Duplicate name"):
                    packed.writestr(name, b"")
            else:
                packed.writestr(name.upper(), b"")
    with pytest.raises(lstm_viz.UnsafeCheckpoint, match="twice"):
        lstm_viz.load_checkpoint(path)


class Huge:
    """A tensor of one number that claims a shape; a stride of 0 repeats the number without holding it."""

    def __init__(self, shape: tuple[int, ...], stride: tuple[int, ...], start: int = 0) -> None:
        self._args = torch.ones(1).storage(), start, shape, stride, False, OrderedDict()

    def __reduce__(self) -> Any:
        return torch._utils._rebuild_tensor_v2, self._args


@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
@pytest.mark.parametrize(
    ("shape", "stride", "start"),
    [
        ((200_000, 6), (0, 0), 0),
        ((17, 6), (6, 1), 0),
        ((17, 6), (0, 0), 2**40),
        ((2**40, 2**20), (0, 0), 0),
        ((17, 6), (-1, 0), 0),
        ((-1, 6), (0, 0), 0),
    ],
)  # fmt: skip
def test_a_shape_that_the_file_does_not_hold_takes_no_memory(shape: Any, stride: Any, start: int, path: Path) -> None:
    state: dict[str, Any] = dict(grown(Their).state_dict())
    state["encoder.weight"] = Huge(shape, stride, start)
    if shape[0] > 17:
        state["decoder.weight"], state["decoder.bias"] = Huge((shape[0], 7), (0, 0)), Huge(shape[:1], (0,))
    torch.save(state, path)
    with (
        memory_below(20 * 2**20),
        pytest.raises(lstm_viz.UnsupportedCheckpoint, match=r"theirs\.pt (is damaged|claims|has|holds)"),
    ):
        lstm_viz.load_checkpoint(path, vocabulary=CHARACTERS)


@pytest.mark.parametrize("count", [2**20, 2**40, 2**62, -5])
def test_a_storage_larger_than_the_file_is_never_read(count: int, path: Path) -> None:
    """The number of a storage's items stands in the pickle; what lies behind the file in memory must not come out."""
    items = 17 * 6
    before, after = b"K" + bytes([items]) + b"t", b"\x8a\x08" + count.to_bytes(8, "little", signed=True) + b"t"
    found: list[int] = []

    def larger(name: str, data: bytes) -> bytes:
        found.append(data.count(before) if name.endswith("data.pkl") else 0)
        return data.replace(before, after) if name.endswith("data.pkl") else data

    rewritten(path, larger)
    assert sum(found) == 1
    with memory_below(20 * 2**20), suppress(lstm_viz.UnsupportedCheckpoint):
        # Read is at most what the file really holds behind that place.
        model = lstm_viz.load_checkpoint(path)
        assert torch.equal(model.embedding.weight[1:], grown(Their).encoder.weight)


@pytest.mark.parametrize(
    ("program", "error"),
    [
        (b"\x80\x02" + b"]" * 200_000 + b".", lstm_viz.UnsupportedCheckpoint),
        (b"\x80\x02" + b"]" * 3 * 2**20 + b".", lstm_viz.UnsafeCheckpoint),
        (b"\x80\x02}N" + b"\x85" * 30_000 + b"Ns.", lstm_viz.UnsafeCheckpoint),
        (b"\x80\x02}N" + b"\x85" * 300 + b"Ns.", lstm_viz.UnsafeCheckpoint),
        (b"\x80\x02}X\x04\x00\x00\x00" + b"chars]" + b".", lstm_viz.UnsupportedCheckpoint),
        (b"\x80\x02" + b"N" * 400_000 + b".", lstm_viz.UnsupportedCheckpoint),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", lstm_viz.UnsafeCheckpoint),
        (b"\x80\x02(ios\nsystem\n.", lstm_viz.UnsafeCheckpoint),
        (b"\x80\x02K\x07.", lstm_viz.UnsupportedCheckpoint),
        (b"\x80\x02", lstm_viz.UnsupportedCheckpoint),
        (b"\xff\xff", lstm_viz.UnsupportedCheckpoint),
        (b"\x80\x02h\x07.", lstm_viz.UnsupportedCheckpoint),
        (b"\x80\x02]q\x00h\x00a.", lstm_viz.UnsupportedCheckpoint),
        (b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.", lstm_viz.UnsupportedCheckpoint),
    ],
)  # fmt: skip
def test_a_hostile_pickle_is_refused(program: bytes, error: type[Exception], path: Path) -> None:
    rewritten(path, lambda name, data: program if name.endswith("data.pkl") else data)
    with memory_below(160 * 2**20), pytest.raises(error, match=r"^theirs\.pt"):
        lstm_viz.load_checkpoint(path)


def test_a_thicket_of_dictionaries_is_walked_once(tmp_path: Path) -> None:
    thicket: dict[str, Any] = {}
    for _ in range(60):
        thicket = {str(number): thicket for number in range(10)}
    torch.save(thicket, tmp_path / "weights.pt")
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="no tensor"):
        lstm_viz.load_checkpoint(tmp_path / "weights.pt")


@pytest.mark.parametrize(
    ("header", "error", "complaint"),
    [
        (b'{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4]}}', lstm_viz.UnsupportedCheckpoint, "damaged"),
        (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4000000000]}}', lstm_viz.UnsupportedCheckpoint, "damaged"),
        (b"{" + b" " * (3 * 2**20) + b"}", lstm_viz.UnsafeCheckpoint, "header"),
        (b"{" * 100_000, lstm_viz.UnsupportedCheckpoint, "damaged"),
    ],
)  # fmt: skip
def test_a_hostile_safetensors_header_is_refused(header: bytes, error: type[Exception], complaint: str, tmp_path: Path) -> None:
    (tmp_path / "theirs.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with memory_below(40 * 2**20), pytest.raises(error, match=complaint):
        lstm_viz.load_checkpoint(tmp_path / "theirs.safetensors")


def test_metadata_nested_without_end_names_no_vocabulary(tmp_path: Path) -> None:
    data = pack(grown(Their).state_dict(), {"vocab": "[" * 200_000})
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="names 200,000 tokens"):
        load_checkpoint_bytes(data, "theirs.safetensors")


def test_a_few_numbers_that_would_fold_into_many_are_refused(tmp_path: Path) -> None:
    module = nn.Module()
    module.rnn = nn.LSTM(1, 2048, 1, proj_size=1)
    state = {**module.state_dict(), "emb.weight": torch.ones(100_000, 1), "out.weight": torch.ones(100_000, 1)}
    data = pack(state)
    with (
        memory_below(40 * 2**20),
        pytest.raises(lstm_viz.UnsupportedCheckpoint, match=facts("134,217,728")),
    ):
        load_checkpoint_bytes(data, "theirs.safetensors", "abc")
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="up to 100 are read here"):
        load_checkpoint_bytes(pack(grown(Their).state_dict()), "theirs.safetensors", CHARACTERS, most=100)


def test_the_weights_that_are_counted_are_those_of_the_model() -> None:
    for options in ({}, {"one_hot": True, "kind": "GRU"}, {"proj_size": 3, "layers": 3}, {"after": 2, "before": 2}):
        data = pack(grown(lambda options=options: Their(**options)).state_dict())
        count = load_checkpoint_bytes(data, "x", CHARACTERS).parameter_count
        # The row of the unknown symbol comes on top.
        own = count - load_checkpoint_bytes(data, "x", CHARACTERS).config.embedding - 7 - 1
        assert load_checkpoint_bytes(data, "x", CHARACTERS, most=own)
        with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=f"a network of {own:,} weights"):
            load_checkpoint_bytes(data, "x", CHARACTERS, most=own - 1)


def changed(change: Callable[[dict[str, torch.Tensor]], object], build: Callable[[], nn.Module] = Their) -> bytes:
    state = dict(grown(build).state_dict())
    change(state)
    packed = io.BytesIO()
    torch.save(state, packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s.update({"attn.in_proj_weight": torch.ones(9, 3)}), r"in_proj_weight' \(9, 3\) \(attention\?\).*supported"),
        (lambda s: s.update({"conv.weight": torch.ones(3, 3, 2)}), r"'conv.weight' \(3, 3, 2\) \(a convolution\?\)"),
        (lambda s: s.update({"n.weight": torch.ones(7), "n.running_mean": torch.ones(7)}), "a normalisation"),
        (lambda s: s.update({"rnn.weight_ih_l0_reverse": torch.ones(28, 6)}), "has 'weight_ih_l0_reverse' only"),
        (lambda s: s.update({"h0": torch.ones(1, 7)}), "'h0'"),
        (lambda s: s.update({"fc2.weight": torch.ones(17, 17)}), "which function stands between"),
        (lambda s: s.update({"decoder.weight": torch.ones(5, 8), "decoder.bias": torch.ones(5)}), "input"),
        (lambda s: s.pop("encoder.weight"), facts(6, "embedding")),
        (lambda s: s.pop("decoder.weight"), facts("input", "output")),
        (lambda s: s.update({"decoder.bias": torch.ones(3)}), "decoder.weight"),
        (lambda s: s.pop("rnn.weight_hh_l1"), "layer 1 .* has 'bias_hh', 'bias_ih', 'weight_ih' only"),
        (lambda s: s.pop("rnn.bias_hh_l1"), "both biases"),
        (lambda s: s.update({"rnn.weight_hh_l1": torch.ones(35, 7)}), facts("layer 1", 35, 7)),
        (lambda s: s.update({"rnn.weight_hh_l1": torch.ones(28)}), facts("layer 1", "(28,)")),
        (lambda s: s.update({"rnn.weight_hh_l1": torch.ones(0, 0)}), facts("layer 1", "(0, 0)")),
        (lambda s: s.update({"rnn.weight_ih_l1": torch.ones(28)}), facts("layer 1", "(28,)")),
        (lambda s: s.update({"rnn.weight_ih_l1": torch.ones(28, 6)}), facts("layer 1", 6, 7)),
        (lambda s: s.update({"other.weight_ih_l0": torch.ones(28, 6)}), "several recurrent networks"),
        (lambda s: s.clear(), "no tensor"),
        (lambda s: [s.pop(key) for key in list(s) if "rnn" in key], facts("recurrent", "'decoder.bias'")),
        (lambda s: s["rnn.weight_hh_l1"].fill_(float("nan")), facts("weight_hh_l1", "not finite")),
        (lambda s: s["encoder.weight"].fill_(1e9), "embedding.weight holds numbers beyond"),
        (lambda s: s.update({key: value.long() for key, value in s.items()}), "as integers"),
        (lambda s: s.update({"encoder.weight": s["encoder.weight"].to(torch.complex64)}), "integers|more than weights"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(change: Callable[[Any], object], complaint: str) -> None:
    with pytest.raises((lstm_viz.UnsupportedCheckpoint, lstm_viz.UnsafeCheckpoint), match=complaint) as refusal:
        load_checkpoint_bytes(changed(change), "theirs.pt", CHARACTERS)
    assert "theirs.pt" in str(refusal.value)


@pytest.mark.parametrize(
    "name",
    ["rnn.weight_ih_l" + "9" * 5000, "a" + "1" * 5000 + ".weight_ih_l0", "\ud800.weight", "![x](y).weight", "weight_ih_" * 10**5],
)
def test_strange_names_are_said_briefly_in_letters_that_any_screen_can_hold(name: str) -> None:
    with pytest.raises(lstm_viz.UnsupportedCheckpoint) as refusal:
        load_checkpoint_bytes(changed(lambda state: state.update({name: torch.ones(3, 2)})), "theirs.pt", CHARACTERS)
    assert len(str(refusal.value).encode("utf-8")) < 1000


def test_a_symbol_that_comes_again_at_the_end_of_a_long_list_is_found_at_once() -> None:
    row = [str(number) for number in range(100_000)]
    with pytest.raises(ValueError, match="names the token '7' twice"):
        ordered([*row[1:], "7"], 100_000)


def test_layers_without_an_embedding_read_no_characters() -> None:
    mixed = {
        "l1.weight_ih": torch.ones(28, 6), "l1.weight_hh": torch.ones(28, 7), "l2.weight_ih": torch.ones(9, 7),
        "l2.weight_hh": torch.ones(9, 3),
    }  # fmt: skip
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=facts(6, "embedding")):
        load_checkpoint_bytes(pack(mixed), "theirs.safetensors", CHARACTERS)


def test_which_of_two_alike_is_the_embedding_is_asked() -> None:
    state = dict(grown(OfCells).state_dict())
    alike = {
        **{key: value for key, value in state.items() if "cells.1" in key},
        "a.weight": torch.ones(17, 7),
        "b.weight": torch.zeros(17, 7),
    }
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=r"which of 'a\.weight', 'b\.weight'.*is the embedding"):
        load_checkpoint_bytes(pack(alike), "theirs.safetensors", CHARACTERS)
    assert load_checkpoint_bytes(pack({**alike, "b.weight": torch.ones(17, 7)}), "theirs.safetensors", CHARACTERS)


def test_an_rnn_that_says_it_is_of_relu_is_not_taken_for_tanh(path: Path) -> None:
    torch.save({"state_dict": grown(lambda: Their("RNN")).state_dict(), "args": {"rnn_type": "RNN_RELU"}}, path)
    network = lstm_viz.load_checkpoint(path, vocabulary=CHARACTERS)
    assert isinstance(network, ImportedNetwork)
    assert {layer.nonlinearity for layer in network.recurrent} == {"relu"}


def test_several_sets_of_weights_are_named(path: Path) -> None:
    torch.save({"generator": grown(Their).state_dict(), "critic": grown(Their).state_dict()}, path)
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=facts("'critic.'", "'generator.'")):
        lstm_viz.load_checkpoint(path, vocabulary=CHARACTERS)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "empty"),
        (b"just words\nof a text", "is neither"),
        (b"PK\x03\x04" + bytes(500), "damaged archive"),
        (b"\x89HDF\r\n", "is neither"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=rf"^x\.pt is .*{complaint}|^x\.pt {complaint}"):
        load_checkpoint_bytes(content, "x.pt")


def test_a_zip_archive_of_something_else_and_a_folder_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("word/document.xml", b"<a/>")
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=facts("torch.save")):
        lstm_viz.load_checkpoint(tmp_path / "x.zip")
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="is a folder"):
        lstm_viz.load_checkpoint(tmp_path)
    with pytest.raises(FileNotFoundError):
        lstm_viz.load_checkpoint(tmp_path / "nothing.pt")


def test_files_and_layers_beyond_the_limits_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "layers", 1)
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="layers = 2; 1 to 1 are read"):
        lstm_viz.load_checkpoint(path)
    monkeypatch.setattr(safe_reader, "LARGEST", 1000)
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="is larger than 0 MB"):
        lstm_viz.load_checkpoint(path)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read(data: st.DataObject) -> None:
    small = grown(lambda: Their(symbols=3, inputs=2, hidden=2, layers=1))
    packed = io.BytesIO()
    torch.save({"model": small.state_dict(), "chars": "abc"}, packed)
    whole = data.draw(st.sampled_from([packed.getvalue(), pack(small.state_dict(), {"chars": "abc"})]))
    keep = data.draw(st.integers(0, len(whole)) | st.just(len(whole)), label="kept")
    place, byte = data.draw(st.integers(0, len(whole) - 1), label="place"), data.draw(st.integers(0, 255), label="byte")
    with suppress(lstm_viz.UnsafeCheckpoint, lstm_viz.UnsupportedCheckpoint):
        model = load_checkpoint_bytes((whole[:place] + bytes([byte]) + whole[place + 1 :])[:keep], "x.pt")
        assert lstm_viz.trace(model, "abc").probs.shape == (3, 4)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_pickle_changed_with_its_sums_put_right_is_refused_or_read(path_of_small: Path, data: st.DataObject) -> None:
    """An archive's sums would give away a changed byte before PyTorch's reader saw it; whoever means harm puts them right."""
    place, byte = data.draw(st.integers(0, 2000), label="place"), data.draw(st.binary(max_size=2), label="bytes")

    def change(name: str, program: bytes) -> bytes:
        at = place % len(program)
        return program[:at] + byte + program[at + 1 :] if name.endswith("data.pkl") else program

    changed_file = path_of_small.with_name("changed.pt")
    changed_file.write_bytes(path_of_small.read_bytes())
    rewritten(changed_file, change)
    with suppress(lstm_viz.UnsafeCheckpoint, lstm_viz.UnsupportedCheckpoint):
        assert lstm_viz.trace(lstm_viz.load_checkpoint(changed_file), "abc").probs.shape == (3, 4)


@pytest.fixture(scope="module")
def path_of_small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("small") / "theirs.pt"
    small = grown(lambda: Their(symbols=3, inputs=2, hidden=2, layers=1))
    torch.save({"model": small.state_dict(), "chars": "abc"}, found)
    return found


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "Git LFS"),
        (b"<!DOCTYPE html>\n<html>404</html>", "a web page"),
        (b"  <HTML><body>sign in</body></HTML>", "a web page"),
        (b"GGUF\x03\0\0\0" + bytes(40), "GGUF"),
        (b"\x1c\0\0\0TFL3" + bytes(40), "TensorFlow Lite"),
    ],
)
def test_what_often_comes_in_place_of_weights_is_named(content: bytes, named: str, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=named):
        lstm_viz.load_checkpoint(path)


def test_an_archive_of_a_later_zip_version_is_refused(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    data[place + 6] = 64  # the version that is needed to extract it: 6.4
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match="damaged archive"):
        load_checkpoint_bytes(bytes(data), "theirs.pt")
    assert not keras_file.is_keras(path)


def test_the_two_directions_of_a_layer_must_agree() -> None:
    state = {
        **nn.LSTM(4, 6).state_dict(),
        **{f"{key}_reverse": value for key, value in nn.LSTM(4, 5).state_dict().items()},
    }
    named = {f"rnn.{key}": value for key, value in state.items()} | {"fc.weight": torch.ones(3, 11)}
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=facts("two directions", "from 4 to 6", "from 4 to 5")):
        load_checkpoint_bytes(pack({key: value.contiguous() for key, value in named.items()}), "t.safetensors", "abcd")
