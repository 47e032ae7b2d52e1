"""Files as strangers bring them: which is which, networks opened or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import save
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.pages.your_network.opening import LIMIT, Opened, Request, open_network_files
from lstm_viz.ui.pages.your_network.page import example_text
from lstm_viz.ui.pages.your_network.reading import without_special_tokens
from tests.tiny import TEXT, tiny


def opened(path: Path) -> Opened:
    return open_network_files(Request(((path.name, path.read_bytes()),)))


def test_a_text_to_begin_with_has_no_tokens_that_stand_for_no_word() -> None:
    words = ["<pad>", "<unk>", "lamp", "<|endoftext|>", "", "[CLS]", "river", "<", "[sic]", ":-)"]
    assert without_special_tokens(words) == ["lamp", "river", "<", "[sic]", ":-)"]
    assert without_special_tokens(["<a>", "<b>"]) == ["<a>", "<b>"]


def test_a_kept_network_comes_back_as_it_was(tmp_path: Path) -> None:
    model = tiny()
    save(model, tmp_path / "mine.safetensors", {"summary": "mine"}, torch.float32)
    back = opened(tmp_path / "mine.safetensors").network
    assert isinstance(back, LanguageModel)
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))[:, None]
    assert torch.equal(back(ids)[0], model(ids)[0])
    assert example_text(back) == "".join(back.vocabulary.tokens[1:41])


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        (LanguageModel(Config("lstm", 3, 4), Vocabulary.of("")), "empty vocabulary"),
        (LanguageModel(Config("rnn", 1, 1), Vocabulary.of(map(chr, range(20_000, 25_000)))), "predicts one of 5,001"),
    ],
)
def test_a_network_that_cannot_be_shown_is_refused_by_name(model: LanguageModel, complaint: str, tmp_path: Path) -> None:
    save(model, tmp_path / "theirs.safetensors", {})
    found = opened(tmp_path / "theirs.safetensors")
    assert found.network is None
    assert found.error.startswith("theirs.safetensors")
    assert complaint in found.error


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "x.safetensors (not used)"),
        (b"PK\x03\x04" + bytes(500), "damaged archive"),
        (b"\x00" * 8 + bytes(LIMIT), "is larger than 32 MB"),
    ],
)
def test_what_is_no_network_is_refused_by_name(content: bytes, complaint: str) -> None:
    found = open_network_files(Request((("x.safetensors", content),)))
    assert found.network is None
    assert "x.safetensors" in found.error
    assert complaint in found.error


def test_a_network_that_knows_the_alphabet_begins_with_a_sentence() -> None:
    model = LanguageModel(Config("lstm", 3, 4), Vocabulary.of("the quick brown fox jumps over the lazy dog.T"))
    assert example_text(model) == "The quick brown fox jumps over the lazy dog."
