"""What capture cannot record runs as it would, and is named; what lies at the edge of it comes out right."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import pickle
import signal
import threading
import warnings
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.nn.functional import dropout, linear
from torch.optim.swa_utils import AveragedModel
from torch.utils.checkpoint import checkpoint

from lstm_viz import capture
from lstm_viz.cell_decomposition import NotDecomposable, cell_contributions
from tests.capture.test_hooks import hooks, modes
from tests.facts import facts


class Own(nn.LSTMCell):
    """A formula of its own: never a kernel of PyTorch's."""

    def forward(self, x: Tensor, hx: Any = None) -> Any:
        h, c = hx or (x.new_zeros(len(x), self.hidden_size),) * 2
        i, f, g, o = (linear(x, self.weight_ih) + linear(h, self.weight_hh)).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


def functional_gradient(module: nn.Module, x: Tensor) -> Tensor:
    def loss(weight: Tensor) -> Tensor:
        named = {**dict(module.named_parameters()), "weight_hh_l0": weight}
        return torch.func.functional_call(module, named, (x,))[0].pow(2).sum()

    return torch.func.grad(loss)(module.weight_hh_l0.detach())


def forward_mode(module: nn.Module, x: Tensor) -> Tensor:
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(module(forward_ad.make_dual(x, torch.ones_like(x)))[0]).tangent


TRANSFORMS: dict[str, tuple[Callable[[nn.Module, Tensor], Tensor], str]] = {
    "grad": (functional_gradient, "transform of torch.func"),
    "jacrev": (lambda module, x: torch.func.jacrev(lambda x: module(x)[0])(x), "transform of torch.func"),
    "forward": (forward_mode, "forward-mode"),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_run_untouched_and_are_named(name: str) -> None:
    transform, reason = TRANSFORMS[name]
    module, x = nn.GRU(3, 4).double(), torch.randn(5, 2, 3).double()
    wanted = transform(module, x)
    with pytest.warns(UserWarning, match=f"GRU .*: .*{reason}"), capture(module) as cap:
        found = transform(module, x)
    assert torch.equal(found, wanted)
    assert cap.layers == ()


@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_vmap_runs_untouched_and_is_named() -> None:
    cell, x = nn.GRUCell(3, 4), torch.randn(6, 2, 3)
    wanted = torch.vmap(lambda x: cell(x))(x)
    with pytest.warns(UserWarning, match=facts("GRUCell", "torch.func")), capture(cell):
        assert torch.equal(torch.vmap(lambda x: cell(x))(x), wanted)


@pytest.mark.filterwarnings("ignore:.*(torch.jit|were assigned during export|Converting a tensor to a Python boolean)")
@pytest.mark.parametrize(
    "how", [lambda m, x: torch.jit.trace(m, x, check_trace=False), lambda m, x: torch.export.export(m, (x,)).module()]
)
def test_tracing_and_exporting_give_what_they_would(how: Callable[[nn.Module, Tensor], Any]) -> None:
    module, x = nn.LSTM(3, 4).eval(), torch.randn(5, 2, 3)
    with pytest.warns(UserWarning, match=facts("LSTM", "traced")), capture(module):
        made = how(module, x)
    torch.testing.assert_close(made(x)[0], module(x)[0])


def test_tensors_without_numbers_and_classes_of_tensors_of_their_own() -> None:
    class Tagged(Tensor):
        pass

    empty = nn.LSTM(3, 4, device="meta")
    with pytest.warns(UserWarning, match="meta device"), capture(empty) as cap:
        assert empty(torch.empty(5, 2, 3, device="meta"))[0].shape == (5, 2, 4)
    assert cap.layers == ()
    module = nn.LSTM(3, 4)
    with pytest.warns(UserWarning, match="given a Tagged"), capture(module):
        assert type(module(torch.randn(5, 2, 3).as_subclass(Tagged))[0]) is Tagged


def test_a_step_of_ones_own_is_named_and_learns_as_it_would() -> None:
    net, x = nn.ModuleDict({"cell": Own(3, 4), "lstm": nn.LSTM(4, 4)}), torch.randn(2, 3)
    with pytest.warns(UserWarning, match=facts("cell", "Own", "none")), capture(net) as cap:
        net["lstm"](net["cell"](x)[0])[0].sum().backward()
    assert [layer.name for layer in cap.layers] == ["lstm"]
    assert net["cell"].weight_hh.grad is not None
    with warnings.catch_warnings(), capture(net):  # one that was not called is not complained of
        warnings.simplefilter("error")
        net["lstm"](torch.randn(5, 4))


@pytest.mark.filterwarnings("ignore:.*(torch.jit|quantiz)")
def test_scripted_and_quantized_modules_are_refused_or_named() -> None:
    with pytest.raises(ValueError, match=r"class LSTM.*scripted.*before torch\.jit"):
        capture(torch.jit.script(nn.LSTM(3, 4)))
    quantized = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.LSTM(3, 4)), {nn.LSTM}, dtype=torch.qint8)
    with pytest.raises(ValueError, match=r"class LSTM.*quantized"):
        capture(quantized)
    net = nn.ModuleDict({"plain": nn.LSTM(3, 3), "quantized": quantized[0]})
    with pytest.warns(UserWarning, match="quantized .*was called"), capture(net) as cap:
        net["quantized"](net["plain"](torch.randn(5, 2, 3))[0].detach())
    assert [layer.name for layer in cap.layers] == ["plain"]


def test_a_block_in_which_nothing_was_seen_says_so_when_it_is_read() -> None:
    module = nn.LSTM(3, 4)
    with capture(module) as cap:
        thread = threading.Thread(target=module, args=(torch.randn(5, 3),))
        thread.start()
        thread.join()
    with pytest.warns(UserWarning, match=facts("no call", "LSTM", "thread")):
        assert cap.layers == ()


def test_double_backward_keeps_its_gradients_and_shows_none() -> None:
    module, x = nn.GRU(3, 4).double(), torch.randn(5, 2, 3).double().requires_grad_(True)

    def penalty() -> Tensor:
        module.zero_grad()
        (slope,) = torch.autograd.grad(module(x)[0].pow(2).sum(), x, create_graph=True)
        slope.pow(2).sum().backward()
        return module.weight_hh_l0.grad.clone()

    wanted = penalty()
    with capture(module) as cap:
        assert torch.equal(penalty(), wanted)
    assert cap.layers[0].grads is None
    assert "create_graph=True" in cap.layers[0].grads_missing


def test_many_derivatives_at_once_keep_their_values_and_show_none() -> None:
    module, x = nn.GRU(3, 4).double(), torch.randn(5, 2, 3).double().requires_grad_(True)
    with capture(module) as cap:
        output = module(x)[0]
        sides = torch.eye(output.numel()).double().reshape(-1, *output.shape)
        (found,) = torch.autograd.grad(output, x, sides, is_grads_batched=True)
    output = module(x)[0]
    (wanted,) = torch.autograd.grad(output, x, sides, is_grads_batched=True)
    assert torch.equal(found, wanted)
    assert cap.layers[0].grads is None
    assert "is_grads_batched" in cap.layers[0].grads_missing


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing_shows_each_call_once_with_its_gradients(reentrant: bool) -> None:
    def read(around: bool) -> tuple[Any, Tensor]:
        torch.manual_seed(1)
        module, x = nn.LSTM(3, 4, 2, dropout=0.5), torch.randn(5, 2, 3, requires_grad=True)
        with capture(module) as cap:
            out = checkpoint(lambda x: module(x)[0], x, use_reentrant=reentrant) if around else module(x)[0]
            if not reentrant:
                cap.__exit__(None, None, None)  # the backward pass comes after the block
            out.pow(2).sum().backward()
        return cap, module.weight_hh_l0.grad

    (plain, wanted), (cap, grad) = read(False), read(True)
    torch.testing.assert_close(grad, wanted)
    assert len(cap.layers) == 2
    for layer, other in zip(cap.layers, plain.layers, strict=True):
        np.testing.assert_allclose(layer.h, other.h, atol=1e-6)
        if reentrant:  # its backward pass runs anew what the block saw without a graph
            assert "use_reentrant=False" in layer.grads_missing
            continue
        for symbol in layer.grads.values:
            np.testing.assert_allclose(layer.grads[symbol], other.grads[symbol], rtol=1e-5, atol=1e-7)


def test_why_there_are_no_gradients() -> None:
    module, x = nn.LSTM(3, 4), torch.randn(5, 2, 3)
    with capture(module) as cap:
        module(x)
        with torch.no_grad():
            module(x)
        module.requires_grad_(False)
        module(x)
    reasons = [layer.grads_missing for layer in cap.layers]
    assert all(layer.grads is None for layer in cap.layers)
    assert ["backward pass" in reasons[0], "no_grad" in reasons[1], "requires_grad_" in reasons[2]] == [True] * 3


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_half_precision_is_shown_in_single(kind: type[nn.RNNBase], dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    single, x = kind(3, 4, 2, bidirectional=True), torch.randn(5, 2, 3)
    half = copy.deepcopy(single).to(dtype)
    with capture(single) as wanted:
        single(x)[0].pow(2).sum().backward()
    with capture(half) as cap:
        half(x.to(dtype))[0].float().pow(2).sum().backward()
    assert half.weight_hh_l0.grad.dtype == dtype
    for layer, other in zip(cap.layers, wanted.layers, strict=True):
        for symbol, values in other.values.items():
            assert layer[symbol].dtype == np.float32
            np.testing.assert_allclose(layer[symbol], values, atol=0.03)
        steepest = max(np.abs(values).max() for values in other.grads.values.values())
        for symbol, values in other.grads.values.items():
            np.testing.assert_allclose(layer.grads[symbol], values, atol=0.05 * steepest)


@pytest.mark.parametrize("kind", [nn.GRU, nn.RNN])
def test_autocast_is_shown_in_single(kind: type[nn.RNNBase]) -> None:
    """nn.LSTM under autocast needs a processor that multiplies bfloat16; GRU and RNN run on every one."""
    torch.manual_seed(0)
    module, x = kind(3, 4, 2), torch.randn(5, 2, 3)

    def read() -> tuple[Tensor, Tensor]:
        module.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            out = module(x)[0]
        out.float().pow(2).sum().backward()
        return out.detach(), module.weight_hh_l0.grad.clone()

    plain = read()
    with capture(module) as cap:
        seen = read()
    assert all(torch.equal(one, other) for one, other in zip(plain, seen, strict=True))
    with capture(module) as wanted:
        module(x)[0].pow(2).sum().backward()
    for layer, other in zip(cap.layers, wanted.layers, strict=True):
        assert layer.h.dtype == layer.grads.h.dtype == np.float32
        np.testing.assert_allclose(layer.h, other.h, atol=0.03)


def test_a_loop_that_changes_its_state_says_where() -> None:
    cell, xs = nn.LSTMCell(3, 4), torch.randn(6, 2, 3)
    with capture(cell) as cap:
        h, c = cell(xs[0])
        h, c = cell(xs[1], (h.clone(), c.detach()))
        h, c = cell(xs[2], (dropout(h, 0.5), c))
        h, c = cell(xs[3], (h, torch.where(c > 0, c, 0.5 * c)))
        stacked = torch.stack([h, c])
        h, c = cell(xs[4], tuple(stacked))
        cell(xs[5])  # begins anew
    assert [(layer.steps, layer.changed) for layer in cap.layers] == [(5, (2, 3)), (1, ())]
    with pytest.raises(NotDecomposable, match="changed"):
        cell_contributions(cap.layers[0], 4)


def test_loops_side_by_side_and_dead_units_stay_apart() -> None:
    cell = nn.RNNCell(2, 3, nonlinearity="relu", bias=False)
    x = torch.zeros(1, 2)  # every state stays 0
    with capture(cell) as cap:
        one = cell(x)
        other = cell(x)
        for _ in range(3):
            one, other = cell(x, one), cell(x, other)
    assert [(layer.steps, layer.changed) for layer in cap.layers] == [(4, ()), (4, ())]


def test_tasks_of_asyncio_see_their_own_calls() -> None:
    module = nn.LSTM(3, 4)

    async def read(steps: int, pause: float) -> list[int]:
        with capture(module) as cap:
            for _ in range(3):
                await asyncio.sleep(pause)
                module(torch.randn(steps, 1, 3))
        return [layer.steps for layer in cap.layers]

    async def all_of_them() -> list[list[int]]:
        return await asyncio.gather(read(2, 0.003), read(3, 0.002), read(4, 0.001))

    # In a thread of its own: a browser test in the same process leaves a loop running in this one.
    with ThreadPoolExecutor(1) as other:
        assert other.submit(asyncio.run, all_of_them()).result() == [[2] * 3, [3] * 3, [4] * 3]
    assert modes() == 0


def test_copies_made_in_the_block_carry_nothing_of_it() -> None:
    net = nn.Sequential(nn.LSTM(3, 4), Own(4, 4))
    with capture(net) as cap:
        net[0](torch.randn(5, 3))
        averaged = AveragedModel(net)
        file = io.BytesIO()
        torch.save(net, file)
        file.seek(0)
        made = [copy.deepcopy(net), averaged, torch.load(file, weights_only=False)]
        assert b"lstm_viz" not in pickle.dumps(net[0])
    assert [hooks(each) for each in made] == [0, 0, 0]
    assert len(cap.layers) == 1


@pytest.mark.parametrize("at", range(1, 16))
def test_an_interrupt_at_any_call_on_the_way_in_leaves_nothing(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    count = 0

    def interrupt(frame: Any, event: str, _: Any) -> None:
        nonlocal count
        if "lstm_viz/capture" in frame.f_code.co_filename and event == "call":
            count += 1
            if count == at:
                raise KeyboardInterrupt

    net = nn.Sequential(nn.LSTM(3, 4), Own(4, 4))
    before = len(torch.nn.modules.module._global_forward_pre_hooks)
    cap = capture(net)
    sys.setprofile(interrupt)
    try:
        with cap:
            sys.setprofile(None)
    except KeyboardInterrupt:
        pass
    finally:
        sys.setprofile(None)
    assert (modes(), len(torch.nn.modules.module._global_forward_pre_hooks)) == (0, before)
    with capture(net[0]) as again:
        net[0](torch.randn(5, 3))
    assert len(again.layers) == 1


def test_an_interrupt_while_the_block_ends_leaves_nothing() -> None:
    module, old = nn.LSTM(3, 4), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), capture(module):  # noqa: PT012
            module(torch.randn(5, 3))
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, old)
    assert modes() == 0


def test_layers_are_computed_once() -> None:
    module = nn.LSTM(3, 4, 2)
    with capture(module) as cap:
        out, _ = module(torch.randn(5, 2, 3))
        assert cap.layers is cap.layers
        before = cap.layers
        out.sum().backward()
    assert cap.layers is cap.layers
    assert cap.layers is not before
    assert cap.layers[0].grads is not None


def test_nothing_is_kept_alive_by_a_capture_that_is_gone() -> None:
    module, gone = nn.LSTM(3, 4, 2, dropout=0.5), []
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            with capture(module) as cap:
                module(torch.randn(5, 2, 3))[0].sum().backward()
            assert len(cap.layers) == 2
            gone.append(weakref.ref(cap))
            del cap
        assert [each() for each in gone] == [None] * 5  # by counting references alone: there is no cycle
    finally:
        gc.enable()


def test_torch_compile_runs_as_written_and_is_seen() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.cell = nn.LSTM(3, 4), nn.GRUCell(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            return self.cell(self.lstm(x)[0][-1])

    net, x = Net(), torch.randn(5, 2, 3)
    compiled = torch.compile(net, backend="eager")
    wanted = compiled(x)
    with capture(compiled) as cap:
        found = compiled(x)
        found.sum().backward()
    assert torch.equal(found, wanted)
    assert [layer.name.removeprefix("_orig_mod.") for layer in cap.layers] == ["lstm", "cell"]
    assert all(layer.grads is not None for layer in cap.layers)


def test_masks_that_cannot_be_drawn_again_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where another thread draws between what capture noted and what the kernel drew."""
    module = nn.LSTM(3, 8, 2, dropout=0.5)
    other = torch.Generator().manual_seed(99).get_state()
    with capture(module) as cap:
        monkeypatch.setattr(torch, "get_rng_state", lambda: other)
        out, _ = module(torch.randn(5, 2, 3))
    monkeypatch.undo()
    assert out.shape == (5, 2, 8)
    with pytest.raises(RuntimeError, match="hidden states"):
        _ = cap.layers


def test_huge_weights_are_no_reason_to_refuse() -> None:
    torch.manual_seed(0)
    module = nn.LSTM(3, 64, 2)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(300)
    with capture(module) as cap:
        out, _ = module(50 * torch.randn(300, 2, 3))
    np.testing.assert_array_equal(cap.layers[1].h, out.detach())
