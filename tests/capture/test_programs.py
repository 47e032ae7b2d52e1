"""Programs that other people write around recurrent modules: nothing of theirs changes, and what is shown is right."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.capture.programs import Build, agrees, precision, untouched

KINDS = (nn.LSTM, nn.GRU, nn.RNN)
PRECISIONS = [(torch.float64, 1e-9), (torch.float32, 2e-5)]


def sequence(*shape: int) -> Tensor:
    return torch.randn(*shape)


def program(net: nn.Module, go: Callable[[], Tensor | tuple[Any, Any]], watched: nn.Module | None = None) -> Any:
    """The loss of whatever a forward pass gives, and its backward pass."""

    def both() -> Any:
        output = go()
        first = output[0] if isinstance(output, tuple) else output
        loss = (first * torch.arange(first.numel()).reshape(first.shape).cos()).pow(2).sum()
        loss.backward()
        return output, loss

    return net, watched or net, both


class Doubled(nn.LSTM):
    """Dropout and LayerNorm around the kernel, first states that are learned, states handed back batch-first."""

    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.h_first = nn.Parameter(torch.randn(self.num_layers, 1, self.hidden_size))
        self.norm, self.after, self.drop = nn.LayerNorm(self.input_size), nn.LayerNorm(self.hidden_size), nn.Dropout(0.5)

    def forward(self, x: Tensor, lengths: Any = None) -> Any:  # type: ignore[override]
        h0 = self.h_first.expand(-1, x.shape[1], -1).contiguous()
        out, (h, c) = super().forward(self.drop(self.norm(x)), (h0, torch.zeros_like(h0)))
        return 2 * self.after(self.drop(out)), (h.transpose(0, 1), c.transpose(0, 1))


class OutputOnly(nn.GRU):
    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x)[0]


class Sorted(nn.LSTM):
    """forward(x, lengths), packed inside."""

    def forward(self, x: Tensor, lengths: list[int]) -> Tensor:  # type: ignore[override]
        packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False, batch_first=self.batch_first)
        return pad_packed_sequence(super().forward(packed)[0], batch_first=self.batch_first)[0]


class Zoneout(nn.LSTMCell):
    def forward(self, x: Tensor, hx: Any = None) -> Any:
        before = (x.new_zeros(len(x), self.hidden_size),) * 2 if hx is None else hx
        after = super().forward(x, before)
        keep = torch.rand(len(x), self.hidden_size) < 0.3
        return tuple(torch.where(keep, one, two) for one, two in zip(before, after, strict=True))


def plain(kind: type[nn.RNNBase], shape: tuple[int, ...] = (5, 2, 3), **options: Any) -> Any:
    module = kind(3, 4, **options)
    x = sequence(*shape).requires_grad_(True)
    return program(module, lambda: module(x))


def subclass() -> Any:
    module, x = Doubled(3, 4, 2), sequence(5, 2, 3)
    return program(module, lambda: module(x, 5))


def output_only() -> Any:
    module, x = OutputOnly(3, 4, 2), sequence(5, 2, 3)
    return program(module, lambda: module(x))


def lengths() -> Any:
    module, x = Sorted(3, 4, 2, batch_first=True, bidirectional=True), sequence(3, 6, 3)
    return program(module, lambda: module(x, [2, 6, 4]))


def packed(kind: type[nn.RNNBase], **options: Any) -> Any:
    module = kind(3, 4, 2, **options)
    x = pack_padded_sequence(sequence(6, 3, 3), torch.tensor([3, 6, 5]), enforce_sorted=False)
    h0 = torch.randn(2 * (2 if module.bidirectional else 1), 3, 4)
    hx = (h0, torch.randn_like(h0)) if kind is nn.LSTM else h0
    return program(module, lambda: (module(x, hx)[0].data, 0))


def edited(edit: str) -> Any:
    # The LSTM's kernel allows no change in place where its gradient is wanted.
    module, x = (nn.GRU if edit == "in place" else nn.LSTM)(3, 4, 2), sequence(5, 2, 3)
    net = nn.ModuleDict({"module": module, "adapter": nn.Linear(4, 4)})

    def hook(_: nn.Module, __: Any, output: Any) -> Any:
        out, states = output
        if edit == "unit":
            out = out.clone()
            out[..., 0] = 0
            return out, states
        if edit == "in place":
            return out.mul_(0.5), states
        if edit == "output only":
            return net["adapter"](out)
        return net["adapter"](out), states

    module.register_forward_hook(hook)
    return program(net, lambda: module(x))


def other_forward() -> Any:
    module, x = nn.GRU(3, 4), sequence(5, 2, 3)
    forward = module.forward
    module.forward = lambda x: (0.5 * forward(torch.tanh(x))[0], None)  # type: ignore[method-assign,assignment]
    return program(module, lambda: module(x))


def called_directly() -> Any:
    module, x = nn.LSTM(3, 4, 2, batch_first=True), sequence(2, 5, 3)
    return program(module, lambda: module.forward(x))


def decoder_only(kind: type[nn.RNNBase], **options: Any) -> Any:
    encoder, decoder = nn.LSTM(4, 4, 2, **options), kind(4, 4, 2, **options)
    net = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
    x, y = sequence(7, 1, 4), sequence(5, 1, 4)

    def go() -> Any:
        out, states = encoder(x)
        if kind is nn.LSTM:
            return decoder(y, states)
        return decoder(y, out[-1].expand(2, 1, 4).contiguous())

    return program(net, go, decoder)


def parametrized(how: str) -> Any:
    module, x = nn.LSTM(4, 4), sequence(5, 2, 4)
    if how == "weight_norm":
        parametrizations.weight_norm(module, "weight_hh_l0")
    elif how == "spectral_norm":
        parametrizations.spectral_norm(module, "weight_hh_l0")
    else:
        parametrizations.orthogonal(module, "weight_hh_l0")
    optimizer = torch.optim.SGD(module.parameters(), 0.01)

    def go() -> Any:
        losses = []
        for _ in range(3):
            optimizer.zero_grad()
            loss = module(x)[0].pow(2).sum()
            loss.backward()
            optimizer.step()
            losses.append(loss)
        return losses

    return module, module, go


def functional() -> Any:
    module, x = nn.GRU(3, 4, 2), sequence(5, 2, 3)
    return program(module, lambda: torch.func.functional_call(
        module, {name: 2 * parameter for name, parameter in module.named_parameters()}, (x,)
    ))  # fmt: skip


def zoneout() -> Any:
    cell, xs = Zoneout(3, 4), sequence(6, 2, 3)

    def go() -> Tensor:
        state, outputs = None, []
        for x in xs:
            state = cell(x, state)
            outputs.append(state[0])
        return torch.stack(outputs)

    return program(cell, go)


def dropped(kind: type[nn.RNNBase], packs: bool = False, **options: Any) -> Any:
    module = kind(3, 8, 3, dropout=0.5, **options)
    x: Any = sequence(6, 4, 3)
    if packs:
        x = pack_padded_sequence(x, torch.tensor([4, 6, 6, 3]), enforce_sorted=False)
    return program(module, lambda: (module(x)[0] if not packs else module(x)[0].data, torch.rand(2)))


def relu_dropped() -> Any:
    """Where h is 0 exactly nobody could tell the mask from the output."""
    module, x = nn.RNN(3, 8, 2, nonlinearity="relu", dropout=0.5), sequence(6, 2, 3)
    return program(module, lambda: module(x))


def states_as_list() -> Any:
    module, x, h = nn.LSTM(3, 4), sequence(5, 2, 3), torch.randn(1, 2, 4)
    return program(module, lambda: module(x, [h, h]))


def stepped_lstm() -> Any:
    module, xs = nn.LSTM(3, 4, 2), sequence(6, 2, 3)

    def go() -> Tensor:
        state, outputs = None, []
        for x in xs:
            out, state = module(x[None], state)
            outputs.append(out)
        return torch.cat(outputs)

    return program(module, go)


def cell_loop(kind: type[nn.RNNCellBase], **options: Any) -> Any:
    cell, xs = kind(3, 4, **options), sequence(6, 2, 3)

    def go() -> Tensor:
        state, outputs = None, []
        for x in xs:
            state = cell(x, state)
            outputs.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(outputs)

    return program(cell, go)


def user_clamps_gradients() -> Any:
    module, x = nn.LSTM(3, 4, 2), sequence(5, 2, 3)

    def go() -> Tensor:
        out, _ = module(x)
        out.register_hook(lambda slope: slope.clamp(-0.01, 0.01))
        return out

    return program(module, go)


def pruned() -> Any:
    from torch.nn.utils import prune

    module, x = nn.LSTM(3, 4), sequence(5, 2, 3)
    for name in ("weight_ih_l0", "weight_hh_l0"):
        prune.l1_unstructured(module, name, 0.5)
    return program(module, lambda: module(x))


BUILDS: dict[str, Build] = {
    **{f"plain {kind.__name__}": partial(plain, kind) for kind in KINDS},
    **{f"batch first {kind.__name__}": partial(plain, kind, batch_first=True, num_layers=2) for kind in KINDS},
    **{f"both ways {kind.__name__}": partial(plain, kind, bidirectional=True, num_layers=2) for kind in KINDS},
    **{f"unbatched {kind.__name__}": partial(plain, kind, (5, 3), num_layers=2) for kind in KINDS},
    **{f"no bias {kind.__name__}": partial(plain, kind, bias=False, num_layers=3) for kind in KINDS},
    "relu": partial(plain, nn.RNN, nonlinearity="relu", num_layers=2),
    "projection": partial(plain, nn.LSTM, proj_size=2, num_layers=2),
    "projection both ways": partial(plain, nn.LSTM, proj_size=2, num_layers=2, bidirectional=True, bias=False),
    "subclass around super().forward": subclass,
    "subclass that returns the output only": output_only,
    "forward(x, lengths)": lengths,
    **{f"packed {kind.__name__}": partial(packed, kind) for kind in KINDS},
    **{f"packed both ways {kind.__name__}": partial(packed, kind, bidirectional=True) for kind in KINDS},
    **{f"a hook: {edit}": partial(edited, edit) for edit in ("unit", "in place", "adapter", "output only")},
    "m.forward = …": other_forward,
    "m.forward(x)": called_directly,
    **{f"decoder only {kind.__name__}": partial(decoder_only, kind) for kind in KINDS},
    "decoder only, no bias": partial(decoder_only, nn.LSTM, bias=False),
    "functional_call": functional,
    "zoneout": zoneout,
    **{f"dropout {kind.__name__}": partial(dropped, kind) for kind in KINDS},
    **{f"dropout both ways {kind.__name__}": partial(dropped, kind, bidirectional=True) for kind in KINDS},
    **{f"dropout packed {kind.__name__}": partial(dropped, kind, True, bidirectional=True) for kind in KINDS},
    "dropout of relu": relu_dropped,
    "states as a list": states_as_list,
    "nn.LSTM step by step": stepped_lstm,
    **{f"loop of {kind.__name__}": partial(cell_loop, kind) for kind in (nn.LSTMCell, nn.GRUCell, nn.RNNCell)},
    "loop of cells without bias": partial(cell_loop, nn.LSTMCell, bias=False),
    "clamped gradients": user_clamps_gradients,
    "pruned weights": pruned,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize(("dtype", "bound"), PRECISIONS)
@pytest.mark.parametrize("name", BUILDS)
def test_nothing_changes_and_everything_shown_is_right(name: str, dtype: torch.dtype, bound: float) -> None:
    with precision(dtype):
        agrees(BUILDS[name], bound)


@pytest.mark.parametrize("how", ["weight_norm", "spectral_norm", "orthogonal"])
def test_parametrized_weights_learn_as_they_would(how: str) -> None:
    """The weights are computed anew at each call, so that the steps are told apart from others by the optimizer's."""
    cap = untouched(partial(parametrized, how))
    assert len(cap.layers) == 3
    assert all(layer.grads is not None for layer in cap.layers)


def test_a_global_hook_that_edits_every_output() -> None:
    def halve(module: nn.Module, _: Any, output: Any) -> Any:
        return (0.5 * output[0], output[1]) if isinstance(module, nn.LSTM) else None

    handle = torch.nn.modules.module.register_module_forward_hook(halve)
    with contextlib.closing(contextlib.ExitStack()) as stack, precision(torch.float64):
        stack.callback(handle.remove)
        agrees(partial(plain, nn.LSTM, num_layers=2))
