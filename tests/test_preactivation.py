"""Why a gate opened: the parts against PyTorch's own equations, in double precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from lstm_viz.capture.layers import layers_of
from lstm_viz.gates import Kind
from lstm_viz.preactivation import decompose_preactivation
from lstm_viz.trace import LayerTrace

INPUTS, UNITS = 3, 4
MODULES = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


def example(kind: Kind, bias: bool, steps: int, seed: int) -> tuple[nn.RNNBase, LayerTrace]:
    """A layer in double precision and what it did on random inputs from a random first state."""
    torch.manual_seed(seed)
    module = MODULES[kind](INPUTS, UNITS, bias=bias, dtype=torch.float64)
    x, h0, c0 = torch.randn(steps, 1, INPUTS).double(), torch.randn(1, UNITS).double(), torch.randn(1, UNITS).double()
    (layer,) = layers_of(module)
    first = (h0.numpy(), c0.numpy() if kind == "lstm" else None)
    with torch.no_grad():
        h = module(x, (h0[None], c0[None]) if kind == "lstm" else h0[None])[0].numpy()
    values = {**layer.cell.replay(layer.weights, x.numpy(), h, *first), "h": h, "x": x.numpy()}
    return module, LayerTrace("rnn", kind, 0, False, values, *first)


def pre_activations(module: nn.RNNBase, layer: LayerTrace, step: int) -> dict[str, Tensor]:
    """What enters each non-linearity at one step [unit], as PyTorch's documentation of the module writes it."""
    x = torch.from_numpy(layer.values["x"][step, 0])
    h = torch.from_numpy((layer.values["h"][step - 1] if step else layer.h0)[0])
    zeros = torch.zeros(len(module.weight_hh_l0), dtype=torch.float64)
    b_ih, b_hh = (module.bias_ih_l0, module.bias_hh_l0) if module.bias else (zeros, zeros)
    from_x = (module.weight_ih_l0 @ x + b_ih).detach().split(UNITS)
    from_h = (module.weight_hh_l0 @ h + b_hh).detach().split(UNITS)
    if layer.kind == "gru":
        reset = torch.sigmoid(from_x[0] + from_h[0])
        return {"r": from_x[0] + from_h[0], "z": from_x[1] + from_h[1], "n": from_x[2] + reset * from_h[2]}
    gates = "ifgo" if layer.kind == "lstm" else "h"
    return {symbol: one + other for symbol, one, other in zip(gates, from_x, from_h, strict=True)}


@settings(max_examples=60)
@given(st.sampled_from(["lstm", "gru", "rnn"]), st.booleans(), st.integers(0, 3), st.integers(0, 3), st.integers(0, 99))
def test_the_parts_sum_to_what_pytorch_computes(kind: Kind, bias: bool, step: int, unit: int, seed: int) -> None:
    module, layer = example(kind, bias, 4, seed)
    (own,) = layers_of(module)
    found = decompose_preactivation(layer, own.weights, step, unit, count=100)
    expected = pre_activations(module, layer, step)
    assert found.keys() == expected.keys()
    for symbol, terms in found.items():
        assert terms.total == pytest.approx(expected[symbol][unit].item(), rel=1e-9, abs=1e-9)
        assert terms.inputs + terms.recurrent + terms.bias == pytest.approx(terms.total, rel=1e-12, abs=1e-12)
        assert sum(product for _, product in terms.largest_inputs) == pytest.approx(terms.inputs, abs=1e-9)
        assert sum(product for _, product in terms.largest_units) == pytest.approx(terms.recurrent, abs=1e-9)
        opened = np.tanh(terms.total) if symbol in "gnh" else 1 / (1 + np.exp(-terms.total))
        assert opened == pytest.approx(layer.values[symbol][step, 0, unit], rel=1e-9, abs=1e-9)
        assert bias or terms.bias == 0.0


def test_single_products_are_ranked_by_size_as_by_hand() -> None:
    module, layer = example("lstm", True, 2, 7)
    (own,) = layers_of(module)
    forget = decompose_preactivation(layer, own.weights, step=1, unit=2, count=2)["f"]
    row = UNITS + 2
    by_input = (module.weight_ih_l0[row].detach().numpy() * layer.values["x"][1, 0]).tolist()
    by_unit = (module.weight_hh_l0[row].detach().numpy() * layer.values["h"][0, 0]).tolist()
    for ranked, products in ((forget.largest_inputs, by_input), (forget.largest_units, by_unit)):
        largest = sorted(range(len(products)), key=lambda place: -abs(products[place]))[:2]
        assert ranked == tuple((place, products[place]) for place in largest)


@pytest.mark.parametrize(("step", "unit"), [(-1, 0), (4, 0), (0, -1), (0, UNITS)])
def test_places_outside_the_trace_are_refused(step: int, unit: int) -> None:
    module, layer = example("gru", True, 4, 1)
    (own,) = layers_of(module)
    with pytest.raises(IndexError, match="4 steps and 4 units"):
        decompose_preactivation(layer, own.weights, step, unit)
