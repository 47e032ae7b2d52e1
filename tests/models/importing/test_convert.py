"""Other projects' networks compute here what they compute in plain PyTorch, whatever they call their parts."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file, save_model
from torch import nn

import lstm_viz
from lstm_viz.gates import Kind
from lstm_viz.models.importing import NoVocabulary, load_checkpoint_bytes
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.serialization import UnreadableModel, read, save
from lstm_viz.text.vocabulary import UNKNOWN
from tests.facts import facts, states
from tests.models.importing.foreign_models import CHARACTERS, SENTENCE, OfCells, Their, grown, ids_of
from tests.tiny import KINDS, tiny

# PyTorch says of the networks that are compared with, not of ours, which has no projection.
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")

CLOSE = {"rtol": 1e-5, "atol": 2e-6}


def saved(module: nn.Module, path: Path, **beside: Any) -> Path:
    torch.save({"state_dict": module.state_dict(), "chars": CHARACTERS, **beside}, path)
    return path


def agree(model: LanguageModel, module: nn.Module, text: str = SENTENCE) -> None:
    """The two give each known symbol the same logit and probability at every step."""
    ids = ids_of(text)
    theirs = module(ids)
    ours = model(torch.from_numpy(model.vocabulary.encode(text))[:, None])[0][:, 0, 1:]
    torch.testing.assert_close(ours, theirs.float(), **CLOSE)
    read = lstm_viz.trace(model, text)
    np.testing.assert_allclose(read.probs[:, 1:], theirs.softmax(-1), **CLOSE)
    loss = nn.functional.cross_entropy(theirs[:-1], ids[1:]).item()
    assert read.loss == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_a_plain_network_is_the_same_to_the_last_bit(kind: str, tmp_path: Path) -> None:
    module = grown(lambda: Their(kind))
    model = lstm_viz.load_checkpoint(saved(module, tmp_path / "theirs.pt"))
    assert model.config.kind == kind.lower()
    for name, value in module.rnn.state_dict().items():
        assert torch.equal(model.rnn.state_dict()[name], value), name
    assert torch.equal(model.embedding.weight[1:], module.encoder.weight)
    assert torch.equal(model.decoder.weight[1:], module.decoder.weight)
    assert torch.equal(model.decoder.bias[1:], module.decoder.bias)
    agree(model, module)
    assert model.vocabulary.tokens == (UNKNOWN, *CHARACTERS)
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize(
    "options",
    [
        {"one_hot": True},
        {"one_hot": True, "kind": "GRU", "layers": 1, "bias": False},
        {"tied": True, "inputs": 7},
        {"tied": True, "inputs": 7, "bias": False},
        {"bias": False},
        {"proj_size": 3},
        {"proj_size": 3, "layers": 3, "bias": False},
        {"proj_size": 6, "tied": True, "inputs": 6},
        {"before": 4},
        {"after": 4},
        {"before": 5, "after": 5, "tied": True, "kind": "RNN"},
        {"inputs": len(CHARACTERS), "hidden": len(CHARACTERS)},
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["pt", "safetensors"])
def test_what_has_no_place_here_is_folded_in(options: dict[str, Any], ending: str, tmp_path: Path) -> None:
    module = grown(lambda: Their(**options))
    path = tmp_path / f"theirs.{ending}"
    if ending == "pt":
        saved(module, path)
    else:
        save_model(module, str(path))  # of a tied pair it keeps one
    agree(lstm_viz.load_checkpoint(path, vocabulary=CHARACTERS), module)


def test_a_projected_lstm_has_the_gates_and_cells_that_a_capture_of_it_sees(tmp_path: Path) -> None:
    module = grown(lambda: Their(proj_size=3))
    with lstm_viz.capture(module) as seen:
        module(ids_of(SENTENCE))
    read = lstm_viz.trace(lstm_viz.load_checkpoint(saved(module, tmp_path / "theirs.pt")), SENTENCE)
    for theirs, ours in zip(seen.layers, read.layers, strict=True):
        for symbol in "ifgoc":
            np.testing.assert_allclose(ours.values[symbol], theirs.values[symbol], **CLOSE)
        projection = module.rnn.state_dict()[f"weight_hr_l{ours.layer}"].numpy()
        np.testing.assert_allclose(ours.h @ projection.T, theirs.h, **CLOSE)


def test_cells_called_one_by_one_are_layers(tmp_path: Path) -> None:
    module = grown(OfCells)
    for layout in (lambda key: key, lambda key: key.replace("cells.0.", "lstm1.").replace("cells.1.", "lstm2.")):
        torch.save({layout(key): value for key, value in module.state_dict().items()}, tmp_path / "cells.pt")
        model = lstm_viz.load_checkpoint(tmp_path / "cells.pt", vocabulary=list(CHARACTERS))
        assert model.config.layers == 2
        agree(model, module)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_shape_is_told_by_its_tensors(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["LSTM", "GRU", "RNN"]), label="kind")
    sizes = st.integers(1, 9)
    hidden = data.draw(sizes, label="hidden")
    options = {
        "inputs": data.draw(sizes, label="inputs"), "layers": data.draw(st.integers(1, 3), label="layers"),
        "bias": data.draw(st.booleans(), label="bias"), "one_hot": data.draw(st.booleans(), label="one-hot"),
        "proj_size": data.draw(st.integers(0, max(0, hidden - 1)), label="proj") if kind == "LSTM" else 0,
        "after": data.draw(st.integers(0, 5), label="after"),
    }  # fmt: skip
    module = grown(lambda: Their(kind, hidden=hidden, **options))
    prefix = data.draw(st.sampled_from(["", "module.", "_orig_mod.model.", "a.3.b."]), label="prefix")
    packed = torch_bytes({prefix + key: value for key, value in module.state_dict().items()})
    agree(load_checkpoint_bytes(packed, "theirs.pt", CHARACTERS), module)


def torch_bytes(found: Any) -> bytes:
    packed = io.BytesIO()
    torch.save(found, packed)
    return packed.getvalue()


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda state: state,
        lambda state: {"state_dict": state},
        lambda state: {"epoch": 3, "model_state_dict": state, "optimizer": {"state": {0: {"exp_avg": torch.zeros(2)}}}},
        lambda state: {"model": state, "ema": {key: value * 0 for key, value in state.items()}},
        lambda state: {"run": {"best": {"net": state}}, "loss": 1.5},
        lambda state: {f"module.{key}": value for key, value in state.items()},
        lambda state: {key: value.double() for key, value in state.items()},
        lambda state: {**state, "epoch": 7},
    ],
)  # fmt: skip
def test_weights_are_found_wherever_they_stand(wrapped: Callable[[Any], Any], tmp_path: Path) -> None:
    module = grown(lambda: Their("GRU"))
    torch.save(wrapped(module.state_dict()), tmp_path / "theirs.pth")
    agree(lstm_viz.load_checkpoint(tmp_path / "theirs.pth", vocabulary=CHARACTERS), module)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened(dtype: torch.dtype, tmp_path: Path) -> None:
    module = grown(Their)
    save_file({key: value.to(dtype) for key, value in module.state_dict().items()}, tmp_path / "half.safetensors")
    for parameter in module.parameters():
        parameter.copy_(parameter.to(dtype).float())
    agree(lstm_viz.load_checkpoint(tmp_path / "half.safetensors", vocabulary=CHARACTERS), module)


def test_a_network_whose_parameters_share_one_storage_is_read(tmp_path: Path) -> None:
    """As weights that were flattened for a graphics card are saved."""
    module = grown(Their)
    state = module.state_dict()
    whole = torch.cat([value.flatten() for value in state.values()])
    parts, start = {}, 0
    for key, value in state.items():
        parts[key] = whole[start : start + value.numel()].view(value.shape)
        start += value.numel()
    torch.save(parts, tmp_path / "flat.pt")
    agree(lstm_viz.load_checkpoint(tmp_path / "flat.pt", vocabulary=CHARACTERS), module)


NUMBERED = {sign: number for number, sign in enumerate(CHARACTERS)}
NAMED = dict(enumerate(CHARACTERS))


@pytest.mark.parametrize(
    "beside",
    [
        {"chars": CHARACTERS},
        {"chars": tuple(CHARACTERS)},
        {"tokens": list(CHARACTERS)},
        {"stoi": NUMBERED},
        {"itos": NAMED},
        {"char_to_ix": NUMBERED, "ix_to_char": NAMED},
        {"char2idx": NUMBERED},
        {"int2char": NAMED},
        {"vocab": {"stoi": NUMBERED, "size": len(CHARACTERS)}},
        {"config": {"data": {"vocabulary": list(CHARACTERS)}}},
        {"tokens": 17, "vocab": "another", "idx2char": {str(number): sign for number, sign in NAMED.items()}},
    ],
)  # fmt: skip
def test_the_vocabulary_is_found_in_the_file(beside: dict[str, Any], tmp_path: Path) -> None:
    module = grown(lambda: Their("RNN"))
    torch.save({"model": module.state_dict(), **beside}, tmp_path / "theirs.pt")
    agree(lstm_viz.load_checkpoint(tmp_path / "theirs.pt"), module)


@pytest.mark.parametrize("value", [CHARACTERS, json.dumps(list(CHARACTERS)), json.dumps(NUMBERED), json.dumps(NAMED)])
def test_the_vocabulary_is_found_in_safetensors_metadata(value: str, tmp_path: Path) -> None:
    module = grown(Their)
    save_file(module.state_dict(), tmp_path / "theirs.safetensors", {"format": "pt", "vocab": value})
    agree(lstm_viz.load_checkpoint(tmp_path / "theirs.safetensors"), module)


@pytest.mark.parametrize("given", [CHARACTERS, list(CHARACTERS), tuple(CHARACTERS), NUMBERED, NAMED])
def test_a_given_vocabulary_is_taken_before_the_files(given: Any, tmp_path: Path) -> None:
    module = grown(Their)
    path = saved(module, tmp_path / "theirs.pt", chars=CHARACTERS[::-1])
    agree(lstm_viz.load_checkpoint(path, vocabulary=given), module)


@pytest.mark.parametrize(
    ("beside", "given", "complaint"),
    [
        ({}, None, facts("theirs.pt", "17 tokens", "vocabulary=", "sorted(set(text))")),
        ({"chars": "abc"}, None, facts("'chars'", "3 tokens", 17)),
        ({}, "abc", facts("given", "3 tokens", 17)),
        ({}, "a" * 17, "names the token 'a' twice"),
        ({}, ["a", 5] * 8 + ["b"], facts("token", "not a text")),
        ({}, {"a": 17}, "id 17; each of 0 to 16"),
        ({}, {"a": True}, "id True"),
        ({}, 17, facts("int", "string", "list", "dictionary")),
        ({}, [*CHARACTERS[:-1], "\ud800"], "surrogate"),
        ({}, [f"▁{sign}b" for sign in CHARACTERS], "subword pieces"),
    ],
)
def test_a_missing_or_wrong_vocabulary_is_said_in_words(beside: Any, given: Any, complaint: str, tmp_path: Path) -> None:
    torch.save({"model": grown(Their).state_dict(), **beside}, tmp_path / "theirs.pt")
    with pytest.raises(lstm_viz.UnsupportedCheckpoint, match=complaint) as refusal:
        lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=given)
    assert isinstance(refusal.value, NoVocabulary)
    assert refusal.value.count == 17
    assert isinstance(refusal.value, UnreadableModel)


def test_a_character_never_seen_reads_like_the_mean_and_is_never_expected(tmp_path: Path) -> None:
    module = grown(Their)
    model = lstm_viz.load_checkpoint(saved(module, tmp_path / "theirs.pt"))
    torch.testing.assert_close(model.embedding.weight[0], module.encoder.weight.mean(0), **CLOSE)
    read = lstm_viz.trace(model, "a€b")
    assert read.known.tolist() == [True, False, True]
    assert (read.probs[:, 0] <= 1.0001 * np.exp(-30.0)).all()
    assert np.isfinite(read.surprise[1:]).all()


@pytest.mark.parametrize(("unknown", "place"), [("<unk>", 0), ("<UNK>", 5), (UNKNOWN, 16), ("[OOV]", 3)])
def test_its_own_unknown_symbol_becomes_ours(unknown: str, place: int, tmp_path: Path) -> None:
    module = grown(Their)
    row = list(CHARACTERS.replace("z", ""))
    row.insert(place, unknown)
    model = lstm_viz.load_checkpoint(saved(module, tmp_path / "theirs.pt", chars=row))
    assert model.vocabulary.tokens == (UNKNOWN, *(sign for sign in row if sign != unknown))
    theirs = module(torch.tensor([row.index(sign) if sign in row else place for sign in "a€b"]))
    order = [place, *(number for number in range(17) if number != place)]
    ours = model(torch.from_numpy(model.vocabulary.encode("a€b"))[:, None])[0][:, 0]
    torch.testing.assert_close(ours, theirs[:, order], **CLOSE)


def test_symbols_that_are_no_characters_are_shown_by_a_sign(tmp_path: Path) -> None:
    row = ["<pad>", "<sos>", "<eos>", "<sep>", *CHARACTERS[4:]]
    module = grown(Their)
    model = lstm_viz.load_checkpoint(saved(module, tmp_path / "theirs.pt", chars=row))
    assert model.vocabulary.tokens == (UNKNOWN, *"␀␂␃①", *CHARACTERS[4:])
    assert "␀ stands for '<pad>'" in model.metadata["notes"]
    gaps = {sign: number for number, sign in enumerate(row) if number not in (1, 5)}
    model = lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=gaps)
    assert states(model.metadata["notes"], "id 5")
    assert len(set(model.vocabulary.tokens)) == 18


WORDS = ["<eos>", "<unk>", "The", "the", "cat", "sat", "n't", "did", "well-made", "."]


def test_a_word_model_reads_words_as_they_are_written(tmp_path: Path) -> None:
    module = grown(lambda: Their(symbols=10))
    torch.save({"model": module.state_dict(), "idx2word": WORDS}, tmp_path / "words.pt")
    model = lstm_viz.load_checkpoint(tmp_path / "words.pt")
    assert model.config.words
    text = "The well-made cat didn't sit.\nthe CAT <eos>"
    tokens = model.vocabulary.split(text)
    expected = ["The", "well-made", "cat", "did", "n't", "sit", ".", "<eos>", "the", "cat", "<eos>"]
    assert list(tokens.normalized) == expected
    assert [text[start:end] for start, end in tokens.spans] == list(tokens.surface)
    theirs = module(torch.tensor([WORDS.index(word) if word in WORDS else 1 for word in expected]))
    order = [1, 0, *range(2, 10)]
    read = lstm_viz.trace(model, text)
    np.testing.assert_allclose(read.probs, theirs.softmax(-1)[:, order], **CLOSE)
    assert read.known.tolist() == [word in WORDS for word in expected]
    assert set(lstm_viz.sample(model, "The cat", 5).split()) <= set(WORDS)
    with pytest.raises(ValueError, match="WordsAsWritten cannot be saved"):
        save(model, tmp_path / "kept.safetensors", {})


@pytest.mark.parametrize("options", [{}, {"kind": "GRU"}, {"kind": "RNN", "one_hot": True}, {"proj_size": 3}])
def test_all_of_the_library_reads_it(options: dict[str, Any], tmp_path: Path) -> None:
    module = grown(lambda: Their(**options))
    model = lstm_viz.load_checkpoint(saved(module, tmp_path / "theirs.pt"))
    read = lstm_viz.trace(model, SENTENCE, lstm_viz.TextLoss())
    assert np.abs(lstm_viz.flow(model, read)[-1].h).max() > 0
    gate = {"lstm": "f", "gru": "z", "rnn": "h"}[model.config.kind]
    after = lstm_viz.what_if(model, SENTENCE, [lstm_viz.Clamp(gate, 0.5, layer=0)]).after
    assert after.loss is not None
    assert after.loss != read.loss
    reader = lstm_viz.Reader(model)
    for end in range(len(SENTENCE) + 1):
        step = reader.read(SENTENCE[:end])
    np.testing.assert_allclose(step.probs, read.probs, **CLOSE)
    save(model, tmp_path / "kept.safetensors", model.metadata, torch.float32)
    agree(read_again(tmp_path / "kept.safetensors"), module)


def read_again(path: Path) -> LanguageModel:
    model = read(path)
    assert torch.equal(lstm_viz.load_checkpoint(path).embedding.weight, model.embedding.weight)
    return model


def test_what_it_writes_is_drawn_from_its_own_chances(tmp_path: Path) -> None:
    module = grown(Their)
    model = lstm_viz.load_checkpoint(saved(module, tmp_path / "theirs.pt"))
    text = "The "
    for sign in lstm_viz.sample(model, text, 12, temperature=1e-6):
        assert sign == CHARACTERS[int(module(ids_of(text))[-1].argmax())]
        text += sign


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_ours_is_read_as_such(kind: Kind, tmp_path: Path) -> None:
    model = tiny(kind)
    save(model, tmp_path / "ours.safetensors", {"summary": "mine"}, torch.float32)
    found = lstm_viz.load_checkpoint(tmp_path / "ours.safetensors")
    assert found.metadata == {"summary": "mine"}
    assert found.vocabulary == model.vocabulary


def test_the_facts_say_what_was_loaded_and_how(tmp_path: Path) -> None:
    model = lstm_viz.load_checkpoint(saved(grown(lambda: Their("RNN", one_hot=True)), tmp_path / "theirs.pt"))
    assert model.metadata["summary"] == "plain RNN, 2 layers of 7 units, 17 characters, loaded from theirs.pt"
    assert "one-hot" in model.metadata["notes"]
    assert states(model.metadata["notes"], "assumed", "tanh")
