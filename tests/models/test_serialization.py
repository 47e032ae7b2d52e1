"""Models survive the disk, and a file that is not one of ours is refused with a reason, whatever is in it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file

from lstm_viz.gates import Kind
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import FORMAT, UnreadableModel, read, read_bytes, save
from lstm_viz.text.vocabulary import UNKNOWN, WordVocabulary
from tests.facts import facts
from tests.tiny import KINDS, tiny

FACTS = {"data": "Ω, “quotes” and\nlines", "seed": "7"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save(tiny(), path, FACTS, torch.float32)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_a_model_comes_back_as_it_was_saved(kind: Kind, dtype: torch.dtype, tmp_path: Path) -> None:
    model = tiny(kind, dropout=0.25)
    save(model, tmp_path / "model.safetensors", FACTS, dtype)
    found = read(tmp_path / "model.safetensors")
    assert (found.config, found.vocabulary, found.metadata) == (model.config, model.vocabulary, FACTS)
    assert found.state_dict().keys() == model.state_dict().keys()
    for name, value in model.state_dict().items():
        assert torch.equal(found.state_dict()[name], value.to(dtype).float()), name
    assert not found.training
    assert not [name for name, parameter in found.named_parameters() if parameter.requires_grad]


@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_model_computes_what_the_saved_one_did(kind: Kind, tmp_path: Path) -> None:
    model = tiny(kind)
    save(model, tmp_path / "model.safetensors", {}, torch.float32)
    ids = torch.arange(len(model.vocabulary))[:, None]
    torch.testing.assert_close(read(tmp_path / "model.safetensors")(ids)[0], model(ids)[0])


def test_a_judge_of_words_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    config = Config("lstm", 3, 4, classes=("bad", "good"), words=True)
    model = LanguageModel(config, WordVocabulary.of(("fine", "well-made", "n't")))
    save(model, tmp_path / "judge.safetensors", FACTS, torch.float32)
    found = read(tmp_path / "judge.safetensors")
    assert (found.config, found.vocabulary, found.metadata) == (config, model.vocabulary, FACTS)
    assert type(found.vocabulary) is WordVocabulary
    assert found.outputs == ("bad", "good")
    ids = torch.arange(4)[:, None]
    torch.testing.assert_close(found(ids)[0], model.eval()(ids)[0])


def test_half_precision_halves_the_file(file: Path, tmp_path: Path) -> None:
    model = tiny(hidden=64)
    save(model, file, {}, torch.float32)
    save(model, tmp_path / "half", {})
    assert (tmp_path / "half").stat().st_size < 0.55 * file.stat().st_size


def rewrite(path: Path, header: Mapping[str, str] = {}, change: Callable[[dict[str, torch.Tensor]], object] = len) -> None:
    """Write the file again with other header fields and other tensors."""
    with safe_open(path, framework="pt") as old:
        tensors = {name: old.get_tensor(name) for name in old.keys()}  # noqa: SIM118
        fields = {**old.metadata(), **header}
    change(tensors)
    save_file(tensors, path, metadata=fields)


def config(**changes: object) -> dict[str, str]:
    own = {"kind": "lstm", "embedding": 4, "hidden": 5, "layers": 2, "dropout": 0.0}
    return {"config": json.dumps({**own, **changes})}


def test_the_helpers_of_this_file_change_nothing_by_themselves(file: Path) -> None:
    rewrite(file, config())
    assert read(file).config == tiny().config


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ({"format": "another project's model"}, FORMAT),
        ({"config": "{kind: lstm"}, "damaged"),
        ({"config": "[]"}, "damaged"),
        ({"config": "[" * 100_000}, "damaged"),
        (config(hidden=10**9), "hidden = 1000000000"),
        (config(hidden="5"), "hidden = '5'"),
        (config(hidden=5.0), "hidden = 5.0"),
        (config(hidden=True), "hidden = True"),
        (config(layers=0), "layers = 0"),
        (config(layers=-2), "layers = -2"),
        (config(embedding=None), "embedding = None"),
        (config(kind="transformer"), "kind = 'transformer'; lstm, gru, rnn"),
        (config(kind=["lstm"]), "damaged"),
        (config(dropout=7), "dropout"),
        (config(dropout="much"), "damaged"),
        (config(heads=8), "heads"),
        (config(classes=["good"]), "classes = ['good']"),
        (config(classes=["good", "good"]), "two different names"),
        (config(classes=["good", 1]), "two different names"),
        (config(classes="good"), "two different names"),
        (config(classes=None), "two different names"),
        (config(classes=["good", "bad"]), "size mismatch for decoder"),
        (config(words=1), "words = 1; true or false"),
        (config(hidden=2048, layers=8, embedding=1024), "size mismatch"),
        ({"symbols": "17"}, "damaged"),
        ({"symbols": "{"}, "damaged"),
        ({"symbols": json.dumps([UNKNOWN, 1, 2])}, "different single tokens"),
        ({"symbols": json.dumps(["a", "b"])}, "different single tokens"),
        ({"symbols": json.dumps([UNKNOWN, "a", "a"])}, "different single tokens"),
        ({"symbols": json.dumps([UNKNOWN, *map(chr, range(300_000, 500_001))])}, "symbols = 200002"),
        ({"symbols": json.dumps([UNKNOWN, "a", "\ud800"])}, "symbols hold half"),
        ({"facts": json.dumps({"summary": "\udfff"})}, "facts hold half"),
        ({"facts": "[1]"}, "damaged"),
        ({"facts": "null"}, "damaged"),
    ],
)  # fmt: skip
def test_a_hostile_header_is_refused(file: Path, header: dict[str, str], complaint: str) -> None:
    rewrite(file, header)
    with pytest.raises(UnreadableModel, match=r"^model\.safetensors") as refusal:
        read(file)
    assert complaint in str(refusal.value)


@pytest.mark.parametrize("name", ["config", "symbols", "facts"])
def test_a_missing_header_field_is_named(file: Path, name: str) -> None:
    with safe_open(file, framework="pt") as old:
        tensors, fields = {each: old.get_tensor(each) for each in old.keys()}, old.metadata()  # noqa: SIM118
    del fields[name]
    save_file(tensors, file, metadata=fields)
    with pytest.raises(UnreadableModel, match=name):
        read(file)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda tensors: tensors.pop("decoder.bias"), "decoder.bias"),
        (lambda tensors: tensors.update(extra=torch.zeros(1)), "extra"),
        (lambda tensors: tensors.update({"decoder.bias": torch.zeros(3)}), "decoder.bias"),
        (lambda tensors: tensors["rnn.weight_hh_l1"].fill_(float("nan")), "rnn.weight_hh_l1"),
        (lambda tensors: tensors["embedding.weight"].fill_(float("inf")), "embedding.weight"),
        (lambda tensors: tensors.clear(), "embedding.weight"),
    ],
)
def test_weights_that_do_not_fit_are_refused_by_name(
    file: Path, change: Callable[[dict[str, torch.Tensor]], object], complaint: str
) -> None:
    rewrite(file, change=change)
    with pytest.raises(UnreadableModel, match=complaint):
        read(file)


def test_weights_too_large_for_half_precision_are_refused_when_saved(tmp_path: Path) -> None:
    model = tiny()
    model.decoder.bias.fill_(1e6)
    with pytest.raises(ValueError, match=r"decoder\.bias.*float16"):
        save(model, tmp_path / "model.safetensors", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [1.1e6, -3e38])
def test_weights_whose_sums_would_overflow_are_refused(size: float, tmp_path: Path) -> None:
    model = tiny()
    model.decoder.bias[1] = size
    save(model, tmp_path / "model.safetensors", {}, torch.float32)
    with pytest.raises(UnreadableModel, match=r"decoder\.bias holds numbers beyond ±1,000,000"):
        read(tmp_path / "model.safetensors")


def test_a_files_content_is_read_like_the_file_and_called_by_the_name_it_came_with(file: Path) -> None:
    mine, theirs = read_bytes(file.read_bytes(), "kept.safetensors").state_dict(), read(file).state_dict()
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)
    with pytest.raises(UnreadableModel, match=r"^kept\.safetensors .*not a safetensors"):
        read_bytes(file.read_bytes()[:50], "kept.safetensors")


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damaged") / "model.safetensors"
    save(tiny(hidden=2, layers=1), path, FACTS)
    whole = path.read_bytes()
    keep = data.draw(st.integers(0, len(whole)), label="kept")
    place, byte = data.draw(st.integers(0, len(whole) - 1), label="place"), data.draw(st.integers(0, 255), label="byte")
    path.write_bytes((whole[:place] + bytes([byte]) + whole[place + 1 :])[:keep])
    with suppress(UnreadableModel):
        assert read(path).config.hidden >= 1


@pytest.mark.parametrize("keep", [0, 1, 8, 100, -1])
def test_a_truncated_file_is_refused(file: Path, keep: int) -> None:
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(UnreadableModel, match=facts("model.safetensors", "not a safetensors")):
        read(file)


class Trap:
    """Unpickling it raises: a file that runs code when read."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, ("raise AssertionError('a pickle was run')",)


def test_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(UnreadableModel, match=facts("weights.pt", "not a safetensors")):
        read(path)
    torch.save(tiny().state_dict(), path)
    with pytest.raises(UnreadableModel, match=facts("weights.pt", "not a safetensors")):
        read(path)


def test_safetensors_of_another_project_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(2)}, path)
    with pytest.raises(UnreadableModel, match=facts("other.safetensors", "lstm_viz", "format")):
        read(path)


def test_a_missing_file_is_missing_and_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing.safetensors")
    with pytest.raises(UnreadableModel):
        read(tmp_path)


def test_what_a_header_claims_takes_no_memory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes must not make the server build the gigabytes that they speak of."""
    rewrite(file, config(hidden=2048, layers=8))
    built: list[torch.device] = []
    build = LanguageModel.__init__

    def watched(self: LanguageModel, *arguments: Config) -> None:
        build(self, *arguments)  # type: ignore[arg-type]
        built.extend({parameter.device for parameter in self.parameters()})

    monkeypatch.setattr(LanguageModel, "__init__", watched)
    with pytest.raises(UnreadableModel, match="size mismatch"):
        read(file)
    assert built == []
