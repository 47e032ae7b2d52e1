"""Hooks are borrowed: gone afterwards, blind to other threads, and nothing of the user's is changed."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lstm_viz.capture import capture


class Tagger(nn.Module):
    """Two recurrent modules of different kinds, one inside a nested module, the second called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.ModuleDict({"lstm": nn.LSTM(3, 4, batch_first=True)})
        self.gru = nn.GRU(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        h, _ = self.encoder["lstm"](input=x)
        once, last = self.gru(h)
        return self.gru(once, hx=last)[0]


def hooks(module: nn.Module) -> int:
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in module.modules())


def raise_after(net: nn.Module) -> None:
    net(torch.randn(2, 5, 3))
    raise ZeroDivisionError("the user's own mistake")


def test_names_and_the_order_of_computation() -> None:
    net = Tagger()
    with capture(net) as cap:
        net(torch.randn(2, 5, 3)).sum().backward()
    assert [layer.name for layer in cap.layers] == ["encoder.lstm", "gru", "gru"]
    np.testing.assert_array_equal(cap.layers[1].h, cap.layers[2].x)
    np.testing.assert_array_equal(cap.layers[1].h[-1], cap.layers[2].h0[:])
    assert all(layer.grads is not None for layer in cap.layers)


def modes() -> int:
    return torch._C._len_torch_function_stack()


def test_modules_carry_no_hook_and_no_mode_is_left() -> None:
    net = Tagger()
    with capture(net) as cap:
        net(torch.randn(2, 5, 3))
        assert (hooks(net), modes()) == (0, 1)
    assert (hooks(net), modes(), len(cap.layers)) == (0, 0, 3)


def test_no_hook_is_left_after_an_exception() -> None:
    net = Tagger()
    with pytest.raises(RuntimeError, match="input"), capture(net):
        net(torch.randn(2, 5, 9))
    assert hooks(net) == 0
    cap = capture(net)
    with pytest.raises(ZeroDivisionError, match="the user's own"), cap:
        raise_after(net)
    assert (hooks(net), modes()) == (0, 0)
    assert len(cap.layers) == 3


def test_results_and_gradients_are_those_of_the_uncaptured_module() -> None:
    net, x = Tagger(), torch.randn(2, 5, 3)
    other = copy.deepcopy(net)
    wanted = other(x)
    wanted.pow(2).sum().backward()
    with capture(net):
        found = net(x)
        found.pow(2).sum().backward()
    torch.testing.assert_close(found, wanted)
    for ours, theirs in zip(net.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


def test_the_output_may_be_written_to() -> None:
    module, x = nn.LSTM(3, 4), torch.randn(5, 2, 3)
    with capture(module) as cap:
        output, _ = module(x)
        before = output.detach().clone()
        output.relu_()
        output.sum().backward()
        x.zero_()
    np.testing.assert_array_equal(cap.layers[0].h, before)
    assert np.abs(cap.layers[0].x).min() > 0
    np.testing.assert_array_equal(cap.layers[0].grads.h[-1], before[-1] > 0)


def test_gradients_come_after_a_backward_pass_and_add_up() -> None:
    module = nn.GRU(3, 4, 2)
    with capture(module) as cap:
        output, _ = module(torch.randn(5, 2, 3))
        assert [layer.grads for layer in cap.layers] == [None, None]
        output.sum().backward(retain_graph=True)
        once = [layer.grads.r for layer in cap.layers]
        output.sum().backward()
    for layer, first in zip(cap.layers, once, strict=True):
        np.testing.assert_allclose(layer.grads.r, 2 * first, rtol=1e-6)


def test_a_loss_of_the_last_states_alone() -> None:
    torch.manual_seed(0)
    module = nn.LSTM(3, 4)
    with capture(module) as cap:
        _, (_, c_n) = module(torch.randn(5, 2, 3))
        c_n.sum().backward()
    np.testing.assert_array_equal(cap.layers[0].grads.c[-1], np.ones((2, 4)))
    np.testing.assert_array_equal(cap.layers[0].grads.h[-1], np.zeros((2, 4)))
    assert np.abs(cap.layers[0].grads.h[0]).min() > 0


def test_frozen_weights_and_a_gradient_by_the_input_alone() -> None:
    module, x = nn.LSTM(3, 4, 2).requires_grad_(False), torch.randn(5, 2, 3, requires_grad=True)
    with capture(module) as cap:
        module(x)[0].sum().backward()
    np.testing.assert_allclose(cap.layers[0].grads.x, x.grad, rtol=1e-5, atol=1e-7)  # the kernel's own
    assert all(parameter.grad is None for parameter in module.parameters())


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_autograd_there_are_values_and_no_gradients(mode: type) -> None:
    module = nn.LSTM(3, 4, 2, bidirectional=True)
    with mode(), capture(module) as cap:
        output, _ = module(torch.randn(5, 2, 3))
    np.testing.assert_array_equal(np.concatenate([cap.layers[2].h, cap.layers[3].h], -1), output)
    assert all(layer.grads is None for layer in cap.layers)


def test_captures_inside_one_another_see_the_same() -> None:
    module = nn.LSTM(3, 4, 2)
    with capture(module) as outer, capture(module) as inner:
        module(torch.randn(5, 2, 3))[0].sum().backward()
    for one, other in zip(outer.layers, inner.layers, strict=True):
        np.testing.assert_array_equal(one.f, other.f)
        np.testing.assert_array_equal(one.grads.f_pre, other.grads.f_pre)


def test_changed_weights_are_noticed_before_gradients_go_wrong() -> None:
    module = nn.LSTM(3, 4)
    with capture(module):
        output, _ = module(torch.randn(5, 2, 3))
        with torch.no_grad():
            module.weight_hh_l0.mul_(2)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            output.sum().backward()


def test_eight_threads_share_one_module_and_each_sees_its_own() -> None:
    module = nn.LSTM(3, 16, 2)
    texts = [torch.randn(20 + k, 1, 3) for k in range(8)]
    start, found = threading.Barrier(8), [[] for _ in texts]

    def read(k: int) -> None:
        start.wait()
        for _ in range(25):
            with capture(module) as cap:
                output, _ = module(texts[k])
                torch.autograd.grad(output.sum(), module.weight_hh_l1)
            found[k].append(cap.layers)

    threads = [threading.Thread(target=read, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hooks(module) == 0
    for text, captures in zip(texts, found, strict=True):
        with capture(module) as alone:
            module(text)[0].sum().backward()
        assert len(captures) == 25
        for layers in captures:
            assert len(layers) == 2
            for layer, wanted in zip(layers, alone.layers, strict=True):
                np.testing.assert_array_equal(layer.f, wanted.f)
                np.testing.assert_array_equal(layer.grads.c, wanted.grads.c)


def test_refusals_say_what_came_and_what_was_wanted() -> None:
    with pytest.raises(ValueError, match=r"Linear has no recurrent submodule; capture needs nn\.LSTM"):
        capture(nn.Linear(3, 4))
    module = nn.LSTM(3, 4)
    with capture(module) as cap, pytest.raises(RuntimeError, match="already open"):
        cap.__enter__()
    assert hooks(module) == 0
