"""A judge of words as a frame: words in place of letters, classes in place of what comes next, the verdict as colour."""

from __future__ import annotations

import json
from csv import DictReader
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
import torch

from lstm_viz.capture.layers import layers_of
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.reader import Reader, trace
from lstm_viz.sentiment import classify_sentiment
from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.ui.components.live_view.coloring import coloring_choices, token_coloring
from lstm_viz.ui.components.live_view.downloads import as_csv
from lstm_viz.ui.components.live_view.exploration import exploration_page
from lstm_viz.ui.components.live_view.scene import Captions, LayerDisplay, LiveScene, OutputLabels
from lstm_viz.ui.state.objective_choice import CLASSIFIER_CHOICES, count_steps, objective
from lstm_viz.ui.state.scales import scales
from lstm_viz.ui.state.view import View
from tests.ui.components.live_view.test_payload import drawn

CLASSES = ("very bad", "bad", "neither", "good", "very good")
TEXT = "It isn't a good zorbly film!"
WORDS = ("It", "is", "n't", "a", "good", "zorbly", "film", "!")


def tiny_judge() -> LanguageModel:
    with torch.random.fork_rng():
        torch.manual_seed(4)
        config = Config("lstm", 4, 5, 2, classes=CLASSES, words=True)
        model = LanguageModel(config, WordVocabulary.of(["it", "is", "n't", "a", "good", "film", "!"]))
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.7)
    return model.eval().requires_grad_(False)


def scene(text: str = TEXT, **changes: Any) -> LiveScene:
    model = tiny_judge()
    reader = Reader(model)
    view = View(text, "judge", **{"layer": 1, "unit": 2, "colour": "verdict", **changes})
    read = reader.read(text, objective(view, reader))
    return LiveScene(
        trace=read, view=view, outputs=OutputLabels(model.outputs, predicts_next_token=False), captions=Captions("Judge", ""),
        display=LayerDisplay(
            layers_of(model.rnn)[view.layer].weights, lambda: np.arange(5), scales(trace(model, TEXT).layers[view.layer])
        ),
        step_unit="words",
    )  # fmt: skip


def test_steps_are_words_with_their_places_in_the_text() -> None:
    header, arrays = drawn(scene())
    assert tuple(header["tokens"]) == WORDS
    assert [TEXT[start:end] for start, end in header["spans"]] == list(WORDS)
    assert (header["stepUnit"], header["predictsNextToken"], header["unknown"]) == ("words", False, [5])
    assert arrays["mean"].shape[1] == len(WORDS)


def test_the_answer_is_every_class_in_order_and_the_running_score() -> None:
    shown = scene()
    header, arrays = drawn(shown)
    assert header["symbols"] == list(CLASSES)
    np.testing.assert_array_equal(arrays["expect_p"], shown.trace.probs)
    assert arrays["expect_id"].tolist() == [[0, 1, 2, 3, 4]] * len(WORDS)
    expected = classify_sentiment(Reader(tiny_judge()), TEXT).score
    np.testing.assert_allclose(arrays["score"], expected, atol=1e-5)
    np.testing.assert_allclose(arrays["tint"], expected, atol=1e-5)
    found = token_coloring(shown)
    assert (found.low, found.high, found.signed) == (2.0, -2.0, True)


def test_nothing_is_said_of_surprise_or_of_characters() -> None:
    offered = coloring_choices("lstm", "words", predicts_next_token=False)
    assert next(iter(offered)) == "verdict"
    assert "surprise" not in offered
    assert not any("character" in label or "letter" in label for label in offered.values())
    with pytest.raises(KeyError):
        token_coloring(scene(colour="surprise"))


def test_the_first_layer_reads_the_word() -> None:
    header, _ = drawn(scene(layer=0, step=4))
    assert [gate["inputs"][0][0] for gate in header["terms"]["gates"].values()] == ["“good”"] * 4


@pytest.mark.parametrize(("aim", "step"), [("next", 7), ("step", 3), ("symbol", 3), ("text", 7)])
def test_gradients_are_those_of_the_verdict(aim: Any, step: int) -> None:
    """Against autograd through PyTorch's own modules."""
    shown = scene(aim=aim, symbol="bad", step=3)
    model = tiny_judge().requires_grad_(True)
    embedded = model.embedding(torch.from_numpy(shown.trace.ids))[:, None].detach().requires_grad_(True)
    hidden, _ = model.rnn(embedded)
    logits = model.decoder(hidden[step, 0])
    asked = logits[1] if aim == "symbol" else logits[3:].logsumexp(0) - logits[:2].logsumexp(0)
    asked.backward()
    assert embedded.grad is not None
    grads = shown.trace.layers[0].grads
    assert grads is not None
    np.testing.assert_allclose(grads.x, embedded.grad.numpy(), atol=1e-5)
    assert shown.trace.objective is not None
    assert ("‘bad’" if aim == "symbol" else "log odds") in shown.trace.objective


def test_a_blank_text_has_no_words_and_an_unknown_class_is_the_first() -> None:
    header, arrays = drawn(scene("  "))
    assert (header["tokens"], header["spans"], header["view"]["step"], arrays["score"].shape) == ([], [], -1, (0,))
    assert set(CLASSIFIER_CHOICES) == {"next", "step", "symbol"}
    asked = scene(aim="symbol", symbol="q", step=2).trace.objective
    assert asked == 'the logit of class ‘very bad’ after "n\'t" at step 2'


def test_steps_are_counted_in_words() -> None:
    view = View(TEXT, "judge", step=500)
    assert count_steps(view, Reader(tiny_judge())) == len(WORDS)
    assert view.clamped(2, 5, ("verdict",), len(WORDS)).step == len(WORDS) - 1
    assert replace(view, text="").clamped(2, 5, ("verdict",), 0).step == 0


def test_the_verdict_can_be_taken_away() -> None:
    shown = scene()
    expected = classify_sentiment(Reader(tiny_judge()), TEXT).score
    rows = list(DictReader(StringIO(as_csv(shown).decode(), newline="")))
    assert [row["token"] for row in rows[::5]] == list(WORDS)
    np.testing.assert_allclose([float(row["score"]) for row in rows[::5]], expected, atol=1e-5)
    written = exploration_page(shown).decode()
    data = json.JSONDecoder().raw_decode(written[written.rindex('{"steps"') :])[0]
    drawn = json.dumps(data, ensure_ascii=False)
    assert "verdict after each word" in drawn
    assert "surprise" not in drawn
