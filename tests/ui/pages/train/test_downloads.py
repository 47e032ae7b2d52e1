"""Files as strangers bring them: networks loaded or refused, texts read or refused; and what a training takes, in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import UnreadableModel, save
from lstm_viz.text.vocabulary import Vocabulary, WordVocabulary
from lstm_viz.training.data.text_dataset import prepare_text
from lstm_viz.training.tasks.char_lm_config import CharLMConfig
from lstm_viz.training.tasks.cost_estimate import CostEstimate
from lstm_viz.training.tasks.train_text import TrainingJob
from lstm_viz.ui.components import text_source, text_upload
from lstm_viz.ui.pages.train import checkpoint_upload, cost_estimate
from tests.tiny import TEXT, tiny


class Upload:
    """What Streamlit hands over for a chosen file."""

    file_id = "1"

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._content, self.size = name, content, len(content)

    def getvalue(self) -> bytes:
        return self._content


def upload(path: Path) -> Any:
    return Upload(path.name, path.read_bytes())


def test_a_kept_network_comes_back_as_it_was(tmp_path: Path) -> None:
    model = tiny()
    save(model, tmp_path / "mine.safetensors", {"summary": "mine"}, torch.float32)
    back = checkpoint_upload.load_checked(upload(tmp_path / "mine.safetensors"))
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))[:, None]
    assert torch.equal(back(ids)[0], model(ids)[0])
    assert checkpoint_upload._from_vocabulary(back) == "".join(back.vocabulary.tokens[1:41])


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        (LanguageModel(Config("lstm", 3, 4, classes=("good", "bad")), Vocabulary.of("abc")), "does not predict characters"),
        (LanguageModel(Config("lstm", 3, 4, words=True), WordVocabulary.of(["a", "word"])), "does not predict characters"),
        (LanguageModel(Config("lstm", 3, 4), Vocabulary.of("")), "has an empty vocabulary"),
        (LanguageModel(Config("rnn", 1, 1), Vocabulary.of(map(chr, range(20_000, 25_000)))), "vocabulary of 5,001"),
    ],
)
def test_a_network_that_cannot_be_shown_is_refused_by_name(model: LanguageModel, complaint: str, tmp_path: Path) -> None:
    save(model, tmp_path / "theirs.safetensors", {})
    with pytest.raises(UnreadableModel, match=rf"^theirs\.safetensors.*{complaint}"):
        checkpoint_upload.load_checked(upload(tmp_path / "theirs.safetensors"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is neither a safetensors file nor one that torch.save wrote"),
        (b"PK\x03\x04" + bytes(500), "is a damaged archive"),
        (bytes(checkpoint_upload.LIMIT + 1), "is larger than 32 MB"),
    ],
)
def test_what_is_no_network_is_refused_by_name(content: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableModel, match=rf"^x\.safetensors.*{complaint}"):
        checkpoint_upload.load_checked(Upload("x.safetensors", content))  # type: ignore[arg-type]


def test_a_network_that_knows_the_alphabet_begins_with_a_sentence() -> None:
    model = LanguageModel(Config("lstm", 3, 4), Vocabulary.of("the quick brown fox jumps over the lazy dog.T"))
    assert checkpoint_upload._from_vocabulary(model) == "The quick brown fox jumps over the lazy dog."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "mine.txt is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "mine.txt looks like a PNG image"),
        (b"ab" * 2**20 + b"c", "mine.txt is larger than 2 MB"),
        (b"\0\1\2" * 300, "mine.txt holds binary data"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_words(content: bytes, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    text_upload.read_uploads("train", [Upload("mine.txt", content)], 2 * 2**20)  # type: ignore[list-item]
    assert state["train_files"].errors[0].startswith(words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_file_in_any_encoding_is_taken(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю.\n" * 20
    text_upload.read_uploads("train", [Upload("булки.txt", text.encode(encoding))], 2 * 2**20)  # type: ignore[list-item]
    found = text_source.loaded_text_from(state["train_files"])
    assert (found.name, found.text, found.error) == ("булки.txt", text, None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 second"), (3.2, "4 seconds"), (10.1, "10 seconds"), (61, "60 seconds"), (150, "2 minutes"), (7200, "2.0 hours")],
)
def test_times_are_said_as_people_do(seconds: float, words: str) -> None:
    assert cost_estimate.format_duration(seconds) == words


@given(seconds=st.floats(0.01, 1e6))
def test_what_is_said_is_never_far_from_what_is_meant(seconds: float) -> None:
    number, unit = cost_estimate.format_duration(seconds).split()
    meant = float(number) * {"s": 1, "m": 60, "h": 3600}[unit[0]]
    assert abs(meant - seconds) <= max(1.0, 0.25 * seconds)


def test_what_it_takes_is_counted_from_the_recipe() -> None:
    text = "one fish, two fish, red fish, blue fish.\n" * 100
    material = prepare_text(text)
    lesson = TrainingJob(text, "fish.txt", CharLMConfig(units=20, steps=400, score_every=10, bptt=material.bptt))
    shape = cost_estimate.shape_of(lesson, material)
    effort = CostEstimate(0.1, 250_000_000, True)
    seconds = cost_estimate.total_seconds(effort, lesson, material, shape)
    # 3,690 characters in streams of 16 × 64; 410 are read 40 times at a third of the price.
    assert seconds == pytest.approx(0.1 * (400 + 40 * 410 / (3 * 16 * 64)))
    model = LanguageModel(lesson.config.model_config, material.vocabulary)
    words = cost_estimate.describe_cost(effort, lesson, material, shape)
    read = "409,600 letters, as many as 111 times its text to learn from"
    assert f"A network of {model.parameter_count:,} weights reads {read}" in words
    assert "250 MB of memory" in words


def test_a_long_text_is_read_in_part() -> None:
    text = "one fish, two fish, red fish, blue fish.\n" * 5000
    material = prepare_text(text)
    recipe = CharLMConfig(units=20, steps=100, bptt=replace(material.bptt, batch=16, bptt_steps=64))
    lesson = TrainingJob(text, "fish.txt", recipe)
    shape = cost_estimate.shape_of(lesson, material)
    share = 100 * 16 * 64 / len(material.corpus.train)
    words = cost_estimate.describe_cost(CostEstimate(0.1, None, False), lesson, material, shape)
    assert f"102,400 letters, as many as {share:.0%} of its text to learn from" in words
