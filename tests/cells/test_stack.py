"""Backward passes of stacked layers: in pieces as at once, on two threads as on one, the second thread free again afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lstm_viz.capture.layers import layers_of
from lstm_viz.cells import BackwardPass, stack
from lstm_viz.cells.weights import Derivatives, Steps
from lstm_viz.reader import read_layer

KINDS = [partial(nn.LSTM), partial(nn.LSTM, proj_size=3), partial(nn.GRU), partial(nn.RNN), partial(nn.RNN, nonlinearity="relu")]


def begins_of(make: Callable[..., nn.RNNBase], layers: int, steps: int, sides: int = 1) -> tuple[list[stack.Begin], Steps]:
    """What begins each layer's pass, the uppermost first, and derivatives by the uppermost h."""
    torch.manual_seed(0)
    module = make(5, 4, layers).double()
    x = torch.randn(steps, 1, 5, dtype=torch.float64)
    begins: list[stack.Begin] = []
    for layer in layers_of(module.requires_grad_(False)):
        first = np.zeros((1, layer.weights.hh.shape[1])), np.zeros((1, 4)) if layer.kind == "lstm" else None
        values = read_layer(layer, x, *first)
        begins.insert(0, partial(layer.cell.Backward, layer.weights, values, *first))
        x = torch.from_numpy(values["h"])
    return begins, np.random.default_rng(0).standard_normal((steps, sides, x.shape[-1]))


def arrays(derivatives: Derivatives) -> Mapping[str, np.ndarray]:
    there = {"rows_ih": derivatives.rows_ih, "rows_hh": derivatives.rows_hh, "h0": derivatives.h0, **derivatives.values}
    return there if derivatives.c0 is None else {**there, "c0": derivatives.c0}


def assert_same(found: list[Derivatives], wanted: list[Derivatives], atol: float = 0.0) -> None:
    for one, other in zip(found, wanted, strict=True):
        assert arrays(one).keys() == arrays(other).keys()
        for symbol, values in arrays(one).items():
            np.testing.assert_allclose(values, arrays(other)[symbol], rtol=0, atol=atol, err_msg=symbol)


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("sides", [1, 3])
def test_a_pass_in_pieces_is_the_pass_at_once(make: Callable[..., nn.RNNBase], sides: int) -> None:
    @given(st.sets(st.integers(1, 11), max_size=5))
    def check(cuts: set[int]) -> None:
        begins, d_h = begins_of(make, 1, 12, sides)
        whole, pieces = begins[0](d_h), begins[0](d_h)
        ends = sorted({0, *cuts, 12})
        for first, last in reversed(list(pairwise(ends))):
            pieces.scan(first, last)
            pieces.to_input(first, last)
        assert_same([pieces.derivatives()], [whole.run()], atol=1e-13)

    check()


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
@pytest.mark.parametrize("steps", [0, 1, stack.PIECE, stack.LEAST, 3 * stack.PIECE + 7])
def test_two_threads_give_what_one_gives_and_what_layer_after_layer_gives(
    make: Callable[..., nn.RNNBase], layers: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins, d_h = begins_of(make, layers, steps)
    monkeypatch.setattr(stack, "_processors", lambda: 2)
    together = stack.run_stack(begins, d_h)
    monkeypatch.setattr(stack, "_processors", lambda: 1)
    assert_same(together, stack.run_stack(begins, d_h))
    alone, outside = [], d_h
    for begin in begins:
        alone.append(begin(outside).run())
        outside = alone[-1].values["x"]
    assert_same(together, alone, atol=1e-12)


def test_who_finds_the_second_thread_at_work_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "_processors", lambda: 2)
    begins, d_h = begins_of(nn.LSTM, 2, stack.LEAST)
    together = stack.run_stack(begins, d_h)
    with stack._helper.free:
        monkeypatch.setattr(stack._helper, "thread", None)
        assert_same(stack.run_stack(begins, d_h), together)


@pytest.mark.parametrize("place", [0, 1])
def test_an_error_on_either_thread_comes_out_and_leaves_the_second_one_free(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "_processors", lambda: 2)
    begins, d_h = begins_of(nn.LSTM, 2, stack.LEAST)
    wanted = stack.run_stack(begins, d_h)

    def broken(outside: Steps) -> BackwardPass:
        begun = begins[place](outside)

        def scan(first: int, last: int) -> None:
            raise FloatingPointError("a piece that cannot be gone through")

        monkeypatch.setattr(begun, "scan", scan)
        return begun

    with pytest.raises(FloatingPointError, match="cannot be gone through"):
        stack.run_stack([broken if number == place else begin for number, begin in enumerate(begins)], d_h)
    assert stack._helper.free.acquire(timeout=60)
    stack._helper.free.release()
    assert_same(stack.run_stack(begins, d_h), wanted)


def test_numpys_error_state_holds_on_the_second_thread_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "_processors", lambda: 2)
    begins, d_h = begins_of(nn.LSTM, 2, stack.LEAST)
    seen: list[str] = []

    def watched(outside: Steps) -> BackwardPass:
        begun = begins[1](outside)
        scan = begun.scan
        monkeypatch.setattr(begun, "scan", lambda first, last: (seen.append(np.geterr()["under"]), scan(first, last))[1])
        return begun

    with np.errstate(under="raise"):
        stack.run_stack([begins[0], watched], d_h)
    assert set(seen) == {"raise"}


@pytest.mark.skipif(not hasattr(stack.os, "fork"), reason="there is no fork here")
def test_a_forked_process_has_a_second_thread_of_its_own() -> None:
    program = f"""
import os, sys
sys.path.insert(0, {str(__file__.rsplit("tests", 1)[0])!r})
from torch import nn
from lstm_viz.cells import stack
from tests.cells.test_stack import assert_same, begins_of
stack._processors = lambda: 2
begins, d_h = begins_of(nn.RNN, 2, stack.LEAST)
before = stack.run_stack(begins, d_h)
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
assert_same(stack.run_stack(begins, d_h), before)
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
