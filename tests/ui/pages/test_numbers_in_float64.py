"""Numbers read off the pages against a network written out in plain PyTorch, in float64, from the weight files alone."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import Tensor

import lstm_viz
from tests.facts import states
from tests.ui.page_testing import PageDriver

WEIGHTS = Path(lstm_viz.__file__).parent / "models" / "weights"
CODE, UNIT = "def total(prices):\n    ret", 243
SENTENCE = "He said that he would bring it to the king"
REVIEW = ("The", "plot", "is", "thin", ",", "but", "the", "actors", "are", "wonderful", ".")
GATES = {"lstm": 4, "gru": 3, "rnn": 1}
#: Changes a layer's gates: (layer, i, f, g, o) to (i, f, g, o).
Edit = Callable[[int, Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor, Tensor]]


@dataclass(frozen=True)
class Network:
    """A weight file: its weights in float64, its kind, its number of layers, and its tokens."""

    weights: dict[str, Tensor]
    kind: str
    layers: int
    tokens: list[str]

    def ids(self, tokens: str | tuple[str, ...]) -> list[int]:
        """The indices of these tokens; words stand in the vocabulary as they are, or in small letters."""
        return [self.tokens.index(each if each in self.tokens else each.lower()) for each in tokens]

    def read(self, tokens: str | tuple[str, ...], edit: Edit | None = None) -> tuple[list[list[dict[str, Tensor]]], Tensor]:
        """Every step's quantities of each layer, from which gradients flow, and the logits [time, token]."""
        w, size = self.weights, self.weights["rnn.weight_hh_l0"].shape[1]
        h = [torch.zeros(size, dtype=torch.float64) for _ in range(self.layers)]
        c = list(h)
        steps: list[list[dict[str, Tensor]]] = []
        logits = []
        for index in self.ids(tokens):
            x = w["embedding.weight"][index]
            steps.append([{} for _ in range(self.layers)])
            for k, values in enumerate(steps[-1]):
                by_input = w[f"rnn.weight_ih_l{k}"] @ x + w[f"rnn.bias_ih_l{k}"]
                by_state = w[f"rnn.weight_hh_l{k}"] @ h[k] + w[f"rnn.bias_hh_l{k}"]
                if self.kind == "lstm":
                    i, f, g, o = (by_input + by_state).chunk(4)
                    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
                    if edit is not None:
                        i, f, g, o = edit(k, i, f, g, o)
                    c[k] = f * c[k] + i * g
                    values |= {"i": i, "f": f, "g": g, "o": o, "c": leaf(c, k)}
                    h[k] = o * c[k].tanh()
                elif self.kind == "gru":
                    (r, z, n), (by_r, by_z, by_n) = by_input.chunk(3), by_state.chunk(3)
                    r, z = (r + by_r).sigmoid(), (z + by_z).sigmoid()
                    h[k] = (1 - z) * (n + r * by_n).tanh() + z * h[k]
                else:
                    h[k] = (by_input + by_state).tanh()
                values["h"] = x = leaf(h, k)
            logits.append(w["decoder.weight"] @ x + w["decoder.bias"])
        return steps, torch.stack(logits)

    def surprise(self, text: str, edit: Edit | None = None) -> Tensor:
        """−ln p of each letter from the second on."""
        logits = self.read(text, edit)[1]
        return -logits.log_softmax(-1)[torch.arange(len(text) - 1), self.ids(text)[1:]]


def leaf(states: list[Tensor], k: int) -> Tensor:
    """Keep the gradient of a layer's state."""
    if not states[k].requires_grad:
        states[k].requires_grad_()
    states[k].retain_grad()
    return states[k]


def network(name: str) -> Network:
    with safe_open(WEIGHTS / f"{name}.safetensors", "pt") as file:
        facts = file.metadata()
        weights = {key: file.get_tensor(key).double() for key in file.keys()}  # noqa: SIM118
    config = json.loads(facts["config"])
    return Network(weights, config["kind"], config["layers"], json.loads(facts["symbols"]))


def test_what_a_cell_holds_and_who_wrote_it() -> None:
    steps, _ = network("python-lstm").read(CODE)
    kept = torch.stack([step[0]["f"][UNIT] for step in steps]).detach()
    wrote = torch.stack([(step[0]["i"] * step[0]["g"])[UNIT] for step in steps]).detach()
    left = [float(wrote[step] * kept[step + 1 :].prod()) for step in range(len(CODE))]
    held = float(steps[-1][0]["c"][UNIT].detach())
    assert sum(left) == pytest.approx(held)
    page = PageDriver("memory", "contributions", model="python-lstm", text=CODE, unit=str(UNIT), layer="0")
    assert re.search(rf"\*\*{minus(held)}\*\*", page.words)
    largest = sorted(range(len(CODE)), key=lambda step: -abs(left[step]))[:3]
    for step in largest:
        assert states(page.words, step, minus(left[step]))


def test_what_one_unit_does_to_a_text() -> None:
    code = network("python-lstm")
    steps, _ = code.read(CODE)
    values = {symbol: torch.stack([step[0][symbol][UNIT] for step in steps]).detach().numpy() for symbol in "ifgo"}
    page = PageDriver("units", "card", model="python-lstm", text=CODE, unit=str(UNIT), layer="0")
    for symbol, gate in (("i", "input"), ("f", "forget"), ("o", "output")):
        closed, open_ = (values[symbol] < 0.1).mean(), (values[symbol] > 0.9).mean()
        assert re.search(rf"{gate} gate {symbol} \| {closed:.0%} \(\d+%\) \| {open_:.0%} \(", page.words)

    # Of all that was written k − 1 steps before, the share that the gates keep for one step more.
    size, share, lag = np.abs(values["i"] * values["g"]), 1.0, 0
    while share > 0.5:
        lag, before = lag + 1, share
        parts = [(size[at] * values["f"][at + 1 : at + lag].prod(), values["f"][at + lag]) for at in range(len(CODE) - lag)]
        share *= sum(part * gate for part, gate in parts) / sum(part for part, _ in parts)
    half = lag - 1 + math.log(before / 0.5) / math.log(before / share)
    assert f"**{half:.1f} letters**" in page.words

    def ablated(k: int, i: Tensor, f: Tensor, g: Tensor, o: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return i, f, g, o * (torch.arange(len(o)) != UNIT) if k == 0 else o

    costs = (code.surprise(CODE, ablated) - code.surprise(CODE)).detach()
    assert f"rises by **{float(costs.mean()):.3g} nats**" in page.words
    assert states(page.words, 1 + int(costs.argmax()), f"+{float(costs.max()):.2f}")


def test_how_surprised_a_network_is_that_forgets_everything() -> None:
    code = network("python-lstm")
    before = code.surprise(CODE).detach()
    after = code.surprise(CODE, lambda _, i, f, g, o: (i, 0 * f, g, o)).detach()
    page = PageDriver("what_if", "effect", model="python-lstm", text=CODE, change="f:all:all:0")
    rise = after - before
    at = int(rise.argmax())
    assert states(page.words, f"{float(after.mean()):.2f}", f"{float(before.mean()):.2f}", 1 + at, f"+{float(rise[at]):.2f}")


def test_how_fast_gradients_vanish() -> None:
    page = PageDriver("gradients", "vanishing", text=SENTENCE, layer="1")
    table = [[cell.strip(" *") for cell in line.split("|")[1:-1]] for line in page.words.splitlines() if line.startswith("| ")]
    found = {row[0]: [re.sub(r":\w+\[|[\]*]", "", cell) for cell in row[1:]] for row in table[1:]}
    expected = {}
    for kind, title in (("rnn", "plain RNN"), ("gru", "GRU"), ("lstm", "LSTM")):
        net = network(f"shakespeare-{kind}")
        steps, logits = net.read(SENTENCE)
        logits[-1].log_softmax(-1).max().backward()
        recurrent = net.weights["rnn.weight_hh_l1"].chunk(GATES[kind])
        radius = max(float(torch.linalg.eigvals(each).abs().max()) for each in recurrent)
        for symbol, state in (("c", "cell state c"), ("h", "hidden state h")):
            if symbol not in steps[0][1]:
                continue
            norms = [float(gradient.norm()) for step in steps if (gradient := step[1][symbol].grad) is not None]
            shares = np.array(norms[::-1]) / norms[-1]
            slope = np.polyfit(np.arange(1, len(shares)), np.log(shares[1:]), 1)[0]
            gone = np.flatnonzero(shares < 0.01)
            expected[f"{title}, {state}"] = [
                "vanishes, less than 1% is left" if shares[-1] < 0.01 else f"{shares[-1]:.0%} remains",
                f"after {gone[0]} letters" if len(gone) else f"not within these {len(shares) - 1} letters",
                f"{math.exp(slope):.1%}",
                f"{radius:.2f}",
            ]
    assert found == expected


def test_what_each_word_does_to_a_verdict() -> None:
    net = network("sst-lstm")
    weight = torch.arange(-2, 3, dtype=torch.float64)

    def verdicts(words: tuple[str, ...]) -> list[float]:
        return (net.read(words)[1].softmax(-1) @ weight).tolist()

    whole, at = verdicts(REVIEW), REVIEW.index("but")
    page = PageDriver("sentiment", "words", text="The plot is thin, but the actors are wonderful.", step=str(at))
    assert f"Positive ({whole[-1]:+.1f})" in page.words
    alone, without = verdicts(("but",))[0], verdicts(REVIEW[:at] + REVIEW[at + 1 :])[-1]
    said = [f"{abs(alone):.1f}", minus(whole[at - 1], 1), minus(whole[at], 1), f"{without:+.1f}", f"{whole[-1]:+.1f}"]
    assert states(page.words, *said)
    assert page.letters is not None
    np.testing.assert_allclose(page.letters, whole, atol=1e-5)
    chances = net.read(REVIEW)[1][-1].softmax(-1).detach()
    bars = re.search("Class probabilities: ([^.]+)\\.", " ".join(each.proto.body for each in page.app.get("html")))
    assert bars is not None
    assert re.findall(r"\d+%", bars[1]) == [f"{chance:.0%}" for chance in chances.tolist()]


def minus(value: float, digits: int = 2) -> str:
    """A number as the pages write it, with a minus sign."""
    return f"{value:.{digits}f}".replace("-", "−")
