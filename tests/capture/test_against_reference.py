"""Everything captured agrees with networks written out step by step, whatever the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from lstm_viz.capture import capture
from tests.reference import Unrolled

SYMBOLS = {
    nn.LSTM: ("i", "f", "g", "o", "c", "h"),
    nn.GRU: ("r", "z", "n", "h"),
    nn.RNN: ("h", "h_pre"),
}
DERIVATIVES = {
    nn.LSTM: (*SYMBOLS[nn.LSTM], "x", "i_pre", "f_pre", "g_pre", "o_pre"),
    nn.GRU: (*SYMBOLS[nn.GRU], "x", "r_pre", "z_pre", "n_pre"),
    nn.RNN: ("h", "h_pre", "x"),
}


@st.composite
def configurations(draw: st.DrawFn) -> tuple[type[nn.RNNBase], dict[str, Any]]:
    kind = draw(st.sampled_from([nn.LSTM, nn.GRU, nn.RNN]))
    options: dict[str, Any] = {
        "input_size": draw(st.integers(1, 4)),
        "hidden_size": draw(st.integers(2, 5)),
        "num_layers": draw(st.integers(1, 3)),
        "bias": draw(st.booleans()),
        "bidirectional": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
    }
    if kind is nn.LSTM and draw(st.booleans()):
        options["proj_size"] = draw(st.integers(1, options["hidden_size"] - 1))
    if kind is nn.RNN:
        options["nonlinearity"] = draw(st.sampled_from(["tanh", "relu"]))
    return kind, options


def relative_error(found: np.ndarray, wanted: np.ndarray, others: Sequence[np.ndarray] = ()) -> float:
    """The largest difference, in units of the largest wanted value.

    In single precision the `others` that it is made of count too: where they cancel, what is left of them is no more exact
    than they are.
    """
    assert found.shape == wanted.shape
    single = others if found.dtype == np.float32 else ()
    return float(np.abs(found - wanted).max() / max(*(np.abs(each).max() for each in (wanted, *single)), 1e-12))


def states(module: nn.RNNBase, batch: int, dtype: torch.dtype) -> tuple[Tensor, Tensor | None]:
    runs = module.num_layers * (2 if module.bidirectional else 1)
    h0 = torch.randn(runs, batch, module.proj_size or module.hidden_size, dtype=dtype)
    return h0, torch.randn(runs, batch, module.hidden_size, dtype=dtype) if isinstance(module, nn.LSTM) else None


def objective(output: Tensor, h_n: Tensor, c_n: Tensor | None) -> Tensor:
    """Depends on every output and every last state, on each in a way of its own."""
    parts = [output, 0.5 * h_n] + ([] if c_n is None else [0.25 * c_n])
    return sum((part + 0.3).mul(torch.arange(1, part.numel() + 1).reshape(part.shape).cos()).pow(2).sum() for part in parts)


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
@settings(max_examples=60, deadline=None)
@given(
    configuration=configurations(),
    time=st.integers(1, 7),
    batch=st.integers(0, 3),
    given_states=st.booleans(),
    seed=st.integers(0, 999),
)
def test_values_and_gradients(
    dtype: torch.dtype,
    bound: float,
    configuration: tuple[type[nn.RNNBase], dict[str, Any]],
    time: int,
    batch: int,
    given_states: bool,
    seed: int,
) -> None:
    """A batch of zero stands for an unbatched input."""
    torch.manual_seed(seed)
    kind, options = configuration
    module = kind(**options).to(dtype)
    x = torch.randn(time, max(batch, 1), module.input_size, dtype=dtype)
    h0, c0 = states(module, max(batch, 1), dtype)
    if not given_states:
        h0, c0 = h0 * 0, None if c0 is None else c0 * 0
    wanted = Unrolled(module, x.clone(), h0, c0)
    objective(wanted.output, wanted.h_n, wanted.c_n).backward()
    parameters = {name: parameter.grad.clone() for name, parameter in module.named_parameters()}
    module.zero_grad()

    fit = (lambda tensor: tensor.squeeze(1)) if batch == 0 else (lambda tensor: tensor)
    data = fit(x) if batch == 0 or not module.batch_first else x.transpose(0, 1)
    data = data.clone().requires_grad_(True)
    hx = fit(h0) if c0 is None else (fit(h0), fit(c0))
    with capture(module) as cap:
        output, ends = module(data, hx) if given_states else module(data)
        h_n, c_n = ends if isinstance(ends, tuple) else (ends, None)
        opened = output.transpose(0, 1) if batch and module.batch_first else output.reshape(time, max(batch, 1), -1)
        full = [None if end is None else end.reshape(len(h0), max(batch, 1), -1) for end in (h_n, c_n)]
        objective(opened, full[0], full[1]).backward()

    assert len(cap.layers) == len(wanted.layers)
    runs = range(len(cap.layers))
    values = {(k, symbol): wanted.value(k, symbol).numpy() for k in runs for symbol in SYMBOLS[kind]}
    for (k, symbol), value in values.items():
        assert cap.layers[k][symbol].dtype == str(dtype).removeprefix("torch.")
        assert relative_error(cap.layers[k][symbol], value, [*values.values()]) < bound, (k, symbol)
    gradients = {(k, symbol): wanted.gradient(k, symbol).numpy() for k in runs for symbol in DERIVATIVES[kind]}
    for (k, symbol), gradient in gradients.items():
        assert relative_error(cap.layers[k].grads[symbol], gradient, [*gradients.values()]) < bound, (k, symbol)
    by_name = {name: parameter.numpy() for name, parameter in parameters.items()}
    for name, parameter in module.named_parameters():
        assert relative_error(parameter.grad.numpy(), by_name[name], [*by_name.values()]) < bound, name
    d_x = data.grad.transpose(0, 1) if batch and module.batch_first else data.grad.reshape(x.shape)
    assert relative_error(d_x.numpy(), cap.layers[0].grads.x, [*gradients.values()]) < bound
