"""Both paths against autograd's Jacobians of the network written out step by step."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import lstm_viz
from lstm_viz.gates import Kind
from lstm_viz.gradients import gradient_paths
from lstm_viz.gradients.gradient_paths import direct_path
from lstm_viz.reader import trace
from tests.facts import facts
from tests.reference import Unrolled
from tests.tiny import KINDS, TEXT, tiny


def jacobians(kind: Kind, layer: int, step: int) -> np.ndarray:
    """∂s_step/∂s_t for t = 0 … step, [time, unit, unit]."""
    model = tiny(kind).double()
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))
    zeros = torch.zeros(2, 1, 5, dtype=torch.float64)
    unrolled = Unrolled(model.rnn, model.embedding(ids)[:, None], zeros, zeros if kind == "lstm" else None)
    states = [each["c" if kind == "lstm" else "h"] for each in unrolled.layers[layer][: step + 1]]
    rows = [torch.autograd.grad(states[-1][0, unit], states, retain_graph=True) for unit in range(5)]
    return torch.stack([torch.stack([slope[0] for slope in row]) for row in rows], dim=1).numpy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("layer", "step", "first"), [(0, 16, 0), (1, 16, 0), (0, 9, 4), (1, 0, 0)])
def test_every_number_is_autograds(kind: Kind, layer: int, step: int, first: int) -> None:
    model = tiny(kind).double()
    found, wanted = gradient_paths(model, trace(model, TEXT), layer, step, first), jacobians(kind, layer, step)[first:]
    np.testing.assert_allclose(found.diagonal, np.diagonal(wanted, axis1=1, axis2=2), atol=1e-12)
    np.testing.assert_allclose(found.row, np.linalg.norm(wanted, axis=2), atol=1e-12)
    np.testing.assert_allclose(found.layer, np.linalg.norm(wanted, axis=(1, 2)), atol=1e-12)
    straight = np.stack([np.diag(direct) for direct in found.direct])
    np.testing.assert_allclose(found.layer_direct, np.linalg.norm(straight, axis=(1, 2)), atol=1e-12)
    np.testing.assert_allclose(found.layer_gates, np.linalg.norm(wanted - straight, axis=(1, 2)), atol=1e-10)
    assert (found.kind, found.symbol, found.first) == (kind, "c" if kind == "lstm" else "h", first)


@given(step=st.integers(0, len(TEXT) - 1), unit=st.integers(0, 4))
def test_the_direct_path_is_the_product_of_the_keeping_gate(step: int, unit: int) -> None:
    for kind, gate in (("lstm", "f"), ("gru", "z")):
        layer = trace(tiny(kind).double(), TEXT).layers[0]  # type: ignore[arg-type]
        wanted = [np.prod(layer[gate][t + 1 : step + 1, 0, unit]) for t in range(step + 1)]
        np.testing.assert_allclose(direct_path(layer, step)[:, unit], wanted, rtol=1e-12)


def test_with_gates_that_see_no_state_the_direct_road_is_all() -> None:
    model = tiny("lstm", layers=1).double()
    model.rnn.weight_hh_l0.zero_()
    found = gradient_paths(model, trace(model, TEXT), 0, 12)
    np.testing.assert_allclose(found.diagonal, found.direct, atol=1e-12)
    np.testing.assert_allclose(found.layer_gates, 0.0, atol=1e-7)


def test_a_plain_rnn_has_no_direct_road() -> None:
    found = gradient_paths(tiny("rnn"), trace(tiny("rnn"), TEXT), 0, 5)
    np.testing.assert_array_equal(found.direct[:5], 0.0)
    np.testing.assert_array_equal(found.direct[5], 1.0)
    np.testing.assert_allclose(found.layer_gates[:5], found.layer[:5])


def test_a_shipped_model_against_a_state_moved_by_hand() -> None:
    # A copy: shipped models are shared, and must stay as they are.
    model, text, split, unit = deepcopy(lstm_viz.load("shakespeare-lstm")).double(), "ROMEO:\nO, she doth teach", 20, 119
    found = gradient_paths(model, trace(model, text), 0, len(text) - 1)
    ids = torch.from_numpy(model.vocabulary.encode(text))[:, None]
    _, (h, c) = model(ids[:split])
    o = torch.from_numpy(trace(model, text).layers[0].o[split - 1])
    ends = []
    for move in (1e-5, -1e-5):
        cell, hidden = c.clone(), h.clone()
        cell[0, 0, unit] += move
        hidden[0] = o * cell[0].tanh()
        ends.append(model(ids[split:], (hidden, cell))[1][1][0, 0, unit].item())
    assert found.diagonal[split - 1, unit] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-6)


def test_some_units_are_rows_of_all() -> None:
    model = tiny().double()
    read = trace(model, TEXT)
    every, some = gradient_paths(model, read, 0, 12), gradient_paths(model, read, 0, 12, units=(3, 1))
    for name in ("direct", "diagonal", "row"):
        np.testing.assert_allclose(getattr(some, name), getattr(every, name)[:, [3, 1]], atol=1e-12)
    np.testing.assert_allclose(some.layer, np.linalg.norm(every.row[:, [3, 1]], axis=1), atol=1e-12)


def test_refusals() -> None:
    model = tiny()
    read = trace(model, TEXT)
    with pytest.raises(IndexError, match=facts("[5]", "0 to 4")):
        gradient_paths(model, read, 0, 3, units=[5])
    with pytest.raises(IndexError, match=facts("layer 2", "0 to 1")):
        gradient_paths(model, read, 2, 3)
    with pytest.raises(IndexError, match=facts("0 to 17", "17 steps")):
        gradient_paths(model, read, 0, 17)
    with pytest.raises(IndexError, match="steps 4 to 3 lie outside"):
        gradient_paths(model, read, 0, 3, first=4)
