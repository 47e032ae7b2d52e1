"""What the whole gradient flow matrix costs, beside one backward pass of autograd through nn.LSTM for every loss.

Run it with `python -m benchmarks.flow`; it ends with status 1 where the bar is missed. Autograd goes back from each loss −ln
p(token k+1) through the fused kernel to the LSTM's input, the graph being kept. That gives one matrix, whatever the number of
layers, and `flow` two for each layer: by its hidden and by its cell state. The bar is held to one layer; two are told beside
it. Both ways take turns, on one thread, in the thread's own processor time; figures are medians.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch read it

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import click
import torch
from torch.nn.functional import cross_entropy

from lstm_viz.gradients.flow import flow
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.reader import trace
from lstm_viz.text.vocabulary import Vocabulary

BAR = 10.0
ALPHABET = "abcdefghijklmnopqrstuvwxyz ,.;:'!?-\n"


def one_by_one(model: LanguageModel, text: str) -> torch.Tensor:
    """‖∂L_k/∂x_t‖ [loss, step] by one backward pass for each loss."""
    ids = torch.from_numpy(model.vocabulary.encode(text))
    x = model.embedding(ids)[:, None].requires_grad_()
    losses = cross_entropy(model.decoder(model.rnn(x)[0][:-1, 0]), ids[1:], reduction="none")
    rows = [torch.autograd.grad(loss, x, retain_graph=True)[0][:, 0].norm(dim=-1) for loss in losses]
    return torch.stack(rows)


def at_once(model: LanguageModel, text: str) -> object:
    """Reading the text, then ‖∂L_k/∂h_t‖ and ‖∂L_k/∂c_t‖ of every layer."""
    return flow(model, trace(model, text))


def clock(way: Callable[[], object]) -> float:
    """The processor time of one run, in milliseconds."""
    begin = time.thread_time()
    way()
    return 1000 * (time.thread_time() - begin)


@click.command(help=__doc__)
@click.option("--steps", default=128, show_default=True, help="T, how many tokens are read.")
@click.option("--hidden", default=128, show_default=True, help="H, how many units a layer has.")
@click.option("--rounds", default=7, show_default=True, help="How often each way is timed.")
def main(steps: int, hidden: int, rounds: int) -> None:
    """Print the table; exit with 1 where the bar is missed."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    ratios: dict[int, float] = {}
    text = (ALPHABET * (steps // len(ALPHABET) + 1))[:steps]
    print("| layers | T | H | one by one (ms) | flow (ms) | times as fast |\n|---|---|---|---|---|---|")
    for layers in (1, 2):
        config = Config("lstm", hidden, hidden, layers)
        model = LanguageModel(config, Vocabulary.of(ALPHABET)).eval().requires_grad_(False)
        ways: list[Callable[[], object]] = [partial(one_by_one, model, text), partial(at_once, model, text)]
        rounds_ms = [[clock(way) for way in ways] for _ in range(rounds + 1)][1:]
        slow, fast = (median(times) for times in zip(*rounds_ms, strict=True))
        ratios[layers] = slow / fast
        print(f"| {layers} | {steps} | {hidden} | {slow:.1f} | {fast:.1f} | {slow / fast:.1f} |", flush=True)
    met = ratios[1] >= BAR
    print(f"\nOne layer: {ratios[1]:.1f} times as fast, {'keeps' if met else 'misses'} the bar of {BAR:.0f}")
    sys.exit(not met)


if __name__ == "__main__":
    main()
