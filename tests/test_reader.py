"""trace and Reader against the model run plainly by PyTorch, with autograd for the gradients."""

from __future__ import annotations

import pickle
import threading

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from lstm_viz.gates import Kind
from lstm_viz.gradients import ClassLogit, NextToken, Objective, TextLoss
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.reader import Reader, trace
from lstm_viz.text.vocabulary import Vocabulary, WordVocabulary
from lstm_viz.trace import Gradients, Trace
from tests.facts import facts
from tests.reference import Unrolled

ALPHABET = "abcd "
TEXTS = st.text(ALPHABET + "é", max_size=12)
KINDS: tuple[Kind, ...] = ("lstm", "gru", "rnn")


def model(kind: Kind, layers: int = 2, dtype: torch.dtype = torch.float64, seed: int = 0) -> LanguageModel:
    torch.manual_seed(seed)
    config = Config(kind, embedding=3, hidden=5, layers=layers)
    return LanguageModel(config, Vocabulary.of(ALPHABET)).to(dtype).eval().requires_grad_(False)


def measure(objective: Objective, logits: torch.Tensor, ids: torch.Tensor, vocabulary: Vocabulary) -> torch.Tensor:
    """The objective itself, from logits [time, vocab], in PyTorch's own words."""
    if isinstance(objective, TextLoss):
        return cross_entropy(logits[:-1], ids[1:]) if len(ids) > 1 else logits.sum() * 0
    if isinstance(objective, NextToken):
        return logits[objective.step].log_softmax(-1)[vocabulary.encode(objective.token)[0]]
    return logits[-1, objective.index]


def assert_same(one: Trace, other: Trace, tolerance: float) -> None:
    assert one.tokens == other.tokens
    np.testing.assert_array_equal(one.spans, other.spans)
    np.testing.assert_array_equal(one.ids, other.ids)
    np.testing.assert_array_equal(one.known, other.known)
    np.testing.assert_allclose(one.probs, other.probs, atol=tolerance)
    np.testing.assert_allclose(one.surprise, other.surprise, atol=tolerance)
    assert one.loss == (None if other.loss is None else pytest.approx(other.loss))
    for ours, theirs in zip(one.layers, other.layers, strict=True):
        assert ours.values.keys() == theirs.values.keys()
        for symbol, values in ours.values.items():
            np.testing.assert_allclose(values, theirs[symbol], atol=tolerance, err_msg=symbol)
        for symbol, values in ours.grads.values.items():
            np.testing.assert_allclose(values, theirs.grads[symbol], atol=tolerance, err_msg=symbol)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
@pytest.mark.parametrize("objective", [TextLoss(), NextToken(-1, "c"), NextToken(3, "a"), ClassLogit(2)])
def test_values_and_gradients_are_autograds(kind: Kind, dtype: torch.dtype, bound: float, objective: Objective) -> None:
    net, text = model(kind, dtype=dtype), "abba cad dab"
    ids = torch.from_numpy(net.vocabulary.encode(text))
    zeros = torch.zeros(2, 1, 5, dtype=dtype)
    unrolled = Unrolled(net.rnn, net.embedding(ids)[:, None], zeros, zeros if kind == "lstm" else None)
    logits = net.decoder(unrolled.output)[:, 0]
    measure(objective, logits, ids, net.vocabulary).backward()
    found = trace(net, text, objective)
    np.testing.assert_allclose(found.probs, logits.softmax(-1).detach(), rtol=bound)
    nats = cross_entropy(logits[:-1], ids[1:], reduction="none").detach()
    np.testing.assert_allclose(found.surprise[1:], nats, rtol=bound)
    assert np.isnan(found.surprise[0])
    assert found.loss == pytest.approx(nats.mean().item(), rel=bound)
    for k, layer in enumerate(found.layers):
        for symbol in layer.values.keys() - {"x"}:
            np.testing.assert_allclose(layer[symbol], unrolled.value(k, symbol), atol=bound)
        for symbol, values in layer.grads.values.items():
            wanted = unrolled.gradient(k, symbol).numpy()
            assert np.abs(values - wanted).max() <= bound * max(np.abs(wanted).max(), 1e-12), (k, symbol)


@pytest.mark.parametrize("kind", KINDS)
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), layers=st.integers(1, 3))
def test_a_reader_sees_what_trace_sees_after_any_edits(kind: Kind, texts: list[str], layers: int) -> None:
    net = model(kind, layers)
    reader = Reader(net)
    for text in texts:
        assert_same(reader.read(text, TextLoss()), trace(net, text, TextLoss()), 1e-12)


def test_a_shared_beginning_is_not_read_again() -> None:
    net = model("lstm")
    read: list[int] = []
    handle = net.embedding.register_forward_hook(lambda _, arguments, __: read.append(len(arguments[0])))
    reader = Reader(net)
    for text in ("abc", "abcd", "abcd", "abdd ", "a"):
        reader.read(text, TextLoss())
    handle.remove()
    assert read == [3, 1, 3]


def test_earlier_traces_stay_as_they_were() -> None:
    reader = Reader(model("lstm"))
    first = reader.read("abcd", TextLoss())
    kept = first.layers[0].f.copy()
    reader.read("abdd", TextLoss())
    np.testing.assert_array_equal(first.layers[0].f, kept)


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_goes_on_from_a_carried_state(kind: Kind) -> None:
    net, text = model(kind), "abba cad dab"
    whole = trace(net, text)
    _, state = net(torch.from_numpy(net.vocabulary.encode(text[:5]))[:, None])
    window = trace(net, text[5:], TextLoss(), state)
    np.testing.assert_allclose(window.probs, whole.probs[5:], atol=1e-12)
    for part, full in zip(window.layers, whole.layers, strict=True):
        np.testing.assert_allclose(part.h0, full.h[4], atol=1e-12)
        for symbol, values in part.values.items():
            np.testing.assert_allclose(values, full[symbol][5:], atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("objective", [None, TextLoss(), NextToken(-1, "a"), ClassLogit(0)])
def test_no_symbol_and_one_symbol(kind: Kind, objective: Objective | None) -> None:
    empty, one = (trace(model(kind), text, objective) for text in ("", "a"))
    assert (empty.tokens, empty.loss, one.loss) == ((), None, None)
    assert empty.probs.shape == (0, 6)
    assert all(layer.steps == 0 and layer.h.shape == (0, 1, 5) for layer in empty.layers)
    assert all(layer.steps == 1 for layer in one.layers)
    if objective is None:
        assert all(layer.grads is None for layer in one.layers)
    elif objective == TextLoss():
        assert not any(layer.grads.magnitude("h").any() for layer in one.layers)
    else:
        assert all(layer.grads.magnitude("h").all() for layer in one.layers)


def test_unknown_characters_are_said_to_be_so() -> None:
    found = trace(model("gru"), "aéb", TextLoss())
    assert found.tokens == ("a", "é", "b")
    assert found.known.tolist() == [True, False, True]


def test_magnitudes_are_norms_over_units() -> None:
    grads = trace(model("lstm"), "abcd", TextLoss()).layers[1].grads
    for symbol in ("h", "c", "x", "i", "f", "g", "o"):
        np.testing.assert_allclose(grads.magnitude(symbol), np.sqrt((grads[symbol] ** 2).sum(-1)))


def test_the_identity_of_the_cell_state() -> None:
    for layer in trace(model("lstm"), "abba cad dab").layers:
        c_before = np.concatenate((layer.c0[None], layer.c[:-1]))
        np.testing.assert_allclose(layer.c, layer.f * c_before + layer.i * layer.g, rtol=1e-12)
        np.testing.assert_allclose(layer.h, layer.o * np.tanh(layer.c), rtol=1e-9)


def test_the_model_is_left_as_it_was() -> None:
    net = model("lstm")
    net.requires_grad_(True)
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    trace(net, "abcd", TextLoss())
    assert all((parameter.grad == 1).all() for parameter in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in net.modules())


def test_eight_threads_share_one_model() -> None:
    net = model("lstm", dtype=torch.float32)
    texts = ["abcd " * 4 + ALPHABET[k % 5] * (k + 1) for k in range(8)]
    found: list[list[Trace]] = [[] for _ in texts]
    start = threading.Barrier(8)

    def type_text(k: int) -> None:
        reader = Reader(net)
        start.wait()
        for end in range(1, len(texts[k]) + 1):
            found[k].append(reader.read(texts[k][:end], TextLoss()))

    threads = [threading.Thread(target=type_text, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text, traces in zip(texts, found, strict=True):
        assert len(traces) == len(text)
        assert_same(traces[-1], trace(net, text, TextLoss()), 1e-5)


def judge(seed: int = 0) -> LanguageModel:
    """A model that reads words and tells three classes apart."""
    torch.manual_seed(seed)
    config = Config("lstm", embedding=3, hidden=5, layers=2, classes=("bad", "middling", "good"), words=True)
    words = WordVocabulary.of(("a", "cat", "do", "n't", "like", "."))
    return LanguageModel(config, words).double().eval().requires_grad_(False)


def test_a_reader_of_words_judges_every_prefix() -> None:
    net, text = judge(), "Cats don’t  like a\tcat."
    found = trace(net, text, ClassLogit(2))
    assert found.tokens == ("Cats", "do", "n’t", "like", "a", "cat", ".")
    assert [text[start:end] for start, end in found.spans] == list(found.tokens)
    assert found.known.tolist() == [False] + [True] * 6
    assert found.loss is None
    assert np.isnan(found.surprise).all()
    for length in range(1, len(found.tokens) + 1):
        logits = net(torch.from_numpy(found.ids[:length])[:, None])[0][-1, 0]
        np.testing.assert_allclose(found.probs[length - 1], logits.softmax(-1), rtol=1e-12)

    ids = torch.from_numpy(found.ids)[:, None]
    inputs = net.embedding(ids).clone().requires_grad_(True)
    net.decoder(net.rnn(inputs)[0])[-1, 0, 2].backward()
    np.testing.assert_allclose(found.layers[0].grads.x, inputs.grad, atol=1e-12)


def test_a_letter_typed_into_the_last_word_changes_that_word_only() -> None:
    net, text = judge(), "a cat does n't like cats"
    reader = Reader(net)
    for end in range(len(text) + 1):
        assert_same(reader.read(text[:end], ClassLogit(0)), trace(net, text[:end], ClassLogit(0)), 1e-12)


@pytest.mark.parametrize("objective", [TextLoss(), NextToken(-1, "cat")])
def test_a_classifier_predicts_no_next_token_and_says_so(objective: Objective) -> None:
    with pytest.raises(ValueError, match=facts("next token", "bad, middling, good")):
        trace(judge(), "a cat", objective)


@given(st.text(ALPHABET + "é", max_size=12))
def test_characters_stand_where_they_stand(text: str) -> None:
    spans = trace(model("rnn"), text).spans
    assert spans.shape == (len(text), 2)
    assert "".join(text[start:end] for start, end in spans) == text


def test_faint_gradients_have_a_magnitude_too() -> None:
    values = np.full((2, 1, 4), 3e-25, np.float32)
    np.testing.assert_allclose(Gradients({"h": values}).magnitude("h"), 6e-25, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_outlive_pickling(kind: Kind) -> None:
    grads = trace(model(kind), "abcd", TextLoss()).layers[0].grads
    again = pickle.loads(pickle.dumps(grads))
    assert list(again.values) == list(grads.values)
    for symbol, values in grads.values.items():
        np.testing.assert_array_equal(again[symbol], values)
