"""Programs put together at random: a module of any shape, what stands before and after it, and how it is called."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from tests.capture.programs import agrees, precision

KINDS = st.sampled_from([nn.LSTM, nn.GRU, nn.RNN])


def edited(out: Any) -> Any:
    return torch.tanh(2 * out) if isinstance(out, Tensor) else out._replace(data=torch.tanh(2 * out.data))


class Around(nn.Module):
    """A linear map before the module, and after it what a hook or a subclass might do."""

    def __init__(self, module: nn.RNNBase, after: str, lengths: list[int] | None) -> None:
        super().__init__()
        self.before, self.module, self.after, self.lengths = nn.Linear(3, 3), module, after, lengths
        if after == "hook":
            module.register_forward_hook(lambda _, __, output: (edited(output[0]), output[1]))

    def forward(self, x: Tensor, hx: Any) -> Tensor:
        data: Any = self.before(x)
        if self.lengths is not None:
            data = pack_padded_sequence(data, torch.tensor(self.lengths), self.module.batch_first, enforce_sorted=False)
        out, states = self.module(data, hx)
        h = states[0] if isinstance(states, tuple) else states
        numbers = out.data if self.lengths is not None else nn.functional.dropout(out, 0.3)
        return numbers * (h.sum() if self.after == "states" else 1.0)


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@settings(max_examples=40)
@given(
    kind=KINDS,
    layers=st.integers(1, 3),
    flags=st.tuples(*[st.booleans()] * 6),
    after=st.sampled_from(["nothing", "hook", "states"]),
    lengths=st.none() | st.lists(st.integers(1, 5), min_size=2, max_size=3),
)
def test_any_program(
    kind: type[nn.RNNBase], layers: int, flags: tuple[bool, ...], after: str, lengths: list[int] | None
) -> None:
    bias, batch_first, bidirectional, drops, given_states, projects = flags
    options = {"bias": bias, "batch_first": batch_first, "bidirectional": bidirectional, "num_layers": layers}
    options |= {"dropout": 0.5} if drops and layers > 1 else {}
    options |= {"proj_size": 2} if projects and kind is nn.LSTM else {}

    def build() -> Any:
        net = Around(kind(3, 4, **options), after, lengths)
        batch, steps = (2, 4) if lengths is None else (len(lengths), max(lengths))
        x = torch.randn(batch, steps, 3) if batch_first else torch.randn(steps, batch, 3)
        runs = layers * (2 if bidirectional else 1)
        h0, c0 = torch.randn(runs, batch, options.get("proj_size", 4)), torch.randn(runs, batch, 4)
        hx = None if not given_states else (h0, c0) if kind is nn.LSTM else h0

        def go() -> Any:
            out = net(x, hx)
            loss = (out * torch.arange(out.numel()).reshape(out.shape).cos()).pow(2).sum()
            loss.backward()
            return out, loss

        return net, net, go

    with precision(torch.float64):
        agrees(build)
