"""Ten more ways in which people call recurrent modules, each as it is, under `capture`, and step by step."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence

import lstm_viz
from tests.capture.programs import Build, agrees, precision
from tests.capture.test_programs import program, sequence


def twice() -> Any:
    """One module as two layers of itself."""
    module, x = nn.LSTM(4, 4), sequence(5, 2, 4)
    return program(nn.ModuleDict({"shared": module}), lambda: module(torch.tanh(module(x)[0]))[0])


def siamese() -> Any:
    module, one, other = nn.GRU(3, 4), sequence(5, 2, 3), sequence(7, 2, 3)
    return program(module, lambda: torch.cat((module(one)[0][-1], module(other)[0][-1])))


def nested() -> Any:
    net = nn.ModuleList([nn.Linear(3, 4), nn.ModuleDict({"a": nn.ModuleList([nn.GRU(4, 4)])})])
    module: Any = dict(net.named_modules())["1.a.0"]
    x = sequence(5, 2, 3)
    return program(net, lambda: module(net[0](x))[0])


def unsorted() -> Any:
    module = nn.LSTM(3, 4, 2, bidirectional=True)
    x = pack_sequence([torch.randn(count, 3) for count in (2, 5, 1, 4)], enforce_sorted=False)
    return program(module, lambda: (module(x)[0].data, 0))


def truncated() -> Any:
    """Backpropagation through a few steps at a time: the states are handed on without their past."""
    module, pieces = nn.LSTM(3, 4), sequence(12, 2, 3).split(4)

    def go() -> Tensor:
        states, outputs = None, []
        for x in pieces:
            output, states = module(x, states)
            states = tuple(each.detach() for each in states)
            outputs.append(output)
        return torch.cat(outputs)

    return program(module, go)


def edited_inputs() -> Any:
    """Hooks before the module that change its input, and add first states by their name."""
    module, x, h = nn.GRU(3, 4), sequence(5, 2, 3), torch.randn(1, 2, 4)
    module.register_forward_pre_hook(lambda _, given: (2 * given[0],))
    module.register_forward_pre_hook(lambda _, given, named: (given, {**named, "hx": h}), with_kwargs=True)
    return program(module, lambda: module(x))


def by_name() -> Any:
    module, x = copy.deepcopy(nn.LSTM(3, 4, 2)), sequence(5, 2, 3)
    return program(module, lambda: module(input=x, hx=None))


def data_parallel() -> Any:
    net = nn.DataParallel(nn.LSTM(3, 4, batch_first=True))
    x = sequence(3, 5, 2).permute(2, 1, 0)  # not contiguous either
    return program(net, lambda: net(x))


def accumulated() -> Any:
    module, x = nn.LSTM(3, 4), sequence(5, 4, 3)

    def go() -> Any:
        losses = [module(part)[0].pow(2).sum() for part in x.split(2, 1)]
        for loss in losses:
            loss.backward()
        return losses

    return module, module, go


def closure() -> Any:
    module, x = nn.RNN(3, 4), sequence(5, 2, 3)
    optimizer = torch.optim.LBFGS(module.parameters(), max_iter=2)

    def loss() -> Tensor:
        optimizer.zero_grad()
        value: Tensor = module(x)[0].pow(2).sum()
        value.backward()
        return value

    return module, module, partial(optimizer.step, loss)


def frozen() -> Any:
    module, x = nn.LSTM(3, 4, 2), sequence(5, 2, 3)
    module.weight_ih_l0.requires_grad_(False)
    return program(module, lambda: module(x.flip(0))[0].flip(0))


BUILDS: dict[str, Build] = {
    build.__name__: build
    for build in (
        *(twice, siamese, nested, unsorted, truncated, edited_inputs),
        *(by_name, data_parallel, accumulated, closure, frozen),
    )
}  # fmt: skip


@pytest.mark.parametrize("name", BUILDS)
def test_nothing_changes_and_everything_shown_is_right(name: str) -> None:
    with precision(torch.float64):
        agrees(BUILDS[name])


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_an_empty_batch_has_empty_states(kind: type[nn.RNNBase]) -> None:
    module = kind(3, 4)
    with lstm_viz.capture(module) as seen:
        assert module(torch.zeros(5, 0, 3))[0].shape == (5, 0, 4)
    assert seen.layers[0].h.shape == (5, 0, 4)
