"""What an opened network does on its page: every number is what PyTorch or Keras computes."""

from __future__ import annotations

import importlib
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from lstm_viz.corpus import scan
from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.components.live_view import from_network
from lstm_viz.ui.pages.your_network import numbers
from lstm_viz.ui.pages.your_network.card import describe_surprise, measure_surprise
from lstm_viz.ui.pages.your_network.opening import Request, open_network_files
from lstm_viz.ui.state import models
from lstm_viz.ui.state.examples import Preset
from tests.facts import states
from tests.models.importing.foreign_models import CHARACTERS, Their, grown, ids_of
from tests.series.workbook_files import xlsx
from tests.ui.page_testing import PAGES, unpack
from tests.ui.page_testing import numbers as decoded_numbers
from tests.ui.pages.your_network.test_page import file_of, put, said

VOCABULARY = json.dumps(list(CHARACTERS)).encode()
TEXT = "bad cab!"


class Classifier(nn.Module):
    """Two layers in both directions; the head reads the last step of each."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(CHARACTERS), 6)
        self.rnn = nn.LSTM(6, 5, 2, bidirectional=True)
        self.fc1, self.fc2 = nn.Linear(10, 4), nn.Linear(4, 3)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities [class] for ids [time], and the top layer's output."""
        hidden = self.rnn(self.embedding(ids)[:, None])[0][:, 0]
        last = torch.cat((hidden[-1, :5], hidden[0, 5:]))
        return self.fc2(torch.tanh(self.fc1(last))).softmax(-1), hidden


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts are all computed at once, however busy the machine is."""
    monkeypatch.setattr(from_network, "EAGER_SECONDS", 600.0)


def frame(page: AppTest, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The live view's frame."""
    assert not page.exception, [each.value for each in page.exception]
    packed = [each.proto.bytes for each in page.get("bidi_component")]
    return next(unpack(each) for each in packed if b'"stepUnit"' in each[:4000])


def typed(page: AppTest, text: str, **view: Any) -> AppTest:
    header, _ = frame(page, "network_live")
    sent = {"text": text, "textRevision": header["textRevision"], "seq": header["seq"] + 1, **view}
    page.session_state["network_live"] = {"view": sent}
    return page.run()


def test_a_classifier_in_both_directions_is_read_as_pytorch_reads_it(page: AppTest) -> None:
    module = grown(Classifier)
    put(page, file_of(module.state_dict()), vocab_json=VOCABULARY, sample_txt=TEXT.encode())
    assert states(said(page), "fc1", "fc2")
    (question,) = page.selectbox
    assert (question.key, question.value, question.options[0]) == ("network_answer_activation", None, "relu (the usual)")
    question.set_value("tanh").run()
    assert any(states(each.label, "9 facts", "4 assumed") for each in page.expander)
    for text in (TEXT, TEXT + " ab", "a"):
        typed(page, text)
        header, arrays = frame(page, "network_live")
        ids = ids_of(text)
        theirs = np.array([module(ids[: end + 1])[0].numpy() for end in range(len(text))])
        np.testing.assert_allclose(arrays["expect_p"], theirs, atol=1e-6)
        best = int(theirs[-1].argmax())
        assert header["targetClass"] == f"class {best}"
        np.testing.assert_allclose(arrays["score"], theirs[:, best], atol=1e-6)
    page.text_input(key="network_answer_classes").set_value("no, yes, perhaps").run()
    header, _ = frame(page, "network_live")
    assert (header["symbols"], header["text"]) == (["no", "yes", "perhaps"], text), "what was typed stays"
    assert states(said(page), "last token", ("no", "yes", "perhaps")[best])


@pytest.mark.parametrize("place", [2, 3])
def test_strips_of_both_directions_are_the_outputs_of_pytorchs_module(page: AppTest, place: int) -> None:
    module = grown(Classifier)
    put(page, file_of(module.state_dict()), vocab_json=VOCABULARY, sample_txt=TEXT.encode())
    page.selectbox[0].set_value("tanh").run()
    page.segmented_control(key="network_live_layer").set_value(place).run()
    typed(page, TEXT, unit=3, step=2)
    header, arrays = frame(page, "network_live")
    assert header["model"]["layerTitle"] == ("layer 2 forward", "layer 2 backward")[place - 2]
    hidden = module(ids_of(TEXT))[1].numpy()[:, 3 + 5 * (place - 2)]
    np.testing.assert_allclose(arrays["unit"][-1], hidden, atol=1e-6)
    before = np.concatenate(([0], hidden[:-1]) if place == 2 else (hidden[1:], [0]))
    np.testing.assert_allclose(arrays["before"][-1], before, atol=1e-6)
    for gate in header["terms"]["gates"].values():
        assert gate["input"] + gate["recurrent"] + gate["bias"] == pytest.approx(gate["pre"], abs=1e-5)
        opened = (math.tanh(gate["pre"]), 1 / (1 + math.exp(-gate["pre"])))
        assert min(abs(value - gate["value"]) for value in opened) < 1e-5, "a backward step starts from the state after it"
        assert all(" of layer 1 " in name for name, _ in gate["inputs"])


def test_numbers_are_read_as_they_are_or_scaled(page: AppTest) -> None:
    module = grown(lambda: nn.ModuleDict({"rnn": nn.GRU(2, 5), "out": nn.Linear(5, 1)}))
    values = np.array([[1.0, 2.0], [3.0, 1.0], [4.0, 6.5]])
    table = b"day;one;two\nmon;1;2\ntue;3;1\nwed;4;6.5\n"
    put(page, file_of(module.state_dict()), numbers_csv=table)
    for how, read in (
        (numbers.AS_THEY_ARE, values),
        (numbers.Z_SCORE, (values - values.mean(0)) / values.std(0)),
        (numbers.MIN_MAX, (values - values.min(0)) / (values.max(0) - values.min(0))),
    ):
        page.selectbox(key="network_scaling").set_value(how).run()
        theirs = module["out"](module["rnn"](torch.from_numpy(read).float()[:, None])[0])[:, 0, 0].numpy()
        assert f"output 1 {theirs[-1]:.4g}".replace("-", "−") in said(page)
        figure = next(each.proto.bytes for each in page.get("bidi_component") if b"output" in each.proto.bytes[:200])
        drawn = decoded_numbers(json.loads(figure.split(b"\n", 1)[1])["data"][0]["y"])
        np.testing.assert_allclose(drawn, theirs, atol=1e-5)
        np.testing.assert_allclose(frame(page, "network_series")[1]["curve"], read[:, 0], atol=1e-6)


def test_numbers_may_be_a_sheet_of_a_spreadsheet(page: AppTest) -> None:
    module = grown(lambda: nn.ModuleDict({"rnn": nn.GRU(2, 5), "out": nn.Linear(5, 1)}))
    sheets = {name: np.random.default_rng(seed).normal(size=(20, 2)) for seed, name in enumerate(("first", "second"))}
    book = xlsx({name: [["one", "two"], *values.tolist()] for name, values in sheets.items()})
    put(page, file_of(module.state_dict()), numbers_xlsx=book)
    for name, values in sheets.items():
        page.selectbox(key="network_sheet").set_value(name).run()
        theirs = module["out"](module["rnn"](torch.from_numpy(values).float()[:, None])[0])[-1, 0, 0].item()
        assert f"output 1 {theirs:.4g}".replace("-", "−") in said(page)


def test_a_spreadsheet_beside_a_network_of_letters_is_not_used(page: AppTest) -> None:
    put(page, file_of(grown(Their).state_dict()), vocab_json=VOCABULARY, numbers_xlsx=xlsx({"a": [[1, 2]] * 30}))
    assert states(said(page), "not used", "numbers.xlsx", "reads a text")


def test_too_few_columns_and_gaps_are_said(page: AppTest) -> None:
    module = grown(lambda: nn.ModuleDict({"rnn": nn.RNN(2, 5), "out": nn.Linear(5, 1)}))
    put(page, file_of(module.state_dict()))
    page.text_area(key="network_numbers").set_value("1\n2\n3").run()
    assert states(said(page), "1 column", 2)
    page.text_area(key="network_numbers").set_value("1;2\n3;\n5;6").run()
    assert states(said(page), "gaps", 1)


def test_any_rows_of_a_long_table_can_be_read(page: AppTest) -> None:
    module = grown(lambda: nn.ModuleDict({"rnn": nn.LSTM(1, 7, proj_size=3), "out": nn.Linear(3, 1)}))
    values = np.random.default_rng(0).normal(size=(1300, 1)).round(3)
    put(page, file_of(module.state_dict()), numbers_csv=("value\n" + "\n".join(map(str, values[:, 0]))).encode())
    page.selectbox(key="network_scaling").set_value(numbers.Z_SCORE).run()
    scaled = (values - values.mean(0)) / values.std(0)
    for first in (301, 20):
        page.slider(key="network_first_row").set_value(first).run()
        read = torch.from_numpy(scaled[first - 1 : first + 999]).float()[:, None]
        theirs = module["out"](module["rnn"](read)[0])[-1, 0, 0].item()
        assert f"output 1 {theirs:.4g}".replace("-", "−") in said(page)
        _, arrays = frame(page, "network_series")
        np.testing.assert_allclose(arrays["curve"], read[:, 0, 0], atol=1e-6)


def test_nats_are_pytorchs_cross_entropy() -> None:
    module = grown(Their)
    opened = open_network_files(Request((("t.pt", file_of(module.state_dict())), ("v.json", VOCABULARY))))
    assert opened.network is not None
    found = measure_surprise(opened.network, TEXT)
    ids = ids_of(TEXT)
    theirs = nn.functional.cross_entropy(module(ids)[:-1], ids[1:])
    assert found is not None
    assert (found.mean, found.tokens) == (pytest.approx(float(theirs), abs=1e-5), len(TEXT) - 1)
    assert found.guessing == pytest.approx(math.log(len(CHARACTERS)))
    # The number whose logarithm is taken stands in the sentence: the vocabulary also holds the token for any other.
    assert states(describe_surprise(found, "the text"), f"{len(CHARACTERS)} tokens", f"ln {len(CHARACTERS)}")


def test_a_text_and_a_list_beside_the_weights_are_told_apart() -> None:
    words = ["the", "cat", "sat", "mat"]
    module = grown(lambda: Their(symbols=4))
    files = (("w", file_of(module.state_dict())), ("one", b"the cat sat\n" * 9), ("two", "\n".join(words).encode()))
    opened = open_network_files(Request(files))
    assert [file.role for file in opened.files] == ["weights", "text", "vocabulary"]
    assert opened.network is not None
    assert opened.network.vocabulary is not None
    assert opened.network.vocabulary.tokens[1:] == tuple(words)


def test_a_vocabulary_that_does_not_fit_is_asked_for() -> None:
    files = (("w", file_of(grown(Their).state_dict())), ("v.json", b'["a", "b"]'))
    opened = open_network_files(Request(files))
    assert opened.missing is not None
    assert states(opened.missing.reason, "2 tokens", 17)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("ending", ["net.keras", "net.h5"])
def test_a_classifier_of_keras_knows_the_first_words_of_its_tokenizer(page: AppTest, ending: str, tmp_path: Path) -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    keras: Any = importlib.import_module("keras")
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((None,), dtype="int32"), layers.Embedding(4, 6), layers.LSTM(5), layers.Dense(1, activation="sigmoid")]
    )
    model.save(tmp_path / ending)
    index = {"the": 1, "film": 2, "good": 3, "never": 4, "seen": 5}
    put(page, (tmp_path / ending).read_bytes(), ending, tokenizer_json=json.dumps({"word_index": index}).encode())
    assert states(said(page), "first 3 of 5 words")
    typed(page, "the film good")
    _, arrays = frame(page, "network_live")
    theirs = float(np.asarray(model.predict(np.array([[1, 2, 3]]), verbose=0))[0, 0])
    np.testing.assert_allclose(arrays["expect_p"][-1], [1 - theirs, theirs], atol=1e-6)


def test_a_whole_text_is_not_scanned_by_a_network_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["the", "cat", "sat", "mat"]
    files = (("w", file_of(grown(lambda: Their(symbols=4)).state_dict())), ("v.json", json.dumps(words).encode()))
    network = open_network_files(Request(files)).network
    assert isinstance(network, LanguageModel)
    shown = models.prepare_model("own-words", "Words", network, [Preset("own", "own", "the cat", "")])
    monkeypatch.setitem(models._REGISTERED, "own-words", shown)
    page = AppTest.from_file(str(PAGES / "your_text.py"), default_timeout=120)
    page.query_params["model"] = "own-words"
    page.run()
    assert states(said(page), "reads words")
    with pytest.raises(ValueError, match="reads words"):
        scan(network, "the cat")
