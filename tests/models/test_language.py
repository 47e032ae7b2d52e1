"""The language model is embedding, PyTorch's recurrent module and a decoder, and an LSTM begins by keeping."""

import pytest
import torch

from lstm_viz.gates import Kind
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.text.vocabulary import Vocabulary
from tests.tiny import KINDS, TEXT, tiny

WORDS = Vocabulary.of("abc")


def test_forget_gates_start_at_a_bias_of_one_and_no_other_gate_is_touched() -> None:
    torch.manual_seed(0)
    model = LanguageModel(Config("lstm", 3, 4, layers=2), WORDS)
    torch.manual_seed(0)
    torch.nn.Embedding(len(WORDS), 3)
    plain = torch.nn.LSTM(3, 4, 2)
    for name, bias in model.rnn.named_parameters():
        unchanged = dict(plain.named_parameters())[name]
        if name.startswith("bias"):
            assert bias[4:8].tolist() == [1.0 if name.startswith("bias_ih") else 0.0] * 4
            bias, unchanged = bias[[0, 1, 2, 3, *range(8, 16)]], unchanged[[0, 1, 2, 3, *range(8, 16)]]
        assert torch.equal(bias, unchanged)


@pytest.mark.parametrize("kind", KINDS)
def test_forward_is_the_three_modules_in_a_row(kind: Kind) -> None:
    model = tiny(kind)
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))[:, None]
    logits, state = model(ids)
    hidden, last = model.rnn(model.embedding(ids))
    assert torch.equal(logits, hidden @ model.decoder.weight.T + model.decoder.bias)
    assert logits.shape == (len(TEXT), 1, len(model.vocabulary))
    torch.testing.assert_close(state, last)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_in_two_parts_with_the_state_is_reading_once(kind: Kind) -> None:
    model = tiny(kind)
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))[:, None]
    whole, _ = model(ids)
    first, state = model(ids[:5])
    second, _ = model(ids[5:], state)
    torch.testing.assert_close(torch.cat((first, second)), whole)


@pytest.mark.parametrize(("kind", "gates"), [("lstm", 4), ("gru", 3), ("rnn", 1)])
def test_parameters_are_counted_as_by_hand(kind: Kind, gates: int) -> None:
    model = LanguageModel(Config(kind, 3, 5, layers=2), WORDS)
    layers = gates * (5 * 3 + 5 * 5 + 2 * 5) + gates * (5 * 5 + 5 * 5 + 2 * 5)
    assert model.parameter_count == len(WORDS) * 3 + layers + len(WORDS) * 5 + len(WORDS)


def test_dropout_acts_in_training_only() -> None:
    model = tiny(dropout=0.5)
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))[:, None]
    assert torch.equal(model(ids)[0], model(ids)[0])
    assert not torch.equal(model.train()(ids)[0], model(ids)[0])


def test_with_classes_the_decoder_has_a_row_for_each() -> None:
    model = LanguageModel(Config("gru", 3, 4, classes=("no", "yes")), WORDS)
    assert (model.outputs, model.predicts_next_token) == (("no", "yes"), False)
    assert model(torch.zeros(5, 2, dtype=torch.long))[0].shape == (5, 2, 2)
    plain = LanguageModel(Config("gru", 3, 4), WORDS)
    assert (plain.outputs, plain.predicts_next_token) == (WORDS.tokens, True)
