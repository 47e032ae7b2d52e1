"""Files as strangers bring them: texts read or refused; and what a training takes, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.models.language import LanguageModel
from lstm_viz.training.data.text_dataset import prepare_text
from lstm_viz.training.tasks.char_lm_config import CharLMConfig
from lstm_viz.training.tasks.cost_estimate import CostEstimate
from lstm_viz.training.tasks.train_text import TrainingSpec
from lstm_viz.ui.components import text_source, text_upload
from lstm_viz.ui.pages.train import cost_estimate
from tests.facts import states


class Upload:
    """What Streamlit hands over for a chosen file."""

    file_id = "1"

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._content, self.size = name, content, len(content)

    def getvalue(self) -> bytes:
        return self._content


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
    dataset = prepare_text(text)
    spec = TrainingSpec(text, "fish.txt", CharLMConfig(units=20, steps=400, score_every=10, bptt=dataset.bptt))
    shape = cost_estimate.shape_of(spec, dataset)
    estimate = CostEstimate(0.1, 250_000_000, True)
    seconds = cost_estimate.total_seconds(estimate, spec, dataset, shape)
    # 3,690 characters in streams of 16 × 64; 410 are read 40 times at a third of the price.
    assert seconds == pytest.approx(0.1 * (400 + 40 * 410 / (3 * 16 * 64)))
    model = LanguageModel(spec.config.model_config, dataset.vocabulary)
    words = cost_estimate.describe_cost(estimate, spec, dataset, shape)
    assert f"{model.parameter_count:,} weights" in words
    assert states(words, "409,600 letters", "111 times")
    assert "250 MB of memory" in words


def test_a_long_text_is_read_in_part() -> None:
    text = "one fish, two fish, red fish, blue fish.\n" * 5000
    dataset = prepare_text(text)
    config = CharLMConfig(units=20, steps=100, bptt=replace(dataset.bptt, batch=16, bptt_steps=64))
    spec = TrainingSpec(text, "fish.txt", config)
    shape = cost_estimate.shape_of(spec, dataset)
    share = 100 * 16 * 64 / len(dataset.corpus.train)
    words = cost_estimate.describe_cost(CostEstimate(0.1, None, False), spec, dataset, shape)
    assert states(words, "102,400 letters", f"{share:.0%}")
