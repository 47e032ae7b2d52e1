"""Packed sequences, dropout, cells in loops: each shape in which recurrent modules are called."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_viz.capture import capture

KINDS = [nn.LSTM, nn.GRU, nn.RNN]


def last_states(ends: Tensor | tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
    return ends if isinstance(ends, tuple) else (ends,)


@pytest.mark.parametrize("kind", KINDS)
@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    layers=st.integers(1, 2),
    bidirectional=st.booleans(),
    seed=st.integers(0, 99),
)
def test_each_packed_sequence_reads_as_if_it_were_alone(
    kind: type[nn.RNNBase], lengths: list[int], layers: int, bidirectional: bool, seed: int
) -> None:
    torch.manual_seed(seed)
    module = kind(3, 4, layers, bidirectional=bidirectional).double()
    x = torch.randn(max(lengths), len(lengths), 3, dtype=torch.float64)
    packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    with capture(module) as cap:
        output, ends = module(packed)
        loss = pad_packed_sequence(output)[0].pow(2).sum() + sum(end.sin().sum() for end in last_states(ends))
        loss.backward()
    gradient = module.weight_hh_l0.grad.clone()
    module.zero_grad()
    for column, length in enumerate(lengths):
        with capture(module) as alone:
            output, ends = module(x[:length, column])
            (output.pow(2).sum() + sum(end.sin().sum() for end in last_states(ends))).backward()
        for batched, single in zip(cap.layers, alone.layers, strict=True):
            assert batched.lengths[column] == length
            for symbol, values in single.values.items():
                np.testing.assert_allclose(batched[symbol][:length, column], values[:, 0], atol=1e-12)
                assert np.isnan(batched[symbol][length:, column]).all()
            for symbol, values in single.grads.values.items():
                np.testing.assert_allclose(batched.grads[symbol][:length, column], values[:, 0], atol=1e-12)
    torch.testing.assert_close(module.weight_hh_l0.grad, gradient)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("packed", [False, True])
def test_dropout_shows_the_masks_that_were_drawn(kind: type[nn.RNNBase], packed: bool) -> None:
    module = kind(3, 8, 3, dropout=0.5)
    x = torch.randn(6, 2, 3)
    given_ = pack_padded_sequence(x, torch.tensor([6, 4])) if packed else x
    torch.manual_seed(7)
    plain, _ = module(given_)
    after = torch.rand(1)
    torch.manual_seed(7)
    with capture(module) as cap:
        seen, ends = module(given_)
        assert torch.equal(torch.rand(1), after)  # the user's own random numbers go on as if nobody had looked
        plain, seen = (pad_packed_sequence(out)[0] if packed else out for out in (plain, seen))
        torch.testing.assert_close(seen, plain)
        seen.sum().backward()
    lower, upper = cap.layers[0], cap.layers[1]
    kept = upper.x != 0
    real = ~np.isnan(upper.x)
    assert 0.2 < kept[real].mean() < 0.8
    np.testing.assert_allclose(upper.x[kept & real], 2 * lower.h[kept & real], rtol=1e-6)  # 1 / (1 − p)
    np.testing.assert_allclose(last_states(ends)[0][-1][0].detach(), cap.layers[-1].h[-1, 0], rtol=1e-6)


def test_dropout_sleeps_in_eval_mode() -> None:
    module = nn.LSTM(3, 8, 2, dropout=0.5).eval()
    with capture(module) as cap:
        module(torch.randn(4, 2, 3))
    np.testing.assert_array_equal(cap.layers[1].x, cap.layers[0].h)


@pytest.mark.parametrize(("cell", "whole"), [(nn.LSTMCell, nn.LSTM), (nn.GRUCell, nn.GRU), (nn.RNNCell, nn.RNN)])
@pytest.mark.parametrize("batched", [True, False])
def test_a_cell_in_a_loop_reads_like_the_whole_module(
    cell: type[nn.RNNCellBase], whole: type[nn.RNNBase], batched: bool
) -> None:
    torch.manual_seed(0)
    step, module = cell(3, 4).double(), whole(3, 4).double()
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(module, f"{name}_l0").data.copy_(getattr(step, name).data)
    x = torch.randn(5, 2, 3, dtype=torch.float64) if batched else torch.randn(5, 3, dtype=torch.float64)
    with capture(module) as wanted:
        output, _ = module(x)
        output[:-1].pow(3).sum().backward()  # the last step stays outside the loss
    with capture(step) as cap:
        for _ in range(2):
            state, outputs = None, []
            for x_t in x:
                state = step(x_t, state)
                outputs.append(state[0] if isinstance(state, tuple) else state)
            torch.stack(outputs[:-1]).pow(3).sum().backward()
    assert len(cap.layers) == 2
    for layer in cap.layers:
        for symbol, values in wanted.layers[0].values.items():
            np.testing.assert_allclose(layer[symbol], values, atol=1e-12)
        for symbol, values in wanted.layers[0].grads.values.items():
            np.testing.assert_allclose(layer.grads[symbol], values, atol=1e-12)
    torch.testing.assert_close(step.weight_hh.grad, 2 * module.weight_hh_l0.grad)


def test_two_cells_stacked_in_one_loop_make_two_traces() -> None:
    lower, upper = nn.LSTMCell(3, 4), nn.LSTMCell(4, 4)
    net = nn.ModuleDict({"lower": lower, "upper": upper})
    with capture(net) as cap:
        below, above = None, None
        for x_t in torch.randn(5, 2, 3):
            below = lower(x_t, below)
            above = upper(below[0], above)
    assert [(layer.name, layer.steps) for layer in cap.layers] == [("lower", 5), ("upper", 5)]
    np.testing.assert_array_equal(cap.layers[1].x, cap.layers[0].h)
