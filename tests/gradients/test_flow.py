"""The gradient flow against autograd: one backward pass for each loss through the network written out step by step."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import lstm_viz
from lstm_viz.gates import Kind
from lstm_viz.gradients.flow import flow
from lstm_viz.reader import trace
from tests.facts import facts
from tests.reference import Unrolled
from tests.tiny import KINDS, TEXT, tiny

#: Longer than the number of right-hand sides from which weights are added up first.
LONG = TEXT * 3


def autograds(kind: Kind, layers: int, text: str) -> list[dict[str, np.ndarray]]:
    model = tiny(kind, layers).double()
    ids = torch.from_numpy(model.vocabulary.encode(text))
    zeros = torch.zeros(layers, 1, 5, dtype=torch.float64)
    unrolled = Unrolled(model.rnn, model.embedding(ids)[:, None], zeros, zeros if kind == "lstm" else None)
    log_p = model.decoder(unrolled.output[:, 0]).log_softmax(-1)
    found = []
    for layer in range(layers):
        of_layer = {}
        for symbol in ("c", "h") if kind == "lstm" else ("h",):
            states = [step[symbol] for step in unrolled.layers[layer][:-1]]
            rows = []
            for k in range(len(ids) - 1):
                slopes = torch.autograd.grad(-log_p[k, ids[k + 1]], states, retain_graph=True, allow_unused=True)
                rows.append([0.0 if slope is None else slope.norm().item() for slope in slopes])
            of_layer[symbol] = np.array(rows)
        found.append(of_layer)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("layers", "text"), [(1, LONG), (2, LONG), (3, TEXT)])
def test_every_entry_is_autograds(kind: Kind, layers: int, text: str) -> None:
    model = tiny(kind, layers).double()
    found = flow(model, trace(model, text))
    for ours, wanted in zip(found, autograds(kind, layers, text), strict=True):
        assert set(ours.symbols) == set(wanted)
        for symbol, matrix in wanted.items():
            assert np.abs(ours.of(symbol) - matrix).max() <= 1e-10 * matrix.max()
            assert not np.triu(ours.of(symbol), 1).any()


@pytest.mark.parametrize("name", ["shakespeare-lstm", "counting"])
def test_a_shipped_model_in_single_precision(name: str) -> None:
    model, text = lstm_viz.load(name), {"counting": "aaaabbbb\naab"}.get(name, "ROMEO:\nO, she doth teach")
    (*_, top) = flow(model, trace(model, text))
    # The fused kernel gives no ∂L/∂h_t inside a call, but what reaches an outside state: read in two parts.
    ids, split = torch.from_numpy(model.vocabulary.encode(text)), 7
    _, state = model(ids[:split, None])
    h, c = (part.detach().requires_grad_() for part in state)
    logits, _ = model(ids[split:, None], (h, c))
    slopes = torch.autograd.grad(torch.nn.functional.cross_entropy(logits[-2], ids[-1:]), (h, c))
    assert top.c is not None
    assert top.h[-1, split - 1] == pytest.approx(slopes[0][-1].norm().item(), rel=1e-4)
    through_output = top.c[-1, split - 1]
    # ∂L/∂c_t here also goes through h_t, which autograd counts on its own.
    read = trace(model, text).layers[-1]
    c_t, o_t = (torch.from_numpy(read[symbol][split - 1]) for symbol in "co")
    total = slopes[1][-1] + slopes[0][-1] * o_t * (1 - c_t.tanh() ** 2)
    assert through_output == pytest.approx(total.norm().item(), rel=1e-4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", [0, 3, len(TEXT) - 2, len(TEXT) - 1, 100])
def test_beginning_later_leaves_out_and_changes_nothing(kind: Kind, first: int) -> None:
    model = tiny(kind)
    read = trace(model, TEXT)
    for whole, part in zip(flow(model, read), flow(model, read, first), strict=True):
        assert part.first == first
        for symbol in whole.symbols:
            np.testing.assert_allclose(part.of(symbol), whole.of(symbol)[first:, first:], rtol=2e-5, atol=1e-9)


def test_the_topmost_layer_alone() -> None:
    model = tiny()
    (top,) = flow(model, trace(model, TEXT), lowest=1)
    assert top.layer == 1
    np.testing.assert_array_equal(top.h, flow(model, trace(model, TEXT))[1].h)


@pytest.mark.parametrize("kind", KINDS)
def test_the_topmost_layer_of_a_long_text_alone(kind: Kind) -> None:
    model = tiny(kind).double()
    read = trace(model, LONG)
    (top,), (_, among) = flow(model, read, lowest=1), flow(model, read)
    # With many losses the layer below shares a wider product, whose sums are rounded in another order.
    for symbol in among.symbols:
        np.testing.assert_allclose(top.of(symbol), among.of(symbol), rtol=1e-12, atol=1e-12 * among.of(symbol).max())


@pytest.mark.parametrize("text", ["", "T"])
def test_a_text_without_losses_has_an_empty_flow(text: str) -> None:
    model = tiny()
    assert [part.h.shape for part in flow(model, trace(model, text))] == [(0, 0), (0, 0)]


def test_refusals() -> None:
    model = tiny("gru")
    with pytest.raises(ValueError, match=facts("step -1", "layer 0")):
        flow(model, trace(model, TEXT), -1)
    with pytest.raises(ValueError, match="layers 0 to 1"):
        flow(model, trace(model, TEXT), lowest=2)
    with pytest.raises(KeyError, match="no flow by 'c'; available: h"):
        flow(model, trace(model, TEXT))[0].of("c")
