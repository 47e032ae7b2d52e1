"""What the caller's default device and data type, and a GPU, change: nothing in the values, or a reason is given."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

import lstm_viz
from lstm_viz.corpus import scan
from lstm_viz.models.catalog import WEIGHTS
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.models.serialization import read
from tests.capture.programs import precision

on_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
#: Every kind of cell, with what makes its call unusual; the last number is the length of the sequences.
MODULES: dict[str, Callable[[], nn.RNNBase]] = {
    "lstm": lambda: nn.LSTM(3, 5, 2, bidirectional=True),
    "projected": lambda: nn.LSTM(3, 5, 2, proj_size=2),
    "gru": lambda: nn.GRU(3, 5, 2, batch_first=True),
    "relu": lambda: nn.RNN(3, 5, nonlinearity="relu", bias=False),
}

#: "meta" stands for any device that is not the CPU: a tensor made there by mistake has no values.
DEFAULTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "device": lambda: torch.device("meta"),
    "float64": lambda: precision(torch.float64),
}


def recorded(module: nn.RNNBase, x: Any) -> tuple[lstm_viz.LayerTrace, ...]:
    with lstm_viz.capture(module) as captured:
        values_of(module(x)[0]).square().sum().backward()
    return captured.layers


def values_of(output: Any) -> torch.Tensor:
    return output.data if isinstance(output, PackedSequence) else output


def packed(x: torch.Tensor, lengths: list[int]) -> Any:
    return pack_padded_sequence(x, torch.tensor(lengths, device="cpu"), enforce_sorted=False)


def assert_same(ours: tuple[lstm_viz.LayerTrace, ...], wanted: tuple[lstm_viz.LayerTrace, ...], **near: float) -> None:
    assert [(one.layer, one.reverse) for one in ours] == [(one.layer, one.reverse) for one in wanted] != []
    for one, other in zip(ours, wanted, strict=True):
        assert one.grads is not None
        assert other.grads is not None
        for name, values in other.values.items():
            np.testing.assert_allclose(one.values[name], values, err_msg=name, **near)
        for name, values in other.grads.values.items():
            np.testing.assert_allclose(one.grads.values[name], values, err_msg=f"gradient of {name}", **near)


@pytest.mark.parametrize("default", DEFAULTS)
def test_capture_does_not_depend_on_the_callers_defaults(default: str) -> None:
    module, x = nn.LSTM(3, 4, 2, bidirectional=True), torch.randn(6, 3, 3)
    wanted = recorded(module, packed(x, [2, 6, 3]))
    with DEFAULTS[default]():
        ours = recorded(module, packed(x, [2, 6, 3]))
    assert_same(ours, wanted, rtol=0)


@pytest.mark.parametrize("default", DEFAULTS)
def test_shipped_networks_do_not_depend_on_the_callers_defaults(default: str) -> None:
    model, text = lstm_viz.load("counting"), "aaabbb\nab\n"
    wanted, plan = lstm_viz.trace(model, text), [lstm_viz.Clamp("f", 0.5)]
    surprise = scan(model, text * 20).surprise
    with DEFAULTS[default]():
        fresh = read(WEIGHTS / "counting.safetensors")
        assert fingerprint(fresh) == fingerprint(model)
        ours = lstm_viz.trace(fresh, text)
        drawn, changed = lstm_viz.sample(fresh, "aaab", 9, seed=1), lstm_viz.what_if(fresh, text, plan).rise
        scanned = scan(fresh, text * 20).surprise
    for one, other in zip(ours.layers, wanted.layers, strict=True):
        for name, values in other.values.items():
            np.testing.assert_array_equal(one.values[name], values)
    np.testing.assert_array_equal(scanned, surprise)
    assert drawn == lstm_viz.sample(model, "aaab", 9, seed=1)
    assert changed == lstm_viz.what_if(model, text, plan).rise


@on_cuda
@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("lengths", [None, [2, 7, 4]], ids=["padded", "packed"])
def test_a_gpu_gives_the_values_of_the_cpu_and_keeps_its_gradients(name: str, lengths: list[int] | None) -> None:
    torch.manual_seed(0)
    at_home = MODULES[name]().double()
    x = torch.randn(7, 3, 3, dtype=torch.float64)
    if at_home.batch_first:
        x = x.transpose(0, 1)
    away, plain = copy.deepcopy(at_home).cuda(), copy.deepcopy(at_home).cuda()

    def given(on: str) -> Any:
        if lengths is None:
            return x.to(on)
        return pack_padded_sequence(x.to(on), torch.tensor(lengths), enforce_sorted=False, batch_first=at_home.batch_first)

    assert_same(recorded(away, given("cuda")), recorded(at_home, given("cpu")), rtol=1e-9, atol=1e-12)
    values_of(plain(given("cuda"))[0]).square().sum().backward()
    for one, other in zip(away.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-12, atol=1e-14)


@on_cuda
@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_autocast_on_a_gpu_is_recorded_in_single_precision(half: torch.dtype) -> None:
    torch.manual_seed(0)
    module, x = nn.LSTM(8, 16, 2).cuda(), torch.randn(20, 4, 8, device="cuda")
    with lstm_viz.capture(module) as captured, torch.autocast("cuda", half):
        module(x)[0].float().square().sum().backward()
    wanted = recorded(copy.deepcopy(module).cpu(), x.cpu())
    assert {one.h.dtype for one in captured.layers} == {np.dtype("float32")}
    for one, other in zip(captured.layers, wanted, strict=True):
        np.testing.assert_allclose(one.f, other.f, atol=0.02)


@on_cuda
def test_what_a_gpu_computes_out_of_sight_is_left_with_a_reason() -> None:
    module, x = nn.LSTM(3, 4, 2, dropout=0.5).cuda(), torch.randn(5, 2, 3, device="cuda")
    with pytest.warns(UserWarning, match="drops out between its layers on cuda"), lstm_viz.capture(module) as captured:
        module(x)[0].sum().backward()
    assert captured.layers == ()
    assert all(each.grad is not None for each in module.parameters())
    module.eval()
    with torch.no_grad():
        module(x)
    graph = torch.cuda.CUDAGraph()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with torch.no_grad(), lstm_viz.capture(module), torch.cuda.graph(graph):
            output = module(x)[0]
    graph.replay()
    with torch.no_grad():
        torch.testing.assert_close(output, module(x)[0])
    assert any("CUDA graph" in str(each.message) for each in told)
