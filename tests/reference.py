"""The recurrent networks written out step by step, as the textbook has them: slow, plain, differentiated by autograd.

Every number that `lstm_viz` captures is compared with this. Nothing here comes from `lstm_viz`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


def lstm_step(w: dict[str, Tensor], x: Tensor, h: Tensor, c: Tensor) -> dict[str, Tensor]:
    pre = (linear(x, w["ih"], w.get("b_ih")) + linear(h, w["hh"], w.get("b_hh"))).chunk(4, -1)
    s = dict(zip(("i_pre", "f_pre", "g_pre", "o_pre"), (part.clone() for part in pre), strict=True))
    s |= {"i": s["i_pre"].sigmoid(), "f": s["f_pre"].sigmoid(), "g": s["g_pre"].tanh(), "o": s["o_pre"].sigmoid()}
    s["c"] = s["f"] * c + s["i"] * s["g"]
    s["h"] = s["o"] * s["c"].tanh()
    if "hr" in w:
        s["h"] = linear(s["h"], w["hr"])
    return s


def gru_step(w: dict[str, Tensor], x: Tensor, h: Tensor) -> dict[str, Tensor]:
    xr, xz, xn = linear(x, w["ih"], w.get("b_ih")).chunk(3, -1)
    hr, hz, hn = linear(h, w["hh"], w.get("b_hh")).chunk(3, -1)
    s = {"r_pre": xr + hr, "z_pre": xz + hz}
    s |= {"r": s["r_pre"].sigmoid(), "z": s["z_pre"].sigmoid()}
    s["n_pre"] = xn + s["r"] * hn
    s["n"] = s["n_pre"].tanh()
    s["h"] = (1 - s["z"]) * s["n"] + s["z"] * h
    return s


def rnn_step(w: dict[str, Tensor], x: Tensor, h: Tensor, relu: bool) -> dict[str, Tensor]:
    s = {"h_pre": linear(x, w["ih"], w.get("b_ih")) + linear(h, w["hh"], w.get("b_hh"))}
    s["h"] = s["h_pre"].relu() if relu else s["h_pre"].tanh()
    return s


class Unrolled:
    """One text through a whole recurrent module, [time, batch, unit]; every quantity keeps its gradient.

    `layers` holds, for each layer and direction, a list over time of the quantities of a step.
    """

    def __init__(self, module: nn.RNNBase, x: Tensor, h0: Tensor, c0: Tensor | None) -> None:
        self.layers: list[list[dict[str, Tensor]]] = []
        self.inputs: list[list[Tensor]] = []
        directions = 2 if module.bidirectional else 1
        steps = list(x.unbind(0))
        for layer in range(module.num_layers):
            outputs: list[list[Tensor]] = []
            seen = [keep(step * 1) for step in steps]
            for direction in range(directions):
                k = layer * directions + direction
                run = unroll(module, k, seen, h0[k], None if c0 is None else c0[k], backwards=direction == 1)
                self.layers.append(run)
                self.inputs.append(seen)
                outputs.append([step["h"] for step in run])
            steps = [torch.cat(pair, -1) for pair in zip(*outputs, strict=True)]
        self.output = torch.stack(steps)
        ends = [run[0] if k % directions else run[-1] for k, run in enumerate(self.layers)]
        self.h_n = torch.stack([end["h"] for end in ends])
        self.c_n = None if c0 is None else torch.stack([end["c"] for end in ends])

    def value(self, k: int, symbol: str) -> Tensor:
        return torch.stack([step[symbol].detach() for step in self.layers[k]])

    def gradient(self, k: int, symbol: str) -> Tensor:
        found = self.inputs[k] if symbol == "x" else [step[symbol] for step in self.layers[k]]
        return torch.stack([torch.zeros_like(tensor) if tensor.grad is None else tensor.grad for tensor in found])


def unroll(
    module: nn.RNNBase, k: int, xs: list[Tensor], h: Tensor, c: Tensor | None, backwards: bool
) -> list[dict[str, Tensor]]:
    w = weights(module, k)
    run: list[dict[str, Tensor]] = []
    for x in reversed(xs) if backwards else xs:
        if isinstance(module, nn.LSTM):
            assert c is not None
            step = lstm_step(w, x, h, c)
            c = step["c"]
        elif isinstance(module, nn.GRU):
            step = gru_step(w, x, h)
        else:
            step = rnn_step(w, x, h, module.nonlinearity == "relu")
        h = step["h"]
        run.append({symbol: keep(value) for symbol, value in step.items()})
    return run[::-1] if backwards else run


def weights(module: nn.RNNBase, k: int) -> dict[str, Tensor]:
    directions = 2 if module.bidirectional else 1
    suffix = f"_l{k // directions}" + ("_reverse" if k % directions else "")
    names = {"ih": "weight_ih", "hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh", "hr": "weight_hr"}
    return {short: getattr(module, name + suffix) for short, name in names.items() if hasattr(module, name + suffix)}


def keep(tensor: Tensor) -> Tensor:
    """Have autograd keep what reaches this tensor."""
    if not tensor.requires_grad:
        tensor.requires_grad_(True)
    if not tensor.is_leaf:
        tensor.retain_grad()
    return tensor
