"""The backward scans against finite differences, and many right-hand sides at once against one at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lstm_viz.capture.layers import layers_of

KINDS = [nn.LSTM, nn.GRU, nn.RNN]


def read(module: nn.RNNBase, x: torch.Tensor, h0: torch.Tensor, c0: torch.Tensor | None) -> torch.Tensor:
    with torch.no_grad():
        return module(x, h0[None] if c0 is None else (h0[None], c0[None]))[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_derivative_by_the_input_and_first_states_agrees_with_finite_differences(kind: type[nn.RNNBase]) -> None:
    torch.manual_seed(0)
    module = kind(3, 4).double()
    (layer,) = layers_of(module)
    x, h0, weight = (torch.randn(*shape, dtype=torch.float64) for shape in ((6, 2, 3), (2, 4), (6, 2, 4)))
    c0 = torch.randn(2, 4, dtype=torch.float64) if kind is nn.LSTM else None
    first = (h0.numpy(), None if c0 is None else c0.numpy())
    h = read(module, x, h0, c0).numpy()
    values = {**layer.cell.replay(layer.weights, x.numpy(), h, *first), "h": h, "x": x.numpy()}
    back = layer.bptt(values, *first, weight.numpy())
    pairs = [(x, back.values["x"]), (h0, back.h0)] + ([] if c0 is None else [(c0, back.c0)])
    for tensor, found in pairs:
        numeric, step = torch.empty_like(tensor).reshape(-1), 1e-5
        for k in range(tensor.numel()):
            sides = []
            for sign in (1, -1):
                tensor.view(-1)[k] += sign * step
                sides.append((read(module, x, h0, c0) * weight).sum().item())
                tensor.view(-1)[k] -= sign * step
            numeric[k] = (sides[0] - sides[1]) / (2 * step)
        error = np.abs(found - numeric.reshape(tensor.shape).numpy()).max() / numeric.abs().max().item()
        assert error <= 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_many_right_hand_sides_at_once_are_those_one_at_a_time(kind: type[nn.RNNBase]) -> None:
    torch.manual_seed(0)
    module = kind(3, 4).double()
    (layer,) = layers_of(module)
    x, zeros = torch.randn(6, 1, 3, dtype=torch.float64), torch.zeros(1, 4, dtype=torch.float64)
    first = (zeros.numpy(), zeros.numpy() if kind is nn.LSTM else None)
    h = read(module, x, zeros, zeros if kind is nn.LSTM else None).numpy()
    values = {**layer.cell.replay(layer.weights, x.numpy(), h, *first), "h": h, "x": x.numpy()}
    sides = np.random.default_rng(0).standard_normal((6, 5, 4))
    together = layer.bptt(values, *first, sides)
    for k in range(5):
        alone = layer.bptt(values, *first, sides[:, k : k + 1])
        for symbol, wanted in alone.values.items():
            np.testing.assert_allclose(together.values[symbol][:, k : k + 1], wanted, atol=1e-12, err_msg=symbol)


@pytest.mark.parametrize("sides", [1, 5, 40])
@pytest.mark.parametrize(("kind", "projection"), [(nn.LSTM, 0), (nn.LSTM, 3), (nn.GRU, 0), (nn.RNN, 0)])
def test_one_step_back_after_another_is_the_whole_scan(kind: type[nn.RNNBase], projection: int, sides: int) -> None:
    torch.manual_seed(0)
    module = (kind(3, 4, proj_size=projection) if projection else kind(3, 4)).double()
    (layer,) = layers_of(module)
    x, h0, c0 = (torch.randn(*shape, dtype=torch.float64) for shape in ((6, 1, 3), (1, projection or 4), (1, 4)))
    first = (h0.numpy(), c0.numpy() if kind is nn.LSTM else None)
    h = read(module, x, h0, c0 if kind is nn.LSTM else None).numpy()
    values = {**layer.cell.replay(layer.weights, x.numpy(), h, *first), "h": h, "x": x.numpy()}
    outside = np.random.default_rng(0).standard_normal((6, sides, h.shape[-1]))
    whole = layer.bptt(values, *first, outside)
    factors = layer.cell.local_derivatives(layer.weights, values, *first)
    carried, d_c = np.zeros_like(outside[0]), None
    for t in range(5, -1, -1):
        d_h = carried + outside[t]
        np.testing.assert_allclose(d_h, whole.values["h"][t], atol=1e-12)
        back = layer.cell.backward_step(layer.weights, [factor[t] for factor in factors], d_h, d_c, by_input=True)
        assert back.x is not None
        np.testing.assert_allclose(back.x, whole.values["x"][t], atol=1e-12)
        if kind is nn.LSTM:
            assert back.c is not None
            np.testing.assert_allclose(back.c, whole.values["c"][t], atol=1e-12)
        carried, d_c = back.h_before, back.c_before
    np.testing.assert_allclose(carried, whole.h0, atol=1e-12)
    if whole.c0 is not None:
        assert d_c is not None
        np.testing.assert_allclose(d_c, whole.c0, atol=1e-12)
