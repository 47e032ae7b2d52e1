"""Imported networks: rebuilt from their parts they compute what the original does; captures obey the cell's equations."""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import lstm_viz
from lstm_viz.gradients import ClassLogit, TextLoss, fix_target
from lstm_viz.gradients.objectives import LikeliestClass
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing import load_checkpoint_bytes
from lstm_viz.models.importing.assembly import assemble, build_network
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint
from lstm_viz.models.importing.state_parts import parts_of_state
from lstm_viz.network_reading import read_network, read_values
from lstm_viz.text.vocabulary import UNKNOWN, Vocabulary

ALPHABET = Vocabulary((UNKNOWN, *"abcdefghi"))
TEXT = "abbahcdefi"


class Classifier(nn.Module):
    """What tutorials build: embedding, recurrent layers, what the head reads, head."""

    def __init__(self, cell: str = "LSTM", classes: int = 3, both: bool = False, layers: int = 1, head: str = "one",
                 pooling: str = "last") -> None:  # fmt: skip
        super().__init__()
        self.pooling, self.both = pooling, both
        self.embedding = nn.Embedding(10, 6, padding_idx=0)
        self.rnn = getattr(nn, cell)(6, 5, layers, bidirectional=both, batch_first=True)
        width = 10 if both else 5
        if head == "one":
            self.fc: nn.Module = nn.Linear(width, classes)
        elif head == "two":
            self.fc = nn.Sequential(nn.Linear(width, 7), nn.ReLU(), nn.Dropout(0.5), nn.Linear(7, classes))
        else:
            self.norm = nn.LayerNorm(width)
            self.fc = nn.Linear(width, classes)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits [class] for ids [time]."""
        out = self.rnn(self.embedding(ids[None]))[0][0]
        if self.pooling == "last":
            read = torch.cat((out[-1, :5], out[0, 5:])) if self.both else out[-1]
        else:
            read = out.mean(0) if self.pooling == "mean" else out.max(0).values
        if hasattr(self, "norm"):
            read = self.norm(read)
        logits: Tensor = self.fc(read)
        return logits


def grown(module: nn.Module) -> Any:
    torch.manual_seed(11)
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.7)
    return module.eval().requires_grad_(False)


def imported(module: nn.Module, vocabulary: Vocabulary | None = ALPHABET, **answers: str) -> ImportedNetwork:
    parts = parts_of_state(module.state_dict(), {}, "theirs")
    known = None if vocabulary is None else len(vocabulary)
    return build_network(assemble(parts, answers, {}, known, "theirs"), vocabulary)


SHAPES = [
    ({}, {}),
    ({"cell": "GRU", "layers": 2}, {}),
    ({"cell": "RNN"}, {}),
    ({"both": True}, {}),
    ({"both": True, "layers": 2, "cell": "GRU"}, {}),
    ({"head": "two"}, {"activation": "relu"}),
    ({"head": "norm"}, {}),
    ({"pooling": "mean"}, {"pooling": "mean"}),
    ({"pooling": "max", "both": True}, {"pooling": "max"}),
]


@pytest.mark.parametrize(("shape", "answers"), SHAPES, ids=lambda each: "-".join(map(str, each.values())) or "plain")
def test_the_answers_after_each_step_are_the_originals(shape: dict[str, Any], answers: dict[str, str]) -> None:
    theirs = grown(Classifier(**shape))
    trace = read_network(imported(theirs, **answers), TEXT)
    ids = torch.from_numpy(ALPHABET.encode(TEXT))
    expected = torch.stack([theirs(ids[: step + 1]).softmax(-1) for step in range(len(ids))])
    np.testing.assert_allclose(trace.probs, expected.numpy(), atol=1e-6)


@pytest.mark.parametrize(("shape", "answers"), SHAPES, ids=lambda each: "-".join(map(str, each.values())) or "plain")
def test_the_gradient_by_each_hidden_state_is_that_of_finite_differences(shape: dict[str, Any], answers: dict[str, str]) -> None:
    theirs = grown(Classifier(**shape))
    network = imported(theirs, **answers)
    trace = read_network(network, TEXT, ClassLogit(1))
    top = [layer for layer in trace.layers if layer.layer == max(each.layer for each in trace.layers)]
    hidden = torch.from_numpy(np.concatenate([layer.h for layer in top], axis=-1)).double()
    network.double()
    rng = np.random.default_rng(1)
    for _ in range(5):
        step, unit = rng.integers(len(TEXT)), rng.integers(hidden.shape[-1])
        # What the head makes of the top layer's output, with one number of it moved: the direct part of the gradient.
        moved = [hidden.clone() for _ in range(2)]
        moved[0][step, 0, unit] += 1e-5
        moved[1][step, 0, unit] -= 1e-5
        upper, lower = (network.answer_of(each)[0, 1].item() for each in moved)
        asked = hidden.clone().requires_grad_()
        network.answer_of(asked)[0, 1].backward()
        assert asked.grad is not None
        assert (upper - lower) / 2e-5 == pytest.approx(asked.grad[step, 0, unit].item(), abs=1e-6)


def test_the_gradients_are_those_of_the_original_program() -> None:
    theirs = grown(Classifier(layers=2, both=True))
    trace = read_network(imported(theirs), TEXT, ClassLogit(2))
    kept: list[Tensor] = []

    def keep(_: nn.Module, __: Any, out: Tensor) -> Tensor:
        kept.append(out.requires_grad_())
        return out

    theirs.embedding.register_forward_hook(keep)
    theirs(torch.from_numpy(ALPHABET.encode(TEXT)))[2].backward()
    assert kept[0].grad is not None
    below = [layer for layer in trace.layers if layer.layer == 0]
    assert [layer.reverse for layer in below] == [False, True]
    for layer in below:
        # Both directions read the same x, and its gradient is the whole one.
        assert layer.grads is not None
        np.testing.assert_allclose(layer.grads.values["x"][:, 0], kept[0].grad[0].numpy(), atol=1e-6)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
def test_captured_values_obey_the_cells_equation(cell: str) -> None:
    trace = read_network(imported(grown(Classifier(cell=cell, both=True))), TEXT)
    for layer in trace.layers:
        order = slice(None, None, -1) if layer.reverse else slice(None)
        h, before = layer.h[order], np.concatenate((layer.h0[None], layer.h[order][:-1]))
        if cell == "LSTM":
            c = layer.c[order]
            carried = np.concatenate((layer.c0[None], c[:-1]))
            np.testing.assert_allclose(c, layer.f[order] * carried + layer.i[order] * layer.g[order], atol=1e-6)
            np.testing.assert_allclose(h, layer.o[order] * np.tanh(c), atol=1e-6)
        elif cell == "GRU":
            z = layer.z[order]
            np.testing.assert_allclose(h, (1 - z) * layer.n[order] + z * before, atol=1e-6)


def test_one_output_is_a_probability() -> None:
    theirs = grown(Classifier(classes=1))
    trace = read_network(imported(theirs), TEXT)
    ids = torch.from_numpy(ALPHABET.encode(TEXT))
    assert trace.probs.shape == (len(TEXT), 2)
    np.testing.assert_allclose(trace.probs[-1, 1], theirs(ids).sigmoid().item(), atol=1e-6)


def test_what_stands_between_two_linear_layers_is_asked() -> None:
    with pytest.raises(NeedsAnswer) as asked:
        imported(grown(Classifier(head="two")))
    assert asked.value.question == "activation"
    assert {"relu", "tanh", "none"} <= set(asked.value.options)


def test_layers_of_different_sizes_predict_the_next_token() -> None:
    theirs = grown(nn.ModuleDict({"e": nn.Embedding(10, 6), "a": nn.LSTM(6, 9), "b": nn.LSTM(9, 4), "out": nn.Linear(4, 10)}))
    trace = read_network(imported(theirs), TEXT)
    ids = torch.from_numpy(ALPHABET.encode(TEXT))
    logits = theirs["out"](theirs["b"](theirs["a"](theirs["e"](ids[:, None]))[0])[0])[:, 0]
    np.testing.assert_allclose(trace.surprise[1:], nn.functional.cross_entropy(logits[:-1], ids[1:], reduction="none"), atol=1e-5)
    assert [layer.units for layer in trace.layers] == [9, 4]
    graded = read_network(imported(theirs), TEXT, TextLoss())
    start = theirs["e"](ids[:, None]).requires_grad_()
    logits = theirs["out"](theirs["b"](theirs["a"](start)[0])[0])[:, 0]
    nn.functional.cross_entropy(logits[:-1], ids[1:]).backward()
    assert start.grad is not None
    assert graded.layers[0].grads is not None
    np.testing.assert_allclose(graded.layers[0].grads.values["x"], start.grad, atol=1e-6)
    assert trace.loss == pytest.approx(trace.surprise[1:].mean(), abs=1e-6)


def test_a_forecaster_of_columns_gives_numbers() -> None:
    theirs = grown(nn.ModuleDict({"lstm": nn.LSTM(4, 5), "fc": nn.Linear(5, 2)}))
    x = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    trace = read_values(imported(theirs, vocabulary=None), x)
    with torch.no_grad():
        expected = theirs["fc"](theirs["lstm"](torch.from_numpy(x)[:, None])[0])[:, 0]
    np.testing.assert_allclose(trace.probs, expected, atol=1e-6)
    with pytest.raises(ValueError, match="4 numbers"):
        read_values(imported(theirs, vocabulary=None), x[:, :3])


def test_as_many_columns_as_outputs_are_asked_about() -> None:
    theirs = grown(nn.ModuleDict({"lstm": nn.LSTM(3, 5), "fc": nn.Linear(5, 3)}))
    with pytest.raises(NeedsAnswer) as asked:
        imported(theirs, vocabulary=None)
    assert asked.value.question == "reads"
    assert read_values(imported(theirs, vocabulary=None, reads="numbers"), np.zeros((4, 3))).probs.shape == (4, 3)


def test_an_empty_text_has_no_steps() -> None:
    trace = read_network(imported(grown(Classifier())), "")
    assert trace.probs.shape == (0, 3)
    assert trace.layers == ()


@pytest.mark.parametrize(
    ("module", "named"),
    [
        (nn.ModuleDict({"e": nn.Embedding(9, 4), "c": nn.Conv1d(4, 4, 3), "r": nn.LSTM(4, 5), "o": nn.Linear(5, 2)}), "convol"),
        (nn.ModuleDict({"e": nn.Embedding(9, 4), "r": nn.LSTM(4, 5), "n": nn.BatchNorm1d(5), "o": nn.Linear(5, 2)}), "batch"),
        (nn.ModuleDict({"e": nn.Embedding(9, 4), "r": nn.LSTM(6, 5), "o": nn.Linear(7, 2)}), "no order"),
        (nn.ModuleDict({"e": nn.Embedding(9, 4), "a": nn.LSTM(4, 5), "b": nn.LSTM(4, 5), "o": nn.Linear(5, 2)}), "chain"),
    ],
)  # fmt: skip
def test_other_networks_are_refused_by_name(module: nn.Module, named: str) -> None:
    with pytest.raises(UnsupportedCheckpoint, match=named):
        parts_of_state(module.state_dict(), {}, "theirs")


def test_without_beginnings_only_the_last_outputs_of_both_directions_are_known() -> None:
    network = imported(grown(Classifier(both=True)))
    whole, last = read_network(network, TEXT), read_network(network, TEXT, LikeliestClass(), beginnings=False)
    assert np.isnan(last.probs[:-1]).all()
    np.testing.assert_array_equal(last.probs[-1], whole.probs[-1])
    best = int(whole.probs[-1].argmax())
    named = read_network(network, TEXT, ClassLogit(best))
    for one, other in zip(last.layers, named.layers, strict=True):
        assert one.grads is not None
        assert other.grads is not None
        np.testing.assert_array_equal(one.grads.h, other.grads.h)
    fixed = fix_target(LikeliestClass(), whole.probs, network.outputs)
    assert fixed == ClassLogit(best, -1, network.outputs[best])


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("embeds", [False, True])
def test_a_projection_is_shown_as_a_layer_of_its_own(both: bool, layers: int, embeds: bool) -> None:
    torch.manual_seed(3)
    width = 6 if both else 3
    theirs = nn.ModuleDict({"rnn": nn.LSTM(6, 7, layers, proj_size=3, bidirectional=both), "fc": nn.Linear(width, 4)})
    if embeds:
        theirs["embedding"] = nn.Embedding(9, 6)
    saved = io.BytesIO()
    torch.save(theirs.state_dict(), saved)
    network = load_checkpoint_bytes(saved.getvalue(), "theirs.pt", "abcdefghi" if embeds else None)
    x = torch.randn(9, 6) if not embeds else theirs["embedding"](torch.tensor(["abcdefghi".index(letter) for letter in TEXT]))
    hidden, (last, _) = theirs["rnn"](x[:, None])
    expected = theirs["fc"](torch.cat(tuple(last[-2:]), -1) if both else hidden[-1])[0].detach().numpy()
    if embeds:
        read = lstm_viz.trace(network, TEXT)
        np.testing.assert_allclose(np.log(read.probs[-1]), expected - np.log(np.exp(expected).sum()), atol=2e-6)
    else:
        assert isinstance(network, ImportedNetwork)
        read = read_values(network, x.numpy())
        np.testing.assert_allclose(read.probs[-1], expected, atol=2e-6)
    assert float(network.metadata["parity"]) < 2e-6
    # What the projection makes of the top layer's h is what PyTorch's module gives.
    top = read.layers[-2:] if both else read.layers[-1:]
    for number, (layer, ending) in enumerate(zip(top, ("", "_reverse"), strict=False)):
        projection = theirs["rnn"].state_dict()[f"weight_hr_l{layers - 1}{ending}"].numpy()
        assert layer.h.shape[-1] == layer.c.shape[-1] == 7
        np.testing.assert_allclose(layer.h[:, 0] @ projection.T, hidden[:, 0, 3 * number : 3 * number + 3].detach(), atol=2e-6)


def test_gradients_are_those_of_capture() -> None:
    theirs = grown(Classifier(layers=2, both=True))
    network = imported(theirs)
    read = read_network(network, TEXT, ClassLogit(2))
    with lstm_viz.capture(network) as captured, torch.enable_grad():
        x = network.body[0](torch.from_numpy(ALPHABET.encode(TEXT))[:, None]).requires_grad_()
        network.answer_of(network.hidden_from(x))[0, 2].backward()
    for ours, theirs_layer in zip(read.layers, captured.layers, strict=True):
        assert ours.grads is not None
        assert theirs_layer.grads is not None
        assert set(ours.grads.values) == set(theirs_layer.grads.values)
        for symbol, values in theirs_layer.values.items():
            np.testing.assert_allclose(ours.values[symbol], values, atol=2e-6)
        for symbol, steps in theirs_layer.grads.values.items():
            np.testing.assert_allclose(ours.grads.values[symbol], steps, atol=2e-5)
    again = pickle.loads(pickle.dumps(read))
    np.testing.assert_array_equal(again.layers[0].grads.c, read.layers[0].grads.c)
