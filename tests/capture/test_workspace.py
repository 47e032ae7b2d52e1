"""The gates that oneDNN leaves are those of the step-by-step reference; where they are not to be had, they are computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lstm_viz.capture import capture, workspace
from lstm_viz.capture.layers import layers_of
from lstm_viz.cells import lstm
from tests.reference import Unrolled

SYMBOLS = ("i", "f", "g", "o", "c", "h")
ONEDNN = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="PyTorch without oneDNN")


def arrange(
    units: int = 5, batch: int = 2, bias: bool = True, steps: int = 7, **options: Any
) -> tuple[nn.LSTM, torch.Tensor, Any]:
    torch.manual_seed(units + batch)
    module = nn.LSTM(3, units, bias=bias, **options)
    states = torch.randn(2, 1, batch, units)
    return module, torch.randn(steps, batch, 3), (states[0], states[1])


def read(module: nn.LSTM, x: torch.Tensor, first: Any) -> dict[str, np.ndarray]:
    (layer,) = layers_of(module)
    with torch.inference_mode():
        return layer.read(x, first[0][0], first[1][0])


def assert_right(found: dict[str, np.ndarray], module: nn.LSTM, x: torch.Tensor, first: Any) -> None:
    wanted = Unrolled(module, x, *first)
    for symbol in SYMBOLS:
        assert np.abs(found[symbol] - wanted.value(0, symbol).numpy()).max() < 1e-5, symbol


def replays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many steps each computation of gates from h goes, from now on."""
    seen: list[int] = []
    plain = lstm.replay

    def count(weights: Any, x: Any, *others: Any) -> Any:
        seen.append(len(x))
        return plain(weights, x, *others)

    monkeypatch.setattr(lstm, "replay", count)
    return seen


@settings(max_examples=60, deadline=None)
@given(
    units=st.one_of(st.integers(1, 40), st.sampled_from([63, 64, 65, 128, 192, 256])),
    batch=st.integers(1, 9),
    bias=st.booleans(),
    steps=st.integers(1, 12),
    strided=st.booleans(),
)
def test_whatever_the_sizes_the_gates_are_the_references(units: int, batch: int, bias: bool, steps: int, strided: bool) -> None:
    module, x, first = arrange(units, batch, bias, steps)
    if strided:
        x = x.transpose(0, 1).contiguous().transpose(0, 1)
    assert_right(read(module, x, first), module, x, first)


@ONEDNN
def test_nothing_is_computed_again_where_the_kernel_leaves_its_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    for units in (5, 64, 128):
        arranged = arrange(units)
        with monkeypatch.context() as patched:
            seen = replays(patched)
            read(*arranged)
        assert seen == []


def exchanged(gates: np.ndarray) -> np.ndarray:
    """i and g in each other's place: h comes of them all the same."""
    return gates[:, :, [2, 1, 0, 3]].copy()


def shifted(gates: np.ndarray) -> np.ndarray:
    return np.roll(gates, 1, 0)


def other_order(gates: np.ndarray) -> np.ndarray:
    return gates[:, :, [3, 0, 1, 2]].copy()


def of_noise(gates: np.ndarray) -> np.ndarray:
    return np.full_like(gates, np.nan)


def almost(gates: np.ndarray) -> np.ndarray:
    gates[3, 0, 1, 2] += 0.01
    return gates


@ONEDNN
@pytest.mark.parametrize("spoil", [exchanged, shifted, other_order, of_noise, almost, lambda gates: None])
def test_gates_that_lie_otherwise_are_computed_from_h(spoil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arranged, plain = arrange(), workspace.gates_in
    monkeypatch.setattr(workspace, "gates_in", lambda *given: spoil(plain(*given)))
    seen = replays(monkeypatch)
    assert_right(read(*arranged), *arranged)
    assert seen == [7]


def test_a_workspace_too_small_holds_no_gates() -> None:
    assert workspace.gates_in(torch.zeros(64, dtype=torch.uint8), 7, 2, 5) is None


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_other_kernels_are_not_asked_for_a_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any) -> Any:
        raise AssertionError("oneDNN does not run this")

    monkeypatch.setattr(workspace, "run", refuse)
    module, x, first = arrange()
    before = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)  # torch.backends.mkldnn.flags warns of graphics cards
    try:
        assert_right(read(module, x, first), module, x, first)
    finally:
        torch._C._set_mkldnn_enabled(before)
    exact = module.double(), x.double(), tuple(state.double() for state in first)
    assert_right(read(*exact), *exact)
    for other in (nn.GRU(3, 5), nn.RNN(3, 5)):
        (layer,) = layers_of(other)
        with torch.inference_mode():
            layer.read(x, torch.zeros(2, 5), None)
    (layer,) = layers_of(nn.LSTM(3, 5, proj_size=2))
    with torch.inference_mode():
        layer.read(x, torch.zeros(2, 2), torch.zeros(2, 5))


@pytest.mark.parametrize("size", [1e-30, 1e4])
def test_extreme_weights_and_inputs(size: float) -> None:
    module, x, first = arrange()
    with torch.no_grad():
        module.weight_ih_l0 *= size
    found, (layer,) = read(module, x, first), layers_of(module)
    assert np.abs(found["o"] * np.tanh(found["c"]) - found["h"]).max() < 1e-5
    again = lstm.replay(layer.weights, x.numpy(), found["h"], first[0][0].numpy(), first[1][0].numpy())
    for symbol in "ifgo":  # rounding moves a pre-activation by as much as its parts are large
        assert np.abs(found[symbol] - again[symbol]).max() < 1e-5 + 1e-6 * size, symbol


def test_captured_lower_layers_are_right_when_their_gates_lie_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    module, x, _ = arrange(num_layers=3, bidirectional=True)
    wanted = Unrolled(module, x, torch.zeros(6, 2, 5), torch.zeros(6, 2, 5))
    plain = workspace.gates_in
    for spoil in (None, exchanged, of_noise):
        if spoil is not None:
            monkeypatch.setattr(workspace, "gates_in", lambda *given, spoil=spoil: spoil(plain(*given)))
        with capture(module) as cap:
            module(x)
        for k, layer in enumerate(cap.layers):
            for symbol in SYMBOLS:
                assert np.abs(layer[symbol] - wanted.value(k, symbol).numpy()).max() < 1e-5, (k, symbol)
