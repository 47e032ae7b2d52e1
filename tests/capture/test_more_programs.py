"""Fifteen more programs under `capture`: sampling, reinforcement learning, decoders with beams, adapters, old optimizers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.utils.checkpoint import checkpoint

from lstm_viz import capture
from tests.capture.programs import Build, agrees, precision, stepwise, untouched
from tests.capture.test_programs import program, sequence


def sampled() -> Any:
    """Each token is drawn from what the cell gave for the one before, and the sum of log-probabilities is learned from."""
    net = nn.ModuleDict({"emb": nn.Embedding(9, 4), "cell": nn.LSTMCell(4, 5), "fc": nn.Linear(5, 9)})

    def go() -> Tensor:
        token, state, total = torch.zeros(2, dtype=torch.long), None, torch.zeros(())
        for _ in range(6):
            state = net["cell"](net["emb"](token), state)
            scores = net["fc"](state[0]).log_softmax(-1)
            token = torch.multinomial(scores.exp(), 1)[:, 0]
            total = total + scores.gather(1, token[:, None]).sum()
        (-total).backward()
        return total

    return net, net["cell"], go


def states_from_outside() -> Any:
    module, x = nn.LSTM(3, 4, 2), sequence(5, 2, 3)
    h, c = (torch.randn(2, 2, 4, requires_grad=True) for _ in range(2))

    def go() -> Any:
        output, (_, last) = module(x, (h, c))
        (output.pow(2).sum() + last.sum()).backward()
        return output, h.grad, c.grad

    return module, module, go


def one_step() -> Any:
    module, x = nn.LSTM(3, 4, 2, bidirectional=True), sequence(1, 2, 3)
    return program(module, lambda: module(x))


def expanded() -> Any:
    """One input for every step and sequence, by strides of 0."""
    module, x = nn.LSTM(3, 4, batch_first=True), sequence(3).expand(2, 5, 3)
    return program(module, lambda: module(x))


def retained() -> Any:
    module, x = nn.LSTM(3, 4), sequence(5, 2, 3)

    def go() -> Tensor:
        output: Tensor = module(x)[0]
        output.pow(2).sum().backward(retain_graph=True)
        output.sum().backward()
        return output

    return module, module, go


def changed_before_backward() -> Any:
    """The weights are given other memory between the forward and the backward pass."""
    module, x = nn.GRU(3, 4), sequence(5, 2, 3)

    def go() -> Tensor:
        output: Tensor = module(x)[0]
        for parameter in module.parameters():
            parameter.data = 0.5 * parameter.data
        output.pow(2).sum().backward()
        return output

    return module, module, go


def edited_in_place() -> Any:
    module, x = nn.GRU(3, 4), sequence(5, 2, 3)
    return program(module, lambda: nn.functional.relu(module(x)[0], inplace=True))


class _Cubic(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight + 1e-3 * weight.pow(3)


def own_parametrization() -> Any:
    module, x = nn.LSTM(3, 4), sequence(5, 2, 3)
    parametrize.register_parametrization(module, "weight_hh_l0", _Cubic())
    return program(module, lambda: module(x))


def low_rank_adapter() -> Any:
    module, x = nn.LSTM(3, 4), sequence(5, 2, 3)
    a, b = nn.Parameter(torch.randn(16, 2) / 9), nn.Parameter(torch.randn(2, 4) / 9)
    net = nn.ModuleDict({"lstm": module, "adapter": nn.ParameterList([a, b])})
    return program(net, lambda: torch.func.functional_call(module, {"weight_hh_l0": module.weight_hh_l0 + a @ b}, (x,)))


def residual() -> Any:
    layers, x = nn.ModuleList([nn.LSTM(3, 3), nn.LSTM(3, 3)]), sequence(5, 2, 3)

    def go() -> Tensor:
        y = x
        for layer in layers:
            y = y + layer(y)[0]
        return y

    return program(layers, go)


def beams() -> Any:
    """The states of a batch are picked anew after each step."""
    cell, xs = nn.LSTMCell(3, 4), sequence(6, 3, 3)

    def go() -> Tensor:
        state, outputs = None, []
        for number, x in enumerate(xs):
            h, c = cell(x, state)
            kept = torch.tensor([2, 0, 1] if number % 2 else [0, 0, 2])
            state = h[kept], c.index_select(0, kept)
            outputs.append(state[0])
        return torch.stack(outputs)

    return program(cell, go)


def episodes() -> Any:
    """Of reinforcement learning: the states of an episode that is over are multiplied by 0."""
    module, xs = nn.LSTM(3, 4), sequence(6, 2, 3)
    over = (torch.rand(6, 2) < 0.4).to(xs.dtype)

    def go() -> Tensor:
        states, outputs = (torch.zeros(1, 2, 4),) * 2, []
        for x, done in zip(xs, over, strict=True):
            output, states = module(x[None], tuple((1 - done).view(1, -1, 1) * each for each in states))
            outputs.append(output)
        return torch.cat(outputs)

    return program(module, go)


def differentiated_twice() -> Any:
    module, x = nn.LSTM(3, 4), sequence(5, 2, 3).requires_grad_(True)

    def go() -> Tensor:
        output = module(x)[0]
        (by_x,) = torch.autograd.grad(output.sum(), x, retain_graph=True)
        output.pow(2).sum().backward()
        return by_x

    return module, module, go


def cell_state_alone() -> Any:
    module, x = nn.LSTM(3, 4, 2), sequence(5, 2, 3)
    return program(module, lambda: module(x)[1][1][0])


def shared_matrix() -> Any:
    layers, x = nn.ModuleList([nn.GRU(4, 4), nn.GRU(4, 4)]), sequence(5, 2, 4)
    layers[1].weight_hh_l0 = layers[0].weight_hh_l0
    return program(layers, lambda: layers[1](layers[0](x)[0])[0])


BUILDS: dict[str, Build] = {
    build.__name__: build
    for build in (
        *(sampled, states_from_outside, one_step, expanded, retained, changed_before_backward, edited_in_place),
        *(own_parametrization, low_rank_adapter, residual, beams, episodes, differentiated_twice, cell_state_alone),
        shared_matrix,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", BUILDS)
def test_nothing_changes_and_everything_shown_is_right(name: str) -> None:
    with precision(torch.float64):
        agrees(BUILDS[name])


def stacked_states() -> Any:
    """Of OpenNMT's decoder: the states of all cells lie in one tensor from step to step."""
    cells, xs = nn.ModuleList([nn.LSTMCell(4, 4), nn.LSTMCell(4, 4)]), sequence(6, 2, 4)

    def go() -> Tensor:
        h = c = torch.zeros(2, 2, 4)
        outputs = []
        for x in xs:
            after = []
            for number, cell in enumerate(cells):
                after.append(cell(x, (h[number], c[number])))
                x = after[-1][0]
            h, c = (torch.stack(each) for each in zip(*after, strict=True))
            outputs.append(x)
        return torch.stack(outputs)

    return program(cells, go)


def two_at_once() -> Any:
    """One cell reads two sequences in turn."""
    cell, xs, ys = nn.LSTMCell(3, 4), sequence(6, 2, 3), sequence(6, 2, 3)

    def go() -> Tensor:
        one, other, outputs = None, None, []
        for x, y in zip(xs, ys, strict=True):
            one, other = cell(x, one), cell(y, other)
            outputs += [one[0], other[0]]
        return torch.stack(outputs)

    return program(cell, go)


def updated_through_data(step: Callable[[nn.Parameter], object]) -> Callable[[], Any]:
    """An optimizer written by hand between two sequences, which PyTorch's version counter does not see."""

    def build() -> Any:
        cell, xs = nn.LSTMCell(3, 4), sequence(6, 2, 3)

        def go() -> list[Tensor]:
            losses = []
            for _ in range(2):
                state, loss = None, torch.zeros(())
                for x in xs:
                    state = cell(x, state)
                    loss = loss + state[0].pow(2).sum()
                cell.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                losses.append(loss.detach())
                for parameter in cell.parameters():
                    step(parameter)
            return losses

        return cell, cell, go

    return build


def by_data(parameter: nn.Parameter) -> None:
    assert parameter.grad is not None
    parameter.data.add_(parameter.grad.data, alpha=-1e-4)


def by_numpy(parameter: nn.Parameter) -> None:
    parameter.detach().numpy()[...] *= 0.9999


@pytest.mark.parametrize(
    "build", [stacked_states, two_at_once, updated_through_data(by_data), updated_through_data(by_numpy)],
    ids=["stacked states", "two at once", "data", "numpy"],
)  # fmt: skip
def test_each_step_of_several_loops_is_the_kernels(build: Build) -> None:
    """Loops side by side are told apart by their states: every step of the reference is found in one of them."""
    with precision(torch.float64):
        cap, wanted = untouched(build), stepwise(build)
        steps = [step for _, _, run in wanted.found for step in run]
        seen = [(layer, t) for layer in cap.layers for t in range(layer.steps)]
        assert len(seen) == len(steps)
        for step in steps:
            h = step["h"].detach().numpy()
            layer, t = next((layer, t) for layer, t in seen if np.abs(layer.h[t] - h).max() < 1e-12)
            for symbol in layer.values:
                np.testing.assert_allclose(layer[symbol][t], step[symbol].detach(), atol=1e-12)
                grad = step[symbol].grad
                assert layer.grads is not None
                expected = np.zeros(step[symbol].shape) if grad is None else grad
                np.testing.assert_allclose(layer.grads[symbol][t], expected, atol=1e-9)


def test_weights_written_between_two_steps_are_seen_however_large() -> None:
    """Of large weights within a loop the first rows are compared at each step, and all once a backward pass has run."""
    torch.manual_seed(0)
    cell, x = nn.GRUCell(64, 256), torch.randn(1, 64)
    with torch.no_grad(), capture(cell) as cap:
        h = cell(x)
        cell.weight_hh.detach().numpy()[...] *= 0.5
        after = cell(x, h)
        r = (x @ cell.weight_ih.T + cell.bias_ih + h @ cell.weight_hh.T + cell.bias_hh)[:, :256].sigmoid()
    np.testing.assert_array_equal(cap.layers[0].h[1], after)
    np.testing.assert_allclose(cap.layers[0].r[1], r, atol=1e-5)


def test_checkpointed_layers_and_a_copy_made_in_the_block() -> None:
    """Each layer of a stack is computed anew in its backward pass; a deep copy of the module is another module."""
    torch.manual_seed(0)
    layers, x = nn.ModuleList([nn.GRU(3, 3), nn.LSTM(3, 3)]), torch.randn(5, 2, 3, requires_grad=True)

    def run(again: bool) -> Any:
        with capture(layers) as cap:
            y = x
            for layer in layers:
                y = checkpoint(lambda part, z: part(z)[0], layer, y, use_reentrant=False) if again else layer(y)[0]
            copy.deepcopy(layers[0])(x)
            y.pow(2).sum().backward()
        return cap.layers

    for one, other in zip(run(True), run(False), strict=True):
        assert one.name == other.name
        for symbol in one.grads.values:
            np.testing.assert_allclose(one.grads[symbol], other.grads[symbol], rtol=1e-5, atol=1e-7)


def test_hooks_on_gradients_count_as_the_program_has_them() -> None:
    """A hook before the module's backward pass changes what arrives; one behind it what leaves the layer."""
    torch.manual_seed(0)
    module, x = nn.LSTM(3, 4), torch.randn(5, 2, 3, requires_grad=True)
    with capture(module) as plain:
        module(x)[0].sum().backward()
    module.register_full_backward_pre_hook(lambda _, slopes: tuple(None if each is None else 3 * each for each in slopes))
    module.register_full_backward_hook(lambda _, by_x, __: tuple(None if each is None else 2 * each for each in by_x))
    x.grad = None
    with capture(module) as cap:
        module(x)[0].sum().backward()
    for symbol, values in plain.layers[0].grads.values.items():
        np.testing.assert_allclose(cap.layers[0].grads[symbol], 3 * values, rtol=1e-5, atol=1e-7)
    assert x.grad is not None
    np.testing.assert_allclose(2 * cap.layers[0].grads.x, x.grad, rtol=1e-5, atol=1e-7)
