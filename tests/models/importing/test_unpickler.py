"""Pickles are read as data: what `pickle` gives for plain values, inert records for all else, nothing run, memory bounded."""

from __future__ import annotations

import collections
import io
import pickle
import pickletools
import struct
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_viz
from lstm_viz.models.importing import inert_values
from lstm_viz.models.importing.acting_globals import acts
from lstm_viz.models.importing.inert_values import ActingPickle, Budget, CostlyPickle, DamagedPickle, Global, PickledObject
from lstm_viz.models.importing.plain_types import KNOWN
from lstm_viz.models.importing.records import to_plain
from lstm_viz.models.importing.safe_reader import read_plain
from lstm_viz.models.importing.tensor_rebuilding import rebuilding
from lstm_viz.models.importing.unpickler import unpickle
from tests.models.importing.foreign_models import Their, grown
from tests.models.importing.test_errors import SPRUNG, Trap
from tests.models.importing.tripwire import Tripwire


def read(data: bytes) -> Any:
    return unpickle(data, Budget(len(data)), known=KNOWN)[0]


KEYS = st.none() | st.booleans() | st.integers(-(2**59), 2**59) | st.floats(allow_nan=False) | st.text() | st.binary()
PLAIN = st.recursive(
    KEYS | st.integers() | st.complex_numbers(allow_nan=False) | st.sets(KEYS) | st.frozensets(KEYS),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS | st.tuples(KEYS, KEYS), inner) | st.tuples(inner, inner, inner, inner),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(value=PLAIN, protocol=st.integers(0, 5))
def test_plain_values_are_what_pickle_gives(value: Any, protocol: int) -> None:
    assert read(pickle.dumps(value, protocol)) == value
    # Python's own pickler uses other opcodes than the one in C.
    assert read(pickle._dumps(value, protocol)) == value  # type: ignore[attr-defined]


@pytest.mark.parametrize("protocol", range(6))
def test_what_is_shared_stays_shared_and_cycles_are_read(protocol: int) -> None:
    inner = [1]
    cycle: dict[str, Any] = {"a": inner, "b": inner}
    cycle["itself"] = cycle
    found = read(pickle.dumps(cycle, protocol))
    assert found["a"] is found["b"]
    assert found["itself"] is found


def test_strings_of_python_2_are_read_as_text_where_they_can_be() -> None:
    assert read(b"S'a\\n\\x41\\101\\''\n.") == "a\nAA'"
    assert read(b"U\x02\xc3\xa9.") == "é"
    assert read(b"U\x02\xff\xfe.") == b"\xff\xfe"
    assert read(b"(lp0\nVa\\u0416\np1\naI01\naL12L\na.") == ["aЖ", True, 12]


class Plain:
    def __init__(self) -> None:
        self.name = "x"


class Listed(list[int]):
    pass


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self) -> None:
        self.a, self.b = 1, 2

    class Inner:
        pass


@pytest.mark.parametrize("protocol", range(6))
def test_objects_become_records_and_their_attributes_dictionaries(protocol: int) -> None:
    found = read(pickle.dumps([Plain(), Listed([1, 2]), Trap(), Plain], protocol))
    here = __name__
    assert found[0].function == Global(here, "Plain")
    assert found[0].state == {"name": "x"}
    assert found[3] == Global(here, "Plain")
    assert found[2].function.name == "spring"
    plain = to_plain(found)
    assert plain[0] == {"name": "x"}
    assert plain[0].class_name == "Plain"
    assert plain[1] == [1, 2]
    assert plain[2] == {"args": (1,)}
    assert SPRUNG == []
    if protocol >= 2:
        assert to_plain(read(pickle.dumps(Slotted(), protocol))) == {"a": 1, "b": 2}


@pytest.mark.parametrize("protocol", range(2, 6))
def test_methods_and_inner_classes_are_harmless(protocol: int) -> None:
    """Pickle saves both with `getattr`, which could reach anything: of nothing but a harmless global or object it does not."""
    found = read(pickle.dumps([Slotted.Inner(), str.split, torch.tanh], protocol))
    assert found[0].function == Global(__name__, "Slotted.Inner")
    assert found[1] == Global("builtins", "str.split")
    assert found[2].name.endswith(".tanh")


GETATTR = b"cbuiltins\ngetattr\n"


@pytest.mark.parametrize(
    "program",
    [
        GETATTR + b".",
        GETATTR + b"0N.",
        GETATTR + b"q\x00(ccollections\nOrderedDict\nS'a'\ntR0h\x00.",
        GETATTR + b"(ccollections\nOrderedDict\nS'__init__.__globals__'\ntR.",
        GETATTR + b"(ccollections\nOrderedDict\nS'__reduce__'\ntR.",
        GETATTR + b"(ctorch.serialization\nos\nS'system'\ntR.",
        GETATTR + b"(]S'append'\ntR.",
        b"(S'a'\nS'b'\nibuiltins\ngetattr\n.",
        b"]" + GETATTR + b"a.",
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"cos\nsystem\n0N.",
        b"\x80\x04\x8c\x05torch\x8c\x12serialization.load\x93.",
        b"\x80\x04\x8c\x05numpy\x8c\x09os.system\x93.",
        b"\x80\x04\x8c\x0bcollections\x8c\x10_sys.modules.get\x93.",
        b"ccopyreg\nadd_extension\n.",
        b"(cposix\nsystem\nS'x'\no.",
        b"(S'x'\niposix\nsystem\n.",
        b"cos\nsystem\n",
        b"cos\nsystem\n\xff",
        b"Vos\np2\n0Vsystem\np3\n0g2\ng3\n\x93(Vx\ntR.",
        b"cnumpy\nmemmap\n(S'x'\ntR.",
    ],
)  # fmt: skip
def test_a_pickle_that_could_act_is_told_from_others_whatever_it_does_with_it(program: bytes, tmp_path: Path) -> None:
    with pytest.raises(ActingPickle):
        read(program)
    (tmp_path / "x.pkl").write_bytes(program)
    with Tripwire(tmp_path / "x.pkl"), pytest.raises(lstm_viz.UnsafeCheckpoint, match="could run anything"):
        read_plain(tmp_path / "x.pkl", "x.pkl")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (b"", "ends too early"),
        (b"N", "ends too early"),
        (b".", "make no sense"),
        (b"\x82\x01.", "extension registry"),
        (b"\x97.", "NEXT_BUFFER"),
        (b"\xff.", "unknown opcode 0xff"),
        (b"h\x07.", "make no sense"),
        (b"Px\n.", "outside"),
        (b"NQ.", "outside"),
        (b"}]Ns.", "a list as a key"),
        (b"(K\x01d.", "without a value"),
        (b"NNa.", "appends to a NoneType"),
        (b"]NNs.", "items of a list"),
        (b"N)R.", "calls a NoneType"),
        (b"ca\nb\nNR.", "with a NoneType"),
        (b"ca\nb\n}b.", "changes a.b"),
        (b"\x8e" + b"\xff" * 8 + b".", "claims"),
        (b"B\x00\x00\x00\x7f.", "claims 2,130,706,432 bytes"),
        (b"\x8b\xff\xff\xff\xff.", "LONG|claims|integer"),
        (b"I" + b"9" * 5000 + b"\n.", "no end|make no sense"),
        (b"Fxyz\n.", "make no sense"),
        (b"X\x01\x00\x00\x00\xff.", "make no sense"),
        (b"}" + b"\x8a\x10" + b"\xff" * 15 + b"\x00Ns.", "key of 120 bits"),
    ],
)  # fmt: skip
def test_what_is_no_pickle_is_said(program: bytes, words: str) -> None:
    with pytest.raises((DamagedPickle, CostlyPickle), match=words):
        read(program)


# Memory and time.


def stored() -> bytes:
    packed = io.BytesIO()
    torch.save(torch.ones(50_000), packed, _use_new_zipfile_serialization=False)
    return packed.getvalue()


STORED = stored()

BOMBS: dict[str, bytes] = {
    "integer of 2 GB": b"\x8b\xff\xff\xff\x7f",
    "bytes of an exabyte": b"\x8e" + struct.pack("<Q", 2**60) + b"x.",
    "text of 4 GB": b"X\xff\xff\xff\xffx.",
    "lists": b"]" * 250_000 + b".",
    "dictionaries": b"}" * 20_000 + b".",
    "sets": b"\x8f" * 100_000 + b".",
    "marks": b"(" * 20_000 + b".",
    "nested tuples": b"N" + b"\x85" * 100_000 + b".",
    "nested lists": b"]q\x00" + b"]h\x00aq\x00" * 30_000 + b".",
    "lists in lists": b"(" * 100_000 + b"l" * 100_000 + b".",
    "memo": b"N" + b"".join(b"r" + struct.pack("<I", 2**32 - 1 - index) for index in range(70_000)) + b".",
    "shared twice at each level": b"N" + b"2\x86" * 5000 + b".",
    "shared lists": b"]q\x00" + b"](h\x00h\x00eq\x00" * 5000 + b".",
    "objects": b"cx\nA\nq\x00" + b"h\x00)R" * 60_000 + b".",
    "objects with items": b"cx\nA\nq\x00" + b"h\x00)RNa" * 40_000 + b".",
    "objects within objects": b"cx\nA\nq\x00)R" + b"h\x00)R2b" * 20_000 + b".",
    "copies of one list": b"(" + b"N" * 10_000 + b"lq\x00cbuiltins\nset\nq\x01" + b"h\x01h\x00\x85R" * 3_000 + b".",
    "copies of one dictionary": b"}(" + b"".join(b"J" + struct.pack("<i", i) + b"N" for i in range(5_000))
    + b"uq\x00ccollections\nCounter\nq\x01" + b"h\x01h\x00\x85R" * 3_000 + b".",
    "wide characters": b"X" + struct.pack("<I", 400_004) + b"a" * 400_000 + "😀".encode() + b".",
    "globals": b"".join(b"cx\nn%d\n" % index for index in range(30_000)) + b".",
    "keys that hash long": b"}N" + b"2\x86" * 40 + b"Ns.",
    "nested keys": b"}N" + b"\x85" * 100_000 + b"Ns.",
    "texts of NumPy's": b"cnumpy.core.multiarray\nscalar\nq\x00cnumpy\ndtype\n(S'U50000'\nI00\nI01\ntRq\x01B"
    + struct.pack("<I", 200_000) + bytes(200_000) + b"q\x02" + b"h\x00h\x01h\x02\x86R" * 2_000 + b".",
    "one array many times": b"cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\ndtype\n(S'f4'\nI00\nI01\ntRq\x01B"
    + struct.pack("<I", 200_000) + bytes(200_000) + b"q\x02("
    + b"h\x00)R(K\x01(M\x50\xc3th\x01I00\nh\x02tb" * 2_000 + b"l.",
    "one storage many times": b"ctorch.storage\n_load_from_bytes\nq\x00B" + struct.pack("<I", len(STORED)) + STORED + b"q\x01("
    + b"h\x00h\x01\x85R" * 2_000 + b"l.",
    "an array of nothing": b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'U0'\nI00\nI01\ntRS''\ntR.",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_memory_is_bounded_by_the_length(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # With a small base a small bomb shows what a large one would do.
    monkeypatch.setattr(inert_values, "_BASE", 2**21)
    data = BOMBS[name]
    path = tmp_path / "x.pkl"
    path.write_bytes(data)
    resident = psutil.Process().memory_info().rss
    tracemalloc.start()
    try:
        with suppress(lstm_viz.UnsafeCheckpoint, lstm_viz.UnsupportedCheckpoint):
            value = read_plain(path, "x.pkl")  # noqa: F841  kept, as its tensors are not traced
        taken = psutil.Process().memory_info().rss - resident
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * (2**21 + 16 * len(data))
    assert taken < 60 * 2**20


def test_a_large_vocabulary_is_no_bomb() -> None:
    words = [f"word{number}" for number in range(30_000)]
    value = {"itos": words, "stoi": {word: index for index, word in enumerate(words)}, "freqs": collections.Counter(words)}
    for protocol in (0, 2, 4):
        assert read(pickle.dumps(value, protocol)) == value


# Whatever the opcodes: nothing happens but that the file is read.

NAMES = [
    ("os", "system"), ("builtins", "eval"), ("builtins", "getattr"), ("tests.models.importing.test_errors", "spring"),
    ("collections", "OrderedDict"), ("collections", "Counter"), ("collections", "defaultdict"), ("builtins", "set"),
    ("builtins", "bytearray"), ("builtins", "complex"), ("_codecs", "encode"), ("copyreg", "_reconstructor"),
    ("copyreg", "__newobj__"), ("pathlib", "PosixPath"), ("numpy.core.multiarray", "_reconstruct"), ("numpy", "dtype"),
    ("numpy.core.multiarray", "scalar"), ("numpy._core.numeric", "_frombuffer"), ("numpy", "ndarray"), ("torch", "Size"),
    ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_parameter"), ("torch", "FloatStorage"),
    ("torch._tensor", "_rebuild_from_type_v2"), ("torch.storage", "_load_from_bytes"), ("__torch__.A", "B"),
    ("joblib.numpy_pickle", "NumpyArrayWrapper"), ("torch.nn.modules.rnn", "LSTM"),
]  # fmt: skip
SIMPLE = [bytes([ord(each.code)]) for each in pickletools.opcodes if each.arg is None and each.name != "STOP"]
ARGUMENTS = st.one_of(
    st.sampled_from(SIMPLE),
    st.sampled_from(NAMES).map(lambda name: f"c{name[0]}\n{name[1]}\n".encode()),
    st.sampled_from(NAMES).map(lambda name: f"(i{name[0]}\n{name[1]}\n".encode()),
    st.sampled_from(NAMES).map(lambda name: pickle.dumps(name, 4)[2:-1] + b"0"),
    st.integers(0, 9).map(lambda index: b"q" + bytes([index])),
    st.integers(0, 9).map(lambda index: b"h" + bytes([index])),
    st.integers(0, 255).map(lambda index: b"K" + bytes([index])),
    st.sampled_from(["_parameters", "_modules", "f4", "<", "b", "latin1", "storage", "0", "cpu", "system", "C", "shape"]).map(
        lambda text: b"\x8c" + bytes([len(text)]) + text.encode()
    ),
    st.binary(max_size=20).map(lambda data: b"C" + bytes([len(data)]) + data),
    st.sampled_from(pickletools.opcodes).flatmap(
        lambda opcode: st.binary(max_size=9).map(lambda data: opcode.code.encode("latin-1") + data)
    ),
    PLAIN.map(lambda value: pickle.dumps(value, 2)[2:-1]),
)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(ARGUMENTS, max_size=40))
def test_a_random_program_does_nothing(pieces: list[bytes], scratch: Path) -> None:
    nothing_happens(b"".join(pieces) + b".", scratch)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_changed_file_does_nothing(data: st.DataObject, scratch: Path, real: list[bytes]) -> None:
    whole = bytearray(data.draw(st.sampled_from(real)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6) | ARGUMENTS)
    nothing_happens(bytes(whole), scratch)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300) | st.binary(max_size=300).map(lambda data: b"\x80\x04" + data))
def test_random_bytes_do_nothing(data: bytes, scratch: Path) -> None:
    nothing_happens(data, scratch)


def nothing_happens(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    with Tripwire(path), suppress(lstm_viz.UnsafeCheckpoint, lstm_viz.UnsupportedCheckpoint):
        read_plain(path, "x.pkl")
    assert SPRUNG == []


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory, real: list[bytes]) -> Path:
    path = tmp_path_factory.mktemp("scratch") / "x.pkl"
    # What is imported when it is first used is imported now.
    for content in [*real, b"", b"cos\nsystem\n.", b"\x80\x04\xff.", b"]" * 9, b"PK\x03\x04"]:
        path.write_bytes(content)
        with suppress(lstm_viz.UnsafeCheckpoint, lstm_viz.UnsupportedCheckpoint):
            read_plain(path, "x.pkl")
    return path


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Files as they are saved: in both of PyTorch's formats, TorchScript, plain pickles with NumPy's values and with traps."""
    path = tmp_path_factory.mktemp("real") / "x"
    module = grown(lambda: Their(symbols=3, inputs=2, hidden=2, layers=1))
    value = {"module": module, "chars": "abc", "count": np.float64(2), "array": np.arange(3), "trap": Trap()}
    writers: list[Callable[[], Any]] = [
        lambda: torch.save(value, path),
        lambda: torch.save(value, path, _use_new_zipfile_serialization=False),
        lambda: path.write_bytes(pickle.dumps(value, 2)),
        lambda: path.write_bytes(pickle.dumps(value, 5)),
        lambda: np.save(path.open("wb"), np.arange(3)),
        lambda: np.savez(path.open("wb"), a=np.arange(3)),
    ]
    found = []
    for write in writers:
        write()
        found.append(path.read_bytes())
    return found


def test_the_wire_would_be_tripped(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"pickle\.find_class"), Tripwire(tmp_path):
        pickle.loads(b"ccollections\nOrderedDict\n.")
    with pytest.raises(AssertionError, match="open"), Tripwire(tmp_path / "x"):
        (tmp_path / "y").write_bytes(b"")


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(ARGUMENTS, max_size=30))
def test_whatever_an_acting_name_is_used_for_it_is_said(pieces: list[bytes]) -> None:
    """What `pickletools` sees of a name in a program, this reader has refused."""
    program = b"".join(pieces) + b"."
    with suppress(DamagedPickle, CostlyPickle, ActingPickle, ValueError):
        unpickle(program, Budget(len(program)), known={**KNOWN, **rebuilding(lambda _: None)})
        named = [str(argument).split(" ") for opcode, argument, _ in pickletools.genops(program) if opcode.name == "GLOBAL"]
        assert not [each for each in named if each[1] != "getattr" and acts(*each)]


def test_a_record_knows_its_class() -> None:
    assert PickledObject(Global("a.b", "C.D")).class_name == "D"
    assert PickledObject(PickledObject(Global("a", "b"))).class_name == "?"
